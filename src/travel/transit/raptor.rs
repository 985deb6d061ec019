//! Round-based search (RAPTOR: Delling, Pajor, Werneck 2012): earliest arrival at every stop by number of rides. The
//! backward search is the same on the mirrored day.

use super::{Changes, NEVER};
use crate::atlas::streets::NONE;
use crate::atlas::transit::Table;
use crate::model::{NO_ALIGHTING, NO_BOARDING};

/// A ride that brings one to a stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ride {
    /// Pattern.
    pub pattern: u32,
    /// Position of the trip in the pattern.
    pub trip: u32,
    /// Call boarded at.
    pub board: u32,
    /// Call alighted at.
    pub alight: u32,
}

const NO_RIDE: Ride = Ride { pattern: NONE, trip: NONE, board: NONE, alight: NONE };

/// What is known after some number of rides.
pub struct Round {
    /// Arrival at each stop on a vehicle.
    pub arrival: Vec<i32>,
    /// The ride that gave it.
    pub ride: Vec<Ride>,
    /// When one can board at each stop.
    pub ready: Vec<i32>,
    /// Stop one changed from; [`NONE`] for those walked to from the start.
    pub changed_from: Vec<u32>,
}

/// The answer: round 0 is the walk from the start.
pub struct Arrivals<'a> {
    /// Best arrival at each stop on a vehicle, whatever the rides.
    pub best: &'a [i32],
    /// By number of rides.
    pub rounds: &'a [Round],
}

/// A reusable search.
pub struct Raptor {
    rounds: Vec<Round>,
    /// Best arrival at each stop with so many rides or fewer.
    best: Vec<Vec<i32>>,
    /// When one can board at each stop with so many rides before or fewer.
    ready: Vec<Vec<i32>>,
    stops: usize,
    marked: Vec<u32>,
    is_marked: Vec<bool>,
    /// First call to look at, by pattern.
    from_call: Vec<u32>,
    queue: Vec<u32>,
}

impl Raptor {
    /// A search over a network of this many stops.
    pub fn new(stops: usize) -> Self {
        Self {
            rounds: Vec::new(),
            best: Vec::new(),
            ready: Vec::new(),
            stops,
            marked: Vec::new(),
            is_marked: vec![false; stops],
            from_call: Vec::new(),
            queue: Vec::new(),
        }
    }

    fn reset(&mut self, rides: usize, patterns: usize) {
        let stops = self.stops;
        for known in [&mut self.best, &mut self.ready] {
            known.iter_mut().for_each(|b| b.fill(NEVER));
            known.resize(known.len().max(rides + 1), vec![NEVER; stops]);
        }
        while self.rounds.len() < rides + 1 {
            let never = || vec![NEVER; stops];
            let round = Round { arrival: never(), ride: vec![NO_RIDE; stops], ready: never(), changed_from: vec![NONE; stops] };
            self.rounds.push(round);
        }
        for r in &mut self.rounds {
            r.arrival.fill(NEVER);
            r.ready.fill(NEVER);
        }
        self.marked.clear();
        self.is_marked.fill(false);
        self.from_call.clear();
        self.from_call.resize(patterns, NONE);
    }

