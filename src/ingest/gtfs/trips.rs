//! routes, trips, stop_times, frequencies, transfers. A trip that cannot be understood is left out and named; the rest goes in.

use super::super::Findings;
use super::Files;
use super::rows::Rows;
use crate::model::{
    Feed, NO_ALIGHTING, NO_BOARDING, Route, Seconds, Severity, StopTime, TransferRule, Trip, ground_metres, parse_clock,
};
use std::collections::HashMap;

/// Most departures one line of frequencies.txt may stand for.
const MAX_REPEATS: u32 = 2000;

/// A call as read: times may be blank.
struct Call {
    sequence: u32,
    stop: u32,
    arrival: Option<Seconds>,
    departure: Option<Seconds>,
    flags: u32,
}

/// Reads the timetable into a feed.
///
/// # Errors
/// Why there is none, in words an operator can act on.
pub fn read(files: &Files, feed: &mut Feed, stops: &HashMap<String, u32>, findings: &mut Findings) -> Result<(), String> {
    let route = routes(files, feed);
    transfers(files, feed, stops, findings);
    let (Some(trips), Some(times)) = (files.text("trips.txt"), files.text("stop_times.txt")) else {
        return Err("stop_times.txt（各便の時刻）か trips.txt がありません。提供元に、時刻を含むGTFSを求めてください。".into());
    };
    if feed.calendars.is_empty() {
        return Err("運行日（calendar.txt か calendar_dates.txt）が読めません。".into());
    }
    let calendar: HashMap<String, u32> = feed.calendars.iter().enumerate().map(|(i, c)| (c.id.clone(), i as u32)).collect();
    let mut calls = calls(&times, stops, findings)?;
    let repeats = frequencies(files, findings);
    let mut left = 0usize;
    Rows::new(&trips).each(|line, r| {
        let id = r.get("trip_id");
        let (Some(&route), Some(&calendar)) = (route.get(r.get("route_id")), calendar.get(r.get("service_id"))) else {
            let value = format!("{} / {}", r.get("route_id"), r.get("service_id"));
            let message = "trips.txt の route_id か service_id が、routes.txt・calendar.txt にありません。この便は使いません。";
            findings.say(Severity::Left, line, "route_id・service_id", &value, "unknown_reference", message);
            return;
        };
        let Some(list) = calls.remove(id) else { return };
        if list.len() < 2 || list.iter().all(|c| c.arrival.is_none() && c.departure.is_none()) {
            return; // a flexible trip has no times and is read elsewhere
        }
        match timed(list, feed) {
            Err((code, message)) => {
                left += 1;
                findings.say(Severity::Left, line, "trip_id", id, code, message);
            }
            Ok(times) => {
                let starts = repeats.get(id).map_or_else(|| vec![None], |f| f.iter().map(|s| Some(*s)).collect());
                for start in starts {
                    let first = feed.times.len() as u32;
                    let base = times[0].departure;
                    let moved = |s: Seconds| start.map_or(s, |b| b + (s - base.min(s)));
                    feed.times.extend(times.iter().map(|t| StopTime {
                        arrival: moved(t.arrival),
                        departure: moved(t.departure),
                        ..*t
                    }));
                    let headsign = r.get("trip_headsign").to_owned();
                    let count = times.len() as u32;
                    feed.trips.push(Trip { id: id.to_owned(), route, calendar, headsign, first, count });
                }
            }
        }
    });
    if !repeats.is_empty() {
        let message = "frequencies.txt の便は、示された間隔ちょうどで走るものとして並べました。";
        findings.say(Severity::Note, 0, "", "", "frequencies", message);
    }
    if feed.trips.is_empty() && left > 0 {
        return Err(format!("使える便がありません（{left}便とも時刻に誤り）。"));
    }
    if feed.trips.is_empty() {
        return Err("stop_times.txt に時刻のある便がありません。提供元に、時刻を含むGTFSを求めてください。".into());
    }
    Ok(())
}

