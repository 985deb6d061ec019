//! What an import brings: the records of one file, and what was said about its rows.

use super::{AddressPoint, Area, Cell, Feed, Figure, Heights, OsmExtract, Place};
use serde::{Deserialize, Serialize};

/// The dataset a file is an edition of. A newer edition of the same dataset replaces the older one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dataset {
    /// Identity, from format and content, e.g. `mhlw_care:訪問介護:43`.
    pub key: String,
    /// Format code.
    pub format: String,
    /// Title shown to people.
    pub title: String,
    /// Attribution the licence asks for.
    pub attribution: String,
    /// Year or date of the data, if the file says it.
    pub vintage: Option<String>,
}

/// The readable content of one file.
#[derive(Debug, Default)]
pub struct Batch {
    /// Places with their services.
    pub places: Vec<Place>,
    /// Areas.
    pub areas: Vec<Area>,
    /// Cells with population.
    pub cells: Vec<Cell>,
    /// House-number points.
    pub addresses: Vec<AddressPoint>,
    /// Streets and base map.
    pub osm: Option<OsmExtract>,
    /// Figures by year.
    pub series: Vec<Figure>,
    /// Timetable and demand services.
    pub feed: Option<Feed>,
    /// Heights of the ground.
    pub heights: Vec<Heights>,
}

impl Batch {
    /// How many records it holds.
    pub fn len(&self) -> usize {
        let osm = self.osm.as_ref().map_or(0, |o| o.ways.len());
        self.places.len()
            + self.areas.len()
            + self.cells.len()
            + self.addresses.len()
            + self.series.len()
            + osm
            + self.heights.len()
            + self.feed.as_ref().map_or(0, |f| f.trips.len() + f.demand.len())
    }

    /// True if it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Taken, and worth knowing.
    Note,
    /// Taken in part (e.g. without a position).
    Doubtful,
    /// Not taken.
    Left,
}

/// Something to say about one row of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// How bad.
    pub severity: Severity,
    /// Row as the user sees it: 1-based line or feature number; 0 for the whole file.
    pub row: usize,
    /// Column heading.
    pub column: String,
    /// The value found.
    pub value: String,
    /// What it is about, a stable code.
    pub code: String,
    /// What is wrong and what to do, Japanese.
    pub message: String,
    /// Key of the record it is about, if one was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
}

/// What the register did with a batch.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Records not there before.
    pub added: usize,
    /// Records whose content changed.
    pub updated: usize,
    /// Records that were there already.
    pub unchanged: usize,
    /// Fields in which the list and what people made of its records differ.
    #[serde(default)]
    pub conflicts: usize,
    /// Names of places not there before, the first thousand.
    pub new: Vec<String>,
    /// Names of places whose content changed, the first thousand.
    pub changed: Vec<String>,
    /// Names of records of the older edition that are not in this one.
    pub gone: Vec<String>,
    /// The revision made, if anything changed and was kept.
    pub revision: Option<i64>,
}

/// The report on one file.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct FileReport {
    /// Path as given.
    pub file: String,
    /// Format detected, or nothing.
    pub format: Option<String>,
    /// Dataset it was taken as.
    pub dataset: Option<Dataset>,
    /// Records taken.
    pub taken: usize,
    /// Rows left out.
    pub left: usize,
    /// Taken without a trustworthy position (位置未確定).
    pub unlocated: usize,
    /// Each column of a table with the field it was taken for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<(String, Option<String>)>,
    /// Row-level findings, the first thousand.
    pub findings: Vec<Finding>,
    /// How many more there are.
    #[serde(default)]
    pub findings_left: usize,
    /// Why the whole file was left, Japanese; nothing if it was read.
    pub refused: Option<String>,
    /// What the register did.
    pub outcome: Option<Outcome>,
}
