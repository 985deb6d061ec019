//! Where things are.

use super::{LonLat, Service};
use serde::{Deserialize, Serialize};

/// How exactly a place is located. Anything coarser than [`GeocodeLevel::Block`] is 位置未確定 for short distances.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Default)]
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
    #[default]
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

/// A location with a name. One place, many services.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
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
    /// Somebody's home: the public learns the block it is in, never the house.
    pub home: bool,
    /// What is offered here.
    pub services: Vec<Service>,
}

impl Place {
    /// Its position, if that is exact enough to measure a walk from; without one it is 位置未確定.
    pub fn certain_point(&self) -> Option<LonLat> {
        self.point.filter(|_| self.level.is_located())
    }
}
