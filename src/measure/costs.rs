//! What it costs every demand point to reach a kind, whatever the way of travel.

use super::{Question, Stat, round_trip, times_to_kind, walks_to_kind};
use crate::atlas::Atlas;
use crate::atlas::demand::DemandView;
use crate::atlas::streets::NONE;
use crate::model::KindId;
use std::collections::HashMap;

/// Costs of every demand point for one kind.
pub(super) struct Costs {
    /// Millimetres of walk, or milliseconds if a timetable is used; [`NONE`] if there is no way.
    pub cost: Vec<u32>,
    /// Greatest cost that counts as reached.
    pub limit: u32,
    /// Facts about demand taxis, if asked for.
    pub taxi: Vec<u8>,
    /// Expected share of rides with a seat.
    pub seats: HashMap<u32, f64>,
    /// There in time, though perhaps not back; only if a round trip was asked for.
    pub there: Option<Vec<bool>>,
}

impl Costs {
    /// Walks as costs.
    pub fn on_foot(cost: Vec<u32>, q: &Question) -> Self {
        Self { cost, limit: q.limit_mm, taxi: vec![], seats: HashMap::new(), there: None }
    }
}

/// What it costs every demand point to reach a kind, and how much of that is within the threshold.
pub(super) fn costs(atlas: &Atlas, demand: &DemandView, q: &Question, kind: KindId) -> Costs {
    let by_timetable = q.when.as_ref().map(|trip| (trip, times_to_kind(atlas, q, kind)));
    match by_timetable.as_ref().and_then(|(trip, times)| Some((trip, times.as_ref().as_ref()?))) {
        None => Costs::on_foot(walks_to_kind(atlas, demand, q, kind).to_vec(), q),
        Some((trip, times)) => {
            let counted = match trip.stat {
                Stat::Best => &times.minutes.best,
                Stat::P50 => &times.minutes.p50,
                Stat::P90 => &times.minutes.p90,
            };
            let (mut counted, mut there) = (counted.clone(), None);
            if let Some(trips) = round_trip(atlas, q, &q.sites(atlas, kind)) {
                // who cannot come home does not reach it, however short the way there
                counted
                    .iter_mut()
                    .zip(&trips.both)
                    .for_each(|(cost, both)| *cost = if *both { (*cost).min(q.limit_ms()) } else { NONE });
                there = Some(trips.there);
            }
            Costs { cost: counted, limit: q.limit_ms(), taxi: times.taxi.clone(), seats: times.seats.clone(), there }
        }
    }
}
