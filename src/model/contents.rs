//! Everything the register holds at one revision, house numbers and compiled networks excepted.

use super::{Area, Cell, Dataset, Figure, Place};

/// A dataset in the register.
#[derive(Debug, Clone)]
pub struct StoredDataset {
    /// Register id.
    pub id: i64,
    /// What it is.
    pub dataset: Dataset,
    /// Digest of the file last taken.
    pub sha256: String,
}

/// The register at one revision.
#[derive(Debug, Default)]
pub struct Contents {
    /// The revision.
    pub revision: i64,
    /// Datasets.
    pub datasets: Vec<StoredDataset>,
    /// Places with the id of their dataset.
    pub places: Vec<(i64, Place)>,
    /// Areas with the id of their dataset.
    pub areas: Vec<(i64, Area)>,
    /// Cells with the id of their dataset.
    pub cells: Vec<(i64, Cell)>,
    /// Figures by year.
    pub series: Vec<Figure>,
}
