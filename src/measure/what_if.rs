//! What if: a picture with services, lines, zones or days changed, asked the same question. The answer is that of the whole
//! computation over the changed picture, so it can differ from it in nothing.

use super::{AreaRow, Coverage, Mode, Question, QuestionError, coverage};
use crate::atlas::transit::FeedFile;
use crate::atlas::{Atlas, Site, Sites, Transit};
use crate::model::{
    Basis, Calendar, Day, DemandLeg, DemandService, Feed, FeedStop, KindId, LonLat, PublicService, Route, Schedule, Spots,
    Status, StopTime, Trip, kind_by_code, parse_clock, rules,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// One change. Positions are longitude, latitude.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// A new service of a kind.
    AddService {
        /// Kind code.
        kind: String,
        /// Where.
        at: [f64; 2],
        /// Name.
        #[serde(default)]
        name: Option<String>,
        /// Days and hours, in words.
        #[serde(default)]
        schedule: Option<String>,
        /// Seats.
        #[serde(default)]
        capacity: Option<u32>,
    },
    /// A service moves.
    MoveService {
        /// Register id.
        service: i64,
        /// Where to.
        at: [f64; 2],
    },
    /// A service closes.
    CloseService {
        /// Register id.
        service: i64,
    },
    /// A service opens on other days.
    SetSchedule {
        /// Register id.
        service: i64,
        /// Days and hours, in words.
        schedule: String,
    },
    /// A stop is no longer served.
    CloseStop {
        /// Its name; all poles of that name.
        stop: String,
    },
    /// A new line: stops, headway and hours, both ways.
    AddLine {
        /// Name.
        name: String,
        /// Where it stops.
        stops: Vec<[f64; 2]>,
        /// First departure, `7:00`.
        first: String,
        /// Last departure.
        last: String,
        /// Minutes between departures.
        every_minutes: f64,
        /// Pace between stops over the straight line, km/h; 15 if not said (own assumption).
        #[serde(default)]
        pace: Option<f64>,
    },
    /// A line closes.
    CloseLine {
        /// Its name, or its id.
        line: String,
    },
    /// A new demand-taxi zone.
    AddZone {
        /// Name.
        name: String,
        /// Polygons of rings.
        area: Vec<Vec<Vec<[f64; 2]>>>,
        /// Where it takes people; nothing: anywhere in the zone.
        #[serde(default)]
        to: Vec<[f64; 2]>,
        /// Days, in words: 火・金.
        days: String,
        /// First boarding.
        from: String,
        /// Last boarding.
        until: String,
    },
    /// A demand service closes.
    CloseZone {
        /// Its name, or its id.
        zone: String,
    },
    /// A demand service runs on other days.
    SetZoneDays {
        /// Its name, or its id.
        zone: String,
        /// Days, in words.
        days: String,
    },
}

/// A named list of changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scenario {
    /// Name.
    #[serde(default)]
    pub name: String,
    /// Changes, in order.
    pub changes: Vec<Change>,
}

/// Most changes in one scenario.
const MAX_CHANGES: usize = 200;
/// Latest call of a new line: two days after the service day begins.
const LATEST: u32 = 2 * 86_400;
/// Most stops of a new line, and most runs a day.
const MAX_LINE: usize = 200;

fn bad(code: &'static str, message: String) -> QuestionError {
    QuestionError::new(code, message)
}

fn place(at: [f64; 2]) -> Result<LonLat, QuestionError> {
    let p = LonLat::new(at[0], at[1]);
    p.in_japan().then_some(p).ok_or_else(|| {
        bad(
            "position_abroad",
            format!("位置 {},{} が日本の外です。経度,緯度の順に書いてください。/ Outside Japan.", at[0], at[1]),
        )
    })
}

fn clock(text: &str) -> Result<u32, QuestionError> {
    parse_clock(text).ok_or_else(|| bad("bad_time", format!("時刻「{text}」は 7:00 の形で書いてください。/ Time must be H:MM.")))
}

fn schedule(words: &str) -> Result<Schedule, QuestionError> {
    Schedule::from_words(words).map_err(|e| bad("bad_schedule", format!("「{words}」: {} / Schedule not understood.", e.ja())))
}

