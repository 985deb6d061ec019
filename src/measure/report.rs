//! All indicators of a plan in one answer; what cannot be worked out says why instead.

use super::indicators::{self, Giving};
use super::{Question, QuestionError, Trip};
use crate::atlas::Atlas;
use crate::model::{Day, Effort, Figure, KindId, kind_by_code};
use serde::Serialize;
use serde_json::{Value, json};

/// One indicator, or why there is none.
#[derive(Debug, Serialize)]
pub struct Indicator {
    /// Stable code.
    pub code: &'static str,
    /// Japanese label.
    pub ja: &'static str,
    /// The figures.
    pub answer: Option<Value>,
    /// Why there are none.
    pub missing: Option<String>,
}

fn indicator<T: Serialize>(code: &'static str, ja: &'static str, answer: Result<T, QuestionError>) -> Indicator {
    match answer {
        Ok(a) => Indicator { code, ja, answer: Some(json!(a)), missing: None },
        Err(e) => Indicator { code, ja, answer: None, missing: Some(e.message) },
    }
}

/// Every indicator for a question, around a day.
pub fn indicators(atlas: &Atlas, q: &Question, today: Day) -> Vec<Indicator> {
    // the day asked about; else today, or the last day like it on which every timetable is valid
    let valid = |d: Day| atlas.transit.as_ref().is_none_or(|t| t.day(d).outside.is_empty());
    let comparable = || if valid(today) { None } else { atlas.transit.as_ref()?.comparable(today) };
    let day = q.trip.as_ref().map(|t: &Trip| t.day).or(q.open_on).or_else(comparable).unwrap_or(today);
    let with = |codes: &[&str], metres: f64| -> Question {
        let kinds: Vec<KindId> = codes.iter().filter_map(|c| kind_by_code(c)).collect();
        let mut own = q.clone().on_foot();
        own.open_on = None;
        if own.kinds.is_empty() || !codes.is_empty() {
            own.kinds = kinds;
        }
        own.threshold_mm = (metres * 1000.0) as u32;
        own.limit_mm = own.threshold_mm.min(own.longest_mm);
        own.rule = None;
        own.effort = Effort::LENGTH;
        own
    };
    let salons = ["kayoi", "salon", "genki_club", "tsusho_b"];
    let fiscal = if day.date().month() >= 4 { day.year() } else { day.year() - 1 };
    let mut out = vec![
        indicator(
            "daily_life",
            "M2 日常生活サービスの徒歩圏充足率（医療・介護・商業 800m）",
            super::coverage(atlas, &with(&["clinic", "day_care", "shop"], 800.0)),
        ),
        indicator(
            "transit_poor",
            "M5 公共交通 便利・不便・空白とデマンドによる救済",
            super::transit_poor(atlas, &with(&[], 800.0), Some(day)),
        ),
        indicator("induction", "M6 誘導区域内の施設と人口", indicators::induction(atlas, &with(&[], 800.0))),
        indicator(
            "supply",
            "M10・M11 通いの場の供給（2SFCA・E2SFCA 800m）",
            indicators::catchment(atlas, &with(&salons, 800.0), day),
        ),
        indicator(
            "days_per_week",
            "M12 歩いて行ける通いの場が週に何日開いているか（500m）",
            indicators::days_per_week(atlas, &with(&salons, 500.0), day),
        ),
        indicator("mobile_shops", "Q9 店舗500m圏外の人と移動販売", indicators::mobile_shops(atlas, &with(&[], 500.0), day)),
        indicator("freshness", "M16 情報の新しさ（1年以内に確認）", Ok(indicators::freshness(atlas, today))),
    ];
    for (giving, strict, code, ja) in [
        (Giving::Serves, true, "half_serves_strict", "全町内の半数に月1回以上の通いの場（B 対象町内・毎月）"),
        (Giving::Serves, false, "half_serves_lenient", "同（B 対象町内・年12回以上）"),
        (Giving::Inside, true, "half_inside_strict", "同（A 町内にある・毎月）"),
        (Giving::Near, true, "half_near_strict", "同（C 500m以内・毎月）"),
    ] {
        out.push(indicator(code, ja, indicators::half_of_neighbourhoods(atlas, giving, strict, fiscal)));
    }
    out.push(indicator("series", "年度ごとの数（区域の利用者など。校区には割り振らない）", Ok(series(&atlas.series))));
    out
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
