//! All indicators of a plan in one answer; what cannot be worked out says why instead.

use super::indicators::{
    Frequent, catchment, daily_life, days_per_week, density, freshness, half_of_neighbourhoods, induction, mobile_shops,
};
use super::{Question, QuestionError};
use crate::atlas::Atlas;
use crate::model::{Day, Effort, Figure, IndicatorRule, KindId, Measured, kind_by_code, rules};
use serde::Serialize;
use serde_json::{Value, json};

/// One indicator, or why there is none.
#[derive(Debug, Serialize)]
pub struct Indicator {
    /// Stable code.
    pub code: &'static str,
    /// Japanese label.
    pub ja: &'static str,
    /// Where its definition comes from.
    pub source: &'static str,
    /// How sure that is: `verified`, `secondary`, `unverified`, `own`.
    pub status: &'static str,
    /// The figures.
    pub answer: Option<Value>,
    /// Why there are none.
    pub missing: Option<String>,
}

fn indicator<T: Serialize>(rule: &'static IndicatorRule, answer: Result<T, QuestionError>) -> Indicator {
    let (answer, missing) = match answer {
        Ok(a) => (Some(json!(a)), None),
        Err(e) => (None, Some(e.message)),
    };
    Indicator { code: &rule.code, ja: &rule.ja, source: &rule.source, status: &rule.status, answer, missing }
}

/// Every indicator for a question, around a day.
pub fn indicators(atlas: &Atlas, q: &Question, today: Day) -> Vec<Indicator> {
    let usual = || atlas.transit.as_ref().map_or(today, |t| t.usual_day(today));
    let day = q.when.as_ref().map(|w| w.day).or(q.open_on).unwrap_or_else(usual);
    let one = |rule: &'static IndicatorRule| {
        let own = asked_by(rule, q);
        match rule.measure {
            Measured::DailyLife { rail_metres, stop_metres, departures } => {
                let frequent = Frequent { rail_metres, stop_metres, departures };
                indicator(rule, daily_life(atlas, &own, frequent, day))
            }
            Measured::Density => indicator(rule, density(atlas, &own)),
            Measured::TransitPoor => indicator(rule, super::transit_poor(atlas, &own, Some(day))),
            Measured::Induction => indicator(rule, induction(atlas, &own)),
            Measured::Catchment => indicator(rule, catchment(atlas, &own, day)),
            Measured::DaysPerWeek => indicator(rule, days_per_week(atlas, &own, day)),
            Measured::MobileShops => indicator(rule, mobile_shops(atlas, &own, day)),
            Measured::Freshness => indicator(rule, Ok(freshness(atlas, today))),
            Measured::Neighbourhoods { giving, strict } => {
                indicator(rule, half_of_neighbourhoods(atlas, &own, giving, strict, day.fiscal_year()))
            }
            Measured::Series => indicator(rule, Ok(series(&atlas.series))),
        }
    };
    rules().indicator.iter().map(one).collect()
}

/// The question an indicator asks: its own kinds and length, whatever the walker's minutes are.
pub(super) fn asked_by(rule: &IndicatorRule, q: &Question) -> Question {
    let mut own = q.clone().on_foot();
    own.open_on = None;
    let kinds: Vec<KindId> = rule.kinds.iter().filter_map(|c| kind_by_code(c)).collect();
    if own.kinds.is_empty() || !kinds.is_empty() {
        own.kinds = kinds;
    }
    own.threshold_mm = (rule.metres.unwrap_or_default() * 1000.0) as u32;
    own.limit_mm = own.threshold_mm.min(own.longest_mm);
    own.of_time = false;
    own.rule = None;
    own.effort = Effort::LENGTH;
    own
}

/// A subject's figures with the change from the year before; none where the unit differs.
fn series(figures: &[Figure]) -> Vec<Value> {
    let change = |f: &&Figure| {
        let before = figures.iter().find(|b| b.subject == f.subject && b.measure == f.measure && b.year + 1 == f.year);
        let same_unit = before.is_none_or(|b| b.unit == f.unit);
        let change = before.filter(|_| same_unit).map(|b| f.value - b.value);
        json!({
            "subject": f.subject, "measure": f.measure, "unit": f.unit, "year": f.year, "value": f.value,
            "change": change, "unit_changed": !same_unit,
        })
    };
    let mut rows: Vec<Value> = figures.iter().collect::<Vec<_>>().iter().map(change).collect();
    let mut totals: Vec<(String, u16, String, f64)> = Vec::new();
    for f in figures {
        match totals.iter_mut().find(|t| (&t.0, t.1, &t.2) == (&f.measure, f.year, &f.unit)) {
            Some(t) => t.3 += f.value,
            None => totals.push((f.measure.clone(), f.year, f.unit.clone(), f.value)),
        }
    }
    for (measure, year, unit, value) in &totals {
        let before = totals.iter().find(|t| &t.0 == measure && t.1 + 1 == *year && &t.2 == unit).map(|t| t.3);
        rows.push(json!({
            "subject": "計", "measure": measure, "unit": unit, "year": year, "value": value,
            "change": before.map(|b| value - b),
            "change_percent": before.filter(|b| *b > 0.0).map(|b| ((value - b) / b * 1000.0).round() / 10.0),
        }));
    }
    rows
}
