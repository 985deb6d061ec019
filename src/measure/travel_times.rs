//! Minutes from every demand point to the nearest service of a kind by timetable and demand taxi, over a window of
//! departures.

use super::reachable::{distances, field, snapped_sites};
use super::{Mode, Question};
use crate::atlas::streets::{NONE, Snapped, View};
use crate::atlas::{Asked, Atlas, Transit};
use crate::model::{KindId, LonLat, Seconds, rules};
use crate::travel::taxi::{Goal, Networks, TaxiField, usable};
use crate::travel::transit::{Changes, Egress, Minutes, NEVER, Spread, Window, spread, sweep};
use crate::travel::{Search, Walker};
use std::collections::HashMap;
use std::sync::Arc;

/// Travel times of all demand points.
pub struct TravelTimes {
    /// Over the window, milliseconds.
    pub minutes: Minutes,
    /// Facts about demand taxis by demand point, bits of [`crate::travel::taxi::fact`]; empty unless asked for.
    pub taxi: Vec<u8>,
    /// Expected share of rides with a seat, by demand point, where the services say what they have.
    pub seats: HashMap<u32, f64>,
    /// Walk all the way, millimetres.
    pub walk_mm: Vec<u32>,
}

impl TravelTimes {
    /// Memory, about.
    fn bytes(&self) -> usize {
        let of_points = 3 * self.minutes.best.len() + self.walk_mm.len();
        of_points * size_of::<u32>() + self.taxi.len() + self.seats.len() * 2 * size_of::<(u32, f64)>()
    }
}

/// Travel times to the nearest of some services, walks all the way included. One backward sweep over the day from all of
/// them at once. Nothing without streets and timetable.
pub fn travel_times(atlas: &Atlas, q: &Question, sites: &[u32]) -> Option<TravelTimes> {
    let (streets, transit, trip) = (atlas.streets.as_ref()?, atlas.transit.as_ref()?, q.when.as_ref()?);
    let (population, view) = (q.population?, streets.view());
    let demand = atlas.population[population].1.view();
    let at = snapped_sites(atlas, sites);
    let limit = q.far_mm().min(q.longest_mm);
    let search = field(&view, &at, limit, q.walker, false);
    let (walk_mm, _) = distances(&view, &demand, &at, &search, limit, false);
    let rider = q.rider();
    let walks = stop_walks(transit, &view, &search, &at, q.walker, rider.access_mm);
    let (window, horizon) = (trip.window, horizon_ms());
    let changes = Changes::new(transit, &rider);
    let day = transit.day(trip.day);
    let points: Vec<LonLat> = sites.iter().map(|s| atlas.sites.all[*s as usize].point).collect();
    let net = networks(atlas, q, horizon).filter(|_| q.by == Mode::Taxi);
    let legs = usable(transit, trip.day, &trip.terms);
    let mut taxi = net.as_ref().map(|n| TaxiField::new(n, &legs, &Goal { sites: &points, stop_walks: &walks }));
    let profile = {
        let onward = |stop: u32, at: i32| taxi.as_ref().map_or(NEVER, |t| t.onward(stop, at, rider.change_ms));
        let egress = Egress { walk: &walks, onward: taxi.as_ref().map(|_| &onward as _) };
        sweep(&day, &changes, &rider, &egress, window.from, window.to.saturating_add(horizon))
    };
    if let (Some(taxi), Some(net)) = (&mut taxi, &net) {
        taxi.chain(net, &legs, &profile, rider.change_ms);
    }
    let ways = |i: usize, offers: &mut Vec<_>, chained: &mut Vec<_>| {
        if let Some(t) = &taxi {
            t.ways(i, offers, chained);
        }
    };
    let minutes = spread(&Spread {
        transit,
        streets: view,
        demand,
        profile: &profile,
        rider,
        node_mm: &search.mm,
        walk_mm: &walk_mm,
        walk_limit: limit,
        window,
        horizon,
        offers: taxi.as_ref().map(|_| &ways as _),
    });
    let seats = net.as_ref().map_or_else(HashMap::new, |n| super::seats::seat_shares(atlas, q, n, &legs));
    Some(TravelTimes { minutes, taxi: taxi.map(|t| t.facts).unwrap_or_default(), seats, walk_mm })
}

/// Travel times to the nearest running service of a kind; worked out once for every threshold.
pub fn times_to_kind(atlas: &Atlas, q: &Question, kind: KindId) -> Arc<Option<TravelTimes>> {
    let asked = Asked { kind, words: q.but_for_threshold(), by_timetable: true };
    let bytes = |t: &Option<TravelTimes>| t.as_ref().map_or(0, TravelTimes::bytes);
    atlas.memo.recall(asked, bytes, || travel_times(atlas, q, &q.sites(atlas, kind)))
}

/// The networks a taxi question needs, if all are there.
pub(super) fn networks<'a>(atlas: &'a Atlas, q: &Question, horizon: i32) -> Option<Networks<'a>> {
    let population = q.population?;
    Some(Networks {
        transit: atlas.transit.as_ref()?,
        streets: atlas.streets.as_ref()?.view(),
        drive: atlas.drive.as_ref()?,
        demand: atlas.population[population].1.view(),
        points: atlas.zone_points(population)?,
        walker: q.walker,
        horizon,
    })
}

/// Latest arrival looked at after leaving, milliseconds.
pub(super) fn horizon_ms() -> i32 {
    (rules().transit.horizon_minutes * 60_000.0) as i32
}

/// Walk from each stop to the nearest of some sites, milliseconds; [`NEVER`] beyond the longest walk.
pub(super) fn stop_walks(
    transit: &Transit,
    view: &View,
    search: &Search,
    at: &[(u32, Snapped)],
    walker: Walker,
    cap: u32,
) -> Vec<i32> {
    let mut by_edge: HashMap<u32, Vec<usize>> = HashMap::new();
    at.iter().enumerate().for_each(|(i, (_, s))| by_edge.entry(s.edge).or_default().push(i));
    let walk = |s: &crate::atlas::transit::Joined| {
        let here = s.at?;
        let via = crate::travel::seeds_from(view, &here, 0)
            .filter(|e| search.mm[e.node as usize] != NONE)
            .map(|e| e.mm.saturating_add(search.mm[e.node as usize]));
        let beside = by_edge.get(&here.edge).into_iter().flatten().filter_map(|i| view.beside(&here, &at[*i].1));
        via.chain(beside).min().filter(|mm| *mm <= cap)
    };
    transit.stops.iter().map(|s| walk(s).map_or(NEVER, |mm| walker.ms(mm))).collect()
}

/// A window from clock times.
pub(super) fn window_of(from: Seconds, to: Seconds) -> Window {
    Window { from: from as i32 * 1000, to: to as i32 * 1000 }
}
