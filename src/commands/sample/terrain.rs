//! The lie of the land: a coast in the west, a river through the centre, hills in the east, hamlets among them.

use super::random::Random;
use crate::model::{LonLat, metres_per_degree};

/// Metres east and north of the centre.
pub type Xy = (f64, f64);

/// Where the city lies: open sea, so that nobody mistakes it for a real place.
const CENTRE: LonLat = LonLat::new(132.4, 31.3);

pub struct Terrain {
    /// Half the side of the city, metres.
    pub half: f64,
    /// Hamlets and sub-centres: place and weight.
    hamlets: Vec<(Xy, f64)>,
    phase: f64,
    east: f64,
    north: f64,
}

impl Terrain {
    pub fn new(people: u32, random: &mut Random) -> Self {
        // about 700 people a square kilometre over the whole city, as in 西区
        let half = (f64::from(people) / 700.0).sqrt() * 500.0;
        let (east, north) = metres_per_degree(CENTRE.lat);
        let mut t = Self { half, hamlets: Vec::new(), phase: random.between(0.0, 6.0), east, north };
        let wanted = 6 + (people / 8000) as usize;
        for _ in 0..wanted * 50 {
            let p = (random.between(-0.3, 0.95) * half, random.between(-0.92, 0.92) * half);
            let apart = t.hamlets.iter().all(|(h, _)| (h.0 - p.0).hypot(h.1 - p.1) > 0.22 * half);
            if t.hamlets.len() < wanted && apart && t.is_land(p) && p.0.hypot(p.1) > 0.35 * half {
                t.hamlets.push((p, random.between(0.12, 0.4)));
            }
        }
        t
    }

    pub fn place(&self, p: Xy) -> LonLat {
        LonLat::new(CENTRE.lon + p.0 / self.east, CENTRE.lat + p.1 / self.north)
    }

    pub fn metres(&self, p: LonLat) -> Xy {
        ((p.lon - CENTRE.lon) * self.east, (p.lat - CENTRE.lat) * self.north)
    }

    /// East of which there is land.
    pub fn coast(&self, y: f64) -> f64 {
        let s = y / self.half;
        self.half * (-0.5 + 0.07 * (5.0 * s + self.phase).sin() + 0.035 * (13.0 * s).sin())
    }

    /// Middle of the river.
    pub fn river(&self, x: f64) -> f64 {
        let s = x / self.half;
        self.half * (0.08 * (4.0 * s + self.phase).sin() - 0.06)
    }

    /// Half the width of the river: wider towards the sea.
    pub fn river_half_width(&self, x: f64) -> f64 {
        30.0 + 35.0 * (0.5 - x / self.half).clamp(0.0, 1.0)
    }

    pub fn is_land(&self, p: Xy) -> bool {
        p.0 > self.coast(p.1) + 25.0 && !self.in_river(p)
    }

    pub fn in_river(&self, p: Xy) -> bool {
        (p.1 - self.river(p.0)).abs() < self.river_half_width(p.0) + 12.0
    }

    /// 0 on the plain to 1 in the hills of the east.
    pub fn hill(&self, p: Xy) -> f64 {
        let (x, y) = (p.0 / self.half, p.1 / self.half);
        let ridge = x - 0.25 + 0.25 * (3.0 * y + self.phase).sin();
        (ridge * 2.2).clamp(0.0, 1.0)
    }

    /// Height of the ground, metres: a plain behind the coast, hills with valleys in the east.
    pub fn height(&self, p: Xy) -> f64 {
        let inland = (p.0 - self.coast(p.1)).max(0.0);
        let folds = 0.75 + 0.25 * (p.0 / 310.0).sin() * (p.1 / 270.0 + self.phase).cos();
        2.0 + inland * 0.002 + 150.0 * self.hill(p).powf(1.3) * folds
    }

    /// How densely people live, 0 to about 1.
    pub fn density(&self, p: Xy) -> f64 {
        if !self.is_land(p) {
            return 0.0;
        }
        let r = (p.0 + 0.12 * self.half).hypot(p.1) / self.half;
        let town = (-(r / 0.33).powi(2)).exp();
        let near = |&((x, y), w): &(Xy, f64)| w * (-((p.0 - x).hypot(p.1 - y) / 420.0).powi(2)).exp();
        let hamlet: f64 = self.hamlets.iter().map(near).sum();
        (town * (1.0 - 0.75 * self.hill(p)) + hamlet).min(1.2)
    }

    pub fn hamlets(&self) -> &[(Xy, f64)] {
        &self.hamlets
    }

    /// The land as a ring of metres, clockwise from the north-west corner along the coast southwards … closed.
    pub fn land_ring(&self) -> Vec<Xy> {
        let h = self.half;
        let mut ring: Vec<Xy> = self.coast_line();
        ring.extend([(h, -h), (h, h)]);
        ring.push(ring[0]);
        ring
    }

    /// The coast from north to south: land on its left.
    pub fn coast_line(&self) -> Vec<Xy> {
        (0..=120).map(|i| self.half * (1.0 - f64::from(i) / 60.0)).map(|y| (self.coast(y), y)).collect()
    }
}
