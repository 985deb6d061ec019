//! From the profiles of stops to the minutes of every demand point, over a window of departures.

use super::{NEVER, Profile, Rider};
use crate::atlas::Transit;
use crate::atlas::demand::DemandView;
use crate::atlas::streets::{NONE, View};
use rayon::prelude::*;

/// Departures asked about: every whole minute from one time up to, and without, another; milliseconds after midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// First departure.
    pub from: i32,
    /// One past the last.
    pub to: i32,
}

const MINUTE: i32 = 60_000;

impl Window {
    /// Every departure.
    pub fn departures(&self) -> impl DoubleEndedIterator<Item = i32> + use<> {
        let from = self.from;
        (0..self.count() as i32).map(move |i| from + i * MINUTE)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        ((self.to - self.from).max(0) as usize).div_ceil(MINUTE as usize).max(1)
    }
}

/// A way that leaves at any moment between two times and takes a fixed time, e.g. a demand taxi; one that leaves once has
/// equal times. Milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// Leaving home not before this: who is ready earlier waits.
    pub from: i32,
    /// Nor after this.
    pub to: i32,
    /// Time from leaving to the service.
    pub ms: i32,
}

/// What leads away from each demand point beside streets and stops: ways at any moment, and departures with their
/// arrivals, latest first.
pub type Offers<'a> = &'a (dyn Fn(usize, &mut Vec<Offer>, &mut Vec<(i32, i32)>) + Sync);

/// Travel times of demand points, milliseconds; [`NONE`] where there is no way within the horizon.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Minutes {
    /// Leaving at the best moment of the window.
    pub best: Vec<u32>,
    /// Half of the departures of the window do not take longer.
    pub p50: Vec<u32>,
    /// Nine in ten do not.
    pub p90: Vec<u32>,
}

/// A list of (leave, arrive), latest first, arrivals falling.
type Frontier = Vec<(i32, i32)>;

/// Everything the travel times of demand points follow from.
pub struct Spread<'a> {
    /// Stops and walks.
    pub transit: &'a Transit,
    /// The streets.
    pub streets: View<'a>,
    /// The demand points.
    pub demand: DemandView<'a>,
    /// When to be at each stop.
    pub profile: &'a Profile,
    /// Who travels.
    pub rider: Rider,
    /// Walk from each junction to the nearest service, millimetres.
    pub node_mm: &'a [u32],
    /// Walk from each demand point; [`NONE`] beyond the longest walk.
    pub walk_mm: &'a [u32],
    /// The longest walk all the way, millimetres.
    pub walk_limit: u32,
    /// Departures.
    pub window: Window,
    /// Longest journey, milliseconds.
    pub horizon: i32,
    /// What leads away from demand points otherwise.
    pub offers: Option<Offers<'a>>,
}

