//! What people who know a district say of it, with date and author: strengths and troubles (S004 高松 「ええとこ／いかんとこ」), findings
//! that are handed upward and answered (S000), and the officer's own rating beside the suggested one (S001).

use serde::{Deserialize, Serialize};

/// What a note is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteKind {
    /// 強み（ええとこ）.
    Good,
    /// 課題（いかんとこ）.
    Bad,
    /// A finding: what was seen, and the view it was seen in.
    Finding,
    /// A finding is handed to the next level.
    Raised,
    /// What that level says to it.
    Answer,
    /// An officer's rating of an indicator, and why.
    Rating,
}

impl NoteKind {
    const ALL: [Self; 6] = [Self::Good, Self::Bad, Self::Finding, Self::Raised, Self::Answer, Self::Rating];

    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Bad => "bad",
            Self::Finding => "finding",
            Self::Raised => "raised",
            Self::Answer => "answer",
            Self::Rating => "rating",
        }
    }

    /// From its code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.code() == code)
    }
}

/// A note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Number; 0 before it is stored.
    pub id: i64,
    /// RFC 3339, UTC.
    pub at: String,
    /// Who.
    pub actor: String,
    /// Register id of the area it is of.
    pub area: i64,
    /// What it is.
    pub kind: NoteKind,
    /// In their words.
    pub text: String,
    /// The view of a finding, as the part of an address after the host; the indicator of a rating.
    pub about: Option<String>,
    /// The level a finding is raised to; the mark of a rating.
    pub value: Option<String>,
    /// The finding that is raised or answered.
    pub parent: Option<i64>,
}
