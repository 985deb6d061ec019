//! Journeys for one trip: the best by number of rides, each leaving as late as it can, leg by leg.

use super::raptor::Arrivals;
use super::{Changes, NEVER, Raptor, Rider, access, egress};
use crate::atlas::Transit;
use crate::atlas::streets::{NONE, Snapped, View};
use crate::atlas::transit::{ServiceDay, Table};

/// One part of a journey. Times are milliseconds after midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leg {
    /// On foot between the start, a stop or the end: [`NONE`] stands for start and end.
    Walk {
        /// Stop left, or [`NONE`] for the start.
        from: u32,
        /// Stop reached, or [`NONE`] for the end.
        to: u32,
        /// Setting out.
        leave: i32,
        /// Getting there, any slack of a change included.
        arrive: i32,
    },
    /// On a vehicle.
    Ride {
        /// Position among the trips of the day.
        trip: u32,
        /// Call boarded at.
        board: u32,
        /// Call alighted at.
        alight: u32,
        /// Stop boarded at.
        from: u32,
        /// Stop alighted at.
        to: u32,
        /// Departure.
        leave: i32,
        /// Arrival.
        arrive: i32,
    },
}

/// A way from start to end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journey {
    /// Leaving the start.
    pub leave: i32,
    /// Reaching the end.
    pub arrive: i32,
    /// Vehicles used.
    pub rides: usize,
    /// Its parts.
    pub legs: Vec<Leg>,
}

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct Request {
    /// Where the start joins the streets.
    pub from: Snapped,
    /// Where the end does.
    pub to: Snapped,
    /// Not before, or not after, this time.
    pub at: i32,
    /// True: be there by `at`; false: leave at or after `at`.
    pub arrive_by: bool,
    /// Longest journey, milliseconds.
    pub horizon: i32,
}

/// Pareto journeys by arrival (or departure) and rides, fewest rides first. A walk all the way is not among them.
pub fn journeys(transit: &Transit, view: &View, day: &ServiceDay, rider: &Rider, request: &Request) -> Vec<Journey> {
    let ms = |list: Vec<(u32, u32)>| -> Vec<(u32, i32)> { list.into_iter().map(|(s, mm)| (s, rider.walker.ms(mm))).collect() };
    let near = ms(access(transit, view, &request.from, rider));
    let far = ms(egress(transit, view, &request.to, rider));
    let changes = Changes::new(transit, rider);
    let turned = changes.turned();
    let sides = Sides { forward: (day.table(transit), &changes), backward: (day.mirror(transit), &turned) };
    let mut raptor = Raptor::new(transit.stops.len());
    let mut found: Vec<Journey> = Vec::new();
    let first = sides.best(&mut raptor, &near, &far, request.at, request.arrive_by, rider.rides, request.horizon);
    for (rides, bound) in first {
        // the best arrival is known; now leave as late as that allows (or the other way round)
        let back = !request.arrive_by;
        let tight = sides.best_with_legs(&mut raptor, &near, &far, bound, back, rides, request.horizon);
        if let Some(j) = tight.filter(|j| found.iter().all(|f| !dominates(f, j))) {
            found.push(j);
        }
    }
    found
}

fn dominates(a: &Journey, b: &Journey) -> bool {
    a.rides <= b.rides && a.leave >= b.leave && a.arrive <= b.arrive
}

struct Sides<'a> {
    forward: (&'a Table, &'a Changes),
    backward: (&'a Table, &'a Changes),
}

/// What a search found, with the end it did not start from.
struct Searched<'n> {
    table: &'n Table,
    end: &'n [(u32, i32)],
    at: i32,
    latest: i32,
    arrivals: Arrivals<'n>,
}

