//! Gathers what is wanted from the elements of an extract, then builds the model from it.

use super::super::Findings;
use super::tags::{self, Tags};
use super::{coastline, rings};
use crate::model::{
    BaseFeature, BaseGeometry, BaseLayer, Batch, GeocodeLevel, LonLat, OsmExtract, Place, RawWay, Service, Severity, WayClass,
    WayFlags,
};
use geo::{Coord, LineString, MultiPolygon, Point, Polygon};
use std::collections::HashMap;

/// What the tags of a way make of it.
struct WayUse {
    walk: Option<(WayClass, WayFlags, u32)>,
    drive: Option<(u8, WayFlags)>,
    base: Option<(BaseLayer, &'static str, u8, bool)>,
    name: String,
}

/// Members with "is inner"; layer, class and least zoom; name.
type Relation = (Vec<(i64, bool)>, (BaseLayer, &'static str, u8), String);

/// Elements read so far.
#[derive(Default)]
pub struct Collected {
    nodes: Vec<(i64, [i32; 2])>,
    ways: Vec<(Vec<i64>, WayUse)>,
    plain_ways: HashMap<i64, Vec<i64>>,
    coast: Vec<Vec<i64>>,
    relations: Vec<Relation>,
    labels: Vec<BaseFeature>,
    blocked: Vec<i64>,
    barrier_nodes: Vec<i64>,
    openings: Vec<i64>,
    spots: Vec<Place>,
    area_spots: Vec<(i64, Vec<i64>, Place)>,
    skipped_ferries: usize,
    /// Date of the extract, if it says so.
    pub timestamp: Option<String>,
}

impl Collected {
    /// Takes a node.
    pub fn node(&mut self, id: i64, point: [i32; 2], t: Tags) {
        self.nodes.push((id, point));
        if t.0.is_empty() {
            return;
        }
        if tags::blocks_node(t) {
            self.blocked.push(id);
        }
        if tags::opens_barrier(t) {
            self.openings.push(id);
        }
        let at = LonLat::from_e7(point);
        if let (Some((class, min_zoom)), Some(name)) = (tags::place_label(t), t.name()) {
            let geometry = BaseGeometry::Point(Point::new(at.lon, at.lat));
            self.labels.push(BaseFeature { layer: BaseLayer::Label, class, name: name.to_owned(), min_zoom, geometry });
        }
        if let Some(place) = spot(t, format!("n{id}"), at) {
            self.spots.push(place);
        }
    }

    /// Takes a way.
    pub fn way(&mut self, id: i64, refs: Vec<i64>, t: Tags) {
        if refs.len() < 2 {
            return;
        }
        if t.get("natural") == Some("coastline") {
            self.coast.push(refs);
            return;
        }
        if tags::is_barrier_line(t) {
            self.barrier_nodes.extend(&refs);
            return;
        }
        self.skipped_ferries += usize::from(t.get("route") == Some("ferry") && t.get("duration").is_none());
        let unlocated = LonLat::new(0.0, 0.0);
        if let Some(place) = spot(t, format!("w{id}"), unlocated) {
            self.area_spots.push((id, refs.clone(), place));
        }
        let (walk, drive, base) = (tags::walkable(t), tags::drivable(t), tags::base(t));
        if walk.is_none() && drive.is_none() && base.is_none() {
            self.plain_ways.insert(id, refs); // may yet be the ring of a relation
            return;
        }
        if base.is_some_and(|b| b.3) {
            self.plain_ways.insert(id, refs.clone());
        }
        let name = t.name().unwrap_or_default().to_owned();
        self.ways.push((refs, WayUse { walk, drive, base, name }));
    }

    /// Takes a relation: members are way ids with "is inner".
    pub fn relation(&mut self, members: Vec<(i64, bool)>, t: Tags) {
        if t.get("type") != Some("multipolygon") {
            return;
        }
        if let Some((layer, class, zoom, true)) = tags::base(t) {
            self.relations.push((members, (layer, class, zoom), t.name().unwrap_or_default().to_owned()));
        }
    }

    /// Builds the model.
    pub fn into_batch(mut self) -> (Batch, Findings) {
        let mut findings = Findings::default();
        if !self.nodes.is_sorted_by_key(|n| n.0) {
            self.nodes.sort_unstable_by_key(|n| n.0);
        }
        self.nodes.dedup_by_key(|n| n.0);
        if self.skipped_ferries > 0 {
            let message = format!("所要時間（duration）のない航路 {} 本は経路に使いません。", self.skipped_ferries);
            findings.say(Severity::Note, 0, "duration", "", "ferry_without_duration", &message);
        }
        let mut extract = OsmExtract { features: std::mem::take(&mut self.labels), ..OsmExtract::default() };
        self.base_features(&mut extract.features);
        self.places_of_ways();
        self.streets(&mut extract, &mut findings);
        let batch = Batch { places: self.spots, osm: Some(extract), ..Batch::default() };
        (batch, findings)
    }

    fn find(&self, id: i64) -> Option<[i32; 2]> {
        self.nodes.binary_search_by_key(&id, |n| n.0).ok().map(|i| self.nodes[i].1)
    }

    fn line(&self, refs: &[i64]) -> Vec<Coord<f64>> {
        let coord = |id: &i64| self.find(*id).map(|p| Coord { x: f64::from(p[0]) * 1e-7, y: f64::from(p[1]) * 1e-7 });
        refs.iter().filter_map(coord).collect()
    }

    fn base_features(&self, out: &mut Vec<BaseFeature>) {
        for (refs, used) in &self.ways {
            let Some((layer, class, min_zoom, is_area)) = used.base else { continue };
            let line = self.line(refs);
            if line.len() < 2 {
                continue;
            }
            let geometry = match is_area {
                true if refs.first() == refs.last() && line.len() >= 4 => {
                    BaseGeometry::Area(MultiPolygon(vec![Polygon::new(LineString(line), vec![])]))
                }
                true => continue,
                false => BaseGeometry::Line(LineString(line)),
            };
            out.push(BaseFeature { layer, class, name: used.name.clone(), min_zoom, geometry });
        }
        for (members, (layer, class, min_zoom), name) in &self.relations {
            let side = |inner: bool| {
                members.iter().filter(|m| m.1 == inner).filter_map(|m| self.plain_ways.get(&m.0).cloned()).collect::<Vec<_>>()
            };
            let (outer, inner) = (side(false), side(true));
            let at: HashMap<i64, Coord<f64>> = outer
                .iter()
                .chain(&inner)
                .flatten()
                .filter_map(|id| self.find(*id).map(|p| (*id, Coord { x: f64::from(p[0]) * 1e-7, y: f64::from(p[1]) * 1e-7 })))
                .collect();
            let area = rings::assemble(outer, inner, &at);
            if !area.0.is_empty() {
                out.push(BaseFeature {
                    layer: *layer,
                    class,
                    name: name.clone(),
                    min_zoom: *min_zoom,
                    geometry: BaseGeometry::Area(area),
                });
            }
        }
        let sea = coastline::sea(self.coast.iter().map(|c| self.line(c)).collect(), self.frame());
        if !sea.0.is_empty() {
            out.push(BaseFeature {
                layer: BaseLayer::Water,
                class: "sea",
                name: String::new(),
                min_zoom: 0,
                geometry: BaseGeometry::Area(sea),
            });
        }
    }

    fn frame(&self) -> [f64; 4] {
        let b = crate::model::Bounds::of(self.nodes.iter().map(|n| LonLat::from_e7(n.1)));
        b.to_array()
    }

    /// A shop or clinic drawn as a building stands at the middle of its outline.
    fn places_of_ways(&mut self) {
        for (_, refs, mut place) in std::mem::take(&mut self.area_spots) {
            let line = self.line(&refs);
            if line.is_empty() {
                continue;
            }
            let n = line.len() as f64;
            let sum = line.iter().fold((0.0, 0.0), |s, c| (s.0 + c.x, s.1 + c.y));
            place.point = Some(LonLat::new(sum.0 / n, sum.1 / n)).filter(|p| p.in_japan());
            place.level = if place.point.is_some() { GeocodeLevel::Surveyed } else { GeocodeLevel::Unlocated };
            self.spots.push(place);
        }
    }

    fn streets(&mut self, extract: &mut OsmExtract, findings: &mut Findings) {
        let mut missing = 0usize;
        let mut dense: HashMap<i64, u32> = HashMap::new();
        for (refs, used) in std::mem::take(&mut self.ways) {
            if used.walk.is_none() && used.drive.is_none() {
                continue;
            }
            let mut nodes: Vec<u32> = Vec::with_capacity(refs.len());
            for id in refs {
                let Some(point) = self.find(id) else {
                    missing += 1;
                    continue;
                };
                let at = *dense.entry(id).or_insert_with(|| {
                    extract.nodes.push(point);
                    extract.ids.push(id);
                    extract.nodes.len() as u32 - 1
                });
                if nodes.last() != Some(&at) {
                    nodes.push(at);
                }
            }
            if nodes.len() < 2 {
                continue;
            }
            if let Some((pace, flags)) = used.drive {
                let nodes = nodes.clone();
                extract.drives.push(RawWay { nodes, class: WayClass::Major, flags, ferry_seconds: 0, pace });
            }
            if let Some((class, flags, ferry_seconds)) = used.walk {
                extract.ways.push(RawWay { nodes, class, flags, ferry_seconds, pace: 0 });
            }
        }
        if missing > 0 {
            let message = format!("切り出しの外にある節点 {missing} か所を飛ばしました。");
            findings.say(Severity::Note, 0, "nd", "", "missing_nodes", &message);
        }
        self.openings.sort_unstable();
        let walls = self.barrier_nodes.iter().filter(|id| self.openings.binary_search(id).is_err());
        extract.blocked = self.blocked.iter().chain(walls).filter_map(|id| dense.get(id).copied()).collect();
        extract.blocked.sort_unstable();
        extract.blocked.dedup();
    }
}

fn spot(t: Tags, key: String, at: LonLat) -> Option<Place> {
    let (kind, facility) = tags::service(t);
    if kind.is_none() && facility.is_none() {
        return None;
    }
    let name = t.name().map(str::to_owned).or_else(|| kind.map(|k| k.kind().short.clone()))?;
    let located = at.in_japan();
    let mut place = Place {
        id: 0,
        key: key.clone(),
        name: name.clone(),
        kana: t.get("name:ja-Hira").map(str::to_owned),
        address: t.get("addr:full").map(str::to_owned),
        point: located.then_some(at),
        level: if located { GeocodeLevel::Surveyed } else { GeocodeLevel::Unlocated },
        facility: facility.map(str::to_owned),
        home: false,
        services: Vec::new(),
    };
    if let Some(kind) = kind {
        let mut service = Service::new(key, kind, name);
        service.schedule_text = t.get("opening_hours").map(str::to_owned);
        service.phone = t.get("phone").or(t.get("contact:phone")).map(str::to_owned);
        place.services.push(service);
    }
    Some(place)
}
