//! Distances from demand points, or from one place, to the services of a kind.

use super::Question;
use crate::atlas::demand::DemandView;
use crate::atlas::streets::{NONE, Snapped, View};
use crate::atlas::{Asked, Atlas, Site};
use crate::model::{Bounds, KindId, LonLat, ground_metres, rules};
use crate::travel::{Search, Seed, Walker, seeds_from, seeds_toward};
use rayon::prelude::*;
use std::sync::Arc;

/// As [`nearest_of`], for the services of a kind that count.
pub fn nearest_distances(atlas: &Atlas, demand: &DemandView, q: &Question, kind: KindId, labelled: bool) -> (Vec<u32>, Vec<u32>) {
    nearest_of(atlas, demand, &q.sites(atlas, kind), q.far_mm(), q.walker, labelled)
}

/// Walking millimetres from every demand point to the nearest service of a kind that counts; worked out once for every
/// threshold, for quantiles look past it.
pub fn walks_to_kind(atlas: &Atlas, demand: &DemandView, q: &Question, kind: KindId) -> Arc<Vec<u32>> {
    let words = format!("walk {:?} {:?} {:?} {}", q.population, q.walker, q.open_on, q.far_mm());
    let bytes = |mm: &Vec<u32>| size_of_val(mm.as_slice());
    atlas.memo.recall(Asked { kind, words, by_timetable: false }, bytes, || nearest_distances(atlas, demand, q, kind, false).0)
}

/// Walking millimetres from every demand point to the nearest of some services, [`NONE`] beyond the limit, and
/// (if `labelled`) which service that is. One search from all services at once on the reversed network.
pub fn nearest_of(
    atlas: &Atlas,
    demand: &DemandView,
    sites: &[u32],
    limit: u32,
    walker: Walker,
    labelled: bool,
) -> (Vec<u32>, Vec<u32>) {
    let Some(streets) = &atlas.streets else { return by_detour(atlas, demand, sites, limit) };
    let (view, at) = (streets.view(), snapped_sites(atlas, sites));
    let search = field(&view, &at, limit, walker, labelled);
    distances(&view, demand, &at, &search, limit, labelled)
}

/// Sites that join the streets, by position.
pub(super) fn snapped_sites(atlas: &Atlas, sites: &[u32]) -> Vec<(u32, Snapped)> {
    sites.iter().filter_map(|id| atlas.sites.all[*id as usize].snapped.map(|at| (*id, at))).collect()
}

/// One search from some sites at once on the reversed network.
pub(super) fn field(view: &View, at: &[(u32, Snapped)], limit: u32, walker: Walker, labelled: bool) -> Search {
    let mut search = Search::new(view.nodes.len());
    let seeds = at.iter().flat_map(|(id, at)| seeds_toward(view, at, *id));
    if labelled {
        search.inward_labelled(view, seeds, limit, walker);
    } else {
        search.inward(view, seeds, limit, walker);
    }
    search
}

/// The distances of demand points read off such a search.
pub(super) fn distances(
    view: &View,
    demand: &DemandView,
    at: &[(u32, Snapped)],
    search: &Search,
    limit: u32,
    labelled: bool,
) -> (Vec<u32>, Vec<u32>) {
    let mut mm: Vec<u32> = Vec::with_capacity(demand.points.len());
    let mut nearest: Vec<u32> = if labelled { vec![NONE; demand.points.len()] } else { Vec::new() };
    for (i, p) in demand.points.iter().enumerate() {
        let via = |k: usize| {
            let node = p.node[k];
            if node == NONE { NONE } else { search.mm[node as usize].saturating_add(p.node_mm[k]) }
        };
        let (a, b) = (via(0), via(1));
        let best = a.min(b);
        mm.push(if best <= limit { best } else { NONE });
        if labelled && best <= limit {
            nearest[i] = search.source[p.node[usize::from(b < a)] as usize];
        }
    }
    same_edge(view, demand, at, limit, &mut mm, &mut nearest);
    (mm, nearest)
}

/// A service on the very edge a demand point stands on may be reached without passing a node.
fn same_edge(view: &View, demand: &DemandView, at: &[(u32, Snapped)], limit: u32, mm: &mut [u32], nearest: &mut [u32]) {
    let mut by_edge: Vec<(u32, u32, Snapped)> = at.iter().map(|(id, s)| (s.edge, *id, *s)).collect();
    by_edge.sort_unstable_by_key(|(edge, id, _)| (*edge, *id));
    let mut marked = vec![0u64; view.edge_nodes.len().div_ceil(64)];
    by_edge.iter().for_each(|(edge, _, _)| marked[*edge as usize / 64] |= 1 << (edge % 64));
    for (i, p) in demand.points.iter().enumerate() {
        if p.edge == NONE || marked[p.edge as usize / 64] >> (p.edge % 64) & 1 == 0 {
            continue;
        }
        let from = by_edge.partition_point(|(edge, _, _)| *edge < p.edge);
        for (_, id, s) in by_edge[from..].iter().take_while(|(edge, _, _)| *edge == p.edge) {
            let Some(direct) = p.snapped().and_then(|here| view.beside(&here, s)) else { continue };
            if direct <= limit && direct < mm[i] {
                mm[i] = direct;
                if let Some(n) = nearest.get_mut(i) {
                    *n = *id;
                }
            }
        }
    }
}

