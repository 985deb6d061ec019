//! M10, M11: supply for each person, by two-step floating catchment areas.

use super::super::near::Counted;
use super::super::reachable::distances;
use super::super::{Question, QuestionError};
use crate::atlas::Atlas;
use crate::atlas::streets::NONE;
use crate::model::{Basis, Day};
use crate::travel::{Search, seeds_toward};
use serde::Serialize;

/// M10/M11: supply for each person within reach (two-step floating catchment area).
#[derive(Debug, Serialize)]
pub struct Catchment {
    /// One row per area; the last is the total: people, people-weighted mean of A (2SFCA), of A (E2SFCA).
    pub rows: Vec<CatchmentRow>,
    /// Supply of providers that reach somebody: equals Σ P·A.
    pub supply: f64,
    /// Σ P·A of 2SFCA.
    pub served: f64,
    /// What it stands on.
    pub basis: Basis,
}

/// One area.
#[derive(Debug, Serialize)]
pub struct CatchmentRow {
    /// Name.
    pub area: String,
    /// People.
    pub people: f64,
    /// Mean places a month for a person (2SFCA, Luo & Wang 2003).
    pub two_step: Option<f64>,
    /// The same, nearer counting more (E2SFCA, Gaussian weights falling to 0.01 at the edge).
    pub enhanced: Option<f64>,
    /// People within reach of no provider with a known supply.
    pub none: f64,
}

/// 2SFCA and E2SFCA of the kinds of a question. S = 定員 × 回/月; a service without 定員 is left out and counted.
///
/// # Errors
/// As for coverage, and without streets.
pub fn catchment(atlas: &Atlas, q: &Question, from: Day) -> Result<Catchment, QuestionError> {
    let counted = Counted::new(atlas, q)?;
    let streets = atlas
        .streets
        .as_ref()
        .ok_or_else(|| QuestionError::new("no_streets", "道路が取り込まれていません。/ No streets have been imported."))?;
    let view = streets.view();
    let weights = counted.weights();
    let mut search = Search::new(view.nodes.len());
    let (mut plain, mut near) = (vec![0.0; weights.len()], vec![0.0; weights.len()]);
    let (mut supply, mut left) = (0.0, 0usize);
    let limit = f64::from(q.limit_mm);
    // Gaussian with W(d0) = 0.01
    let weight = |mm: u32| (-(f64::from(mm) / limit).powi(2) * 100f64.ln()).exp();
    for id in q.kinds.iter().flat_map(|k| atlas.sites.of_kind(*k)) {
        let site = &atlas.sites.all[*id as usize];
        let times = site.schedule.as_ref().map(|s| s.days(from, from.plus(28)).count() as f64 * 365.25 / 12.0 / 28.0);
        let (Some(seats), Some(times), Some(at)) = (site.service.capacity, times.filter(|t| *t > 0.0), site.snapped) else {
            left += 1;
            continue;
        };
        let s = f64::from(seats) * times;
        search.inward(&view, seeds_toward(&view, &at, *id), q.limit_mm, q.walker);
        let (mm, _) = distances(&view, &counted.demand, &[(*id, at)], &search, q.limit_mm, false);
        let reached: Vec<(usize, u32)> =
            mm.iter().enumerate().filter(|(i, m)| **m != NONE && weights[*i] > 0.0).map(|(i, m)| (i, *m)).collect();
        let people: f64 = reached.iter().map(|(i, _)| weights[*i]).sum();
        let weighted: f64 = reached.iter().map(|(i, m)| weights[*i] * weight(*m)).sum();
        if people <= 0.0 {
            continue;
        }
        supply += s;
        for (i, m) in reached {
            plain[i] += s / people;
            near[i] += s * weight(m) / weighted;
        }
    }
    let served: f64 = weights.iter().zip(&plain).map(|(w, a)| w * a).sum();
    let rows = counted.rows([0.0; 4], |row, p, people| {
        let none = if plain[p] == 0.0 { people } else { 0.0 };
        row.iter_mut().zip([people, people * plain[p], people * near[p], none]).for_each(|(sum, add)| *sum += add);
    });
    let row = |(area, [people, a, e, none]): (String, [f64; 4])| CatchmentRow {
        area,
        people,
        two_step: (people > 0.0).then(|| a / people),
        enhanced: (people > 0.0).then(|| e / people),
        none,
    };
    let rows = counted.names().into_iter().zip(rows).map(row).collect();
    let notes = vec![
        "供給は定員×月あたり回数。値は1人あたり月あたりの席数です。".into(),
        format!("定員か曜日の分からない{left}か所は含みません（0とはみなしません）。"),
    ];
    Ok(Catchment { rows, supply, served, basis: q.basis(atlas, notes) })
}
