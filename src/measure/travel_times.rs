//! Minutes from every demand point to the nearest service of a kind by timetable, over a window of departures.

use super::reachable::{distances, field, snapped_sites};
use super::{Question, Trip};
use crate::atlas::demand::DemandView;
use crate::atlas::streets::{NONE, View};
use crate::atlas::{Atlas, Transit};
use crate::model::{KindId, rules};
use crate::travel::transit::{Changes, Egress, Minutes, NEVER, Rider, Spread, Window, spread, sweep};
use crate::travel::{Search, Walker, along_one_edge};

/// Travel times to the nearest running service of a kind, walks all the way included; milliseconds. One backward sweep
/// over the day from all services at once. Nothing without streets and timetable.
pub fn travel_times(atlas: &Atlas, demand: &DemandView, q: &Question, trip: &Trip, kind: KindId) -> Option<Minutes> {
    let (streets, transit) = (atlas.streets.as_ref()?, atlas.transit.as_ref()?);
    let view = streets.view();
    let at = snapped_sites(atlas, atlas.sites.of_kind(kind));
    let limit = q.walk_cap_mm().min(q.far_mm());
    let search = field(&view, &at, limit, q.walker, false);
    let (walk_mm, _) = distances(&view, demand, &at, &search, limit, false);
    let rider = Rider::new(q.walker);
    let walks = stop_walks(transit, &view, &search, &at, q.walker, rider.access_mm);
    let (window, horizon) = (trip.window, horizon_ms());
    let changes = Changes::new(transit, &rider);
    let day = transit.day(trip.day);
    let egress = Egress { walk: &walks, onward: None };
    let profile = sweep(&day, &changes, &rider, &egress, window.from, window.to.saturating_add(horizon));
    Some(spread(&Spread {
        transit,
        demand: *demand,
        profile: &profile,
        rider,
        node_mm: &search.mm,
        walk_mm: &walk_mm,
        walk_limit: limit,
        window,
        horizon,
        offers: None,
    }))
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
    at: &[(u32, crate::atlas::streets::Snapped)],
    walker: Walker,
    cap: u32,
) -> Vec<i32> {
    let mut by_edge: std::collections::HashMap<u32, Vec<usize>> = std::collections::HashMap::new();
    at.iter().enumerate().for_each(|(i, (_, s))| by_edge.entry(s.edge).or_default().push(i));
    let walk = |s: &crate::atlas::transit::Joined| {
        let here = s.at?;
        let via = crate::travel::seeds_from(view, &here, 0)
            .filter(|e| search.mm[e.node as usize] != NONE)
            .map(|e| e.mm.saturating_add(search.mm[e.node as usize]));
        let beside = by_edge.get(&here.edge).into_iter().flatten().filter_map(|i| along_one_edge(view, &here, &at[*i].1));
        via.chain(beside).min().filter(|mm| *mm <= cap)
    };
    transit.stops.iter().map(|s| walk(s).map_or(NEVER, |mm| walker.ms(mm))).collect()
}

/// A window from clock texts.
pub(super) fn window_of(from: crate::model::Seconds, to: crate::model::Seconds) -> Window {
    Window { from: from as i32 * 1000, to: to as i32 * 1000 }
}
