//! Outside files → model. The format is told from the content, never from the file name.

mod addresses;
mod census;
mod demand_form;
mod detect;
mod elevation;
mod features;
mod gtfs;
mod headers;
mod ksj;
pub mod osm;
mod phone;
mod plan_tables;
mod position;
mod services;
mod source;
pub mod table;
pub mod text;
mod topology;

pub use detect::{read, read_bytes};
pub use headers::{KIND_OF_ALL, Mappings, fields};
pub use source::{Input, edition_free_stem, inputs};

use crate::model::{Batch, Dataset, Day, Finding, Severity};

/// Most findings kept of one file; the counts are always whole. Each doubtful record waits for a person, so this is no small number.
pub const MAX_FINDINGS: usize = 100_000;

/// What a reader is told beside the file.
#[derive(Debug, Clone, Default)]
pub struct Hints {
    /// The day runs without dates are taken to begin around.
    pub today: Day,
    /// What offices said of the columns of their lists.
    pub mappings: Mappings,
}

impl From<Day> for Hints {
    fn from(today: Day) -> Self {
        Self { today, ..Self::default() }
    }
}

/// Why a whole file was left: a stable code and Japanese advice.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// Stable code.
    pub code: &'static str,
    /// What is wrong and what to do.
    pub message: String,
    /// The headings of a table nobody understands, for a person to say what they mean.
    pub headings: Vec<String>,
}

impl Refusal {
    /// A refusal with a code and advice.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), headings: Vec::new() }
    }
}

/// One file, read.
#[derive(Debug)]
pub struct Reading {
    /// What it is an edition of.
    pub dataset: Dataset,
    /// Its records.
    pub batch: Batch,
    /// What to say about its rows.
    pub findings: Findings,
}

/// Row-level findings with whole counts.
#[derive(Debug, Default)]
pub struct Findings {
    /// Each column of the table with the field it was taken for.
    pub columns: Vec<(String, Option<String>)>,
    /// The first [`MAX_FINDINGS`].
    pub list: Vec<Finding>,
    /// Rows left out.
    pub left: usize,
}

impl Findings {
    /// Says which record everything was about that was said since the list was so long.
    pub fn about(&mut self, since: usize, key: &str) {
        self.list.iter_mut().skip(since).for_each(|f| f.record = Some(key.to_owned()));
    }

    /// Says something about a row.
    pub fn say(&mut self, severity: Severity, row: usize, column: &str, value: &str, code: &str, message: &str) {
        self.left += usize::from(severity == Severity::Left);
        if self.list.len() < MAX_FINDINGS {
            let value: String = value.chars().take(80).collect();
            self.list.push(Finding {
                severity,
                row,
                column: column.into(),
                value,
                code: code.into(),
                message: message.into(),
                record: None,
            });
        }
    }
}