/// Without streets: the straight line times the named detour factor.
fn by_detour(atlas: &Atlas, demand: &DemandView, sites: &[u32], limit: u32) -> (Vec<u32>, Vec<u32>) {
    let nearest = |p: &crate::atlas::demand::DemandPoint| {
        let metres = |id: &u32| (ground_metres(LonLat::from_e7(p.point), atlas.sites.all[*id as usize].point), *id);
        let found = sites.iter().map(metres).min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mm = found.map(|(m, id)| (id, (m * rules().network.detour_factor * 1000.0).round()));
        mm.filter(|(_, mm)| *mm <= f64::from(limit)).map_or((NONE, NONE), |(id, mm)| (mm as u32, id))
    };
    demand.points.par_iter().map(nearest).unzip()
}

/// A service reached from a place.
pub struct Reachable<'a> {
    /// The service.
    pub site: &'a Site,
    /// Position among the sites.
    pub id: u32,
    /// Millimetres of walk.
    pub mm: u32,
    /// Metres in a straight line.
    pub straight: f64,
}

/// Services within reach of a place, nearest first; all kinds if none is named. Nothing if no street is near.
pub fn around<'a>(atlas: &'a Atlas, from: LonLat, question: &Question) -> Option<Vec<Reachable<'a>>> {
    let kinds: Vec<KindId> = if question.kinds.is_empty() {
        (0..crate::model::kinds().len()).map(|i| KindId(i as u8)).filter(|k| k.kind().walk).collect()
    } else {
        question.kinds.clone()
    };
    // by timetable the budget is time, walks to stops bounded apart
    let limit = question.budget_mm();
    // the box holds every service within reach
    let crow = rules().limits.crow_kmh / 3600.0;
    let far = if question.when.is_some() { f64::from(question.limit_ms()) * crow } else { question.straight_metres(limit) };
    let near = Bounds::of([from]).grown(far + 1.0);
    // on the day asked about, those not known to be closed
    let open = |id: &u32| question.open_on.is_none_or(|day| atlas.sites.all[*id as usize].is_on(day) != Some(false));
    let candidates = kinds.into_iter().flat_map(|k| atlas.sites.candidates(k, &near)).filter(open);
    let mut found: Vec<Reachable> = match &atlas.streets {
        None => candidates
            .filter_map(|id| {
                let site = &atlas.sites.all[id as usize];
                let straight = ground_metres(from, site.point);
                let mm = (straight * rules().network.detour_factor * 1000.0).round() as u32;
                (mm <= limit).then_some(Reachable { site, id, mm, straight })
            })
            .collect(),
        Some(streets) => {
            let view = streets.view();
            let at = view.snap(from, &rules().network)?;
            let starts = super::brought(atlas, question, &at);
            let seeds = starts.iter().flat_map(|(s, used)| {
                seeds_from(&view, s, 0).map(|e| Seed { mm: e.mm.saturating_add(*used), ..e }).collect::<Vec<_>>()
            });
            Search::lent(view.nodes.len(), |search| {
                search.outward(&view, seeds, limit, question.walker);
                candidates
                    .filter_map(|id| {
                        let site = &atlas.sites.all[id as usize];
                        let mm = to_site(&view, search, &starts, site)?;
                        (mm <= limit).then(|| Reachable { site, id, mm, straight: ground_metres(from, site.point) })
                    })
                    .collect()
            })
        }
    };
    found.sort_by_key(|r| (r.mm, r.id));
    Some(found)
}

fn to_site(view: &View, search: &Search, starts: &[(Snapped, u32)], site: &Site) -> Option<u32> {
    let to = site.snapped?;
    let via = |s: Seed| Some(search.mm[s.node as usize]).filter(|m| *m != NONE).map(|m| m.saturating_add(s.mm));
    let by_nodes = seeds_toward(view, &to, 0).filter_map(via).min();
    let beside = starts.iter().filter(|(s, _)| s.edge == to.edge);
    let direct = beside.filter_map(|(s, used)| Some(view.beside(s, &to)?.saturating_add(*used))).min();
    by_nodes.into_iter().chain(direct).min()
}
