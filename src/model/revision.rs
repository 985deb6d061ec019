//! The register as many hands change it: records with their version, and what each revision did.

use super::Place;
use serde::{Deserialize, Serialize};

/// A place as the register holds it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Entry {
    /// Register id of its dataset.
    pub dataset: i64,
    /// The revision that last touched it.
    pub version: i64,
    /// The record.
    pub place: Place,
    /// Digest of what its list says.
    pub digest: Vec<u8>,
    /// Which address lists gave it its position; nothing if its list or a person did.
    pub located_by: Option<String>,
    /// What its list last said, once a person has changed it.
    pub source: Option<Box<Place>>,
    /// The place it was merged into.
    pub merged_into: Option<i64>,
    /// The revision it was retired by.
    pub retired: Option<i64>,
}

/// A place as it stands in the register now, for looking over many.
#[derive(Debug, Clone, PartialEq)]
pub struct Filed {
    /// Register id of its dataset.
    pub dataset: i64,
    /// The revision that last touched it.
    pub version: i64,
    /// The record.
    pub place: Place,
}

/// A revision, for the history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Revision {
    /// Its number.
    pub id: i64,
    /// RFC 3339, UTC.
    pub at: String,
    /// Who.
    pub actor: String,
    /// What, in words.
    pub summary: String,
    /// Why, if somebody said so.
    pub why: Option<String>,
    /// The revision it took back.
    pub undoes: Option<i64>,
    /// How many records it changed.
    pub changes: i64,
}

/// What a revision did to a place.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PastChange {
    /// The revision.
    pub revision: Revision,
    /// The record before; nothing if it was added.
    pub before: Option<Entry>,
    /// The record after; nothing if it was retired.
    pub after: Option<Entry>,
}