/// The picture with the changes made.
///
/// # Errors
/// If a change names something that is not there, or a value cannot be read.
pub fn changed(atlas: &Atlas, scenario: &Scenario) -> Result<Atlas, QuestionError> {
    if scenario.changes.len() > MAX_CHANGES {
        return Err(bad("too_many_changes", format!("変更は{MAX_CHANGES}件までです。/ At most {MAX_CHANGES} changes.")));
    }
    let mut sites: Option<Vec<Arc<Site>>> = None;
    let mut touched = Vec::new();
    let mut feeds: Option<Vec<FeedFile>> = None;
    let mut imagined = Feed { agency: "もしも".into(), ..Feed::default() };
    for change in &scenario.changes {
        match change {
            Change::AddService { .. } | Change::MoveService { .. } | Change::CloseService { .. } | Change::SetSchedule { .. } => {
                touched.push(change_site(atlas, sites.get_or_insert_with(|| atlas.sites.all.clone()), change)?);
            }
            Change::AddLine { name, stops, first, last, every_minutes, pace } => {
                add_line(&mut imagined, name, stops, (clock(first)?, clock(last)?), *every_minutes, pace.unwrap_or(15.0))?;
            }
            Change::AddZone { name, area, to, days, from, until } => {
                add_zone(&mut imagined, name, area, to, days, (clock(from)?, clock(until)?))?;
            }
            other => change_feeds(feeds.get_or_insert_with(|| feeds_of(atlas)), other)?,
        }
    }
    let is_new = imagined.is_routable();
    let sites: Option<Sites> = sites.map(|all| atlas.sites.changed(all, &touched));
    if feeds.is_none() && !is_new {
        return Ok(atlas.changed(sites, None));
    }
    let (Some(transit), Some(streets)) = (&atlas.transit, &atlas.streets) else {
        return Err(bad(
            "no_timetable",
            "時刻表と道路が取り込まれていないため、路線や区域は変えられません。/ No timetable.".into(),
        ));
    };
    let mut feeds = feeds.unwrap_or_else(|| feeds_of(atlas));
    feeds.extend(is_new.then(|| FeedFile::imagined(imagined)));
    let next: Transit = transit.with_feeds(feeds, &streets.view());
    Ok(atlas.changed(sites, Some(next)))
}

fn feeds_of(atlas: &Atlas) -> Vec<FeedFile> {
    atlas.transit.as_ref().map(|t| t.feeds.clone()).unwrap_or_default()
}

/// Makes one change; the kind it touches.
fn change_site(atlas: &Atlas, sites: &mut Vec<Arc<Site>>, change: &Change) -> Result<KindId, QuestionError> {
    let view = atlas.streets.as_ref().map(|s| s.view());
    let snap = |p: LonLat| view.as_ref().and_then(|v| v.snap(p, &rules().network));
    let find = |sites: &[Arc<Site>], id: i64| {
        let missing = || bad("no_such_service", format!("サービス {id} はないか、位置未確定です。/ No such service."));
        sites.iter().position(|s| s.service.id == id).ok_or_else(missing)
    };
    match change {
        Change::AddService { kind, at, name, schedule: words, capacity } => {
            let kind =
                kind_by_code(kind).ok_or_else(|| bad("unknown_kind", format!("種類「{kind}」はありません。/ Unknown kind.")))?;
            let point = place(*at)?;
            let read = words.as_deref().filter(|w| !w.is_empty()).map(schedule).transpose()?;
            // ids below zero are of no register: the first imagined is −1
            let id = sites.iter().map(|s| s.service.id).min().unwrap_or(0).min(0) - 1;
            let service = PublicService {
                id,
                kind,
                name: name.clone().unwrap_or_else(|| format!("新しい{}", kind.kind().short)),
                address: None,
                status: Status::Active,
                schedule: words.clone(),
                fee: None,
                pickup: None,
                phone: None,
                url: None,
                serves: None,
                verified_on: None,
                capacity: *capacity,
                source: "もしも".into(),
                point: Some(point),
            };
            sites.push(Arc::new(Site { service, point, snapped: snap(point), rail: false, schedule: read }));
            Ok(kind)
        }
        Change::MoveService { service, at } => {
            let i = find(sites, *service)?;
            let point = place(*at)?;
            let site = Arc::make_mut(&mut sites[i]);
            (site.point, site.snapped, site.service.point) = (point, snap(point), Some(point));
            Ok(site.service.kind)
        }
        Change::CloseService { service } => {
            let i = find(sites, *service)?;
            let site = Arc::make_mut(&mut sites[i]);
            site.service.status = Status::Ended;
            Ok(site.service.kind)
        }
        Change::SetSchedule { service, schedule: words } => {
            let i = find(sites, *service)?;
            let site = Arc::make_mut(&mut sites[i]);
            site.schedule = Some(schedule(words)?);
            site.service.schedule = Some(words.clone());
            Ok(site.service.kind)
        }
        other => {
            Err(bad("not_a_service_change", format!("サービスの変更ではありません: {other:?} / Not a change of a service.")))
        }
    }
}

