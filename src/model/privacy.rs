//! Homes that take guests (個人宅): what may be told of where they are.

use super::{LonLat, mesh, plain_address};

/// The position told for a home: the middle of its 250 m mesh cell (JIS X 0410, 1/4 division). It is the same for every question,
/// so asking again and again, or from many sides, tells no more.
pub fn home_point(p: LonLat) -> LonLat {
    const QUARTER_CELL_DIGITS: usize = 10;
    mesh::bounds(&mesh::code(p, QUARTER_CELL_DIGITS)).map_or(p, |b| b.center())
}

/// The address told for a home: its town, without the house number and without the name of the house.
pub fn home_area(address: &str) -> String {
    let plain = plain_address(address);
    if let Some((town, _)) = plain.split_once("丁目") {
        return format!("{town}丁目");
    }
    plain.chars().take_while(|c| !c.is_ascii_digit() && !c.is_whitespace()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ground_metres;

    #[test]
    fn a_home_is_told_by_its_area() {
        for (address, told) in [
            ("熊本市西区花園五丁目8番3号 山田様方", "熊本市西区花園5丁目"),
            ("熊本市西区花園５－８－３", "熊本市西区花園"),
            ("熊本市西区河内町船津1234番地2", "熊本市西区河内町船津"),
            ("", ""),
        ] {
            assert_eq!(home_area(address), told);
        }
    }

    proptest::proptest! {
        #[test]
        fn all_houses_of_a_cell_are_told_as_one(lon in 129.0..132.0f64, lat in 31.0..35.0f64, east in -0.9..0.9f64, north in -0.9..0.9f64) {
            let told = home_point(LonLat::new(lon, lat));
            // a cell is 11.25" by 7.5"
            let neighbour = LonLat::new(told.lon + east / 640.0, told.lat + north / 960.0);
            let again = home_point(neighbour);
            proptest::prop_assert!(ground_metres(told, again) < 0.01);
            proptest::prop_assert!(ground_metres(told, LonLat::new(lon, lat)) < 200.0);
        }
    }
}
