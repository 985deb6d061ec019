//! GTFS-Flex: zones, groups of 乗降点, booking rules, and the trips that use them, as demand services.
//!
//! Older drafts are read too: a zone or group named in `stop_id`, groups listing their members themselves, and window
//! columns spelt without the second underscore.

use super::super::{Findings, features, text, topology};
use super::Files;
use super::rows::Rows;
use super::stops::Stops;
use crate::model::{Area, AreaType, Booking, DemandLeg, DemandService, Feed, Route, Seconds, Severity, Spots, parse_clock};
use geo::MultiPolygon;
use std::collections::{BTreeMap, HashMap, HashSet};

/// A zone of `locations.geojson`.
pub struct Zone {
    id: String,
    name: String,
    area: MultiPolygon<f64>,
}

/// Reads the zones.
pub fn zones(files: &Files, findings: &mut Findings) -> Vec<Zone> {
    let Some(content) = files.text("locations.geojson") else { return Vec::new() };
    let found = match features::from_geojson(&content) {
        Ok(f) => f,
        Err(refusal) => {
            findings.say(Severity::Left, 0, "locations.geojson", "", refusal.code, &refusal.message);
            return Vec::new();
        }
    };
    let zone = |f: &features::Feature| {
        let id = f.id.clone().unwrap_or_else(|| f.row.to_string());
        let name = f.get("stop_name").or(f.get("name")).map_or_else(|| id.clone(), str::to_owned);
        Some(Zone { id, name, area: topology::polygons(f, findings)? })
    };
    found.iter().filter_map(zone).collect()
}

/// The zones as areas of the register.
pub fn areas(zones: &[Zone]) -> Vec<Area> {
    let area = |z: &Zone| Area {
        id: 0,
        key: format!("flex|{}", z.id),
        area_type: AreaType::DemandZone,
        code: None,
        name: z.name.clone(),
        city_code: None,
        parent: None,
        approximate: false,
        geometry: Some(z.area.clone()),
    };
    zones.iter().map(area).collect()
}

/// A call of a flexible trip.
struct Call {
    line: usize,
    sequence: u32,
    spots: Spots,
    /// Boarding from, to.
    window: (Seconds, Seconds),
    flexible: bool,
    pickup: bool,
    drop_off: bool,
    rule: String,
    factor: (f64, f64),
}

/// Adds the demand services of a feed.
pub fn services(files: &Files, feed: &mut Feed, stops: &Stops, zones: &[Zone], findings: &mut Findings) {
    let (Some(times), Some(trips)) = (files.text("stop_times.txt"), files.text("trips.txt")) else { return };
    let groups = groups(files, stops);
    let calls = calls(&times, stops, zones, &groups, findings);
    if calls.is_empty() {
        return;
    }
    let rules = booking_rules(files);
    let mut services: BTreeMap<String, DemandService> = BTreeMap::new();
    Rows::new(&trips).each(|line, r| {
        let Some(list) = calls.get(r.get("trip_id")).filter(|l| l.iter().any(|c| c.flexible)) else { return };
        let Some(calendar) = feed.calendars.iter().position(|c| c.id == r.get("service_id")) else {
            let message = "trips.txt の service_id が calendar.txt にありません。この便は使いません。";
            findings.say(Severity::Left, line, "service_id", r.get("service_id"), "unknown_reference", message);
            return;
        };
        let legs = legs(list, calendar as u32);
        if legs.is_empty() {
            let message = "乗る所と降りる所がそろった区間がありません。この便は使いません。";
            findings.say(Severity::Left, list[0].line, "trip_id", r.get("trip_id"), "no_leg", message);
            return;
        }
        let route = feed.routes.iter().find(|x| x.id == r.get("route_id"));
        let service = services.entry(r.get("route_id").to_owned()).or_insert_with(|| blank(r.get("route_id"), route));
        service.legs.extend(legs);
        (service.ride_factor, service.ride_extra_minutes) = list[0].factor;
        if let Some(rule) = list.iter().find_map(|c| rules.get(&c.rule)) {
            (service.booking, service.phone) = (rule.booking, rule.phone.clone());
            (service.message, service.url) = (rule.message.clone(), rule.url.clone());
        }
    });
    feed.demand = services.into_values().collect();
}

fn blank(id: &str, route: Option<&Route>) -> DemandService {
    let name = route.map_or_else(|| id.to_owned(), |r| r.name.clone());
    DemandService { id: id.to_owned(), name, ride_factor: 1.0, ..DemandService::default() }
}

/// Every ride from an earlier call to a later one of which at least one is flexible.
fn legs(list: &[Call], calendar: u32) -> Vec<DemandLeg> {
    // an older draft writes travel within one zone as a single call
    let one = [&list[0], &list[0]];
    let within = list.len() == 1 && list[0].flexible;
    let pairs: Vec<[&Call; 2]> = match within {
        true => vec![one],
        false => list.iter().enumerate().flat_map(|(i, a)| list[i + 1..].iter().map(move |b| [a, b])).collect(),
    };
    let rides = pairs.into_iter().filter(|[from, to]| from.pickup && to.drop_off && (from.flexible || to.flexible));
    rides
        .map(|[from, to]| DemandLeg {
            calendar,
            pickup: from.spots.clone(),
            drop_off: to.spots.clone(),
            windows: vec![from.window],
            until: Some(to.window.1),
        })
        .collect()
}

