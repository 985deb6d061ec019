//! Whether a coordinate can be trusted. A wrong position is worse than none, so doubt means 位置未確定.

use crate::model::{LonLat, ground_metres};
use std::collections::HashMap;

/// What is wrong with a coordinate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Empty, or 0,0.
    Missing,
    /// Not a number.
    NotANumber,
    /// Outside Japan.
    Abroad,
}

impl Trouble {
    /// Stable code and Japanese advice.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Missing => {
                ("position_missing", "緯度経度も住所もありません。どちらかを書いてください。位置未確定として登録しました。")
            }
            Self::NotANumber => {
                ("position_not_a_number", "緯度経度を数値として読めません。例: 32.8031, 130.7079。位置未確定として登録しました。")
            }
            Self::Abroad => {
                ("position_abroad", "緯度経度が日本の外を指しています。位置未確定として登録しました。元の値を確認してください。")
            }
        }
    }
}

/// A trustworthy position, and whether latitude and longitude had been swapped.
pub fn check(lat: &str, lon: &str) -> Result<(LonLat, bool), Trouble> {
    use super::text::degrees;
    if lat.trim().is_empty() || lon.trim().is_empty() {
        return Err(Trouble::Missing);
    }
    let (Some(lat), Some(lon)) = (degrees(lat), degrees(lon)) else { return Err(Trouble::NotANumber) };
    if lat == 0.0 && lon == 0.0 {
        return Err(Trouble::Missing);
    }
    let (given, swapped) = (LonLat::new(lon, lat), LonLat::new(lat, lon));
    match (given.in_japan(), swapped.in_japan()) {
        (true, _) => Ok((given, false)),
        (false, true) => Ok((swapped, true)),
        _ => Err(Trouble::Abroad),
    }
}

/// Indices of points that lie absurdly far from the others of the same municipality (median of at least five).
pub fn strays(points: &[(String, LonLat)]) -> Vec<usize> {
    const FAR_METRES: f64 = 60_000.0; // wider than any municipality from its middle (高山市 spans 81 km)
    let mut groups: HashMap<&str, Vec<LonLat>> = HashMap::new();
    points.iter().for_each(|(city, p)| groups.entry(city).or_default().push(*p));
    let middles: HashMap<&str, LonLat> = groups
        .into_iter()
        .filter(|(city, ps)| !city.is_empty() && ps.len() >= 5)
        .map(|(city, ps)| (city, LonLat::new(median(ps.iter().map(|p| p.lon)), median(ps.iter().map(|p| p.lat)))))
        .collect();
    let far = |(city, p): &(String, LonLat)| middles.get(city.as_str()).is_some_and(|m| ground_metres(*m, *p) > FAR_METRES);
    (0..points.len()).filter(|&i| far(&points[i])).collect()
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut v: Vec<f64> = values.collect();
    v.sort_by(f64::total_cmp);
    v[v.len() / 2]
}

/// Tokyo Datum (EPSG:4301) → WGS84, the three-parameter approximation good to a few metres.
/// Source: the widely published linear form given in the domain reference (374 m N, 217 m W at 32.8 N 130.7 E).
pub fn from_tokyo_datum(p: LonLat) -> LonLat {
    LonLat::new(
        p.lon - 0.000_046_038 * p.lat - 0.000_083_043 * p.lon + 0.010_040,
        p.lat - 0.000_106_95 * p.lat + 0.000_017_464 * p.lon + 0.004_601_7,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_swapped_and_irish_coordinates() {
        assert_eq!(check("0.0", "0.0"), Err(Trouble::Missing));
        assert_eq!(check("53.41291", "-8.24389"), Err(Trouble::Abroad));
        assert_eq!(check("130.7", "32.8"), Ok((LonLat::new(130.7, 32.8), true)));
        assert_eq!(check("32.8", "130.7"), Ok((LonLat::new(130.7, 32.8), false)));
        assert_eq!(check("不明", "130.7"), Err(Trouble::NotANumber));
    }

    #[test]
    fn a_point_in_hokkaido_is_a_stray_among_kumamoto() {
        let mut points: Vec<_> = (0..9).map(|i| ("43103".to_owned(), LonLat::new(130.6 + 0.01 * f64::from(i), 32.8))).collect();
        points.push(("43103".to_owned(), LonLat::new(141.3, 43.0)));
        assert_eq!(strays(&points), vec![9]);
    }

    #[test]
    fn tokyo_datum_moves_433_metres_in_kumamoto() {
        let p = LonLat::new(130.7, 32.8);
        let q = from_tokyo_datum(p);
        assert!((ground_metres(p, q) - 433.0).abs() < 5.0 && q.lat > p.lat && q.lon < p.lon);
    }
}
