//! The people who keep the register, what residents tell them, and what they hand out.

use serde::{Deserialize, Serialize};

/// What a person may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sees what staff see.
    Viewer,
    /// Edits records of the areas named in the account.
    Coordinator,
    /// Edits every record, imports, undoes, saves scenarios.
    Planner,
    /// Also keeps the accounts.
    Admin,
}

impl Role {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Coordinator => "coordinator",
            Self::Planner => "planner",
            Self::Admin => "admin",
        }
    }

    /// In words.
    pub fn ja(self) -> &'static str {
        match self {
            Self::Viewer => "閲覧",
            Self::Coordinator => "担当区域の編集",
            Self::Planner => "計画・全域の編集",
            Self::Admin => "管理",
        }
    }

    /// From its code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Viewer, Self::Coordinator, Self::Planner, Self::Admin].into_iter().find(|r| r.code() == code)
    }
}

/// Somebody who may sign in. The password is kept as an argon2id hash and never leaves the store and the session room.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// Register id.
    pub id: i64,
    /// Name to sign in with.
    pub name: String,
    /// What the person may do.
    pub role: Role,
    /// Ids of the areas a coordinator is responsible for; none: everywhere.
    pub areas: Vec<i64>,
    /// PHC string.
    pub password: String,
    /// May not sign in.
    pub disabled: bool,
    /// Wrong passwords since the last right one.
    pub failures: i64,
    /// No attempt before this time, RFC 3339.
    pub locked_until: Option<String>,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Account({} {})", self.name, self.role.code())
    }
}

/// Something a resident says about a record.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Suggestion {
    /// Register id.
    pub id: i64,
    /// When, RFC 3339.
    pub at: String,
    /// The service it is about, if any.
    pub service: Option<i64>,
    /// What is said.
    pub text: String,
    /// Who says it and how to reach them, if they want an answer; staff only.
    pub contact: Option<String>,
    /// `open`, `taken` or `declined`.
    pub state: String,
    /// Who decided.
    pub decided_by: Option<String>,
    /// What was decided, in words.
    pub reply: Option<String>,
}

/// Something that was handed out: what, when, to whom.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Publication {
    /// Register id.
    pub id: i64,
    /// When, RFC 3339.
    pub at: String,
    /// By whom.
    pub actor: String,
    /// 資源マップ, 一覧表, 校区カルテ …
    pub what: String,
    /// To whom.
    pub recipient: String,
    /// The revision it shows.
    pub revision: i64,
    /// Anything else.
    pub note: Option<String>,
}
