//! Travel times between many places for many departures: range search from each origin, latest departure first.

use super::{Changes, NEVER, Raptor, Rider, access, egress};
use crate::atlas::Transit;
use crate::atlas::streets::{NONE, Snapped, View};
use crate::atlas::transit::ServiceDay;
use crate::travel::{Search, seeds_from, seeds_toward};
use rayon::prelude::*;

/// Calls `take(origin, times)` for every origin, in any order and from several threads: `times[d][t]` are the milliseconds
/// to destination `t` for the `d`-th departure, [`NONE`] if there is no way within the horizon. Walks all the way count.
#[allow(clippy::too_many_arguments)]
pub fn matrix(
    transit: &Transit,
    view: &View,
    day: &ServiceDay,
    rider: &Rider,
    places: &[Snapped],
    departures: &[i32],
    walk_limit: u32,
    horizon: i32,
    take: impl Fn(usize, &[Vec<u32>]) + Sync,
) {
    let changes = Changes::new(transit, rider);
    let table = day.table(transit);
    let ends: Vec<Vec<(u32, i32)>> = places
        .par_iter()
        .map(|p| egress(transit, view, p, rider).into_iter().map(|(s, mm)| (s, rider.walker.ms(mm))).collect())
        .collect();
    let goals: Vec<[(u32, u32); 2]> = places
        .iter()
        .map(|to| {
            let mut seeds = seeds_toward(view, to, 0).map(|s| (s.node, s.mm));
            [seeds.next().unwrap_or((NONE, NONE)), seeds.next().unwrap_or((NONE, NONE))]
        })
        .collect();
    // latest first: what a later departure reaches an earlier one reaches too
    let mut order: Vec<usize> = (0..departures.len()).collect();
    order.sort_by_key(|d| std::cmp::Reverse(departures[*d]));
    places.par_iter().enumerate().for_each_init(
        || (Raptor::new(transit.stops.len()), Search::new(view.nodes.len()), vec![vec![NONE; places.len()]; departures.len()]),
        |(raptor, search, times), (o, from)| {
            search.outward(view, seeds_from(view, from, 0), walk_limit, rider.walker);
            let on_foot: Vec<u32> = places
                .iter()
                .zip(&goals)
                .map(|(to, goal)| {
                    let via = goal.iter().filter(|g| g.0 != NONE).map(|g| search.mm[g.0 as usize].saturating_add(g.1));
                    let mm = via.chain(view.beside(from, to)).min().filter(|mm| *mm <= walk_limit);
                    mm.map_or(NONE, |mm| rider.walker.ms(mm) as u32)
                })
                .collect();
            let near: Vec<(u32, i32)> =
                access(transit, view, from, rider).into_iter().map(|(s, mm)| (s, rider.walker.ms(mm))).collect();
            let mut fresh = true;
            for &d in &order {
                let leave = departures[d];
                let seeds: Vec<(u32, i32)> = near.iter().map(|(s, ms)| (*s, leave + ms)).collect();
                let latest = leave.saturating_add(horizon);
                let found = if fresh {
                    raptor.run(table, &changes, &seeds, rider.rides, latest)
                } else {
                    raptor.again(table, &changes, &seeds, rider.rides, latest)
                };
                fresh = false;
                for (t, list) in ends.iter().enumerate() {
                    let mut best = NEVER;
                    for &(stop, ms) in list {
                        best = best.min(found.best[stop as usize].saturating_add(ms));
                    }
                    let ride = if best <= latest { (best - leave) as u32 } else { NONE };
                    times[d][t] = ride.min(on_foot[t]);
                }
            }
            take(o, times);
        },
    );
}
