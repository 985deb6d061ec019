//! Everything the register holds at one revision, house numbers and compiled networks excepted.

use super::{Area, Cell, Dataset, Figure, Filed, Place};

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
#[derive(Debug, Clone, Default)]
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

impl Contents {
    /// The same at a later revision, where only some places changed; nothing in place of one that has gone.
    pub fn edited(&mut self, revision: i64, changes: Vec<(i64, Option<Filed>)>) {
        self.revision = revision;
        for (id, filed) in changes {
            // places come in the order of their ids
            let at = self.places.binary_search_by_key(&id, |p| p.1.id);
            match (at, filed) {
                (Ok(i), Some(f)) => self.places[i] = (f.dataset, f.place),
                (Ok(i), None) => {
                    self.places.remove(i);
                }
                (Err(i), Some(f)) => self.places.insert(i, (f.dataset, f.place)),
                (Err(_), None) => {}
            }
        }
    }
}
