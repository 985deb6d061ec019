//! Lines and zones that do not exist yet, as part of an imagined feed.

use super::QuestionError;
use super::changed::{bad, place, schedule};
use crate::atlas::transit::FeedFile;
use crate::model::{
    Calendar, Day, DemandLeg, DemandService, Feed, FeedStop, LonLat, Route, Spots, StopTime, Trip, ground_metres, rules,
};

/// Latest call of a new line: two days after the service day begins.
const LATEST: u32 = 2 * 86_400;

/// Every day of the words, over the years any question may ask about.
pub(super) fn calendar(words: &str) -> Result<Calendar, QuestionError> {
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

/// Lets the trips of a line call at one more stop after another, at the time they pass it by the straight line; true if any does.
pub(super) fn add_stop(file: &mut FeedFile, line: &str, after: &str, at: LonLat, name: &str) -> bool {
    let feed = &file.feed;
    let of_line = |t: &Trip| feed.routes.get(t.route as usize).is_some_and(|r| r.name == line || r.id == line);
    let is_after = |s: u32| feed.stops[s as usize].name == after || feed.stops[s as usize].id == after;
    let new = feed.stops.len() as u32;
    let point = |s: u32| feed.stops[s as usize].point;
    let (mut times, mut trips, mut any) = (Vec::with_capacity(file.times().len()), feed.trips.clone(), false);
    for (number, trip) in trips.iter_mut().enumerate() {
        let calls = file.trip_times(number);
        trip.first = times.len() as u32;
        for (k, call) in calls.iter().enumerate() {
            times.push(*call);
            let Some(next) = calls.get(k + 1).filter(|_| of_line(&feed.trips[number]) && is_after(call.stop)) else { continue };
            let share = match (point(call.stop), point(next.stop)) {
                (Some(a), Some(b)) => {
                    let (to, from) = (ground_metres(a, at), ground_metres(at, b));
                    if to + from > 0.0 { to / (to + from) } else { 0.5 }
                }
                _ => 0.5,
            };
            let time = call.departure + (f64::from(next.arrival.saturating_sub(call.departure)) * share).round() as u32;
            times.push(StopTime { stop: new, arrival: time, departure: time, flags: 0 });
            any = true;
        }
        trip.count = times.len() as u32 - trip.first;
    }
    if any {
        file.feed.stops.push(stop(name.to_owned(), at));
        file.feed.trips = trips;
        *file = file.clone().with_times(times);
    }
    any
}

pub(super) fn add_line(
    feed: &mut Feed,
    name: &str,
    stops: &[[f64; 2]],
    (first, last): (u32, u32),
    every: f64,
    pace: f64,
) -> Result<(), QuestionError> {
    let points: Vec<LonLat> = stops.iter().map(|p| place(*p)).collect::<Result<_, _>>()?;
    let runs = if every >= 1.0 && last >= first { (f64::from(last - first) / 60.0 / every) as usize + 1 } else { usize::MAX };
    let most = rules().what_if.max_line;
    if points.len() < 2 || points.len() > most || runs > most || !(1.0..=100.0).contains(&pace) {
        return Err(bad(
            "bad_line",
            format!(
                "路線は停留所2～{most}か所、間隔1分以上、始発から終発まで{most}便以内、速さ1～100km/hで書いてください。/ Bad line."
            ),
        ));
    }
    let base = feed.stops.len() as u32;
    feed.stops.extend(points.iter().enumerate().map(|(i, p)| stop(format!("{name} {}", i + 1), *p)));
    feed.calendars.push(always()?);
    let calendar = feed.calendars.len() as u32 - 1;
    feed.routes.push(Route { id: name.to_owned(), name: name.to_owned(), kind: 3 });
    let route = feed.routes.len() as u32 - 1;
    let hop = |a: LonLat, b: LonLat| (ground_metres(a, b) / (pace / 3.6)).round() as u32;
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

pub(super) fn add_zone(
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
    let there = if stops.is_empty() { pickup.clone() } else { Spots { names: vec![], area: vec![], stops } };
    let leg = |pickup: &Spots, drop_off: &Spots| DemandLeg {
        calendar,
        pickup: pickup.clone(),
        drop_off: drop_off.clone(),
        windows: vec![window],
        until: None,
    };
    // who is brought somewhere is fetched from there too
    let home = (!to.is_empty()).then(|| leg(&there, &pickup));
    let legs = std::iter::once(leg(&pickup, &there)).chain(home).collect();
    feed.demand.push(DemandService {
        id: name.to_owned(),
        name: name.to_owned(),
        legs,
        ride_factor: 1.0,
        ..DemandService::default()
    });
    Ok(())
}
