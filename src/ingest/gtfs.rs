//! The stops of a GTFS feed, from a zip (sub-folders and a BOM included) or a folder, and the zones of GTFS-Flex.

use super::features::{self};
use super::table::{self, Table};
use super::{Findings, Reading, Refusal, position, text, topology};
use crate::model::{Area, AreaType, Batch, Dataset, GeocodeLevel, Place, Service, Severity, kind_by_code};
use std::path::Path;

/// A feed as named texts.
pub struct Feed {
    files: Vec<(String, Vec<u8>)>,
}

impl Feed {
    /// The files of an opened zip, wherever its `stops.txt` lies; nothing if it has none.
    pub fn from_zip<R: std::io::Read + std::io::Seek>(zip: &mut zip::ZipArchive<R>) -> Result<Option<Self>, Refusal> {
        const MAX_MEMBER: u64 = 64 << 20; // stops and zones of a nationwide feed fit
        let names: Vec<String> = zip.file_names().filter_map(|n| n.ok().map(std::borrow::Cow::into_owned)).collect();
        let Some(stops) = names.iter().find(|n| n.rsplit(['/', '\\']).next() == Some("stops.txt")) else { return Ok(None) };
        let folder = stops.strip_suffix("stops.txt").unwrap_or_default().to_owned();
        let mut files = Vec::new();
        for wanted in ["stops.txt", "agency.txt", "feed_info.txt", "locations.geojson"] {
            let broken =
                |e: &dyn std::fmt::Display| Refusal::new("broken_zip", format!("zipの中の {wanted} を読めません（{e}）。"));
            let Ok(member) = zip.by_name(&format!("{folder}{wanted}")) else { continue };
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut std::io::Read::take(member, MAX_MEMBER + 1), &mut bytes).map_err(|e| broken(&e))?;
            if bytes.len() as u64 > MAX_MEMBER {
                return Err(broken(&"64 MiB を超えています"));
            }
            files.push((wanted.to_owned(), bytes));
        }
        Ok(Some(Self { files }))
    }

    /// The files of a folder.
    pub fn from_folder(path: &Path) -> Self {
        let read = |n: &str| std::fs::read(path.join(n)).ok().map(|b| (n.to_owned(), b));
        Self { files: ["stops.txt", "agency.txt", "feed_info.txt", "locations.geojson"].iter().filter_map(|n| read(n)).collect() }
    }

    fn table(&self, name: &str) -> Option<Table> {
        let bytes = &self.files.iter().find(|(n, _)| n == name)?.1;
        text::decode(bytes).map(|(t, _)| table::from_text(&t))
    }

    fn first(&self, name: &str, column: &str) -> Option<String> {
        let t = self.table(name)?;
        let at = t.rows.first()?.1.iter().position(|c| c.trim() == column)?;
        t.rows.get(1)?.1.get(at).and_then(|v| text::value(v))
    }
}

/// Reads stops as services of kind `transit_stop`, and flexible zones as areas.
pub fn read(feed: &Feed, stem: &str) -> Result<Reading, Refusal> {
    let stops = feed.table("stops.txt").ok_or_else(|| Refusal::new("no_stops", "stops.txt を読めません。"))?;
    let head: Vec<String> = stops.rows.first().map(|(_, c)| c.iter().map(|h| h.trim().to_owned()).collect()).unwrap_or_default();
    let at = |n: &str| head.iter().position(|c| c == n);
    let (Some(id), Some(name), Some(lat), Some(lon)) = (at("stop_id"), at("stop_name"), at("stop_lat"), at("stop_lon")) else {
        return Err(Refusal::new("no_columns", "stops.txt に stop_id, stop_name, stop_lat, stop_lon がそろっていません。"));
    };
    let agency = feed.first("agency.txt", "agency_name").unwrap_or_else(|| stem.to_owned());
    let kind = kind_by_code("transit_stop");
    let mut findings = Findings::default();
    let mut places = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for (row, cells) in &stops.rows[1..] {
        let get = |i: usize| cells.get(i).map(|c| c.trim()).unwrap_or_default();
        // 1 is a station (a parent), 2 an entrance, 3 a node: only 0 or blank is where one boards
        if at("location_type").is_some_and(|i| !matches!(get(i), "" | "0")) || get(id).is_empty() {
            continue;
        }
        if !seen.insert(get(id).to_owned()) {
            findings.say(Severity::Left, *row, "stop_id", get(id), "duplicate_row", "同じ stop_id が先にあります。");
            continue;
        }
        let (point, level) = match position::check(get(lat), get(lon)) {
            Ok((p, _)) => (Some(p), GeocodeLevel::Surveyed),
            Err(trouble) => {
                let (code, message) = trouble.words();
                findings.say(
                    Severity::Doubtful,
                    *row,
                    "stop_lat・stop_lon",
                    &format!("{},{}", get(lat), get(lon)),
                    code,
                    message,
                );
                (None, GeocodeLevel::Unlocated)
            }
        };
        let key = get(id).to_owned();
        let services = kind.map(|k| Service::new(key.clone(), k, get(name))).into_iter().collect();
        places.push(Place {
            id: 0,
            key,
            name: get(name).to_owned(),
            kana: None,
            address: None,
            point,
            level,
            facility: None,
            services,
        });
    }
    let areas = zones(feed, &mut findings);
    let dataset = Dataset {
        key: format!("gtfs:{agency}"),
        format: if areas.is_empty() { "gtfs".into() } else { "gtfs_flex".into() },
        title: format!("GTFS 停留所 {agency}"),
        attribution: agency,
        vintage: feed.first("feed_info.txt", "feed_start_date"),
    };
    Ok(Reading { dataset, batch: Batch { places, areas, ..Batch::default() }, findings })
}

fn zones(feed: &Feed, findings: &mut Findings) -> Vec<Area> {
    let Some((_, bytes)) = feed.files.iter().find(|(n, _)| n == "locations.geojson") else { return Vec::new() };
    let Some((content, _)) = text::decode(bytes) else { return Vec::new() };
    let found = match features::from_geojson(&content) {
        Ok(f) => f,
        Err(refusal) => {
            findings.say(Severity::Left, 0, "locations.geojson", "", refusal.code, &refusal.message);
            return Vec::new();
        }
    };
    found
        .iter()
        .filter_map(|f| {
            let name = f.get("stop_name").or(f.get("name")).map_or_else(|| format!("区域{}", f.row), str::to_owned);
            let geometry = topology::polygons(f, findings)?;
            Some(Area {
                id: 0,
                key: format!("flex|{}", f.row),
                area_type: AreaType::DemandZone,
                code: None,
                name,
                city_code: None,
                approximate: false,
                geometry: Some(geometry),
            })
        })
        .collect()
}