fn routes(files: &Files, feed: &mut Feed) -> HashMap<String, u32> {
    let mut number = HashMap::new();
    let Some(content) = files.text("routes.txt") else { return number };
    Rows::new(&content).each(|_, r| {
        let (short, long) = (r.get("route_short_name"), r.get("route_long_name"));
        let name = match (short.is_empty(), long.is_empty()) {
            (false, false) if !long.contains(short) => format!("{short} {long}"),
            (false, true) => short.to_owned(),
            (_, false) => long.to_owned(),
            (true, true) => r.any(&["jp_parent_route_id", "route_id"]).to_owned(),
        };
        number.entry(r.get("route_id").to_owned()).or_insert(feed.routes.len() as u32);
        feed.routes.push(Route { id: r.get("route_id").to_owned(), name, kind: r.get("route_type").parse().unwrap_or(3) });
    });
    number
}

/// All calls by trip, in order of their sequence.
fn calls(content: &str, stops: &HashMap<String, u32>, findings: &mut Findings) -> Result<HashMap<String, Vec<Call>>, String> {
    let mut rows = Rows::new(content);
    if !["trip_id", "arrival_time", "departure_time"].iter().all(|c| rows.has(c)) {
        return Err("stop_times.txt に trip_id, arrival_time, departure_time がそろっていません。".into());
    }
    let mut all: HashMap<String, Vec<Call>> = HashMap::new();
    rows.each(|line, r| {
        let stop = r.get("stop_id");
        if stop.is_empty() || !r.any(&["start_pickup_drop_off_window", "start_pickup_dropoff_window"]).is_empty() {
            return; // a call of a flexible trip
        }
        let Some(&stop) = stops.get(stop) else {
            let message = "stop_times.txt の stop_id が stops.txt にありません。この停車を飛ばします。";
            findings.say(Severity::Left, line, "stop_id", stop, "unknown_stop", message);
            return;
        };
        let mut clock = |column: &str| {
            let value = r.get(column);
            let read = parse_clock(value);
            if read.is_none() && !value.is_empty() {
                let message = "時刻を H:MM:SS として読めません。空欄として前後から補います。";
                findings.say(Severity::Doubtful, line, column, value, "bad_time", message);
            }
            read
        };
        let (arrival, departure) = (clock("arrival_time"), clock("departure_time"));
        let sequence = r.get("stop_sequence").parse().unwrap_or(line as u32);
        // 1 means not available; 2 (phone) and 3 (ask the driver) are still possible
        let flag = |column: &str, bit: u32| if r.get(column) == "1" { bit } else { 0 };
        let flags = flag("pickup_type", NO_BOARDING) | flag("drop_off_type", NO_ALIGHTING);
        let call = Call { sequence, stop, arrival, departure, flags };
        match all.get_mut(r.get("trip_id")) {
            Some(list) => list.push(call),
            None => {
                all.insert(r.get("trip_id").to_owned(), vec![call]);
            }
        }
    });
    all.values_mut().for_each(|list| list.sort_by_key(|c| c.sequence));
    Ok(all)
}

