//! The picture with the changes of a scenario made.

use super::imagined::{add_line, add_stop, add_zone, calendar};
use super::{Change, QuestionError, Scenario};
use crate::atlas::transit::FeedFile;
use crate::atlas::{Atlas, Site, Transit};
use crate::model::{
    Feed, GeocodeLevel, KindId, LonLat, PublicService, Schedule, Status, StopTime, kind_by_code, parse_clock, rules,
};
use std::sync::Arc;

pub(super) fn bad(code: &'static str, message: String) -> QuestionError {
    QuestionError::new(code, message)
}

pub(super) fn place(at: [f64; 2]) -> Result<LonLat, QuestionError> {
    let p = LonLat::new(at[0], at[1]);
    p.in_japan().then_some(p).ok_or_else(|| {
        bad(
            "position_abroad",
            format!("位置 {},{} が日本の外です。経度,緯度の順に書いてください。/ Outside Japan.", at[0], at[1]),
        )
    })
}

pub(super) fn clock(text: &str) -> Result<u32, QuestionError> {
    parse_clock(text).ok_or_else(|| bad("bad_time", format!("時刻「{text}」は 7:00 の形で書いてください。/ Time must be H:MM.")))
}

pub(super) fn schedule(words: &str) -> Result<Schedule, QuestionError> {
    Schedule::from_words(words).map_err(|e| bad("bad_schedule", format!("「{words}」: {} / Schedule not understood.", e.ja())))
}

/// The picture with the changes made.
///
/// # Errors
/// If a change names something that is not there, or a value cannot be read.
pub fn changed(atlas: &Atlas, scenario: &Scenario) -> Result<Atlas, QuestionError> {
    let most = rules().what_if.max_changes;
    if scenario.changes.len() > most {
        return Err(bad("too_many_changes", format!("変更は{most}件までです。/ At most {most} changes.")));
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
                add_line(
                    &mut imagined,
                    name,
                    stops,
                    (clock(first)?, clock(last)?),
                    *every_minutes,
                    pace.unwrap_or(rules().what_if.pace_kmh),
                )?;
            }
            Change::AddZone { name, area, to, days, from, until } => {
                add_zone(&mut imagined, name, area, to, days, (clock(from)?, clock(until)?))?;
            }
            other => change_feeds(feeds.get_or_insert_with(|| feeds_of(atlas)), other)?,
        }
    }
    let is_new = imagined.is_routable();
    let sites = sites.map(|all| (atlas.sites.changed(all, &touched), touched.as_slice()));
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
                kana: None,
                name: name.clone().unwrap_or_else(|| format!("新しい{}", kind.kind().short)),
                venue: None,
                address: None,
                level: GeocodeLevel::Surveyed,
                status: Status::Active,
                schedule: words.clone(),
                fee: None,
                pickup: None,
                booking: None,
                phone: None,
                url: None,
                serves: None,
                verified_on: None,
                capacity: *capacity,
                reference: None,
                source: "もしも".into(),
                home: false,
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

/// Whether a feed is of an operator, if one is named.
fn run_by(operator: &Option<String>) -> impl Fn(&&mut FeedFile) -> bool {
    move |f| operator.as_ref().is_none_or(|o| &f.feed.agency == o)
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
        Change::MoveStop { stop, at } => {
            let at = place(*at)?;
            for s in feeds.iter_mut().flat_map(|f| &mut f.feed.stops).filter(|s| &s.name == stop || &s.id == stop) {
                s.point = Some(at);
                found = true;
            }
        }
        Change::AddStop { line, operator, after, at, name } => {
            let (at, name) = (place(*at)?, name.as_deref().unwrap_or("新しい停留所"));
            for f in feeds.iter_mut().filter(run_by(operator)) {
                found |= add_stop(f, line, after, at, name);
            }
        }
        Change::CloseLine { line, operator } => {
            for f in feeds.iter_mut().filter(run_by(operator)) {
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
