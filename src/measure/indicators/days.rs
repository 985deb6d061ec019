//! M12: on how many days of a week at least one service can be walked to.

use super::super::near::Counted;
use super::super::{Question, QuestionError, nearest_of};
use crate::atlas::Atlas;
use crate::atlas::streets::NONE;
use crate::model::{Basis, Day};
use serde::Serialize;
use std::collections::HashMap;

/// M12: on how many days of a week at least one service can be walked to.
#[derive(Debug, Serialize)]
pub struct DaysPerWeek {
    /// One row per area; the last is the total.
    pub rows: Vec<DaysRow>,
    /// What it stands on.
    pub basis: Basis,
}

/// One area.
#[derive(Debug, Serialize)]
pub struct DaysRow {
    /// Name.
    pub area: String,
    /// People.
    pub people: f64,
    /// Mean days per week.
    pub days: Option<f64>,
    /// People with none at all in the year.
    pub none: f64,
}

/// A year is looked at, so that 第2・4, holidays and summer breaks weigh what they weigh.
const WEEKS: i32 = 52;

/// M12 for the kinds of a question, from a day on.
///
/// # Errors
/// As for coverage.
pub fn days_per_week(atlas: &Atlas, q: &Question, from: Day) -> Result<DaysPerWeek, QuestionError> {
    let counted = Counted::new(atlas, q)?;
    let mut sets: HashMap<Vec<u32>, u32> = HashMap::new();
    let (mut undated, mut all) = (0, 0);
    for kind in &q.kinds {
        let sites = atlas.sites.of_kind(*kind);
        all += sites.len();
        undated += sites.iter().filter(|s| atlas.sites.all[**s as usize].schedule.is_none()).count();
    }
    for k in 0..WEEKS * 7 {
        let open = |s: &u32| atlas.sites.all[*s as usize].is_on(from.plus(k)) == Some(true);
        let set: Vec<u32> = q.kinds.iter().flat_map(|kind| atlas.sites.of_kind(*kind)).copied().filter(open).collect();
        *sets.entry(set).or_default() += 1;
    }
    let mut days = vec![0u32; counted.demand.points.len()];
    for (set, count) in sets.iter().filter(|(s, _)| !s.is_empty()) {
        let (mm, _) = nearest_of(atlas, &counted.demand, set, q.limit_mm, q.walker, false);
        days.iter_mut().zip(mm).filter(|(_, mm)| *mm != NONE).for_each(|(d, _)| *d += count);
    }
    let rows = counted.rows((0.0, 0.0, 0.0), |row, p, people| {
        row.0 += people;
        row.1 += people * f64::from(days[p]) / f64::from(WEEKS);
        row.2 += if days[p] == 0 { people } else { 0.0 };
    });
    let row = |(area, (people, sum, none)): (String, (f64, f64, f64))| DaysRow {
        area,
        people,
        days: (people > 0.0).then(|| sum / people),
        none,
    };
    let rows = counted.names().into_iter().zip(rows).map(row).collect();
    let notes = vec![format!(
        "{from} からの1年（52週）について、歩いて届く所が1か所でも開いている日を数えました。曜日の分からない{undated}か所（{all}か所中）は数えていません。休止は数えません。"
    )];
    Ok(DaysPerWeek { rows, basis: q.basis(atlas, notes) })
}
