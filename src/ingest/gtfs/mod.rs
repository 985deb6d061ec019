//! GTFS-JP and GTFS-Flex, from a zip (sub-folders, a zip in a zip and a BOM included) or a folder.

mod calendar;
mod flex;
mod rows;
mod stops;
mod trips;

use super::{Findings, Reading, Refusal, text};
use crate::model::{Batch, Dataset, Feed, Severity};
use rows::Rows;
use std::io::{Cursor, Read, Seek};
use std::path::Path;

/// The files of a feed we read, apart from the rest: shapes, fares and translations may be broken without harm.
const WANTED: [&str; 13] = [
    "stops.txt",
    "agency.txt",
    "feed_info.txt",
    "locations.geojson",
    "routes.txt",
    "trips.txt",
    "stop_times.txt",
    "calendar.txt",
    "calendar_dates.txt",
    "frequencies.txt",
    "transfers.txt",
    "booking_rules.txt",
    "location_groups.txt",
];
/// Read if there.
const ALSO: &str = "location_group_stops.txt";

/// A feed as named files.
pub struct Files {
    files: Vec<(String, Vec<u8>)>,
}

impl Files {
    /// The files of an opened zip, wherever its `stops.txt` lies; nothing if it has none.
    pub fn from_zip<R: Read + Seek>(zip: &mut zip::ZipArchive<R>) -> Result<Option<Self>, Refusal> {
        Self::at_depth(zip, 0)
    }

    fn at_depth<R: Read + Seek>(zip: &mut zip::ZipArchive<R>, depth: usize) -> Result<Option<Self>, Refusal> {
        let names: Vec<String> = zip.file_names().filter_map(|n| n.ok().map(std::borrow::Cow::into_owned)).collect();
        let base = |n: &str| n.rsplit(['/', '\\']).next().unwrap_or(n).to_lowercase();
        let Some(stops) = names.iter().find(|n| base(n) == "stops.txt") else {
            // some operators zip the zip
            let inner: Vec<&String> = names.iter().filter(|n| base(n).ends_with(".zip")).collect();
            let ([inner], true) = (inner.as_slice(), depth == 0) else { return Ok(None) };
            let bytes = member(zip, inner)?;
            let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|e| broken(inner, &e))?;
            return Self::at_depth(&mut archive, depth + 1);
        };
        let folder = stops[..stops.len() - "stops.txt".len()].to_owned();
        let mut files = Vec::new();
        for name in names.iter().filter(|n| n.starts_with(&folder) && !n[folder.len()..].contains(['/', '\\'])) {
            if WANTED.contains(&base(name).as_str()) || base(name) == ALSO {
                files.push((base(name), member(zip, name)?));
            }
        }
        Ok(Some(Self { files }))
    }

    /// The files of a folder.
    pub fn from_folder(path: &Path) -> Self {
        let read = |n: &&str| std::fs::read(path.join(n)).ok().map(|b| ((*n).to_owned(), b));
        Self { files: WANTED.iter().chain([&ALSO]).filter_map(read).collect() }
    }

    fn bytes(&self, name: &str) -> Option<&[u8]> {
        self.files.iter().find(|(n, _)| n == name).map(|(_, b)| b.as_slice())
    }

    fn text(&self, name: &str) -> Option<String> {
        text::decode(self.bytes(name)?).map(|(t, _)| t)
    }

    fn first(&self, name: &str, column: &str) -> Option<String> {
        let content = self.text(name)?;
        let mut rows = Rows::new(&content);
        let mut found = None;
        rows.each(|_, r| found = found.take().or_else(|| text::value(r.get(column))));
        found
    }
}

fn broken(name: &str, e: &dyn std::fmt::Display) -> Refusal {
    Refusal::new("broken_zip", format!("zipの中の {name} を読めません（{e}）。"))
}

/// The bytes of one member, within a limit: a zip bomb is refused, not unpacked.
fn member<R: Read + Seek>(zip: &mut zip::ZipArchive<R>, name: &str) -> Result<Vec<u8>, Refusal> {
    const MAX_MEMBER: u64 = 1 << 30; // the stop times of a whole prefecture fit
    let file = zip.by_name(name).map_err(|e| broken(name, &e))?;
    let mut bytes = Vec::new();
    Read::read_to_end(&mut file.take(MAX_MEMBER + 1), &mut bytes).map_err(|e| broken(name, &e))?;
    if bytes.len() as u64 > MAX_MEMBER {
        return Err(broken(name, &"1 GiB を超えています"));
    }
    Ok(bytes)
}

/// Reads stops as services of kind `transit_stop`, the timetable, and demand services with their zones.
pub fn read(files: &Files, stem: &str) -> Result<Reading, Refusal> {
    let mut findings = Findings::default();
    let agency = files.first("agency.txt", "agency_name").unwrap_or_else(|| stem.to_owned());
    let mut stops = stops::read(files, &mut findings)?;
    let mut feed = Feed { agency: agency.clone(), stops: std::mem::take(&mut stops.list), ..Feed::default() };
    feed.calendars = calendar::read(files, &mut findings);
    let zones = flex::zones(files, &mut findings);
    if let Err(why) = trips::read(files, &mut feed, &stops.number, &mut findings) {
        feed.no_timetable = Some(why);
    }
    flex::services(files, &mut feed, &stops, &zones, &mut findings);
    if let Some(why) = feed.no_timetable.as_ref().filter(|_| feed.demand.is_empty()) {
        let message = format!("停留所だけを取り込みました。時刻表としては使えません: {why}");
        findings.say(Severity::Doubtful, 0, "", "", "no_timetable", &message);
    }
    let modes = modes(&feed);
    let format = match () {
        () if !feed.demand.is_empty() => "gtfs_flex",
        () if feed.trips.is_empty() => "gtfs_no_timetable",
        () => "gtfs",
    };
    let dataset = Dataset {
        key: format!("gtfs:{agency}:{modes}"),
        format: format.into(),
        title: format!("GTFS {agency}"),
        attribution: agency,
        vintage: validity_words(&feed).or_else(|| files.first("feed_info.txt", "feed_start_date")),
    };
    let areas = flex::areas(&zones);
    Ok(Reading { dataset, batch: Batch { places: stops.places, areas, feed: Some(feed), ..Batch::default() }, findings })
}

/// One operator may publish a bus feed and a rail feed: they are two datasets.
fn modes(feed: &Feed) -> String {
    let mut words: Vec<&str> = feed.routes.iter().map(|r| if r.is_rail() { "rail" } else { "bus" }).collect();
    words.extend((!feed.demand.is_empty()).then_some("demand"));
    words.sort_unstable();
    words.dedup();
    words.join("+")
}

fn validity_words(feed: &Feed) -> Option<String> {
    feed.validity().map(|(from, to)| format!("{from}～{to}"))
}
