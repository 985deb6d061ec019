//! Population on mesh cells and small areas, and the points its people are taken to stand on.

use super::{Bounds, LonLat};
use serde::{Deserialize, Serialize};

/// Which people are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum AgeGroup {
    /// Everyone.
    #[default]
    Total,
    /// 65 and over.
    Aged65,
    /// 75 and over.
    Aged75,
}

impl AgeGroup {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Total => "total",
            Self::Aged65 => "aged65",
            Self::Aged75 => "aged75",
        }
    }

    /// Japanese label.
    pub fn ja(self) -> &'static str {
        match self {
            Self::Total => "総人口",
            Self::Aged65 => "65歳以上",
            Self::Aged75 => "75歳以上",
        }
    }

    /// From its code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Total, Self::Aged65, Self::Aged75].into_iter().find(|g| g.code() == code)
    }
}

/// The people of a cell in one year. `None` is unknown or secret, never zero.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Population {
    /// Year of the census or projection.
    pub year: u16,
    /// Everyone.
    pub total: Option<f64>,
    /// 65 and over.
    pub aged65: Option<f64>,
    /// 75 and over.
    pub aged75: Option<f64>,
}

impl Population {
    /// The people of one group.
    pub fn of(&self, group: AgeGroup) -> Option<f64> {
        match group {
            AgeGroup::Total => self.total,
            AgeGroup::Aged65 => self.aged65,
            AgeGroup::Aged75 => self.aged75,
        }
    }
}

/// A mesh cell or small area with its people.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cell {
    /// Register id; 0 before it is stored.
    pub id: i64,
    /// JIS mesh code or small-area KEY_CODE: its identity inside its dataset.
    pub code: String,
    /// Name of a small area.
    pub name: Option<String>,
    /// Rectangle of a mesh cell; absent for a small area known by its centroid only.
    pub bounds: Option<Bounds>,
    /// Its middle; absent for a named neighbourhood whose position is looked up by name.
    pub centroid: Option<LonLat>,
    /// By year.
    pub population: Vec<Population>,
    /// For a secret cell, the cell its people were added to; for a destination, itself.
    pub merged_into: Option<String>,
}

/// A house number on the ground.
#[derive(Debug, Clone, PartialEq)]
pub struct AddressPoint {
    /// Municipality code, five digits.
    pub city_code: String,
    /// 町丁目.
    pub town: String,
    /// 街区.
    pub block: String,
    /// 号・番地.
    pub number: String,
    /// Position, 1e-7 degrees, longitude first.
    pub point: [i32; 2],
}
