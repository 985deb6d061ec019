//! What an OpenStreetMap extract gives: walkable ways and base-map features, before they are compiled.

use geo::{LineString, MultiPolygon, Point};

/// A street network as read: nodes by dense index, ways as runs of node indices.
#[derive(Debug, Default)]
pub struct OsmExtract {
    /// Node positions, 1e-7 degrees, longitude first.
    pub nodes: Vec<[i32; 2]>,
    /// Original node ids, in the order of `nodes`: what joins two extracts of one import.
    pub ids: Vec<i64>,
    /// Walkable ways.
    pub ways: Vec<RawWay>,
    /// Ways a car may take, with their pace.
    pub drives: Vec<RawWay>,
    /// Nodes (dense index) that nobody on foot may pass.
    pub blocked: Vec<u32>,
    /// Base-map features.
    pub features: Vec<BaseFeature>,
}

/// A way somebody may take.
#[derive(Debug, Clone)]
pub struct RawWay {
    /// Dense node indices in order.
    pub nodes: Vec<u32>,
    /// What it is.
    pub class: WayClass,
    /// How it may be walked.
    pub flags: WayFlags,
    /// Sailing time of a ferry, seconds.
    pub ferry_seconds: u32,
    /// Pace of a car, km/h; 0 on foot, where the walker brings their own.
    pub pace: u8,
}

/// What a way is, as far as a walker cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum WayClass {
    /// Trunk, primary, secondary, tertiary.
    Major = 0,
    /// Residential, unclassified, living street, service.
    Minor = 1,
    /// Footway, path, pedestrian, platform, corridor.
    Foot = 2,
    /// Track.
    Track = 3,
    /// Steps.
    Steps = 4,
    /// Ferry.
    Ferry = 5,
}

/// How a way may be walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WayFlags {
    /// Not allowed along the way's direction.
    pub no_forward: bool,
    /// Not allowed against the way's direction.
    pub no_backward: bool,
    /// On a bridge or in a tunnel.
    pub off_ground: bool,
    /// Private: usable only as the last leg.
    pub private: bool,
}

/// Layers of the offline base map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum BaseLayer {
    /// Sea, lakes, rivers as areas.
    Water = 0,
    /// Woods, grass, farmland, parks.
    Green = 1,
    /// Buildings.
    Building = 2,
    /// Rivers and streams as lines.
    Waterway = 3,
    /// Roads by class.
    Road = 4,
    /// Railways.
    Rail = 5,
    /// Place names.
    Label = 6,
}

impl BaseLayer {
    /// All layers, in drawing order.
    pub const ALL: [Self; 7] = [Self::Water, Self::Green, Self::Building, Self::Waterway, Self::Road, Self::Rail, Self::Label];

    /// Name inside a vector tile.
    pub fn name(self) -> &'static str {
        match self {
            Self::Water => "water",
            Self::Green => "green",
            Self::Building => "building",
            Self::Waterway => "waterway",
            Self::Road => "road",
            Self::Rail => "rail",
            Self::Label => "label",
        }
    }
}

/// A feature of the offline base map.
#[derive(Debug, Clone)]
pub struct BaseFeature {
    /// Where it is drawn.
    pub layer: BaseLayer,
    /// Class within the layer, e.g. `primary`, `river`, `wood`, `town`.
    pub class: &'static str,
    /// Name, or empty.
    pub name: String,
    /// Least zoom at which it is drawn.
    pub min_zoom: u8,
    /// Geometry, longitude first.
    pub geometry: BaseGeometry,
}

/// Geometry of a base-map feature.
#[derive(Debug, Clone)]
pub enum BaseGeometry {
    /// A label.
    Point(Point<f64>),
    /// A line.
    Line(LineString<f64>),
    /// An area.
    Area(MultiPolygon<f64>),
}

impl OsmExtract {
    /// Joins another extract of the same import: nodes with the same id are the same.
    pub fn merge(&mut self, other: Self) {
        let known: std::collections::HashMap<i64, u32> = self.ids.iter().enumerate().map(|(i, id)| (*id, i as u32)).collect();
        let mut number = Vec::with_capacity(other.ids.len());
        for (id, point) in other.ids.iter().zip(&other.nodes) {
            number.push(known.get(id).copied().unwrap_or_else(|| {
                self.nodes.push(*point);
                self.ids.push(*id);
                self.nodes.len() as u32 - 1
            }));
        }
        for (own, others) in [(&mut self.ways, other.ways), (&mut self.drives, other.drives)] {
            let seen: std::collections::HashSet<Vec<u32>> = own.iter().map(|w| w.nodes.clone()).collect();
            for mut way in others {
                way.nodes.iter_mut().for_each(|n| *n = number[*n as usize]);
                if !seen.contains(&way.nodes) {
                    own.push(way);
                }
            }
        }
        self.blocked.extend(other.blocked.iter().map(|n| number[*n as usize]));
        self.blocked.sort_unstable();
        self.blocked.dedup();
        self.features.extend(other.features);
    }
}