impl Sides<'_> {
    /// Earliest arrival (latest departure if `back`) by number of rides, only where a further ride improves it.
    #[allow(clippy::too_many_arguments)]
    fn best(
        &self,
        raptor: &mut Raptor,
        near: &[(u32, i32)],
        far: &[(u32, i32)],
        at: i32,
        back: bool,
        rides: usize,
        horizon: i32,
    ) -> Vec<(usize, i32)> {
        let Searched { end, latest, arrivals, .. } = self.search(raptor, near, far, (at, back), rides, horizon);
        let mut out: Vec<(usize, i32)> = Vec::new();
        for (k, round) in arrivals.rounds.iter().enumerate().skip(1) {
            let done = |&(s, ms): &(u32, i32)| round.arrival[s as usize].checked_add(ms);
            let Some(best) = end.iter().filter_map(done).min().filter(|t| *t <= latest) else { continue };
            if out.last().is_none_or(|(_, t)| best < *t) {
                out.push((k, best));
            }
        }
        let sign = if back { -1 } else { 1 };
        out.into_iter().map(|(k, t)| (k, sign * t)).collect()
    }

    /// Runs the rounds from one end, in the time of the table searched.
    fn search<'n>(
        &'n self,
        raptor: &'n mut Raptor,
        near: &'n [(u32, i32)],
        far: &'n [(u32, i32)],
        (at, back): (i32, bool),
        rides: usize,
        horizon: i32,
    ) -> Searched<'n> {
        let ((table, changes), start, end, at) =
            if back { (self.backward, far, near, -at) } else { (self.forward, near, far, at) };
        let seeds: Vec<(u32, i32)> = start.iter().map(|&(s, ms)| (s, at + ms)).collect();
        let latest = at.saturating_add(horizon);
        Searched { table, end, at, latest, arrivals: raptor.run(table, changes, &seeds, rides, latest) }
    }

    /// The journey of exactly so many rides or fewer that is best from a fixed end.
    #[allow(clippy::too_many_arguments)]
    fn best_with_legs(
        &self,
        raptor: &mut Raptor,
        near: &[(u32, i32)],
        far: &[(u32, i32)],
        at: i32,
        back: bool,
        rides: usize,
        horizon: i32,
    ) -> Option<Journey> {
        let Searched { table, end, at, arrivals, .. } = self.search(raptor, near, far, (at, back), rides, horizon);
        let mut best: Option<(i32, usize, u32, i32)> = None;
        for (k, round) in arrivals.rounds.iter().enumerate().skip(1) {
            for &(s, ms) in end {
                let Some(t) = round.arrival[s as usize].checked_add(ms) else { continue };
                if best.is_none_or(|(b, ..)| t < b) {
                    best = Some((t, k, s, ms));
                }
            }
        }
        let (done, rounds, last, egress) = best.filter(|b| b.0 != NEVER)?;
        // from the end back to the start, in the time of the table searched
        let mut legs = vec![Leg::Walk { from: last, to: NONE, leave: done - egress, arrive: done }];
        let (mut k, mut stop) = (rounds, last);
        while k > 0 {
            let ride = arrivals.rounds[k].ride[stop as usize];
            let pattern = &table.patterns[ride.pattern as usize];
            let time = |call: u32| pattern.times[ride.trip as usize * pattern.stops.len() + call as usize];
            let boarded = pattern.stops[ride.board as usize];
            legs.push(Leg::Ride {
                trip: pattern.trips[ride.trip as usize],
                board: ride.board,
                alight: ride.alight,
                from: boarded,
                to: stop,
                leave: time(ride.board).1,
                arrive: time(ride.alight).0,
            });
            // the round one got ready for this ride in: the fewest rides that give the readiness used
            let ready = arrivals.rounds[k - 1].ready[boarded as usize];
            k -= 1;
            if k == 0 {
                legs.push(Leg::Walk { from: NONE, to: boarded, leave: at, arrive: ready });
                break;
            }
            let before = arrivals.rounds[k].changed_from[boarded as usize];
            let left = arrivals.rounds[k].arrival[before as usize];
            legs.push(Leg::Walk { from: before, to: boarded, leave: left, arrive: ready });
            stop = before;
        }
        legs.reverse();
        let journey = Journey { leave: at, arrive: done, rides: rounds, legs };
        Some(if back { journey.turned_back(table) } else { journey })
    }
}

impl Journey {
    /// A journey found on the mirrored day, in the time of the day itself.
    fn turned_back(self, table: &Table) -> Self {
        let calls_of = |trip: u32| table.patterns.iter().find(|p| p.trips.contains(&trip)).map_or(0, |p| p.stops.len() as u32);
        let turn = |leg: &Leg| match *leg {
            Leg::Walk { from, to, leave, arrive } => Leg::Walk { from: to, to: from, leave: -arrive, arrive: -leave },
            Leg::Ride { trip, board, alight, from, to, leave, arrive } => {
                let last = calls_of(trip).saturating_sub(1);
                Leg::Ride {
                    trip,
                    board: last.saturating_sub(alight),
                    alight: last.saturating_sub(board),
                    from: to,
                    to: from,
                    leave: -arrive,
                    arrive: -leave,
                }
            }
        };
        Self { leave: -self.arrive, arrive: -self.leave, rides: self.rides, legs: self.legs.iter().rev().map(turn).collect() }
    }
}
