//! What runs on one service day, laid out for the two searches: connections in order of departure for the sweep,
//! patterns of trips for the round-based search.
//!
//! Times are seconds after midnight of the day and may be negative: a bus of yesterday still running after midnight is
//! here, and so are the first of tomorrow.

use super::Transit;
use crate::model::{Day, NO_ALIGHTING, NO_BOARDING};
use std::collections::HashMap;
use std::sync::OnceLock;

const MIDNIGHT: i32 = 86_400;
/// Tomorrow's trips are of use until this hour.
const LATEST: i32 = 30 * 3600;

/// A trip that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayTrip {
    /// Its feed.
    pub feed: u32,
    /// Its position in the feed.
    pub trip: u32,
    /// Seconds to add to its times.
    pub shift: i32,
}

/// A ride from one call to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connection {
    /// Departure, seconds.
    pub departure: i32,
    /// Arrival, seconds.
    pub arrival: i32,
    /// Stop left.
    pub from: u32,
    /// Stop reached.
    pub to: u32,
    /// Position among the trips of the day, the two highest bits: no boarding at `from`, no alighting at `to`.
    trip: u32,
}

const BOARD_BIT: u32 = 1 << 31;
const ALIGHT_BIT: u32 = 1 << 30;

impl Connection {
    /// Position among the trips of the day.
    pub fn trip(&self) -> usize {
        (self.trip & !(BOARD_BIT | ALIGHT_BIT)) as usize
    }

    /// May one board at its start?
    pub fn boards(&self) -> bool {
        self.trip & BOARD_BIT == 0
    }

    /// May one alight at its end?
    pub fn alights(&self) -> bool {
        self.trip & ALIGHT_BIT == 0
    }
}

/// Trips with the same calls that never overtake each other.
#[derive(Debug, Clone)]
pub struct Pattern {
    /// Stops called at.
    pub stops: Vec<u32>,
    /// Boarding and alighting forbidden, as in the feed.
    pub flags: Vec<u32>,
    /// Positions among the trips of the day, earliest first.
    pub trips: Vec<u32>,
    /// Arrival and departure in milliseconds, trip by trip.
    pub times: Vec<(i32, i32)>,
}

/// Patterns, and where each stop lies in them.
#[derive(Debug, Default)]
pub struct Table {
    /// All patterns.
    pub patterns: Vec<Pattern>,
    first: Vec<u32>,
    calls: Vec<(u32, u32)>,
}

impl Table {
    /// Pattern and position of every call at a stop.
    pub fn calls(&self, stop: u32) -> &[(u32, u32)] {
        &self.calls[self.first[stop as usize] as usize..self.first[stop as usize + 1] as usize]
    }

    fn new(patterns: Vec<Pattern>, stops: usize) -> Self {
        let mut first = vec![0u32; stops + 1];
        patterns.iter().flat_map(|p| &p.stops).for_each(|s| first[*s as usize + 1] += 1);
        (0..stops).for_each(|i| first[i + 1] += first[i]);
        let mut fill = first.clone();
        let mut calls = vec![(0, 0); first[stops] as usize];
        for (p, pattern) in patterns.iter().enumerate() {
            for (i, s) in pattern.stops.iter().enumerate() {
                calls[fill[*s as usize] as usize] = (p as u32, i as u32);
                fill[*s as usize] += 1;
            }
        }
        Self { patterns, first, calls }
    }

    /// The same day run backwards: what arrives at t leaves at −t, so a search forward here is a search backward there.
    fn mirrored(&self, stops: usize) -> Self {
        let turn = |p: &Pattern| {
            let calls = p.stops.len();
            let mut flags: Vec<u32> = p.flags.clone();
            flags.reverse();
            let swap = |f: u32| {
                (if f & NO_BOARDING != 0 { NO_ALIGHTING } else { 0 }) | (if f & NO_ALIGHTING != 0 { NO_BOARDING } else { 0 })
            };
            let times = p.times.chunks(calls).rev().flat_map(|t| t.iter().rev().map(|(a, d)| (-d, -a))).collect();
            Pattern {
                stops: p.stops.iter().rev().copied().collect(),
                flags: flags.into_iter().map(swap).collect(),
                trips: p.trips.iter().rev().copied().collect(),
                times,
            }
        };
        Self::new(self.patterns.iter().map(turn).collect(), stops)
    }
}

/// One service day.
pub struct ServiceDay {
    /// The day.
    pub day: Day,
    /// Trips that run.
    pub trips: Vec<DayTrip>,
    /// Connections, latest departure first.
    pub connections: Vec<Connection>,
    table: OnceLock<Table>,
    mirror: OnceLock<Table>,
}

