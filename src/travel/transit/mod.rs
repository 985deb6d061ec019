//! Journeys by timetable. Times are milliseconds after midnight of the service day; a walk of one millimetre at
//! 60 m/min is one of them, so nothing is lost to rounding.

mod changes;
mod journey;
mod matrix;
mod raptor;
mod spread;
mod sweep;

pub use changes::Changes;
pub use journey::{Journey, Leg, Request, journeys};
pub use matrix::matrix;
pub use raptor::{Arrivals, Raptor, Ride, Round};
pub(super) use spread::merge;
pub use spread::{Minutes, Offer, Offers, Spread, Window, spread};
pub use sweep::{Egress, Profile, sweep};

use super::Walker;
use crate::atlas::Transit;
use crate::atlas::streets::{NONE, Snapped, View};
use crate::model::{TransitRule, rules};
use std::collections::HashMap;

/// No time at all.
pub const NEVER: i32 = i32::MAX;
/// Most vehicles in a journey any question may ask for.
pub const MAX_RIDES: usize = 4;

/// Who travels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rider {
    /// On foot.
    pub walker: Walker,
    /// Most vehicles.
    pub rides: usize,
    /// Least time for a change beside the walk, milliseconds.
    pub change_ms: i32,
    /// Longest walk between a junction and a stop, millimetres.
    pub access_mm: u32,
}

impl Rider {
    /// A rider by the rules, with a walker's own speed.
    pub fn new(walker: Walker) -> Self {
        let r: &TransitRule = &rules().transit;
        Self {
            walker,
            rides: r.max_rides.clamp(1, MAX_RIDES),
            change_ms: r.change_seconds as i32 * 1000,
            access_mm: (r.access_metres * 1000.0) as u32,
        }
    }
}

/// Stops that can be walked to from a place, nearest first. The cap counts from the junction, as everywhere.
pub fn access(transit: &Transit, view: &View, at: &Snapped, rider: &Rider) -> Vec<(u32, u32)> {
    let seeds: Vec<_> = super::seeds_from(view, at, 0).map(|s| (s.node, s.mm)).collect();
    walks(transit, view, at, rider, &seeds, true)
}

/// Stops from which a place can be walked to, nearest first.
pub fn egress(transit: &Transit, view: &View, at: &Snapped, rider: &Rider) -> Vec<(u32, u32)> {
    let seeds: Vec<_> = super::seeds_toward(view, at, 0).map(|s| (s.node, s.mm)).collect();
    walks(transit, view, at, rider, &seeds, false)
}

fn walks(transit: &Transit, view: &View, at: &Snapped, rider: &Rider, ends: &[(u32, u32)], leaving: bool) -> Vec<(u32, u32)> {
    let tables = transit.walks.view();
    let mut best: HashMap<u32, u32> = HashMap::new();
    let mut offer = |stop: u32, mm: u32| {
        let known = best.entry(stop).or_insert(NONE);
        *known = (*known).min(mm);
    };
    for &(node, mm) in ends {
        let list = if leaving { tables.stops_from(node) } else { tables.stops_toward(node) };
        list.iter().take_while(|w| w.mm <= rider.access_mm).for_each(|w| offer(w.stop, mm + w.mm));
    }
    for &stop in transit.on_edge.get(&at.edge).into_iter().flatten() {
        let Some(to) = transit.stops[stop as usize].at else { continue };
        let (a, b) = if leaving { (at, &to) } else { (&to, at) };
        view.beside(a, b).into_iter().for_each(|mm| offer(stop, mm));
    }
    let mut list: Vec<_> = best.into_iter().collect();
    list.sort_unstable_by_key(|&(stop, mm)| (mm, stop));
    list
}
