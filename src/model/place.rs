//! Where things are (Place) and what is offered there (Service).

use super::{KindId, LonLat};
use serde::{Deserialize, Serialize};

/// How exactly a place is located. Anything coarser than [`GeocodeLevel::Block`] is 位置未確定 for short distances.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GeocodeLevel {
    /// 実測 or a coordinate published with the record.
    Surveyed,
    /// 番地・号.
    House,
    /// 街区.
    Block,
    /// 町丁目.
    Neighbourhood,
    /// 大字.
    OldVillage,
    /// 市区町村.
    Municipality,
    /// No position that can be trusted.
    Unlocated,
}

impl GeocodeLevel {
    /// Fine enough to measure a walk from.
    pub fn is_located(self) -> bool {
        self <= Self::Block
    }

    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Surveyed => "surveyed",
            Self::House => "house",
            Self::Block => "block",
            Self::Neighbourhood => "neighbourhood",
            Self::OldVillage => "old_village",
            Self::Municipality => "municipality",
            Self::Unlocated => "unlocated",
        }
    }

    /// In words.
    pub fn ja(self) -> &'static str {
        match self {
            Self::Surveyed => "実測",
            Self::House => "番地・号まで",
            Self::Block => "街区まで",
            Self::Neighbourhood => "町丁目まで",
            Self::OldVillage => "大字・町まで",
            Self::Municipality => "市区町村まで",
            Self::Unlocated => "位置未確定",
        }
    }

    /// From its code; anything unknown is unlocated.
    pub fn from_code(code: &str) -> Self {
        [Self::Surveyed, Self::House, Self::Block, Self::Neighbourhood, Self::OldVillage, Self::Municipality]
            .into_iter()
            .find(|l| l.code() == code)
            .unwrap_or(Self::Unlocated)
    }
}

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

/// A location with a name. One place, many services.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// Register id; 0 before it is stored.
    pub id: i64,
    /// Identity inside its dataset.
    pub key: String,
    /// Name as written in the source.
    pub name: String,
    /// Reading, if given.
    pub kana: Option<String>,
    /// Address as written in the source.
    pub address: Option<String>,
    /// Position, if the source gives one.
    pub point: Option<LonLat>,
    /// How far the position can be trusted.
    pub level: GeocodeLevel,
    /// What it is when it offers no service: `school`, `community_centre`, `shelter`, `public_facility`.
    pub facility: Option<String>,
    /// What is offered here.
    pub services: Vec<Service>,
}

/// What is offered at a place.
#[derive(Debug, Clone, PartialEq)]
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
    /// Public telephone number.
    pub phone: Option<String>,
    /// Public web page.
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
            phone: None,
            url: None,
            capacity: None,
            reference: None,
            visibility: Visibility::Public,
            serves: None,
            verified_on: None,
            internal: None,
        }
    }
}

/// The public side of a service: the only form in which a service can reach a public response.
#[derive(Debug, Clone, Serialize)]
pub struct PublicService {
    /// Register id.
    pub id: i64,
    /// Kind code.
    pub kind: KindId,
    /// Name.
    pub name: String,
    /// Hall or house it is in, where that has a name of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub venue: Option<String>,
    /// Address of its place.
    pub address: Option<String>,
    /// How exactly its position is known.
    pub level: GeocodeLevel,
    /// Running or not.
    pub status: Status,
    /// Days and hours.
    pub schedule: Option<String>,
    /// Fee.
    pub fee: Option<String>,
    /// 送迎.
    pub pickup: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// Web page.
    pub url: Option<String>,
    /// 町内 it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serves: Option<String>,
    /// When somebody last made sure of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified_on: Option<String>,
    /// Seats or members, if the list says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u32>,
    /// The dataset it comes from.
    pub source: String,
    /// Position, longitude first; absent for 位置未確定.
    #[serde(skip)]
    pub point: Option<LonLat>,
}

impl PublicService {
    /// The public side, or nothing if the service is not public.
    pub fn of(place: &Place, service: &Service, source: &str) -> Option<Self> {
        (service.visibility == Visibility::Public).then(|| Self {
            id: service.id,
            kind: service.kind,
            name: service.name.clone(),
            venue: Some(&place.name).filter(|n| **n != service.name && !n.is_empty()).cloned(),
            address: place.address.clone(),
            level: place.level,
            status: service.status,
            schedule: service.schedule_text.clone(),
            fee: service.fee.clone(),
            pickup: service.pickup.clone(),
            phone: service.phone.clone(),
            url: service.url.clone(),
            serves: service.serves.clone(),
            verified_on: service.verified_on.clone(),
            capacity: service.capacity,
            source: source.to_owned(),
            point: place.point.filter(|_| place.level.is_located()),
        })
    }
}