impl ServiceDay {
    /// Lays out a day.
    pub fn new(transit: &Transit, day: Day) -> Self {
        let mut trips = Vec::new();
        for (f, feed) in transit.feeds.iter().enumerate() {
            for (of, shift) in [(day.plus(-1), -MIDNIGHT), (day, 0), (day.plus(1), MIDNIGHT)] {
                let runs: Vec<bool> = feed.feed.calendars.iter().map(|c| c.runs(of)).collect();
                for (t, trip) in feed.feed.trips.iter().enumerate().filter(|(_, t)| runs[t.calendar as usize]) {
                    let times = feed.trip_times(t);
                    let (Some(first), Some(last)) = (times.first(), times.last()) else { continue };
                    let in_time = last.arrival as i32 + shift > 0 && first.departure as i32 + shift < LATEST;
                    if in_time && trip.count > 1 {
                        trips.push(DayTrip { feed: f as u32, trip: t as u32, shift });
                    }
                }
            }
        }
        let mut connections = Vec::new();
        for (i, t) in trips.iter().enumerate() {
            let first = transit.first_stop[t.feed as usize];
            for pair in transit.feeds[t.feed as usize].trip_times(t.trip as usize).windows(2) {
                let bits = if pair[0].flags & NO_BOARDING != 0 { BOARD_BIT } else { 0 }
                    | if pair[1].flags & NO_ALIGHTING != 0 { ALIGHT_BIT } else { 0 };
                connections.push(Connection {
                    departure: pair[0].departure as i32 + t.shift,
                    arrival: pair[1].arrival as i32 + t.shift,
                    from: first + pair[0].stop,
                    to: first + pair[1].stop,
                    trip: i as u32 | bits,
                });
            }
        }
        // of two connections leaving at once the later part of a trip must come first in a backward sweep: the sort is
        // stable and the list turned round, so within a trip the order is kept
        connections.sort_by_key(|c| c.departure);
        connections.reverse();
        Self { day, trips, connections, table: OnceLock::new(), mirror: OnceLock::new() }
    }

    /// Patterns of trips.
    pub fn table(&self, transit: &Transit) -> &Table {
        self.table.get_or_init(|| Table::new(patterns(transit, &self.trips), transit.stops.len()))
    }

    /// Patterns of the mirrored day.
    pub fn mirror(&self, transit: &Transit) -> &Table {
        self.mirror.get_or_init(|| self.table(transit).mirrored(transit.stops.len()))
    }

    /// Calls at which one may board, by stop: how often a bus comes.
    pub fn departures(&self, transit: &Transit) -> Vec<u32> {
        let mut count = vec![0; transit.stops.len()];
        let today = |c: &&Connection| self.trips[c.trip()].shift == 0;
        self.connections.iter().filter(today).filter(|c| c.boards()).for_each(|c| count[c.from as usize] += 1);
        count
    }
}

fn patterns(transit: &Transit, trips: &[DayTrip]) -> Vec<Pattern> {
    let mut same: HashMap<Vec<(u32, u32)>, Vec<u32>> = HashMap::new();
    for (i, t) in trips.iter().enumerate() {
        let first = transit.first_stop[t.feed as usize];
        let times = transit.feeds[t.feed as usize].trip_times(t.trip as usize);
        same.entry(times.iter().map(|c| (first + c.stop, c.flags)).collect()).or_default().push(i as u32);
    }
    let mut groups: Vec<_> = same.into_iter().collect();
    groups.sort_by_key(|(_, trips)| trips[0]);
    let mut out = Vec::new();
    for (calls, members) in groups {
        let times_of = |i: u32| -> Vec<(i32, i32)> {
            let t = trips[i as usize];
            let times = transit.feeds[t.feed as usize].trip_times(t.trip as usize);
            times.iter().map(|c| ((c.arrival as i32 + t.shift) * 1000, (c.departure as i32 + t.shift) * 1000)).collect()
        };
        let mut timed: Vec<(Vec<(i32, i32)>, u32)> = members.iter().map(|i| (times_of(*i), *i)).collect();
        timed.sort();
        // a trip that overtakes goes into a pattern of its own
        let mut split: Vec<Pattern> = Vec::new();
        for (times, trip) in timed {
            let after = |p: &Pattern| {
                let last = &p.times[p.times.len() - times.len()..];
                last.iter().zip(&times).all(|(a, b)| a.0 <= b.0 && a.1 <= b.1)
            };
            match split.iter_mut().find(|p| after(p)) {
                Some(p) => {
                    p.trips.push(trip);
                    p.times.extend(times);
                }
                None => split.push(Pattern {
                    stops: calls.iter().map(|c| c.0).collect(),
                    flags: calls.iter().map(|c| c.1).collect(),
                    trips: vec![trip],
                    times,
                }),
            }
        }
        out.extend(split);
    }
    out
}
