//! Names of zones and 乗降点 that a small form gives instead of positions, found among the areas and places of the register.

use super::FeedFile;
use crate::model::{Area, AreaType, FeedStop, Place, Spots, fold};
use std::collections::HashMap;

/// Gives every named spot its area or stop. Returns the names found nowhere.
pub fn resolve(feed: &mut FeedFile, areas: &[(i64, Area)], places: &[(i64, Place)]) -> Vec<String> {
    let zones: HashMap<String, &Area> = areas
        .iter()
        .filter(|(_, a)| a.area_type == AreaType::DemandZone && a.geometry.is_some())
        .map(|(_, a)| (fold(&a.name), a))
        .collect();
    let mut missing = Vec::new();
    let mut demand = std::mem::take(&mut feed.feed.demand);
    for spots in demand.iter_mut().flat_map(|s| s.legs.iter_mut()).flat_map(|l| [&mut l.pickup, &mut l.drop_off]) {
        if !spots.area.is_empty() || !spots.stops.is_empty() {
            continue;
        }
        for name in spots.names.clone() {
            if let Some(geometry) = zones.get(&fold(&name)).and_then(|a| a.geometry.as_ref()) {
                spots.area.extend(Spots::of_area(&name, geometry).area);
            } else if let Some(stop) = stop_named(feed, &name, places) {
                spots.stops.push(stop);
            } else {
                missing.push(name);
            }
        }
    }
    feed.feed.demand = demand;
    missing.sort();
    missing.dedup();
    missing
}

fn stop_named(feed: &mut FeedFile, name: &str, places: &[(i64, Place)]) -> Option<u32> {
    if let Some(known) = feed.feed.stops.iter().position(|s| fold(&s.name) == fold(name)) {
        return Some(known as u32);
    }
    let located = |p: &&Place| p.certain_point().is_some();
    let called = |p: &&Place| fold(&p.name) == fold(name) || p.services.iter().any(|s| fold(&s.name) == fold(name));
    let place = places.iter().map(|(_, p)| p).filter(located).find(called)?;
    feed.feed.stops.push(FeedStop {
        id: format!("name:{name}"),
        name: name.to_owned(),
        platform: None,
        point: place.point,
        station: None,
    });
    Some(feed.feed.stops.len() as u32 - 1)
}
