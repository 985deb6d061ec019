//! What if: a picture with services, lines, zones or days changed, asked the same question. The answer is that of the whole
//! computation over the changed picture, so it can differ from it in nothing.

use super::changed::bad;
use super::{AreaRow, Change, Coverage, Mode, Question, QuestionError, Scenario, changed, coverage};
use crate::atlas::Atlas;
use crate::model::Basis;
use serde::Serialize;

/// The answer: before, after, and the people changed.
#[derive(Debug, Serialize)]
pub struct WhatIf {
    /// What was changed, in words.
    pub changes: Vec<String>,
    /// One row per area whose people change; the total last.
    pub rows: Vec<ChangedRow>,
    /// As it is.
    pub before: Coverage,
    /// As it would be.
    pub after: Coverage,
    /// What it stands on.
    pub basis: Basis,
}

/// One area.
#[derive(Debug, Serialize)]
pub struct ChangedRow {
    /// Register id; 0 for the total.
    pub id: i64,
    /// Name.
    pub name: String,
    /// People.
    pub people: f64,
    /// By kind: people who reach it before, after.
    pub kinds: Vec<[f64; 2]>,
    /// Who reach all kinds before, after.
    pub all: [f64; 2],
}

/// Asks a question of the picture as it is and as it would be.
///
/// # Errors
/// As for coverage, and if a change cannot be made.
pub fn what_if(atlas: &Atlas, q: &Question, scenario: &Scenario) -> Result<WhatIf, QuestionError> {
    let next = changed(atlas, scenario)?;
    if q.by == Mode::Walk && scenario.changes.iter().any(|c| !touches_walks(c)) {
        return Err(bad(
            "mode_needed",
            "路線や区域の変更は、by=transit か by=taxi で尋ねてください。/ Ask with by=transit or by=taxi.".into(),
        ));
    }
    let (before, after) = (coverage(atlas, q)?, coverage(&next, q)?);
    let row = |(a, b): (&AreaRow, &AreaRow)| ChangedRow {
        id: a.id,
        name: a.name.clone(),
        people: a.people,
        kinds: a.kinds.iter().zip(&b.kinds).map(|(x, y)| [x.reached, y.reached]).collect(),
        all: [a.all.reached, b.all.reached],
    };
    let moved = |r: &ChangedRow| r.kinds.iter().any(|k| k[0] != k[1]);
    let mut rows: Vec<ChangedRow> = before.rows.iter().zip(&after.rows).map(row).filter(moved).collect();
    rows.push(row((&before.total, &after.total)));
    let mut basis = after.basis.clone();
    basis.notes.push(format!(
        "もしも「{}」: {}件の変更を加えた計算です。登録簿は変わっていません。",
        scenario.name,
        scenario.changes.len()
    ));
    // names are those of the picture as it is
    let changes = scenario.changes.iter().map(|c| c.words(atlas)).collect();
    Ok(WhatIf { changes, rows, before, after, basis })
}

fn touches_walks(change: &Change) -> bool {
    matches!(
        change,
        Change::AddService { .. } | Change::MoveService { .. } | Change::CloseService { .. } | Change::SetSchedule { .. }
    )
}