fn calls(
    content: &str,
    stops: &Stops,
    zones: &[Zone],
    groups: &HashMap<String, Spots>,
    findings: &mut Findings,
) -> HashMap<String, Vec<Call>> {
    let zone: HashMap<&str, &Zone> = zones.iter().map(|z| (z.id.as_str(), z)).collect();
    let mut all: HashMap<String, Vec<Call>> = HashMap::new();
    let mut broken: HashSet<String> = HashSet::new();
    Rows::new(content).each(|line, r| {
        let at = r.any(&["location_group_id", "location_id", "stop_id"]);
        let windows = [
            r.any(&["start_pickup_drop_off_window", "start_pickup_dropoff_window"]),
            r.any(&["end_pickup_drop_off_window", "end_pickup_dropoff_window"]),
        ];
        let is_point = stops.number.contains_key(at) && r.get("location_group_id").is_empty();
        let flexible = !windows[0].is_empty();
        let window = match (flexible, parse_clock(windows[0]), parse_clock(windows[1])) {
            (true, Some(from), Some(to)) if from <= to => (from, to),
            (false, ..) if is_point => {
                let clock = |c: &str| parse_clock(r.get(c));
                let Some(t) = clock("departure_time").or(clock("arrival_time")) else { return };
                (t, t)
            }
            _ => {
                let value = format!("{}～{}", windows[0], windows[1]);
                let message = "区域や乗降点の停車に、乗り降りできる時間帯（window）がないか読めません。この便は使いません。";
                findings.say(Severity::Left, line, "start/end_pickup_drop_off_window", &value, "bad_window", message);
                broken.insert(r.get("trip_id").to_owned());
                return;
            }
        };
        let spots = match (zone.get(at), groups.get(at), stops.number.get(at)) {
            (Some(z), _, _) => Spots::of_area(&z.name, &z.area),
            (None, Some(g), _) => g.clone(),
            (None, None, Some(s)) => {
                Spots { names: vec![stops.places[*s as usize].name.clone()], stops: vec![*s], ..Spots::default() }
            }
            _ => {
                let message = "locations.geojson・location_groups.txt・stops.txt にない場所です。この便は使いません。";
                findings.say(Severity::Left, line, "location_id", at, "unknown_location", message);
                broken.insert(r.get("trip_id").to_owned());
                return;
            }
        };
        let number = |c: &str, usual: f64| r.get(c).parse::<f64>().ok().filter(|v| v.is_finite()).unwrap_or(usual);
        all.entry(r.get("trip_id").to_owned()).or_default().push(Call {
            line,
            sequence: r.get("stop_sequence").parse().unwrap_or(line as u32),
            spots,
            window,
            flexible: flexible || zone.contains_key(at) || groups.contains_key(at),
            pickup: r.get("pickup_type") != "1",
            drop_off: r.get("drop_off_type") != "1",
            rule: r.any(&["pickup_booking_rule_id", "drop_off_booking_rule_id", "dropoff_booking_rule_id"]).to_owned(),
            factor: (number("mean_duration_factor", 1.0).clamp(0.1, 20.0), number("mean_duration_offset", 0.0).clamp(0.0, 240.0)),
        });
    });
    // a ride with an end missing is no ride
    all.retain(|trip, list| list.iter().any(|c| c.flexible) && !broken.contains(trip));
    all.values_mut().for_each(|list| list.sort_by_key(|c| c.sequence));
    all
}

/// 乗降点 by group.
fn groups(files: &Files, stops: &Stops) -> HashMap<String, Spots> {
    let mut out: HashMap<String, Spots> = HashMap::new();
    if let Some(content) = files.text("location_groups.txt") {
        Rows::new(&content).each(|_, r| {
            let spots = out.entry(r.get("location_group_id").to_owned()).or_default();
            spots.names.extend(text::value(r.get("location_group_name")));
            spots.stops.extend(stops.number.get(r.get("location_id")));
        });
    }
    if let Some(content) = files.text("location_group_stops.txt") {
        Rows::new(&content).each(|_, r| {
            out.entry(r.get("location_group_id").to_owned()).or_default().stops.extend(stops.number.get(r.get("stop_id")));
        });
    }
    out
}

struct Rule {
    booking: Option<Booking>,
    phone: Option<String>,
    message: Option<String>,
    url: Option<String>,
}

fn booking_rules(files: &Files) -> HashMap<String, Rule> {
    let mut out = HashMap::new();
    let Some(content) = files.text("booking_rules.txt") else { return out };
    Rows::new(&content).each(|_, r| {
        let minutes = r.get("prior_notice_duration_min").parse().unwrap_or(0);
        let booking = match r.get("booking_type") {
            "0" => Some(Booking::Now),
            "1" => Some(Booking::Minutes(minutes)),
            "2" => {
                let days = r.get("prior_notice_last_day").parse().unwrap_or(1);
                Some(Booking::Days(days, parse_clock(r.get("prior_notice_last_time")).unwrap_or(86_400)))
            }
            _ => None,
        };
        let message = text::value(r.any(&["message", "pickup_message"]));
        let rule = Rule {
            booking,
            phone: text::value(r.get("phone_number")),
            message,
            url: text::value(r.any(&["booking_url", "info_url"])),
        };
        out.insert(r.get("booking_rule_id").to_owned(), rule);
    });
    out
}
