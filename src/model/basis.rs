//! What an answer stands on. Every answer that carries a number carries its Basis.

use serde::Serialize;

/// The age of one input.
#[derive(Debug, Clone, Serialize)]
pub struct Vintage {
    /// Title of the dataset.
    pub title: String,
    /// Year or date of the data, as the file says it.
    pub vintage: Option<String>,
    /// Attribution the licence asks for.
    pub attribution: String,
}

/// What an answer stands on.
#[derive(Debug, Clone, Serialize)]
pub struct Basis {
    /// Register revision.
    pub revision: i64,
    /// Id of the rule used, if the question named one or equals one.
    pub rule: Option<String>,
    /// The rule in words, with its source.
    pub rule_text: String,
    /// `network`, or `straight` when no streets are loaded.
    pub distance: &'static str,
    /// How people travel: `walk`, `transit`, `taxi`.
    pub by: &'static str,
    /// Service day, if a timetable was used.
    pub service_day: Option<String>,
    /// Departures and which of them counts, if a timetable was used.
    pub window: Option<String>,
    /// Threshold, metres of walk.
    pub metres: f64,
    /// Threshold, minutes at that speed.
    pub minutes: f64,
    /// Walking speed, metres per minute.
    pub metres_per_minute: f64,
    /// The speed in words, with its source.
    pub speed_text: String,
    /// Population dataset, year and group in words.
    pub population: Option<String>,
    /// Where the people stand: shares of address points, street points and centroids.
    pub demand_points: Option<String>,
    /// Inputs and their age.
    pub data: Vec<Vintage>,
    /// What was left out or assumed, Japanese, one sentence each.
    pub notes: Vec<String>,
    /// True if any parameter is unverified.
    pub unverified: bool,
}
