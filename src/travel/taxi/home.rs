//! The way home by demand taxi: from one place, at a time of leaving it, to wherever some leg sets down.

use super::{Networks, Usable};
use crate::atlas::demand::DemandPoint;
use crate::atlas::streets::{NONE, Snapped, View};
use crate::model::{LonLat, rules};
use crate::travel::{Search, drive_along, drive_from, drive_toward, seeds_from};
use std::collections::HashMap;

/// Demand points near the 乗降点 where each leg sets down: worked out once for all places one may come from.
pub struct Homeward<'a> {
    net: &'a Networks<'a>,
    legs: &'a [Usable<'a>],
    /// By leg: demand point, stop, walk from it in milliseconds.
    near: Vec<Vec<(u32, u32, i32)>>,
}

/// A pick-up: where the car stands, and when it leaves.
struct Boarding {
    at: Snapped,
    leaves: i32,
}

impl<'a> Homeward<'a> {
    /// For the legs usable on a day.
    pub fn new(net: &'a Networks<'a>, legs: &'a [Usable<'a>]) -> Self {
        let near = legs.iter().map(|leg| if leg.windows.is_empty() { Vec::new() } else { walks_home(net, leg) }).collect();
        Self { net, legs, near }
    }

    /// Milliseconds from leaving a place to being home, waits included, at every demand point a taxi brings people to.
    pub fn from(&self, point: LonLat, at: &Snapped, leave: i32) -> HashMap<u32, i32> {
        let drive = self.net.drive.view();
        let mut walk = Search::new(self.net.streets.nodes.len());
        walk.outward(&self.net.streets, seeds_from(&self.net.streets, at, 0), spot_mm(), self.net.walker);
        let mut ride = Search::new(drive.nodes.len());
        let mut home: HashMap<u32, i32> = HashMap::new();
        for (leg, near) in self.legs.iter().zip(&self.near) {
            for start in self.boardings(&drive, leg, (point, at), &walk, leave) {
                ride.outward(&drive, drive_from(&drive, &start.at, self.net.walker, 0), self.net.horizon as u32, self.net.walker);
                let mut offer = |to: u32, end: &Snapped, after: i32| {
                    let Some(ms) = self.ride_to(&drive, &ride, &start.at, end, leg) else { return };
                    let set_down = start.leaves.saturating_add(ms);
                    if set_down <= leg.until {
                        let time = set_down + after - leave;
                        home.entry(to).and_modify(|t| *t = (*t).min(time)).or_insert(time);
                    }
                };
                for (p, end) in &self.net.points.set_down[leg.number] {
                    offer(*p, end, 0);
                }
                let mut joined: HashMap<u32, Option<Snapped>> = HashMap::new();
                for &(p, stop, after) in near {
                    let place = self.net.transit.stops[stop as usize].point;
                    if let Some(end) = *joined.entry(stop).or_insert_with(|| drive.snap(place, &rules().network)) {
                        offer(p, &end, after);
                    }
                }
            }
        }
        home
    }

    /// Where and when a leg can be boarded by somebody who leaves the place then.
    fn boardings(&self, drive: &View, leg: &Usable, (point, at): (LonLat, &Snapped), walk: &Search, leave: i32) -> Vec<Boarding> {
        let streets = &self.net.streets;
        let earliest = |ready: i32| leg.windows.iter().filter(|w| ready <= w.1).map(|w| ready.max(w.0)).min();
        let board = |p: LonLat, ready: i32| Some(Boarding { at: drive.snap(p, &rules().network)?, leaves: earliest(ready)? });
        let stop = |s: &u32| {
            let joined = &self.net.transit.stops[*s as usize];
            let to = joined.at?;
            let via = streets.arriving(&to).filter(|(n, _)| walk.mm[*n as usize] != NONE);
            let mm = via.map(|(n, mm)| mm.saturating_add(walk.mm[n as usize])).chain(streets.beside(at, &to)).min()?;
            (mm <= spot_mm()).then(|| board(joined.point, leave + self.net.walker.ms(mm))).flatten()
        };
        let pickup = &leg.leg.pickup;
        let inside = (!pickup.bounds.is_empty() && pickup.contains(point)).then(|| board(point, leave)).flatten();
        inside.into_iter().chain(pickup.stops.iter().filter_map(stop)).collect()
    }

    fn ride_to(&self, drive: &View, search: &Search, from: &Snapped, to: &Snapped, leg: &Usable) -> Option<i32> {
        let via = drive_toward(drive, to, self.net.walker, 0)
            .filter(|s| search.mm[s.node as usize] != NONE)
            .map(|s| s.mm.saturating_add(search.mm[s.node as usize]));
        let ms = via.chain(drive_along(drive, from, to, self.net.walker)).min()?;
        Some(super::own_pace(ms, leg.service))
    }
}

fn spot_mm() -> u32 {
    (rules().taxi.spot_metres * 1000.0) as u32
}

/// Demand points within a walk of the 乗降点 a leg sets down at: point, nearest stop, walk home in milliseconds.
fn walks_home(net: &Networks, leg: &Usable) -> Vec<(u32, u32, i32)> {
    let stops = &leg.leg.drop_off.stops;
    // who lives by the hospital is not brought home by the ride to the hospital
    if stops.is_empty() || !leg.leg.pickup.bounds.is_empty() && leg.leg.drop_off.bounds.is_empty() {
        return Vec::new();
    }
    let mut search = Search::new(net.streets.nodes.len());
    let at = |s: &u32| Some((*s, net.transit.stops[*s as usize].at?));
    let seeds = stops.iter().filter_map(at).flat_map(|(s, at)| seeds_from(&net.streets, &at, s).collect::<Vec<_>>());
    search.outward_labelled(&net.streets, seeds, spot_mm(), net.walker);
    let near = |(i, p): (usize, &DemandPoint)| {
        let reached = |(n, mm): (u32, u32)| {
            let before = search.mm[n as usize];
            (before != NONE).then(|| (before.saturating_add(mm), search.source[n as usize]))
        };
        let (mm, stop) = net.streets.arriving(&p.snapped()?).filter_map(reached).min()?;
        (mm <= spot_mm()).then(|| (i as u32, stop, net.walker.ms(mm)))
    };
    net.demand.points.iter().enumerate().filter_map(near).collect()
}
