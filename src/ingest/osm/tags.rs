//! What the tags of a way or node mean to a walker and to the base map.

use crate::model::{BaseLayer, KindId, WayClass, WayFlags, kind_by_code};
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::LazyLock;

/// The tags of one element.
#[derive(Clone, Copy)]
pub struct Tags<'a>(pub &'a [(&'a str, &'a str)]);

impl<'a> Tags<'a> {
    /// The value of a key.
    pub fn get(self, key: &str) -> Option<&'a str> {
        self.0.iter().find(|(k, _)| *k == key).map(|(_, v)| *v)
    }

    fn is(self, key: &str, values: &[&str]) -> bool {
        self.get(key).is_some_and(|v| values.contains(&v))
    }

    /// The name to show: Japanese if there is one.
    pub fn name(self) -> Option<&'a str> {
        self.get("name:ja").or(self.get("name"))
    }
}

/// How a way may be walked, or nothing if it may not. The acceptance list is that of the engines reference §5.
pub fn walkable(t: Tags) -> Option<(WayClass, WayFlags, u32)> {
    let foot_yes = t.is("foot", &["yes", "designated", "permissive"]);
    if t.is("foot", &["no", "use_sidepath", "private"]) || t.is("motorroad", &["yes"]) {
        return None;
    }
    if t.is("access", &["no"]) && !foot_yes {
        return None;
    }
    if t.is("route", &["ferry"]) && t.get("highway").is_none() {
        let seconds = t.get("duration").and_then(duration_seconds)?;
        return Some((WayClass::Ferry, WayFlags { off_ground: true, ..WayFlags::default() }, seconds));
    }
    let class = class(t, foot_yes)?;
    let mut flags = WayFlags {
        private: t.is("access", &["private"]) && !foot_yes,
        off_ground: t.get("bridge").is_some_and(|v| v != "no")
            || t.get("tunnel").is_some_and(|v| v != "no")
            || t.get("layer").is_some_and(|v| v != "0"),
        ..WayFlags::default()
    };
    let moving = matches!(class, WayClass::Steps | WayClass::Foot);
    flags.no_backward = t.is("oneway:foot", &["yes", "1"]) || moving && t.is("conveying", &["forward"]);
    flags.no_forward = t.is("oneway:foot", &["-1"]) || moving && t.is("conveying", &["backward"]);
    Some((class, flags, 0))
}

fn class(t: Tags, foot_yes: bool) -> Option<WayClass> {
    let Some(highway) = t.get("highway") else {
        let platform = t.is("railway", &["platform"]) || t.is("public_transport", &["platform"]);
        return platform.then_some(WayClass::Foot);
    };
    match highway {
        "trunk" | "trunk_link" if t.is("sidewalk", &["no", "none", "separate"]) && !foot_yes => None,
        "primary" | "secondary" | "tertiary" if t.is("sidewalk", &["separate"]) && !foot_yes => None,
        "trunk" | "trunk_link" | "primary" | "primary_link" | "secondary" | "secondary_link" | "tertiary" | "tertiary_link" => {
            Some(WayClass::Major)
        }
        "unclassified" | "residential" | "living_street" | "service" | "road" => Some(WayClass::Minor),
        "footway" | "path" | "pedestrian" | "corridor" | "platform" => Some(WayClass::Foot),
        "track" => Some(WayClass::Track),
        "steps" => Some(WayClass::Steps),
        "cycleway" | "bridleway" if foot_yes => Some(WayClass::Foot), // closed to walkers by Japanese default
        _ => None,
    }
}

/// How a car may take a way: its pace in km/h and the directions allowed; nothing if it may not.
pub fn drivable(t: Tags) -> Option<(u8, WayFlags)> {
    let highway = t.get("highway")?;
    let pace = *MAPPING.drive.get(highway.trim_end_matches("_link"))?;
    let closed = ["access", "vehicle", "motor_vehicle", "motorcar"]
        .iter()
        .any(|k| t.is(k, &["no", "private", "agricultural", "forestry"]));
    if closed || pace == 0 || t.is("area", &["yes"]) || t.is("service", &["parking_aisle"]) {
        return None;
    }
    let one_way = t.is("oneway", &["yes", "1", "true"]) || t.is("junction", &["roundabout"]) || highway == "motorway";
    let backward_only = t.is("oneway", &["-1", "reverse"]);
    let flags = WayFlags {
        no_forward: backward_only,
        no_backward: one_way && !backward_only && !t.is("oneway", &["no"]),
        off_ground: t.get("bridge").is_some_and(|v| v != "no") || t.get("tunnel").is_some_and(|v| v != "no"),
        private: false,
    };
    Some((pace, flags))
}

