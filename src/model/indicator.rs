//! Which indicators a plan asks for, and what each counts: data, with their sources.

use serde::{Deserialize, Serialize};

/// One indicator of a plan.
#[derive(Debug, Deserialize)]
pub struct IndicatorRule {
    /// Stable code.
    pub code: String,
    /// Japanese label.
    pub ja: String,
    /// How it is measured.
    #[serde(flatten)]
    pub measure: Measured,
    /// Kinds counted; none: those of the question.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// What the plan wants, as it writes it.
    pub goal: Option<String>,
    /// Threshold, metres of way (or straight, where the measure says so).
    pub metres: Option<f64>,
    /// As for [`super::Rule::status`].
    pub status: String,
    /// Where its definition comes from.
    pub source: String,
}

/// How an indicator is measured.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(tag = "measure", rename_all = "snake_case")]
pub enum Measured {
    /// Who reaches all of its kinds and public transport to live by.
    DailyLife {
        /// A station within this, metres of way.
        rail_metres: f64,
        /// Or a bus stop within this.
        stop_metres: f64,
        /// With so many departures on the service day.
        departures: u32,
    },
    /// People by hectare of the catchment.
    Density,
    /// 公共交通 便利・不便・空白.
    TransitPoor,
    /// Services and people in the induction areas.
    Induction,
    /// 2SFCA and E2SFCA.
    Catchment,
    /// Days of the week on which one of its kinds is open within reach.
    DaysPerWeek,
    /// Who is far from shops, and met by a mobile one.
    MobileShops,
    /// Records verified within a year.
    Freshness,
    /// 町内 with a meeting every month.
    Neighbourhoods {
        /// Which 町内 a meeting counts for.
        giving: Giving,
        /// Every month, rather than twelve times a year.
        strict: bool,
    },
    /// Figures by year as they were delivered.
    Series,
}

/// 「全町内の半数に月1回以上の通いの場」: how a salon is given to a 町内.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Giving {
    /// A: it lies in the 町内.
    Inside,
    /// B: its list says which 町内 it serves.
    Serves,
    /// C: within the threshold of the 町内.
    Near,
}