/// Times of every call, blanks filled in proportion to the straight distance between the timed calls around them.
fn timed(list: Vec<Call>, feed: &Feed) -> Result<Vec<StopTime>, (&'static str, &'static str)> {
    let known = |c: &Call| c.arrival.or(c.departure);
    let (Some(_), Some(_)) = (list.first().and_then(known), list.last().and_then(known)) else {
        return Err(("no_end_times", "始発か終着の時刻がありません。この便は使いません。"));
    };
    let mut times: Vec<StopTime> = Vec::with_capacity(list.len());
    let mut along = vec![0.0; list.len()];
    for i in 1..list.len() {
        let point = |c: &Call| feed.stops[c.stop as usize].point;
        let metres = point(&list[i - 1]).zip(point(&list[i])).map_or(0.0, |(a, b)| ground_metres(a, b));
        along[i] = along[i - 1] + metres.max(1.0);
    }
    let mut last_known = 0;
    for (i, c) in list.iter().enumerate() {
        let (arrival, departure) = match (c.arrival, c.departure) {
            (Some(a), Some(d)) => (a, d),
            (Some(t), None) | (None, Some(t)) => (t, t),
            (None, None) => {
                let next = (i + 1..list.len()).find(|&k| known(&list[k]).is_some()).unwrap_or(i);
                let from = f64::from(times[last_known].departure);
                let to = f64::from(known(&list[next]).unwrap_or(times[last_known].departure));
                let share = (along[i] - along[last_known]) / (along[next] - along[last_known]).max(1.0);
                let t = (from + (to - from).max(0.0) * share).round() as Seconds;
                (t, t)
            }
        };
        if known(c).is_some() {
            last_known = i;
        }
        let before = times.last().map_or(0, |t| t.departure);
        if arrival < before || departure < arrival {
            return Err(("time_runs_back", "時刻が前の停留所より前に戻っています。この便は使いません。時刻を確かめてください。"));
        }
        times.push(StopTime { stop: c.stop, arrival, departure, flags: c.flags });
    }
    Ok(times)
}

/// Departures at the first stop by trip.
fn frequencies(files: &Files, findings: &mut Findings) -> HashMap<String, Vec<Seconds>> {
    let mut out: HashMap<String, Vec<Seconds>> = HashMap::new();
    let Some(content) = files.text("frequencies.txt") else { return out };
    Rows::new(&content).each(|line, r| {
        let (start, end) = (parse_clock(r.get("start_time")), parse_clock(r.get("end_time")));
        let headway: Option<u32> = r.get("headway_secs").parse().ok().filter(|h| *h > 0);
        let (Some(start), Some(end), Some(headway)) = (start, end, headway) else {
            let message = "frequencies.txt の時刻か間隔を読めません。この行は使いません。";
            findings.say(Severity::Left, line, "headway_secs", r.get("headway_secs"), "bad_frequency", message);
            return;
        };
        if end.saturating_sub(start) / headway > MAX_REPEATS {
            let message = "間隔が短すぎます。この行は使いません。";
            findings.say(Severity::Left, line, "headway_secs", r.get("headway_secs"), "bad_frequency", message);
            return;
        }
        let list = out.entry(r.get("trip_id").to_owned()).or_default();
        list.extend((start..end).step_by(headway as usize));
    });
    out
}

fn transfers(files: &Files, feed: &mut Feed, stops: &HashMap<String, u32>, findings: &mut Findings) {
    let Some(content) = files.text("transfers.txt") else { return };
    let mut particular = 0usize;
    // a station stands for its platforms
    let mut platforms: HashMap<&str, Vec<u32>> = HashMap::new();
    for (i, s) in feed.stops.iter().enumerate() {
        s.station.iter().for_each(|p| platforms.entry(p).or_default().push(i as u32));
    }
    let of = |id: &str| match stops.get(id) {
        Some(&s) => vec![s],
        None => platforms.get(id).cloned().unwrap_or_default(),
    };
    let mut rules = Vec::new();
    Rows::new(&content).each(|_, r| {
        if !r.any(&["from_trip_id", "to_trip_id", "from_route_id", "to_route_id"]).is_empty() {
            particular += 1;
            return;
        }
        let seconds = match r.get("transfer_type") {
            "1" => Some(0),
            "2" => r.get("min_transfer_time").parse().ok(),
            "3" => None,
            _ => return, // a recommendation: the streets decide
        };
        for from in of(r.get("from_stop_id")) {
            rules.extend(of(r.get("to_stop_id")).into_iter().map(|to| TransferRule { from, to, seconds }));
        }
    });
    if particular > 0 {
        let message = format!("便や系統を限った乗り換えの行（{particular}行）は使いません。ふつうの乗り換えとして扱います。");
        findings.say(Severity::Note, 0, "", "", "particular_transfers", &message);
    }
    feed.transfers = rules;
}