fn change_feeds(feeds: &mut [FeedFile], change: &Change) -> Result<(), QuestionError> {
    let mut found = false;
    match change {
        Change::CloseStop { stop } => {
            for f in feeds.iter_mut() {
                let closed: Vec<bool> = f.feed.stops.iter().map(|s| &s.name == stop || &s.id == stop).collect();
                if closed.contains(&true) {
                    found = true;
                    let shut = crate::model::NO_BOARDING | crate::model::NO_ALIGHTING;
                    let time = |t: &StopTime| if closed[t.stop as usize] { StopTime { flags: shut, ..*t } } else { *t };
                    let times = f.times().iter().map(time).collect();
                    *f = f.clone().with_times(times);
                }
            }
        }
        Change::CloseLine { line } => {
            for f in feeds.iter_mut() {
                let closed: Vec<bool> = f.feed.routes.iter().map(|r| &r.name == line || &r.id == line).collect();
                found |= closed.contains(&true);
                f.feed.trips.retain(|t| !closed[t.route as usize]);
            }
        }
        Change::CloseZone { zone } => {
            for f in feeds.iter_mut() {
                let before = f.feed.demand.len();
                f.feed.demand.retain(|d| &d.name != zone && &d.id != zone);
                found |= f.feed.demand.len() < before;
            }
        }
        Change::SetZoneDays { zone, days } => {
            let calendar = calendar(days)?;
            for f in feeds.iter_mut() {
                let next = f.feed.calendars.len() as u32;
                let legs = f.feed.demand.iter_mut().filter(|d| &d.name == zone || &d.id == zone).flat_map(|d| &mut d.legs);
                let mut any = false;
                legs.for_each(|l| {
                    l.calendar = next;
                    any = true;
                });
                if any {
                    f.feed.calendars.push(calendar.clone());
                    found = true;
                }
            }
        }
        _ => found = true,
    }
    let message = || bad("no_such_line", format!("変更の対象が見つかりません: {change:?} / Nothing by that name."));
    found.then_some(()).ok_or_else(message)
}

/// Every day of the words, over the years any question may ask about.
fn calendar(words: &str) -> Result<Calendar, QuestionError> {
    let schedule = schedule(words)?;
    let day = |y: i16| jiff::civil::Date::new(y, 1, 1).map(Day::of).unwrap_or(Day(0));
    let (start, end) = (day(2015), day(2040));
    Ok(Calendar { id: words.to_owned(), weekdays: 0, start, end, added: schedule.days(start, end).collect(), removed: vec![] })
}

fn always() -> Result<Calendar, QuestionError> {
    calendar("毎日")
}

fn stop(name: String, p: LonLat) -> FeedStop {
    FeedStop { id: name.clone(), name, platform: None, point: Some(p), station: None }
}

fn add_line(
    feed: &mut Feed,
    name: &str,
    stops: &[[f64; 2]],
    (first, last): (u32, u32),
    every: f64,
    pace: f64,
) -> Result<(), QuestionError> {
    let points: Vec<LonLat> = stops.iter().map(|p| place(*p)).collect::<Result<_, _>>()?;
    let runs = if every >= 1.0 && last >= first { (f64::from(last - first) / 60.0 / every) as usize + 1 } else { usize::MAX };
    if points.len() < 2 || points.len() > MAX_LINE || runs > MAX_LINE || !(1.0..=100.0).contains(&pace) {
        return Err(bad(
            "bad_line",
            "路線は停留所2か所以上、間隔1分以上、始発から終発まで200便以内、速さ1～100km/hで書いてください。/ Bad line.".into(),
        ));
    }
    let base = feed.stops.len() as u32;
    feed.stops.extend(points.iter().enumerate().map(|(i, p)| stop(format!("{name} {}", i + 1), *p)));
    feed.calendars.push(always()?);
    let calendar = feed.calendars.len() as u32 - 1;
    feed.routes.push(Route { id: name.to_owned(), name: name.to_owned(), kind: 3 });
    let route = feed.routes.len() as u32 - 1;
    let hop = |a: LonLat, b: LonLat| (crate::model::ground_metres(a, b) / (pace / 3.6)).round() as u32;
    for backward in [false, true] {
        let order: Vec<usize> = if backward { (0..points.len()).rev().collect() } else { (0..points.len()).collect() };
        for run in 0..runs {
            let mut t = first + (run as f64 * every * 60.0).round() as u32;
            let start = feed.times.len() as u32;
            for (k, &i) in order.iter().enumerate() {
                if k > 0 {
                    t = t.saturating_add(hop(points[order[k - 1]], points[i]));
                    if t > LATEST {
                        return Err(bad(
                            "bad_line",
                            "路線の所要時間が長すぎます。停留所の位置と速さを確かめてください。/ Line too long.".into(),
                        ));
                    }
                }
                feed.times.push(StopTime { stop: base + i as u32, arrival: t, departure: t, flags: 0 });
            }
            let id = format!("{name} {} {}", if backward { "復" } else { "往" }, run + 1);
            feed.trips.push(Trip { id, route, calendar, headsign: String::new(), first: start, count: order.len() as u32 });
        }
    }
    Ok(())
}

