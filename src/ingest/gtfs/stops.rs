//! stops.txt: where one boards, as places with a service of kind `transit_stop`, and as stops of the timetable.

use super::super::{Findings, Refusal, position, text};
use super::Files;
use super::rows::Rows;
use crate::model::{FeedStop, GeocodeLevel, Place, Service, Severity, kind_by_code};
use std::collections::HashMap;

/// The stops of a feed.
pub struct Stops {
    /// In file order.
    pub list: Vec<FeedStop>,
    /// Position by id.
    pub number: HashMap<String, u32>,
    /// As places of the register.
    pub places: Vec<Place>,
}

/// Reads them. Stations, entrances and nodes are not boarded at and only lend their name.
pub fn read(files: &Files, findings: &mut Findings) -> Result<Stops, Refusal> {
    let content = files.text("stops.txt").ok_or_else(|| Refusal::new("no_stops", "stops.txt を読めません。"))?;
    let mut rows = Rows::new(&content);
    if !["stop_id", "stop_name", "stop_lat", "stop_lon"].iter().all(|c| rows.has(c)) {
        return Err(Refusal::new("no_columns", "stops.txt に stop_id, stop_name, stop_lat, stop_lon がそろっていません。"));
    }
    let kind = kind_by_code("transit_stop");
    let mut out = Stops { list: vec![], number: HashMap::new(), places: vec![] };
    rows.each(|line, r| {
        let (id, name) = (r.get("stop_id"), r.get("stop_name"));
        // 1 is a station (a parent), 2 an entrance, 3 a node: only 0 or blank is where one boards
        if !matches!(r.get("location_type"), "" | "0") || id.is_empty() {
            return;
        }
        if out.number.contains_key(id) {
            findings.say(Severity::Left, line, "stop_id", id, "duplicate_row", "同じ stop_id が先にあります。");
            return;
        }
        let (lat, lon) = (r.get("stop_lat"), r.get("stop_lon"));
        let (point, level) = match position::check(lat, lon) {
            Ok((p, _)) => (Some(p), GeocodeLevel::Surveyed),
            Err(trouble) => {
                let (code, message) = trouble.words();
                findings.say(Severity::Doubtful, line, "stop_lat・stop_lon", &format!("{lat},{lon}"), code, message);
                (None, GeocodeLevel::Unlocated)
            }
        };
        let services = kind.map(|k| Service::new(id, k, name)).into_iter().collect();
        out.places.push(Place {
            id: 0,
            key: id.to_owned(),
            name: name.to_owned(),
            kana: None,
            address: None,
            point,
            level,
            facility: None,
            home: false,
            services,
        });
        out.number.insert(id.to_owned(), out.list.len() as u32);
        let (platform, station) = (text::value(r.get("platform_code")), text::value(r.get("parent_station")));
        out.list.push(FeedStop { id: id.to_owned(), name: name.to_owned(), platform, point, station });
    });
    Ok(out)
}