    /// Earliest arrivals from stops reached at given times. Nothing later than `latest` is followed.
    pub fn run(&mut self, table: &Table, changes: &Changes, seeds: &[(u32, i32)], rides: usize, latest: i32) -> Arrivals<'_> {
        self.reset(rides, table.patterns.len());
        self.again(table, changes, seeds, rides, latest)
    }

    /// As [`Raptor::run`], for an earlier departure than the run before: what that one found still holds (range search).
    pub fn again(&mut self, table: &Table, changes: &Changes, seeds: &[(u32, i32)], rides: usize, latest: i32) -> Arrivals<'_> {
        for &(stop, at) in seeds.iter().filter(|(_, at)| *at <= latest) {
            if at < self.rounds[0].ready[stop as usize] {
                self.rounds[0].ready[stop as usize] = at;
                self.rounds[0].changed_from[stop as usize] = NONE;
                lower(&mut self.ready, stop, at);
                self.mark(stop);
            }
        }
        for k in 1..=rides {
            if self.marked.is_empty() {
                break;
            }
            self.collect(table);
            let queue = std::mem::take(&mut self.queue);
            queue.iter().for_each(|&p| self.ride(table, p, k, latest));
            self.queue = queue;
            if k < rides {
                self.change(changes, k, latest);
            }
        }
        self.marked.drain(..).for_each(|s| self.is_marked[s as usize] = false);
        Arrivals { rounds: &self.rounds[..=rides], best: &self.best[rides] }
    }

    fn mark(&mut self, stop: u32) {
        if !self.is_marked[stop as usize] {
            self.is_marked[stop as usize] = true;
            self.marked.push(stop);
        }
    }

    /// Patterns that call at a marked stop, each from its first such call.
    fn collect(&mut self, table: &Table) {
        self.queue.clear();
        for stop in self.marked.drain(..) {
            self.is_marked[stop as usize] = false;
            for &(pattern, call) in table.calls(stop) {
                let first = &mut self.from_call[pattern as usize];
                if *first == NONE {
                    self.queue.push(pattern);
                }
                *first = (*first).min(call);
            }
        }
    }

    fn ride(&mut self, table: &Table, p: u32, k: usize, latest: i32) {
        let pattern = &table.patterns[p as usize];
        let calls = pattern.stops.len();
        let count = pattern.trips.len();
        let start = std::mem::replace(&mut self.from_call[p as usize], NONE) as usize;
        let (before, now) = self.rounds.split_at_mut(k);
        let (before, now) = (&before[k - 1], &mut now[0]);
        let (mut trip, mut board) = (count, 0);
        for i in start..calls {
            let stop = pattern.stops[i];
            if trip < count && pattern.flags[i] & NO_ALIGHTING == 0 {
                let arrival = pattern.times[trip * calls + i].0;
                if arrival < self.best[k][stop as usize] && arrival <= latest {
                    lower(&mut self.best[k..], stop, arrival);
                    now.arrival[stop as usize] = arrival;
                    now.ride[stop as usize] = Ride { pattern: p, trip: trip as u32, board: board as u32, alight: i as u32 };
                    if !self.is_marked[stop as usize] {
                        self.is_marked[stop as usize] = true;
                        self.marked.push(stop);
                    }
                }
            }
            let ready = before.ready[stop as usize];
            let earlier = ready != NEVER && (trip == count || ready <= pattern.times[trip * calls + i].1);
            if earlier && pattern.flags[i] & NO_BOARDING == 0 {
                let found = first_from(pattern, i, ready, trip);
                if found < trip {
                    (trip, board) = (found, i);
                }
            }
        }
    }

    fn change(&mut self, changes: &Changes, k: usize, latest: i32) {
        let arrived = std::mem::take(&mut self.marked);
        arrived.iter().for_each(|s| self.is_marked[*s as usize] = false);
        for &stop in &arrived {
            let at = self.rounds[k].arrival[stop as usize];
            for &(to, ms) in changes.from(stop) {
                let ready = at.saturating_add(ms);
                // ready earlier than ever before, with fewer rides or the same: only then is a further ride of use
                if ready < self.ready[k][to as usize] && ready <= latest {
                    lower(&mut self.ready[k..], to, ready);
                    self.rounds[k].ready[to as usize] = ready;
                    self.rounds[k].changed_from[to as usize] = stop;
                    self.mark(to);
                }
            }
        }
    }
}

fn lower(rounds: &mut [Vec<i32>], stop: u32, time: i32) {
    rounds.iter_mut().for_each(|r| r[stop as usize] = r[stop as usize].min(time));
}

/// The first trip of a pattern, before `limit`, that leaves a call at or after a time.
fn first_from(pattern: &crate::atlas::transit::Pattern, call: usize, ready: i32, limit: usize) -> usize {
    let calls = pattern.stops.len();
    let (mut low, mut high) = (0, limit.min(pattern.trips.len()));
    while low < high {
        let middle = (low + high) / 2;
        if pattern.times[middle * calls + call].1 < ready {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}
