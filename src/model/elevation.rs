//! Heights of the ground on a grid, and what a walk over it costs beyond its length.

use serde::{Deserialize, Serialize};

/// Heights on a grid of longitude and latitude; row 0 is the northernmost.
#[derive(Debug, Clone, PartialEq)]
pub struct Heights {
    /// Longitude and latitude of the middle of the first value, degrees.
    pub north_west: [f64; 2],
    /// Distance of the values eastward and southward, degrees.
    pub step: [f64; 2],
    /// Columns and rows.
    pub size: [u32; 2],
    /// Values row by row, see [`coded_height`].
    pub values: Vec<u16>,
}

/// No height.
pub const NO_HEIGHT: u16 = 0;

/// A height in metres as a grid holds it: decimetres above 500 m below the sea; [`NO_HEIGHT`] outside −499 to 6,000 m.
pub fn coded_height(metres: f64) -> u16 {
    if (-499.0..6000.0).contains(&metres) { ((metres + 500.0) * 10.0).round() as u16 } else { NO_HEIGHT }
}

/// Metres of a coded height.
pub fn height_metres(code: u16) -> Option<f64> {
    (code != NO_HEIGHT).then(|| f64::from(code) / 10.0 - 500.0)
}

/// What a walk costs beyond its length. Costs are millimetres of level way that take the same time, so they hold for any speed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Effort {
    /// Slopes count, where heights are known.
    pub slope: bool,
    /// Time on steps against the same length of level way.
    pub steps_factor: f64,
    /// Steps cannot be used at all.
    pub no_steps: bool,
}

impl Default for Effort {
    fn default() -> Self {
        Self::LENGTH
    }
}

impl Effort {
    /// The length alone: thresholds in metres, and 徒歩1分=80m as advertisements define it.
    pub const LENGTH: Self = Self { slope: false, steps_factor: 1.0, no_steps: false };
}

/// How slopes count.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SlopeRule {
    /// Heights are read this far apart along a street, metres.
    pub sample_metres: f64,
    /// Steeper ground is taken for an error of the heights (a wall beside the street): rise over run.
    pub max_grade: f64,
    /// Tobler's exponent.
    pub steepness: f64,
    /// Grade at which one is fastest, downhill positive.
    pub fastest_downhill: f64,
    /// As for [`super::Rule::status`].
    pub status: String,
    /// Where it comes from.
    pub source: String,
}

impl SlopeRule {
    /// Time on a slope against the same length of level way; `grade` is rise over run, uphill positive.
    /// Tobler's W = 6·exp(−3.5·|s + 0.05|), divided by its value on the level.
    pub fn factor(&self, grade: f64) -> f64 {
        let s = grade.clamp(-self.max_grade, self.max_grade);
        (self.steepness * ((s + self.fastest_downhill).abs() - self.fastest_downhill)).exp()
    }

    /// The least factor there is: gently downhill.
    pub fn least_factor(&self) -> f64 {
        self.factor(-self.fastest_downhill)
    }
}