/// `HH:MM`, `HH:MM:SS` or minutes.
fn duration_seconds(text: &str) -> Option<u32> {
    let parts: Vec<u32> = text.split(':').map(str::parse).collect::<Result<_, _>>().ok()?;
    match parts[..] {
        [m] => Some(m * 60),
        [h, m] => Some(h * 3600 + m * 60),
        [h, m, s] => Some(h * 3600 + m * 60 + s),
        _ => None,
    }
}

/// True if nobody on foot may pass this node.
pub fn blocks_node(t: Tags) -> bool {
    let Some(barrier) = t.get("barrier") else { return false };
    if t.is("foot", &["yes", "designated", "permissive"]) {
        return false;
    }
    let solid = matches!(barrier, "wall" | "city_wall" | "fence" | "hedge" | "retaining_wall");
    solid || t.is("foot", &["no"]) || t.is("access", &["no", "private"])
}

/// True if a way is a barrier nobody crosses except at a gate.
pub fn is_barrier_line(t: Tags) -> bool {
    t.is("barrier", &["wall", "city_wall", "fence", "hedge", "retaining_wall"]) && t.get("highway").is_none()
}

/// True if a node is an opening in a barrier.
pub fn opens_barrier(t: Tags) -> bool {
    t.get("barrier").is_some_and(|b| !matches!(b, "wall" | "city_wall" | "fence" | "hedge" | "retaining_wall"))
        || t.get("entrance").is_some()
        || t.get("door").is_some()
}

/// Base-map layer, class, least zoom, and whether it is an area.
pub fn base(t: Tags) -> Option<(BaseLayer, &'static str, u8, bool)> {
    use BaseLayer as L;
    if let Some(highway) = t.get("highway") {
        return road(highway, t).map(|(class, zoom)| (L::Road, class, zoom, false));
    }
    if let Some(rail) = t.get("railway") {
        let (class, zoom) = match rail {
            "rail" => ("rail", 8),
            "tram" | "light_rail" | "subway" | "monorail" | "narrow_gauge" => ("tram", 11),
            _ => return None,
        };
        return Some((L::Rail, class, zoom, false));
    }
    if t.is("route", &["ferry"]) {
        return Some((L::Road, "ferry", 9, false));
    }
    if t.is("natural", &["water", "bay"]) || t.is("waterway", &["riverbank", "dock"]) || t.is("landuse", &["reservoir", "basin"])
    {
        return Some((L::Water, "water", 8, true));
    }
    if let Some(w) = t.get("waterway") {
        return match w {
            "river" => Some((L::Waterway, "river", 8, false)),
            "canal" => Some((L::Waterway, "canal", 11, false)),
            "stream" | "drain" | "ditch" => Some((L::Waterway, "stream", 13, false)),
            _ => None,
        };
    }
    if t.get("building").is_some_and(|b| b != "no") {
        return Some((L::Building, "building", 14, true));
    }
    green(t).map(|(class, zoom)| (L::Green, class, zoom, true))
}

fn road(highway: &str, t: Tags) -> Option<(&'static str, u8)> {
    Some(match highway.trim_end_matches("_link") {
        "motorway" => ("motorway", 7),
        "trunk" => ("trunk", 7),
        "primary" => ("primary", 8),
        "secondary" => ("secondary", 10),
        "tertiary" => ("tertiary", 11),
        "unclassified" | "residential" | "living_street" | "road" => ("minor", 12),
        "service" if t.is("service", &["driveway", "parking_aisle"]) => ("service", 15),
        "service" => ("service", 14),
        "pedestrian" | "footway" | "path" | "cycleway" | "corridor" | "platform" => ("path", 14),
        "track" => ("track", 13),
        "steps" => ("steps", 14),
        _ => return None,
    })
}

