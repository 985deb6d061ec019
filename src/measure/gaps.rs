//! Which cells do not reach, how many people live there, and what is nearest and how far.

use super::coverage::{kind_note, people_of};
use super::{Question, QuestionError, nearest_distances};
use crate::atlas::Atlas;
use crate::atlas::streets::NONE;
use crate::model::{Basis, Bounds, KindId, LonLat, rules};
use serde::Serialize;

/// The answer.
#[derive(Debug, Serialize)]
pub struct Gaps {
    /// Cells with somebody left out, most people first.
    pub cells: Vec<Gap>,
    /// People who miss at least one of the kinds, each counted once.
    pub people: f64,
    /// What it stands on.
    pub basis: Basis,
}

/// The people of one cell in one area who do not reach a kind.
#[derive(Debug, Serialize)]
pub struct Gap {
    /// Kind not reached.
    pub kind: KindId,
    /// Register id of the cell.
    pub cell_id: i64,
    /// Mesh or small-area code.
    pub cell: String,
    /// Name of the area.
    pub area: String,
    /// Register id of the area.
    pub area_id: i64,
    /// People of the cell in this area.
    pub people: f64,
    /// Of those, not reaching.
    pub left_out: f64,
    /// `no_street`, `no_path` or `too_far`, for most of those left out.
    pub reason: &'static str,
    /// Nearest service on the streets (register id), from the worst-placed demand point that has one.
    pub nearest_id: Option<i64>,
    /// Its name.
    pub nearest: Option<String>,
    /// How far it is, metres of walk.
    pub nearest_metres: Option<f64>,
    /// How long that takes, minutes.
    pub nearest_minutes: Option<f64>,
    /// Rectangle of the cell, or nothing for a small area.
    #[serde(skip)]
    pub bounds: Option<Bounds>,
    /// A point in it.
    #[serde(skip)]
    pub point: LonLat,
}

/// Answers the question; `only` keeps one area.
///
/// # Errors
/// As for coverage.
pub fn gaps(atlas: &Atlas, q: &Question, only: Option<i64>) -> Result<Gaps, QuestionError> {
    if q.kinds.is_empty() {
        return Err(QuestionError::new("no_kind", "種類（kind）を1つ以上指定してください。/ Name at least one kind."));
    }
    let (set, groups, demand) = people_of(atlas, q)?;
    let people = set.people(q.year, q.group).of_cell;
    let index = &atlas.areas[&q.area_type];
    let only = match only {
        Some(id) => {
            Some(index.find(id).ok_or_else(|| QuestionError::new("no_such_area", "その区域はありません。/ No such area."))?)
        }
        None => None,
    };
    let mut cells = Vec::new();
    let mut misses = vec![false; demand.points.len()];
    for &kind in &q.kinds {
        let (mm, nearest) = nearest_distances(atlas, &demand, q, kind, true);
        for g in (0..groups.cell.len()).filter(|&g| only.is_none_or(|a| groups.area[g] == a)) {
            let cell = groups.cell[g] as usize;
            let here = people[cell] * groups.share[g];
            let points = groups.members(g);
            let out: Vec<u32> = points.iter().copied().filter(|&p| mm[p as usize] > q.limit_mm).collect();
            if here <= 0.0 || out.is_empty() {
                continue;
            }
            out.iter().for_each(|&p| misses[p as usize] = true);
            let count = |test: &dyn Fn(usize) -> bool| out.iter().filter(|p| test(**p as usize)).count();
            let no_street = count(&|p| demand.points[p].edge == NONE && atlas.streets.is_some());
            let no_path = count(&|p| demand.points[p].edge != NONE && mm[p] == NONE);
            let reason = match () {
                () if no_street * 2 > out.len() => "no_street",
                () if (no_path + no_street) * 2 > out.len() => "no_path",
                () => "too_far",
            };
            let worst = out.iter().filter(|p| mm[**p as usize] != NONE).max_by_key(|p| mm[**p as usize]).map(|p| *p as usize);
            let site = worst.and_then(|p| atlas.sites.all.get(nearest[p] as usize));
            let c = &set.cells[cell];
            let area = &index.areas[groups.area[g] as usize];
            cells.push(Gap {
                kind,
                cell_id: c.id,
                cell: c.code.clone(),
                area: area.name.clone(),
                area_id: area.id,
                people: here,
                left_out: here * out.len() as f64 / points.len() as f64,
                reason,
                nearest_id: site.map(|s| s.service.id),
                nearest: site.map(|s| s.service.name.clone()),
                nearest_metres: worst.map(|p| f64::from(mm[p]) / 1000.0),
                nearest_minutes: worst.map(|p| q.walker.minutes(mm[p])),
                bounds: c.bounds,
                point: LonLat::from_e7(demand.points[out[0] as usize].point),
            });
        }
    }
    cells.sort_by(|a, b| b.left_out.total_cmp(&a.left_out).then(a.cell_id.cmp(&b.cell_id)).then(a.area_id.cmp(&b.area_id)));
    let missing = |g: usize| {
        let points = groups.members(g);
        let share = points.iter().filter(|p| misses[**p as usize]).count() as f64 / points.len() as f64;
        people[groups.cell[g] as usize] * groups.share[g] * share
    };
    let people = (0..groups.cell.len()).filter(|&g| only.is_none_or(|a| groups.area[g] == a)).map(missing).sum();
    let mut notes: Vec<String> = q.kinds.iter().filter_map(|k| kind_note(atlas, *k)).collect();
    notes.push(format!("最寄りは{}mまで探しました。", rules().limits.max_metres));
    Ok(Gaps { cells, people, basis: q.basis(atlas, notes) })
}
