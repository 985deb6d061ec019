//! JIS X 0410 mesh codes: 1 km, 500 m, 250 m and 125 m cells. Integer arithmetic, so an exact edge falls in the right cell.

use super::{Bounds, LonLat};

/// Sides of a cell in 1/80 milli-degree-free units: (lon, lat) in 1/3600/8 degree parts.
const UNIT: i64 = 3600 * 8;

/// The rectangle of a mesh code of 8 (1 km), 9 (500 m), 10 (250 m) or 11 (125 m) digits, or nothing if it is not one.
pub fn bounds(code: &str) -> Option<Bounds> {
    let d: Vec<i64> = code.chars().map(|c| c.to_digit(10).map(i64::from)).collect::<Option<_>>()?;
    if !(8..=11).contains(&d.len()) || d[4] > 7 || d[5] > 7 {
        return None;
    }
    // south-west corner and size in UNITs of 1/8 arc-second
    let mut south = (d[0] * 10 + d[1]) * UNIT * 2 / 3 + d[4] * UNIT / 12 + d[6] * UNIT / 120;
    let mut west = (d[2] * 10 + d[3] + 100) * UNIT + d[5] * UNIT / 8 + d[7] * UNIT / 80;
    let (mut height, mut width) = (UNIT / 120, UNIT / 80);
    for &quarter in &d[8..] {
        if !(1..=4).contains(&quarter) {
            return None;
        }
        (height, width) = (height / 2, width / 2);
        south += height * ((quarter - 1) / 2);
        west += width * ((quarter - 1) % 2);
    }
    let degrees = |v: i64| v as f64 / UNIT as f64;
    let b = Bounds { west: degrees(west), south: degrees(south), east: degrees(west + width), north: degrees(south + height) };
    b.center().in_japan().then_some(b)
}

/// The mesh code with this many digits (8 to 11) that holds a position.
pub fn code(p: LonLat, digits: usize) -> String {
    // half a billionth of a degree forward, so that a decimal written edge belongs to the cell it opens
    let y = ((p.lat + 5e-10) * UNIT as f64).floor() as i64;
    let x = ((p.lon + 5e-10) * UNIT as f64).floor() as i64;
    let (first_h, first_w) = (UNIT * 2 / 3, UNIT);
    let (mut a, mut b) = (y % first_h, x % first_w);
    let mut code = format!("{:02}{:02}", y / first_h, x / first_w - 100);
    for (h, w) in [(UNIT / 12, UNIT / 8), (UNIT / 120, UNIT / 80)] {
        code += &format!("{}{}", a / h, b / w);
        (a, b) = (a % h, b % w);
    }
    let (mut h, mut w) = (UNIT / 120, UNIT / 80);
    for _ in 8..digits {
        (h, w) = (h / 2, w / 2);
        code += &(1 + 2 * (a / h) + b / w).to_string();
        (a, b) = (a % h, b % w);
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_published_examples_hold() {
        let tokyo = LonLat::new(139.767125, 35.681236);
        assert_eq!(code(tokyo, 8), "53394611");
        assert_eq!(code(tokyo, 9), "533946113");
        assert_eq!(code(tokyo, 10), "5339461132");
        let kumamoto = LonLat::new(130.690, 32.815);
        assert_eq!(code(kumamoto, 9), "493015753");
        assert_eq!(code(kumamoto, 10), "4930157533");
    }

    #[test]
    fn what_is_not_a_mesh_code_is_refused() {
        for bad in ["", "4930", "49308575", "493015750", "493015755", "4930157x", "00000000"] {
            assert_eq!(bounds(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn a_position_lies_in_the_cell_of_its_code(lon in 123.0..153.0f64, lat in 24.0..45.5f64, digits in 8usize..=11) {
            let p = LonLat::new(lon, lat);
            let b = bounds(&code(p, digits)).unwrap();
            prop_assert!(b.west <= lon + 1e-9 && lon < b.east && b.south <= lat + 1e-9 && lat < b.north);
            prop_assert_eq!(code(b.center(), digits), code(p, digits));
            // the written south-west corner opens the same cell
            prop_assert_eq!(code(LonLat::new(b.west, b.south), digits), code(p, digits));
        }
    }
}