fn green(t: Tags) -> Option<(&'static str, u8)> {
    if t.is("natural", &["wood", "scrub"]) || t.is("landuse", &["forest"]) {
        return Some(("wood", 9));
    }
    if t.is("landuse", &["farmland", "farm", "orchard", "vineyard", "meadow", "allotments"]) {
        return Some(("farmland", 10));
    }
    if t.is("leisure", &["park", "garden", "golf_course", "pitch", "playground", "recreation_ground"])
        || t.is("landuse", &["grass", "village_green", "recreation_ground", "cemetery"])
        || t.is("natural", &["grassland", "heath"])
    {
        return Some(("grass", 11));
    }
    None
}

/// Class and least zoom of a place name.
pub fn place_label(t: Tags) -> Option<(&'static str, u8)> {
    Some(match t.get("place")? {
        "city" => ("city", 7),
        "town" | "county" => ("town", 9),
        "village" | "suburb" => ("village", 11),
        "quarter" => ("quarter", 13),
        "neighbourhood" | "hamlet" | "island" | "locality" => ("hamlet", 14),
        _ => return None,
    })
}

#[derive(Default, Deserialize)]
struct Mapping {
    kinds: HashMap<String, String>,
    facilities: HashMap<String, String>,
    drive: HashMap<String, u8>,
}

static MAPPING: LazyLock<Mapping> = LazyLock::new(|| toml::from_str(include_str!("../../../data/osm.toml")).unwrap_or_default());

/// The service or facility a feature is, by `data/osm.toml`.
pub fn service(t: Tags) -> (Option<KindId>, Option<&'static str>) {
    const KEYS: [&str; 6] = ["amenity", "shop", "healthcare", "social_facility", "omt_subclass", "omt_class"];
    let values = || KEYS.iter().filter_map(|k| t.get(k));
    let kind = values().find_map(|v| MAPPING.kinds.get(v)).and_then(|c| kind_by_code(c));
    let facility = values().find_map(|v| MAPPING.facilities.get(v)).map(String::as_str);
    (kind, facility)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(tags: &[(&str, &str)]) -> Option<(WayClass, WayFlags, u32)> {
        walkable(Tags(tags))
    }

    #[test]
    fn the_acceptance_list_holds() {
        let no: [&[(&str, &str)]; 12] = [
            &[("highway", "motorway")],
            &[("highway", "construction")],
            &[("highway", "raceway")],
            &[("highway", "bus_guideway")],
            &[("highway", "proposed")],
            &[("highway", "trunk"), ("motorroad", "yes")],
            &[("highway", "trunk"), ("foot", "no")],
            &[("highway", "service"), ("access", "no")],
            &[("highway", "primary"), ("foot", "use_sidepath")],
            &[("highway", "cycleway")],
            &[("route", "ferry")],
            &[("building", "yes")],
        ];
        no.iter().for_each(|t| assert!(walk(t).is_none(), "{t:?}"));
        let yes: [&[(&str, &str)]; 8] = [
            &[("highway", "trunk")],
            &[("highway", "steps")],
            &[("highway", "corridor")],
            &[("highway", "service"), ("access", "no"), ("foot", "yes")],
            &[("highway", "cycleway"), ("foot", "designated")],
            &[("highway", "residential"), ("oneway", "yes")],
            &[("railway", "platform")],
            &[("route", "ferry"), ("duration", "00:30")],
        ];
        yes.iter().for_each(|t| assert!(walk(t).is_some(), "{t:?}"));
        assert_eq!(walk(&[("route", "ferry"), ("duration", "1:10")]).map(|w| w.2), Some(4200));
    }

    #[test]
    fn oneway_binds_walkers_only_when_it_says_foot() {
        let flags = |t| walk(t).map(|w| w.1).unwrap_or_default();
        assert!(!flags(&[("highway", "residential"), ("oneway", "yes")]).no_backward);
        assert!(flags(&[("highway", "footway"), ("oneway:foot", "yes")]).no_backward);
        assert!(flags(&[("highway", "steps"), ("conveying", "backward")]).no_forward);
        assert!(flags(&[("highway", "service"), ("access", "private")]).private);
    }

    #[test]
    fn gates_open_and_fences_block() {
        assert!(!blocks_node(Tags(&[("barrier", "gate")])) && !blocks_node(Tags(&[("barrier", "bollard")])));
        assert!(blocks_node(Tags(&[("barrier", "gate"), ("access", "private")])));
        assert!(blocks_node(Tags(&[("barrier", "fence")])));
        assert!(!blocks_node(Tags(&[("barrier", "gate"), ("access", "private"), ("foot", "yes")])));
    }
}
