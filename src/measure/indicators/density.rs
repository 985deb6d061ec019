//! M3 利用圏平均人口密度: people in the walking catchment of each kind, by hectare of that catchment.

use super::super::costs::costs;
use super::super::near::Counted;
use super::super::{Question, QuestionError};
use crate::atlas::Atlas;
use crate::model::{Basis, KindId, metres_per_degree};
use crate::travel::{Search, outline, reach_from};
use geo::{Area, BoundingRect, MultiPolygon};
use serde::Serialize;

/// The answer.
#[derive(Debug, Serialize)]
pub struct Density {
    /// One row per kind.
    pub kinds: Vec<DensityRow>,
    /// What it stands on.
    pub basis: Basis,
}

/// One kind.
#[derive(Debug, Serialize)]
pub struct DensityRow {
    /// The kind.
    pub kind: KindId,
    /// People of the districts within the threshold.
    pub people: f64,
    /// Catchment, hectares.
    pub hectares: f64,
    /// People by hectare; nothing without a catchment.
    pub per_hectare: Option<f64>,
}

/// M3 of every kind of the question.
///
/// # Errors
/// As for coverage, and without streets.
pub fn density(atlas: &Atlas, q: &Question) -> Result<Density, QuestionError> {
    let counted = Counted::new(atlas, q)?;
    let missing = || QuestionError::new("no_streets", "道路が取り込まれていません。/ No streets have been imported.");
    let view = atlas.streets.as_ref().ok_or_else(missing)?.view();
    let mut search = Search::new(view.nodes.len());
    let mut kinds = Vec::new();
    for &kind in &q.kinds {
        let reach = costs(atlas, &counted.demand, q, kind);
        let people = counted.classes::<1>(|p| (reach.cost[p] <= reach.limit).then_some(0));
        let people = people.last().map_or(0.0, |total| total[0]);
        let starts: Vec<_> =
            q.sites(atlas, kind).iter().filter_map(|s| Some((atlas.sites.all[*s as usize].snapped?, 0))).collect();
        let area = outline(&view, &reach_from(&view, &mut search, &starts, q.limit_mm, q.walker));
        let hectares = hectares(&area);
        kinds.push(DensityRow { kind, people, hectares, per_hectare: (hectares > 0.0).then(|| people / hectares) });
    }
    let notes = vec![
        "利用圏は、施設から道のりで届く道の両側25mまでの範囲です（円ではありません）。市外の利用圏も面積に入ります。".into(),
    ];
    Ok(Density { kinds, basis: q.basis(atlas, notes) })
}

fn hectares(area: &MultiPolygon<f64>) -> f64 {
    let middle = area.bounding_rect().map_or(35.0, |r| r.center().y);
    let (east, north) = metres_per_degree(middle);
    area.unsigned_area() * east * north / 10_000.0
}