fn add_zone(
    feed: &mut Feed,
    name: &str,
    area: &[Vec<Vec<[f64; 2]>>],
    to: &[[f64; 2]],
    days: &str,
    window: (u32, u32),
) -> Result<(), QuestionError> {
    let corners = area.iter().flatten().flatten();
    corners.clone().try_for_each(|c| place(*c).map(|_| ()))?;
    if corners.count() < 4 || window.0 > window.1 {
        return Err(bad("bad_zone", "区域の図形か時間帯を読めません。/ Bad zone.".into()));
    }
    feed.calendars.push(calendar(days)?);
    let calendar = feed.calendars.len() as u32 - 1;
    let pickup = Spots { names: vec![name.to_owned()], area: area.to_vec(), stops: vec![] };
    let mut stops = Vec::new();
    for (i, p) in to.iter().enumerate() {
        stops.push(feed.stops.len() as u32);
        feed.stops.push(stop(format!("{name} 行き先{}", i + 1), place(*p)?));
    }
    let drop_off = if stops.is_empty() { pickup.clone() } else { Spots { names: vec![], area: vec![], stops } };
    feed.demand.push(DemandService {
        id: name.to_owned(),
        name: name.to_owned(),
        legs: vec![DemandLeg { calendar, pickup, drop_off, windows: vec![window], until: None }],
        ride_factor: 1.0,
        ..DemandService::default()
    });
    Ok(())
}

/// The answer: before, after, and the people changed.
#[derive(Debug, Serialize)]
pub struct WhatIf {
    /// One row per area whose people change; the total last.
    pub rows: Vec<ChangedRow>,
    /// As it is.
    pub before: Coverage,
    /// As it would be.
    pub after: Coverage,
    /// What it stands on.
    pub basis: Basis,
}

/// One area.
#[derive(Debug, Serialize)]
pub struct ChangedRow {
    /// Register id; 0 for the total.
    pub id: i64,
    /// Name.
    pub name: String,
    /// People.
    pub people: f64,
    /// By kind: people who reach it before, after.
    pub kinds: Vec<[f64; 2]>,
    /// Who reach all kinds before, after.
    pub all: [f64; 2],
}

/// Asks a question of the picture as it is and as it would be.
///
/// # Errors
/// As for coverage, and if a change cannot be made.
pub fn what_if(atlas: &Atlas, q: &Question, scenario: &Scenario) -> Result<WhatIf, QuestionError> {
    let next = changed(atlas, scenario)?;
    if q.by == Mode::Walk && scenario.changes.iter().any(|c| !touches_walks(c)) {
        return Err(bad(
            "mode_needed",
            "路線や区域の変更は、by=transit か by=taxi で尋ねてください。/ Ask with by=transit or by=taxi.".into(),
        ));
    }
    let (before, after) = (coverage(atlas, q)?, coverage(&next, q)?);
    let row = |(a, b): (&AreaRow, &AreaRow)| ChangedRow {
        id: a.id,
        name: a.name.clone(),
        people: a.people,
        kinds: a.kinds.iter().zip(&b.kinds).map(|(x, y)| [x.reached, y.reached]).collect(),
        all: [a.all.reached, b.all.reached],
    };
    let moved = |r: &ChangedRow| r.kinds.iter().any(|k| k[0] != k[1]);
    let mut rows: Vec<ChangedRow> = before.rows.iter().zip(&after.rows).map(row).filter(moved).collect();
    rows.push(row((&before.total, &after.total)));
    let mut basis = after.basis.clone();
    basis.notes.push(format!(
        "もしも「{}」: {}件の変更を加えた計算です。登録簿は変わっていません。",
        scenario.name,
        scenario.changes.len()
    ));
    Ok(WhatIf { rows, before, after, basis })
}

fn touches_walks(change: &Change) -> bool {
    matches!(
        change,
        Change::AddService { .. } | Change::MoveService { .. } | Change::CloseService { .. } | Change::SetSchedule { .. }
    )
}
