//! One backward sweep over the day: from all services of a kind at once, when to leave each stop and when one is there.
//!
//! Profile connection scan (Dibbelt, Pajor, Strasser, Wagner 2018) with a limit on rides. For coverage it is the better
//! tool than rounds: a departure window of two hours has thousands of arrivals, and this looks at each connection once.

use super::{Changes, MAX_RIDES, NEVER, Rider};
use crate::atlas::transit::ServiceDay;

/// The best arrival by number of rides: index 0 for one.
type ByRides = [i32; MAX_RIDES];

/// How one gets from a stop to a service.
pub struct Egress<'a> {
    /// Walk from each stop to the nearest service, milliseconds; [`NEVER`] if none.
    pub walk: &'a [i32],
    /// Anything else that leads on from a stop at a time, e.g. a demand taxi: the arrival, or [`NEVER`].
    pub onward: Option<&'a (dyn Fn(u32, i32) -> i32 + Sync)>,
}

impl Egress<'_> {
    fn arrival(&self, stop: u32, at: i32) -> i32 {
        let walk = self.walk[stop as usize];
        let on_foot = if walk == NEVER { NEVER } else { at.saturating_add(walk) };
        self.onward.map_or(on_foot, |f| on_foot.min(f(stop, at)))
    }
}

/// When to be at a stop, and when that brings one to a service. Latest first; arrivals fall with departures.
pub struct Profile {
    first: Vec<u32>,
    entries: Vec<(i32, i32)>,
}

impl Profile {
    /// Departure and arrival pairs of a stop, latest first.
    pub fn of(&self, stop: u32) -> &[(i32, i32)] {
        &self.entries[self.first[stop as usize] as usize..self.first[stop as usize + 1] as usize]
    }

    /// The earliest arrival for somebody at a stop at a time.
    pub fn arrival(&self, stop: u32, at: i32) -> i32 {
        let list = self.of(stop);
        match list.partition_point(|(d, _)| *d >= at) {
            0 => NEVER,
            n => list[n - 1].1,
        }
    }
}

struct Entry {
    departure: i32,
    arrival: ByRides,
}

/// Sweeps the connections that leave between two times (milliseconds).
pub fn sweep(day: &ServiceDay, changes: &Changes, rider: &Rider, egress: &Egress, from: i32, to: i32) -> Profile {
    let stops = egress.walk.len();
    let rides = rider.rides.clamp(1, MAX_RIDES);
    let mut boards: Vec<Vec<Entry>> = (0..stops).map(|_| Vec::new()).collect();
    let mut trips: Vec<ByRides> = vec![[NEVER; MAX_RIDES]; day.trips.len()];
    let begin = day.connections.partition_point(|c| c.departure.saturating_mul(1000) > to);
    for c in &day.connections[begin..] {
        let (departure, arrival) = (c.departure * 1000, c.arrival * 1000);
        if departure < from {
            break;
        }
        let mut best = trips[c.trip()];
        if c.alights() {
            let done = egress.arrival(c.to, arrival);
            best.iter_mut().for_each(|b| *b = (*b).min(done));
            if rides > 1 {
                for &(stop, ms) in changes.from(c.to) {
                    // boards are filled latest first, and departures before this connection's are not there yet
                    let at = arrival + ms;
                    let list = &boards[stop as usize];
                    let Some(next) = list.iter().rev().find(|e| e.departure >= at) else { continue };
                    // one ride more than those the change leads to
                    for (b, onward) in best[1..rides].iter_mut().zip(&next.arrival) {
                        *b = (*b).min(*onward);
                    }
                }
            }
        }
        trips[c.trip()] = best;
        if best[rides - 1] == NEVER || !c.boards() {
            continue;
        }
        let list = &mut boards[c.from as usize];
        match list.last_mut() {
            None => list.push(Entry { departure, arrival: best }),
            Some(last) => {
                let better = |k: usize| best[k] < last.arrival[k];
                if (0..rides).any(better) {
                    let arrival = std::array::from_fn(|k| best[k].min(last.arrival[k]));
                    if last.departure == departure {
                        last.arrival = arrival;
                    } else {
                        list.push(Entry { departure, arrival });
                    }
                }
            }
        }
    }
    let (mut first, mut entries) = (vec![0u32], Vec::new());
    for list in boards {
        let mut last = NEVER;
        for e in list {
            let arrival = e.arrival[rides - 1];
            if arrival < last {
                entries.push((e.departure, arrival));
                last = arrival;
            }
        }
        first.push(entries.len() as u32);
    }
    Profile { first, entries }
}
