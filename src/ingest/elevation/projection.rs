//! Plane coordinates of Japan: which projection a GeoTIFF means, and degrees → metres.

use crate::model::LonLat;

/// How positions of a raster are meant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Projection {
    /// Longitude and latitude.
    Degrees,
    /// Gauss–Krüger on GRS80.
    Plane(Plane),
}

/// One transverse Mercator projection.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plane {
    /// Latitude and longitude of the origin, degrees.
    origin: [f64; 2],
    scale: f64,
    /// Added to the easting, metres.
    false_easting: f64,
}

/// Origins of the 19 zones of 平面直角座標系 (平成14年国土交通省告示第9号), latitude and longitude in degrees.
const ZONES: [[f64; 2]; 19] = [
    [33.0, 129.5],
    [33.0, 131.0],
    [36.0, 132.0 + 1.0 / 6.0],
    [33.0, 133.5],
    [36.0, 134.0 + 1.0 / 3.0],
    [36.0, 136.0],
    [36.0, 137.0 + 1.0 / 6.0],
    [36.0, 138.5],
    [36.0, 139.0 + 5.0 / 6.0],
    [40.0, 140.0 + 5.0 / 6.0],
    [44.0, 140.25],
    [44.0, 142.25],
    [44.0, 144.25],
    [26.0, 142.0],
    [26.0, 127.5],
    [26.0, 124.0],
    [26.0, 131.0],
    [20.0, 136.0],
    [26.0, 154.0],
];

impl Projection {
    /// From an EPSG number: JGD2000, JGD2011 and WGS 84 in degrees, 平面直角 1–19, UTM 51–55. JGD2000 and JGD2011 differ by
    /// metres at most outside the earthquakes' areas; heights are read as if they were one.
    pub fn from_epsg(code: u32) -> Option<Self> {
        let zone = |i: u32| Plane { origin: ZONES[i as usize], scale: 0.9999, false_easting: 0.0 };
        let utm = |n: u32| Plane { origin: [0.0, f64::from(n) * 6.0 - 183.0], scale: 0.9996, false_easting: 500_000.0 };
        match code {
            4326 | 4612 | 6668 | 6697 | 4979 => Some(Self::Degrees),
            2443..=2461 => Some(Self::Plane(zone(code - 2443))),
            6669..=6687 => Some(Self::Plane(zone(code - 6669))),
            3097..=3101 => Some(Self::Plane(utm(code - 3097 + 51))),
            6688..=6692 => Some(Self::Plane(utm(code - 6688 + 51))),
            32651..=32655 => Some(Self::Plane(utm(code - 32600))),
            _ => None,
        }
    }
}

impl Plane {
    /// Easting and northing, metres: Krüger's series in the third flattening to its fourth power (good to a millimetre).
    pub fn metres(&self, p: LonLat) -> [f64; 2] {
        let n: f64 = 1.0 / (2.0 * 298.257_222_101 - 1.0);
        let radius = 6_378_137.0 / (1.0 + n) * (1.0 + n.powi(2) / 4.0 + n.powi(4) / 64.0);
        let alpha = [
            n / 2.0 - 2.0 * n.powi(2) / 3.0 + 5.0 * n.powi(3) / 16.0 + 41.0 * n.powi(4) / 180.0,
            13.0 * n.powi(2) / 48.0 - 3.0 * n.powi(3) / 5.0 + 557.0 * n.powi(4) / 1440.0,
            61.0 * n.powi(3) / 240.0 - 103.0 * n.powi(4) / 140.0,
            49561.0 * n.powi(4) / 161_280.0,
        ];
        let e = 2.0 * n.sqrt() / (1.0 + n);
        let conformal = |lat: f64| (lat.sin().atanh() - e * (e * lat.sin()).atanh()).sinh();
        let (t, dl) = (conformal(p.lat.to_radians()), (p.lon - self.origin[1]).to_radians());
        let (xi, eta) = (t.atan2(dl.cos()), (dl.sin() / (1.0 + t * t).sqrt()).atanh());
        let (mut x, mut y) = (xi, eta);
        let origin = conformal(self.origin[0].to_radians()).atan();
        let mut north = origin;
        for (j, a) in alpha.iter().enumerate() {
            let k = 2.0 * (j + 1) as f64;
            x += a * (k * xi).sin() * (k * eta).cosh();
            y += a * (k * xi).cos() * (k * eta).sinh();
            north += a * (k * origin).sin();
        }
        [self.false_easting + self.scale * radius * y, self.scale * radius * (x - north)]
    }
}

impl Plane {
    /// The place of plane coordinates, found by correcting a guess: only the corners of a raster are asked for.
    pub fn degrees(&self, [x, y]: [f64; 2]) -> LonLat {
        let mut p = LonLat::new(self.origin[1], self.origin[0]);
        for _ in 0..20 {
            let [east, north] = self.metres(p);
            let (per_east, per_north) = crate::model::metres_per_degree(p.lat);
            p = LonLat::new(p.lon + (x - east) / per_east, (p.lat + (y - north) / per_north).clamp(-80.0, 80.0));
        }
        p
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Positions and plane coordinates as PROJ 9 gives them.
    const KNOWN: [(u32, [f64; 2], [f64; 2]); 4] = [
        (6670, [130.7, 32.8], [-28_096.290_613, -22_138.471_836]),
        (6677, [139.7, 35.6], [-12_081.035_775, -44_369.498_504]),
        (3099, [134.05, 34.3], [412_577.699_224, 3_795_828.638_769]),
        (2443, [129.9, 32.7], [37_503.656_951, -33_196.485_820]),
    ];

    #[test]
    fn planes_agree_with_proj_to_a_millimetre_and_turn_back() {
        for (epsg, [lon, lat], want) in KNOWN {
            let Some(Projection::Plane(plane)) = Projection::from_epsg(epsg) else { panic!("{epsg}") };
            let got = plane.metres(LonLat::new(lon, lat));
            assert!((got[0] - want[0]).hypot(got[1] - want[1]) < 0.001, "{epsg}: {got:?}");
            let back = plane.degrees(want);
            assert!((back.lon - lon).abs() < 1e-8 && (back.lat - lat).abs() < 1e-8, "{epsg}: {back:?}");
        }
        assert_eq!(Projection::from_epsg(3857), None);
    }
}
