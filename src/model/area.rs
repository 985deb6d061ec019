//! Typed areas: school districts, wards, 日常生活圏域, induction areas. A typed graph, not a tree.

use super::Bounds;
use geo::{BoundingRect, MultiPolygon};
use serde::{Deserialize, Serialize};

/// What an area is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AreaType {
    /// 小学校区.
    ElementaryDistrict,
    /// 中学校区.
    JuniorHighDistrict,
    /// 日常生活圏域.
    LivingArea,
    /// 行政区・市区町村 (N03: a ward where the city has wards).
    Ward,
    /// 立地適正化計画 計画区域.
    PlanningArea,
    /// 居住誘導区域.
    ResidenceInduction,
    /// 都市機能誘導区域.
    FunctionInduction,
    /// 用途地域.
    Zoning,
    /// デマンドタクシー区域.
    DemandZone,
    /// 町内・町丁目.
    Neighbourhood,
}

impl AreaType {
    /// All types, in the order shown to people.
    pub const ALL: [Self; 10] = [
        Self::ElementaryDistrict,
        Self::JuniorHighDistrict,
        Self::LivingArea,
        Self::Ward,
        Self::PlanningArea,
        Self::ResidenceInduction,
        Self::FunctionInduction,
        Self::Zoning,
        Self::DemandZone,
        Self::Neighbourhood,
    ];

    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::ElementaryDistrict => "elementary_district",
            Self::JuniorHighDistrict => "junior_high_district",
            Self::LivingArea => "living_area",
            Self::Ward => "ward",
            Self::PlanningArea => "planning_area",
            Self::ResidenceInduction => "residence_induction",
            Self::FunctionInduction => "function_induction",
            Self::Zoning => "zoning",
            Self::DemandZone => "demand_zone",
            Self::Neighbourhood => "neighbourhood",
        }
    }

    /// Japanese label.
    pub fn ja(self) -> &'static str {
        match self {
            Self::ElementaryDistrict => "小学校区",
            Self::JuniorHighDistrict => "中学校区",
            Self::LivingArea => "日常生活圏域",
            Self::Ward => "行政区・市区町村",
            Self::PlanningArea => "立地適正化計画区域",
            Self::ResidenceInduction => "居住誘導区域",
            Self::FunctionInduction => "都市機能誘導区域",
            Self::Zoning => "用途地域",
            Self::DemandZone => "デマンドタクシー区域",
            Self::Neighbourhood => "町内・町丁目",
        }
    }

    /// From its code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.code() == code)
    }
}

/// One area. Geometry is optional: a 町内 usually has none.
#[derive(Debug, Clone, PartialEq)]
pub struct Area {
    /// Register id; 0 before it is stored.
    pub id: i64,
    /// Identity inside its dataset.
    pub key: String,
    /// What it is.
    pub area_type: AreaType,
    /// Official code, if any.
    pub code: Option<String>,
    /// Name.
    pub name: String,
    /// Municipality code, five digits.
    pub city_code: Option<String>,
    /// Name of the district it belongs to, for what has no boundary of its own.
    pub parent: Option<String>,
    /// True if the boundary is not the official one.
    pub approximate: bool,
    /// Boundary, longitude first; outer rings counter-clockwise.
    pub geometry: Option<MultiPolygon<f64>>,
}

impl Area {
    /// The box around its boundary; nothing without one.
    pub fn bounds(&self) -> Option<Bounds> {
        let r = self.geometry.as_ref()?.bounding_rect()?;
        Some(Bounds { west: r.min().x, south: r.min().y, east: r.max().x, north: r.max().y })
    }
}

/// What a district is called in common: 「五福小学校」, 「五福校区」 and 「五福」 are one.
pub fn district_key(name: &str) -> &str {
    name.trim_end_matches("校区").trim_end_matches("小学校").trim_end_matches("中学校")
}