/// The travel times of every demand point.
pub fn spread(s: &Spread) -> Minutes {
    let Spread { transit, demand, profile, rider, node_mm, walk_mm, window, horizon, offers, .. } = *s;
    let mut farthest = vec![NONE; node_mm.len()];
    for p in demand.points {
        for k in 0..2 {
            if p.node[k] != NONE {
                let far = &mut farthest[p.node[k] as usize];
                *far = if *far == NONE { p.node_mm[k] } else { (*far).max(p.node_mm[k]) };
            }
        }
    }
    let walks = transit.walks.view();
    let frontiers: Vec<Frontier> = farthest
        .par_iter()
        .enumerate()
        .with_min_len(256)
        .map_init(
            || (Frontier::new(), Frontier::new()),
            |(kept, next), (node, &far)| {
                kept.clear();
                if far == NONE {
                    return Frontier::new();
                }
                // a walk from here only stands for the walk of every point here if all of them may go that far
                let all_walk = node_mm[node].saturating_add(far) <= s.walk_limit;
                let direct = if !all_walk { NEVER } else { rider.walker.ms(node_mm[node]) };
                let end = window.to.saturating_add(rider.walker.ms(far));
                for w in walks.stops_from(node as u32).iter().take_while(|w| w.mm <= rider.access_mm) {
                    let ms = rider.walker.ms(w.mm);
                    if ms >= direct {
                        break; // nearest first: all others are farther than the service itself
                    }
                    merge(kept, profile.of(w.stop), ms, direct.min(horizon), window.from, next);
                }
                // of what leaves after the last departure only the first is of use
                let spare = kept.partition_point(|(leave, _)| *leave >= end);
                kept[spare.saturating_sub(1)..].to_vec()
            },
        )
        .collect();
    let count = window.count();
    let rank = |share: f64| ((share * count as f64).ceil() as usize).clamp(1, count) - 1;
    let ranks = [rank(0.5), rank(0.9)];
    let of_point = |(samples, own, offered, chained): &mut (Vec<u32>, Frontier, Vec<Offer>, Frontier), i: usize| -> [u32; 3] {
        let p = &demand.points[i];
        let walk = if walk_mm[i] == NONE { NONE } else { rider.walker.ms(walk_mm[i]) as u32 };
        offered.clear();
        chained.clear();
        if let Some(offers) = offers {
            offers(i, offered, chained);
        }
        let ends: [&[(i32, i32)]; 2] = [0, 1].map(|k| match p.node[k] {
            NONE => &[][..],
            n => frontiers[n as usize].as_slice(),
        });
        let beside = transit.on_edge.get(&p.edge).filter(|_| p.edge != NONE);
        if ends.iter().all(|e| e.is_empty()) && offered.is_empty() && chained.is_empty() && beside.is_none() {
            return [walk; 3];
        }
        own.clear();
        let spare = &mut Vec::new();
        let limit = if walk == NONE { horizon } else { (walk as i32).min(horizon) };
        for (list, mm) in ends.iter().zip(p.node_mm) {
            merge(own, list, rider.walker.ms(mm), limit, window.from, spare);
        }
        for &stop in beside.into_iter().flatten() {
            let (Some(here), Some(at)) = (p.snapped(), transit.stops[stop as usize].at) else { continue };
            let Some(mm) = s.streets.beside(&here, &at) else { continue };
            merge(own, profile.of(stop), rider.walker.ms(mm), limit, window.from, spare);
        }
        merge(own, chained, 0, limit, window.from, spare);
        let mut best = walk;
        for &(leave, arrive) in own.iter().filter(|(leave, _)| *leave < window.to) {
            best = best.min((arrive - leave) as u32);
        }
        for o in offered.iter().filter(|o| o.ms <= horizon && o.to >= window.from && o.from < window.to) {
            best = best.min(o.ms as u32);
        }
        samples.clear();
        let mut at = 0;
        for leave in window.departures().rev() {
            while at < own.len() && own[at].0 >= leave {
                at += 1;
            }
            let ride = if at == 0 { NONE } else { (own[at - 1].1 - leave) as u32 };
            let mut time = walk.min(ride);
            for o in offered.iter().filter(|o| leave <= o.to) {
                time = time.min((o.from.max(leave) - leave + o.ms) as u32);
            }
            samples.push(if time <= horizon as u32 || time == walk { time } else { NONE });
        }
        best = samples.iter().fold(best, |b, t| b.min(*t));
        let mut quantile = |k: usize| *samples.select_nth_unstable(ranks[k]).1;
        let (p90, p50) = (quantile(1), quantile(0));
        [best, p50, p90]
    };
    let all: Vec<[u32; 3]> = (0..demand.points.len())
        .into_par_iter()
        .with_min_len(1024)
        .map_init(|| (Vec::with_capacity(count), Frontier::new(), Vec::new(), Frontier::new()), of_point)
        .collect();
    let column = |k: usize| all.iter().map(|v| v[k]).collect();
    Minutes { best: column(0), p50: column(1), p90: column(2) }
}

/// Joins another list, moved earlier by a walk, into a frontier; what takes `limit` or longer or leaves before `from` stays out.
pub(in crate::travel) fn merge(kept: &mut Frontier, list: &[(i32, i32)], walk: i32, limit: i32, from: i32, next: &mut Frontier) {
    let mut others = list
        .iter()
        .map(|&(leave, arrive)| (leave - walk, arrive))
        .take_while(|(leave, _)| *leave >= from)
        .filter(|(leave, arrive)| arrive - leave < limit)
        .peekable();
    if others.peek().is_none() {
        return;
    }
    next.clear();
    let mut own = kept.iter().copied().peekable();
    let mut earliest = NEVER;
    loop {
        // latest leave first; of two leaving at once the earlier arrival first
        let take_other = match (own.peek(), others.peek()) {
            (Some(a), Some(b)) => (b.0, a.1) > (a.0, b.1),
            (None, Some(_)) => true,
            (Some(_), None) => false,
            (None, None) => break,
        };
        let Some(e) = (if take_other { others.next() } else { own.next() }) else { break };
        if e.1 < earliest {
            earliest = e.1;
            next.push(e);
        }
    }
    std::mem::swap(kept, next);
}
