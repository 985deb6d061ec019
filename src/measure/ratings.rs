//! Ratings the numbers suggest for a district; the officer's own stand beside them.

use super::report::asked_by;
use super::{HalfRow, Question, QuestionError, RawQuestion, half_of_neighbourhoods};
use crate::atlas::Atlas;
use crate::model::{Day, IndicatorRule, Measured, district_key, rules};

/// An indicator with a suggested rating.
#[derive(Debug)]
pub struct Suggested {
    /// The indicator.
    pub rule: &'static IndicatorRule,
    /// Its districts; the total last.
    pub rows: Vec<HalfRow>,
}

impl Suggested {
    /// The row of a district, by its name.
    pub fn of(&self, name: &str) -> Option<&HalfRow> {
        self.rows.iter().find(|r| district_key(&r.area) == district_key(name))
    }
}

/// Every indicator whose numbers suggest a rating, for the fiscal year of a day.
///
/// # Errors
/// Without a list of 町内.
pub fn ratings(atlas: &Atlas, today: Day) -> Result<Vec<Suggested>, QuestionError> {
    let q = Question::new(&RawQuestion::default(), atlas, today)?;
    let one = |rule: &'static IndicatorRule| match rule.measure {
        Measured::Neighbourhoods { giving, strict } => {
            let found = half_of_neighbourhoods(atlas, &asked_by(rule, &q), giving, strict, today.fiscal_year());
            Some(found.map(|h| Suggested { rule, rows: h.rows }))
        }
        _ => None,
    };
    rules().indicator.iter().filter_map(one).collect()
}
