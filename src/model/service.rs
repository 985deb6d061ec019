//! What is offered at a place.

use super::KindId;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Whether a service is running.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// 活動中.
    #[default]
    Active,
    /// 休止: listed, never counted.
    Paused,
    /// 終了.
    Ended,
    /// 開始予定.
    Planned,
}

impl Status {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Ended => "ended",
            Self::Planned => "planned",
        }
    }

    /// In words.
    pub fn ja(self) -> &'static str {
        match self {
            Self::Active => "活動中",
            Self::Paused => "休止",
            Self::Ended => "終了",
            Self::Planned => "予定",
        }
    }

    /// From its code; anything unknown is not counted as running.
    pub fn from_code(code: &str) -> Self {
        match code {
            "active" => Self::Active,
            "ended" => Self::Ended,
            "planned" => Self::Planned,
            _ => Self::Paused,
        }
    }
}

/// Who may see a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Everyone.
    #[default]
    Public,
    /// 関係者.
    Staff,
    /// 内部.
    Internal,
}

impl Visibility {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Staff => "staff",
            Self::Internal => "internal",
        }
    }

    /// From its code; anything unknown is hidden.
    pub fn from_code(code: &str) -> Self {
        match code {
            "public" => Self::Public,
            "staff" => Self::Staff,
            _ => Self::Internal,
        }
    }
}

/// A field of a service that can be hidden or verified by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// 開催日・時間.
    ScheduleText,
    /// 参加費.
    Fee,
    /// 送迎.
    Pickup,
    /// 予約.
    Booking,
    /// 電話.
    Phone,
    /// ホームページ.
    Url,
    /// 定員.
    Capacity,
    /// 対象町内.
    Serves,
}

/// What is offered at a place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Service {
    /// Register id; 0 before it is stored.
    pub id: i64,
    /// Identity inside its dataset.
    pub key: String,
    /// What kind of service.
    pub kind: KindId,
    /// Name as written in the source.
    pub name: String,
    /// Running or not.
    pub status: Status,
    /// Days and hours as written in the source.
    pub schedule_text: Option<String>,
    /// 参加費・料金 as written.
    pub fee: Option<String>,
    /// 送迎 as written.
    pub pickup: Option<String>,
    /// 予約・申込 as written.
    pub booking: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// Web page.
    pub url: Option<String>,
    /// Seats or members; a zero in the source means "not filled in".
    pub capacity: Option<u32>,
    /// An official number shared between datasets, e.g. `medical:431143320146`.
    pub reference: Option<String>,
    /// Who may see it.
    pub visibility: Visibility,
    /// 町内 it is for, as written.
    pub serves: Option<String>,
    /// When somebody last made sure of it, `YYYY-MM-DD`.
    pub verified_on: Option<String>,
    /// Fields somebody made sure of one by one, with the day.
    pub verified: BTreeMap<Field, String>,
    /// Fields the public does not see, though it sees the service.
    pub hidden: BTreeSet<Field>,
    /// 連携シート: what professionals need to know of each other, by the codes of `data/office.toml`; never public.
    pub staff: BTreeMap<String, String>,
    /// Columns of the source we have no field for, as JSON; never public.
    pub internal: Option<String>,
}

impl Service {
    /// A running public service with nothing else known.
    pub fn new(key: impl Into<String>, kind: KindId, name: impl Into<String>) -> Self {
        Self {
            id: 0,
            key: key.into(),
            kind,
            name: name.into(),
            status: Status::Active,
            schedule_text: None,
            fee: None,
            pickup: None,
            booking: None,
            phone: None,
            url: None,
            capacity: None,
            reference: None,
            visibility: Visibility::Public,
            serves: None,
            verified_on: None,
            verified: BTreeMap::new(),
            hidden: BTreeSet::new(),
            staff: BTreeMap::new(),
            internal: None,
        }
    }
}
