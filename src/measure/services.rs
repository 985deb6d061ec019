//! What the people of one district reach: every service within the threshold of somebody, and how many reach it.

use super::coverage::people_of;
use super::{Question, QuestionError};
use crate::atlas::Atlas;
use crate::atlas::streets::NONE;
use crate::model::{Basis, Bounds, KindId, LonLat, ground_metres, kinds, rules};
use crate::travel::{Search, seeds_toward};
use rayon::prelude::*;
use serde::Serialize;

/// The answer.
#[derive(Debug, Serialize)]
pub struct AreaServices {
    /// Name of the area.
    pub area: String,
    /// Its people.
    pub people: f64,
    /// Services somebody reaches, those reached by most people first.
    pub services: Vec<ServiceShare>,
    /// What it stands on.
    pub basis: Basis,
}

/// One service as the people of the district see it.
#[derive(Debug, Serialize)]
pub struct ServiceShare {
    /// Position among the sites of the atlas.
    #[serde(skip)]
    pub site: u32,
    /// People of the district who reach it.
    pub reached: f64,
    /// Their share.
    pub share: Option<f64>,
    /// Walk from the nearest demand point of the district, metres.
    pub nearest_metres: f64,
    /// True if it stands inside the district.
    pub inside: bool,
}

/// Answers the question for one area.
///
/// # Errors
/// As for coverage, and if there is no such area.
pub fn area_services(atlas: &Atlas, q: &Question, area_id: i64) -> Result<AreaServices, QuestionError> {
    let (set, groups, demand) = people_of(atlas, q)?;
    let index = &atlas.areas[&q.area_type];
    let area = index.find(area_id).ok_or_else(|| QuestionError::new("no_such_area", "その区域はありません。/ No such area."))?;
    let people = set.people(q.year, q.group).of_cell;
    // demand points of the district with the people at each
    let mut points: Vec<(u32, f64)> = Vec::new();
    for g in (0..groups.cell.len()).filter(|&g| groups.area[g] == area) {
        let members = groups.members(g);
        let each = people[groups.cell[g] as usize] * groups.share[g] / members.len() as f64;
        points.extend(members.iter().filter(|_| each > 0.0).map(|&p| (p, each)));
    }
    let whole: f64 = points.iter().map(|p| p.1).sum();
    let bounds = Bounds::of(points.iter().map(|(p, _)| LonLat::from_e7(demand.points[*p as usize].point)));
    let wanted: Vec<KindId> = if q.kinds.is_empty() {
        (0..kinds().len()).map(|i| KindId(i as u8)).filter(|k| k.kind().walk).collect()
    } else {
        q.kinds.clone()
    };
    let around = if bounds.is_empty() { bounds } else { bounds.grown(q.straight_metres(q.limit_mm)) };
    let candidates: Vec<u32> = wanted.iter().flat_map(|k| atlas.sites.candidates(*k, &around)).collect();
    let view = atlas.streets.as_ref().map(|s| s.view());
    let share_of = |search: &mut Option<Search>, site: u32| -> Option<ServiceShare> {
        let s = &atlas.sites.all[site as usize];
        let distance: Box<dyn Fn(u32) -> u32> = match (&view, search, &s.snapped) {
            (Some(view), Some(search), Some(at)) => {
                search.inward(view, seeds_toward(view, at, 0), q.limit_mm, q.walker);
                let search: &Search = search;
                let at = *at;
                Box::new(move |p| {
                    let d = &demand.points[p as usize];
                    let via = |k: usize| {
                        if d.node[k] == NONE { NONE } else { search.mm[d.node[k] as usize].saturating_add(d.node_mm[k]) }
                    };
                    let direct = d.snapped().and_then(|mine| view.beside(&mine, &at)).unwrap_or(NONE);
                    via(0).min(via(1)).min(direct)
                })
            }
            (None, _, _) => Box::new(|p| {
                let metres = ground_metres(LonLat::from_e7(demand.points[p as usize].point), s.point);
                (metres * rules().network.detour_factor * 1000.0).round() as u32
            }),
            _ => return None,
        };
        let (mut reached, mut nearest) = (0.0, NONE);
        for (p, each) in &points {
            let mm = distance(*p);
            nearest = nearest.min(mm);
            reached += if mm <= q.limit_mm { *each } else { 0.0 };
        }
        let share = (whole > 0.0).then(|| (reached / whole).min(1.0));
        (nearest <= q.limit_mm).then(|| ServiceShare {
            site,
            reached,
            share,
            nearest_metres: f64::from(nearest) / 1000.0,
            inside: index.contains(area, s.point),
        })
    };
    let nodes = view.as_ref().map(|v| v.nodes.len());
    let mut services: Vec<ServiceShare> =
        candidates.par_iter().map_init(|| nodes.map(Search::new), |search, &site| share_of(search, site)).flatten().collect();
    services.sort_by(|a, b| {
        b.reached.total_cmp(&a.reached).then(a.nearest_metres.total_cmp(&b.nearest_metres)).then(a.site.cmp(&b.site))
    });
    let notes = vec!["区域の外のサービスも含みます。".into()];
    Ok(AreaServices { area: index.areas[area as usize].name.clone(), people: whole, services, basis: q.basis(atlas, notes) })
}
