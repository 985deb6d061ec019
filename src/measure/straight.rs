//! How far the nearest service is in a straight line: what the rules of most cities ask, and what the streets are compared with.

use super::Question;
use crate::atlas::demand::DemandView;
use crate::atlas::{Asked, Atlas};
use crate::model::{Bounds, KindId, LonLat, ground_metres, metres_per_degree};
use rayon::prelude::*;
use std::sync::Arc;

/// Ground metres from every demand point to the nearest running service of a kind in a straight line, whatever the day;
/// infinite if there is none. Worked out once for every threshold.
pub(super) fn straight_to_kind(atlas: &Atlas, demand: &DemandView, q: &Question, kind: KindId) -> Arc<Vec<f64>> {
    let asked = Asked { kind, words: format!("straight {:?}", q.population), by_timetable: false };
    let make = || {
        let of_cell = |cell: usize| from_cell(atlas, demand, kind, cell);
        (0..demand.sources.len()).into_par_iter().with_min_len(64).flat_map_iter(of_cell).collect()
    };
    atlas.memo.recall(asked, |metres: &Vec<f64>| size_of_val(metres.as_slice()), make)
}

/// The points of one cell. What is nearest to one of them is not farther from their middle than the nearest to that, and
/// once across the cell.
fn from_cell(atlas: &Atlas, demand: &DemandView, kind: KindId, cell: usize) -> Vec<f64> {
    let points: Vec<LonLat> = demand.points[demand.of_cell(cell)].iter().map(|p| LonLat::from_e7(p.point)).collect();
    let bounds = Bounds::of(points.iter().copied());
    let nearest = (!bounds.is_empty()).then(|| atlas.sites.nearest_straight(kind, bounds.center())).flatten();
    let Some((_, nearest)) = nearest else { return vec![f64::INFINITY; points.len()] };
    let across = ground_metres(LonLat::new(bounds.west, bounds.south), LonLat::new(bounds.east, bounds.north));
    // a hair more: half of the diagonal is not to the last bit the way to a corner
    let enough = (nearest + across) * 1.001 + 0.1;
    let near: Vec<LonLat> = atlas
        .sites
        .candidates(kind, &bounds.grown(enough))
        .map(|id| atlas.sites.all[id as usize].point)
        .filter(|site| ground_metres(bounds.center(), *site) <= enough)
        .collect();
    let plane = Plane::new(bounds.center(), enough);
    let flat: Vec<[f64; 2]> = near.iter().map(|site| plane.of(*site)).collect();
    let nearest = |p: &LonLat| {
        let [x, y] = plane.of(*p);
        let square = |site: &[f64; 2]| (site[0] - x).powi(2) + (site[1] - y).powi(2);
        let most = flat.iter().map(square).fold(f64::INFINITY, f64::min) * plane.slack;
        let close = flat.iter().zip(&near).filter(|(site, _)| square(site) <= most);
        close.map(|(_, site)| ground_metres(*p, *site)).fold(f64::INFINITY, f64::min)
    };
    points.iter().map(nearest).collect()
}

/// A plane around a position, in metres, in which squares are cheap to compare.
struct Plane {
    middle: LonLat,
    east: f64,
    north: f64,
    /// What is nearest on the ground has a square here of at most this many times the least.
    slack: f64,
}

impl Plane {
    /// Good for so many metres around: a metre east there is off by the tangent of the latitude times the angle to the middle,
    /// and that tangent is below 2 as far north as 63°.
    fn new(middle: LonLat, metres: f64) -> Self {
        let (east, north) = metres_per_degree(middle.lat);
        let off = (2.0 * metres / 6_350_000.0).min(0.5);
        Self { middle, east, north, slack: ((1.0 + off) / (1.0 - off)).powi(2) }
    }

    fn of(&self, p: LonLat) -> [f64; 2] {
        [(p.lon - self.middle.lon) * self.east, (p.lat - self.middle.lat) * self.north]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_plane_loses_nobody(
            lat in 24f64..46.0,
            home in (-0.2f64..0.2, -0.2f64..0.2),
            sites in proptest::collection::vec((-0.3f64..0.3, -0.3f64..0.3), 1..40),
        ) {
            let middle = LonLat::new(139.0, lat);
            let around = |(x, y): &(f64, f64)| LonLat::new(139.0 + x, lat + y);
            let (home, sites): (LonLat, Vec<LonLat>) = (around(&home), sites.iter().map(around).collect());
            let far = sites.iter().map(|s| ground_metres(middle, *s)).fold(ground_metres(middle, home), f64::max);
            let plane = Plane::new(middle, far);
            let [x, y] = plane.of(home);
            let square = |s: &LonLat| { let [a, b] = plane.of(*s); (a - x).powi(2) + (b - y).powi(2) };
            let least = sites.iter().map(square).fold(f64::INFINITY, f64::min);
            let nearest = sites.iter().min_by(|a, b| ground_metres(home, **a).total_cmp(&ground_metres(home, **b))).unwrap();
            prop_assert!(square(nearest) <= least * plane.slack);
        }
    }
}
