//! Positions and ground distance. Longitude first everywhere, degrees, WGS84 (JGD2011 is taken as equal).

use serde::{Deserialize, Serialize};

/// A position in degrees, longitude first, as in RFC 7946.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LonLat {
    /// Degrees east.
    pub lon: f64,
    /// Degrees north.
    pub lat: f64,
}

impl LonLat {
    /// A position from degrees, longitude first.
    pub const fn new(lon: f64, lat: f64) -> Self {
        Self { lon, lat }
    }

    /// From the 1e-7 degree integers the compiled files store.
    pub fn from_e7(point: [i32; 2]) -> Self {
        Self::new(f64::from(point[0]) * 1e-7, f64::from(point[1]) * 1e-7)
    }

    /// To 1e-7 degree integers (about one centimetre).
    pub fn to_e7(self) -> [i32; 2] {
        [(self.lon * 1e7).round() as i32, (self.lat * 1e7).round() as i32]
    }

    /// From `longitude,latitude`.
    pub fn parse(text: &str) -> Option<Self> {
        let (lon, lat) = text.split_once(',')?;
        Some(Self::new(lon.trim().parse().ok()?, lat.trim().parse().ok()?))
    }

    /// Inside the box that holds all Japanese territory.
    pub fn in_japan(self) -> bool {
        (122.0..=154.0).contains(&self.lon) && (20.0..=46.0).contains(&self.lat)
    }
}

/// Metres per degree of longitude and of latitude at a latitude, on the GRS80 ellipsoid.
pub fn metres_per_degree(lat: f64) -> (f64, f64) {
    const A: f64 = 6_378_137.0;
    const E2: f64 = 0.006_694_380_022_90;
    let (sin, cos) = lat.to_radians().sin_cos();
    let w2 = 1.0 - E2 * sin * sin;
    let w = w2.sqrt();
    let degree = std::f64::consts::PI / 180.0;
    (A / w * cos * degree, A * (1.0 - E2) / (w2 * w) * degree)
}

/// Ground metres between two positions by the mid-latitude ellipsoid formula: within 1 ppm of the geodesic up to 30 km.
pub fn ground_metres(a: LonLat, b: LonLat) -> f64 {
    let (east, north) = metres_per_degree((a.lat + b.lat) / 2.0);
    ((a.lon - b.lon) * east).hypot((a.lat - b.lat) * north)
}

/// A rectangle in degrees: west, south, east, north.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bounds {
    /// Least longitude.
    pub west: f64,
    /// Least latitude.
    pub south: f64,
    /// Greatest longitude.
    pub east: f64,
    /// Greatest latitude.
    pub north: f64,
}

impl Bounds {
    /// Contains nothing; grows with [`Bounds::add`].
    pub const EMPTY: Self = Self { west: f64::INFINITY, south: f64::INFINITY, east: f64::NEG_INFINITY, north: f64::NEG_INFINITY };

    /// Grows to hold a position.
    pub fn add(&mut self, p: LonLat) {
        self.west = self.west.min(p.lon);
        self.south = self.south.min(p.lat);
        self.east = self.east.max(p.lon);
        self.north = self.north.max(p.lat);
    }

    /// The bounds of some positions.
    pub fn of(points: impl IntoIterator<Item = LonLat>) -> Self {
        let mut bounds = Self::EMPTY;
        points.into_iter().for_each(|p| bounds.add(p));
        bounds
    }

    /// True if no position was ever added.
    pub fn is_empty(&self) -> bool {
        self.west > self.east
    }

    /// True if a position lies inside or on the edge.
    pub fn contains(&self, p: LonLat) -> bool {
        (self.west..=self.east).contains(&p.lon) && (self.south..=self.north).contains(&p.lat)
    }

    /// True if the two rectangles share a position.
    pub fn intersects(&self, other: &Self) -> bool {
        self.west <= other.east && other.west <= self.east && self.south <= other.north && other.south <= self.north
    }

    /// Grown by ground metres on every side; never too small.
    pub fn grown(&self, metres: f64) -> Self {
        let widest = self.south.abs().max(self.north.abs()).min(89.0);
        let lon = metres / metres_per_degree(widest).0;
        let lat = metres / 110_574.0; // the shortest degree of latitude on the ellipsoid
        Self { west: self.west - lon, south: self.south - lat, east: self.east + lon, north: self.north + lat }
    }

    /// As `[west, south, east, north]`.
    pub fn to_array(self) -> [f64; 4] {
        [self.west, self.south, self.east, self.north]
    }

    /// The middle.
    pub fn center(&self) -> LonLat {
        LonLat::new((self.west + self.east) / 2.0, (self.south + self.north) / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Distance, Geodesic, Point};

    #[test]
    fn straight_metres_agree_with_the_geodesic_to_a_millionth() {
        for (lat, d) in [(20.5, 0.1), (32.8, 0.2), (45.4, 0.25)] {
            for (dx, dy) in [(d, 0.0), (0.0, d), (d, d), (0.001, -0.002)] {
                let (a, b) = (LonLat::new(130.7, lat), LonLat::new(130.7 + dx, lat + dy));
                let exact = Geodesic.distance(Point::new(a.lon, a.lat), Point::new(b.lon, b.lat));
                assert!((ground_metres(a, b) - exact).abs() < 3e-6 * exact, "{lat} {dx} {dy}");
            }
        }
    }

    #[test]
    fn a_grown_box_holds_every_point_at_that_distance() {
        let p = LonLat::new(130.7, 32.8);
        let b = Bounds::of([p]).grown(500.0);
        let (east, north) = metres_per_degree(p.lat);
        for k in 0..360 {
            let (s, c) = f64::from(k).to_radians().sin_cos();
            let q = LonLat::new(p.lon + 499.9 * c / east, p.lat + 499.9 * s / north);
            assert!(b.intersects(&Bounds::of([q])));
        }
    }
}
