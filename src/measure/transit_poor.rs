//! M5 公共交通 便利・不便・空白 under every definition, straight as the official procedures do it and on the streets, with the
//! persons between the two; and M5', those of 空白 whom a demand taxi rescues. M4 is what is left of 空白.

use super::near::{Counted, Positions};
use super::{Question, QuestionError};
use crate::atlas::Atlas;
use crate::model::{Basis, Day, LonLat, TransitPoorRule, kind_by_code, rules};
use serde::Serialize;

/// The answer: one table per definition.
#[derive(Debug, Serialize)]
pub struct TransitPoor {
    /// By definition.
    pub rules: Vec<ByRule>,
    /// What it stands on.
    pub basis: Basis,
}

/// One definition.
#[derive(Debug, Serialize)]
pub struct ByRule {
    /// The definition.
    pub rule: &'static TransitPoorRule,
    /// Stations and stops counted.
    pub stations: usize,
    /// Bus stops counted.
    pub stops: usize,
    /// One row per area; the last is the total.
    pub rows: Vec<Row>,
}

/// One area under one definition. The three classes exclude each other and sum to the people.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// Name of the area.
    pub area: String,
    /// People.
    pub people: f64,
    /// Straight: 便利, 不便, 空白.
    pub straight: [f64; 3],
    /// On the streets: the same.
    pub network: [f64; 3],
    /// Not 空白 in a straight line, but 空白 on the streets.
    pub between: f64,
    /// Of 空白 on the streets: in a demand-taxi zone that runs on some day of the week.
    pub rescued: f64,
    /// Of 空白 on the streets: in none. 「実質空白」
    pub without: f64,
    /// M4: share of the people not in 空白, straight.
    pub along_lines: Option<f64>,
}

/// Answers the question.
///
/// # Errors
/// As for coverage.
pub fn transit_poor(atlas: &Atlas, q: &Question, day: Option<Day>) -> Result<TransitPoor, QuestionError> {
    let counted = Counted::new(atlas, q)?;
    let all = stops(atlas, day);
    let in_zone = zones(atlas, &counted, day);
    let mut notes = vec![
        "便利・不便・空白は重ならず、合わせて総数になります。「不便」は、この定義ではバスだけが近い地域です。".to_owned(),
        "直線は国の手順と同じ測り方、道のりは道路に沿った実際の距離です。".to_owned(),
    ];
    if all.iter().any(|s| s.departures.is_none()) {
        notes.push("本数の条件がある定義では、時刻表のない停留所は数えていません。".into());
    }
    let by_rule = |rule: &'static TransitPoorRule| {
        let wanted = |s: &&Stop| rule.departures == 0 || s.departures.is_some_and(|d| d >= rule.departures);
        let points = |rail: bool| -> Vec<LonLat> {
            all.iter().filter(|s| s.rail == rail).filter(|s| rail || wanted(s)).map(|s| s.point).collect()
        };
        let (rail, bus) = (points(true), points(false));
        let (rails, buses) = (Positions::new(atlas, &rail), Positions::new(atlas, &bus));
        let (rail_line, bus_line) =
            (rails.straight(&counted.demand, rule.rail_metres), buses.straight(&counted.demand, rule.stop_metres));
        let mm = |m: f64| (m * 1000.0) as u32;
        let rail_walk = rails.walks(atlas, &counted.demand, q, mm(rule.rail_metres));
        let bus_walk = buses.walks(atlas, &counted.demand, q, mm(rule.stop_metres));
        let class = |near_rail: bool, near_bus: bool| if near_rail { 0 } else { 2 - usize::from(near_bus) };
        let none = crate::atlas::streets::NONE;
        let straight = |p: usize| class(rail_line[p], bus_line[p]);
        let network = |p: usize| class(rail_walk[p] != none, bus_walk[p] != none);
        let lines = counted.classes::<3>(|p| Some(straight(p)));
        let walks = counted.classes::<3>(|p| Some(network(p)));
        let between = counted.classes::<1>(|p| (straight(p) < 2 && network(p) == 2).then_some(0));
        let rescued = counted.classes::<1>(|p| (network(p) == 2 && in_zone[p]).then_some(0));
        let rows = counted.names().into_iter().enumerate().map(|(i, area)| {
            let people: f64 = lines[i].iter().sum();
            Row {
                area,
                people,
                straight: lines[i],
                network: walks[i],
                between: between[i][0],
                rescued: rescued[i][0],
                without: walks[i][2] - rescued[i][0],
                along_lines: (people > 0.0).then(|| (lines[i][0] + lines[i][1]) / people),
            }
        });
        ByRule { rule, stations: rail.len(), stops: bus.len(), rows: rows.collect() }
    };
    Ok(TransitPoor { rules: rules().transit_poor.iter().map(by_rule).collect(), basis: q.basis(atlas, notes) })
}

/// A stop of public transport.
pub(super) struct Stop {
    /// Where it stands.
    pub point: LonLat,
    /// A station or tram stop.
    pub rail: bool,
    /// Departures on the day; nothing without a timetable.
    pub departures: Option<u32>,
}

/// Stops of the timetables with their departures, and those only lists know.
pub(super) fn stops(atlas: &Atlas, day: Option<Day>) -> Vec<Stop> {
    let mut out = Vec::new();
    let mut known = std::collections::HashSet::new();
    if let Some(transit) = &atlas.transit {
        let mut rail = vec![false; transit.stops.len()];
        let mut used = vec![false; transit.stops.len()];
        for (f, feed) in transit.feeds.iter().enumerate() {
            for (t, trip) in feed.feed.trips.iter().enumerate() {
                let is_rail = feed.feed.routes[trip.route as usize].is_rail();
                for call in feed.trip_times(t) {
                    let s = (transit.first_stop[f] + call.stop) as usize;
                    used[s] = true;
                    rail[s] |= is_rail;
                }
            }
        }
        let departures = day.map(|d| transit.day(d).departures(transit));
        for (i, s) in transit.stops.iter().enumerate() {
            known.insert(s.point.to_e7());
            if used[i] {
                let departures = departures.as_ref().map(|d| d[i]);
                out.push(Stop { point: s.point, rail: rail[i], departures });
            }
        }
    }
    let kind = kind_by_code("transit_stop");
    for site in kind.iter().flat_map(|k| atlas.sites.of_kind(*k)).map(|id| &atlas.sites.all[*id as usize]) {
        if !known.contains(&site.point.to_e7()) {
            out.push(Stop { point: site.point, rail: site.rail, departures: None });
        }
    }
    out
}

/// Demand points in a zone of a demand service that runs on some day of the week around the day asked about.
fn zones(atlas: &Atlas, counted: &Counted, day: Option<Day>) -> Vec<bool> {
    let mut out = vec![false; counted.demand.points.len()];
    let Some(transit) = &atlas.transit else { return out };
    for leg in &transit.zone_legs {
        let calendars = &transit.feeds[leg.feed].feed.calendars;
        let calendar = &calendars[transit.service_of(leg).1.calendar as usize];
        let runs = day.is_none_or(|d| (0..7).any(|k| calendar.runs(d.plus(k))));
        if !runs || leg.pickup.bounds.is_empty() {
            continue;
        }
        for (p, inside) in counted.demand.points.iter().zip(&mut out) {
            *inside = *inside || leg.pickup.contains(LonLat::from_e7(p.point));
        }
    }
    out
}
