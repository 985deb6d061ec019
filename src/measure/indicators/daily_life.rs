//! M2 日常生活サービスの徒歩圏充足率: who walks to every daily service and to a frequent line of public transport.

use super::super::costs::costs;
use super::super::near::{Counted, Positions};
use super::super::transit_poor::stops;
use super::super::{Question, QuestionError};
use crate::atlas::Atlas;
use crate::atlas::streets::NONE;
use crate::model::{Basis, Day, KindId, LonLat};
use serde::Serialize;

/// What counts as public transport to live by.
#[derive(Debug, Clone, Copy)]
pub struct Frequent {
    /// A station within this, metres of way.
    pub rail_metres: f64,
    /// Or a bus stop within this.
    pub stop_metres: f64,
    /// With so many departures on the service day.
    pub departures: u32,
}

/// The answer.
#[derive(Debug, Serialize)]
pub struct DailyLife {
    /// Kinds asked for, in the order of the figures.
    pub kinds: Vec<KindId>,
    /// One row per area; the last is the total.
    pub rows: Vec<DailyRow>,
    /// What it stands on.
    pub basis: Basis,
}

/// One area.
#[derive(Debug, Serialize)]
pub struct DailyRow {
    /// Name.
    pub area: String,
    /// People.
    pub people: f64,
    /// Who walks to each kind.
    pub kinds: Vec<f64>,
    /// Who walks to every kind.
    pub services: f64,
    /// Who walks to frequent public transport.
    pub transit: f64,
    /// Who does both.
    pub both: f64,
    /// Their share; nothing where nobody lives.
    pub share: Option<f64>,
}

/// M2 on a service day.
///
/// # Errors
/// As for coverage.
pub fn daily_life(atlas: &Atlas, q: &Question, frequent: Frequent, day: Day) -> Result<DailyLife, QuestionError> {
    let counted = Counted::new(atlas, q)?;
    let reach: Vec<_> = q.kinds.iter().map(|k| costs(atlas, &counted.demand, q, *k)).collect();
    let all = stops(atlas, Some(day));
    let walks = |points: Vec<LonLat>, metres: f64| {
        Positions::new(atlas, &points).walks(atlas, &counted.demand, q, (metres * 1000.0) as u32)
    };
    let often = |d: Option<u32>| d.is_some_and(|d| d >= frequent.departures);
    let rail = walks(all.iter().filter(|s| s.rail).map(|s| s.point).collect(), frequent.rail_metres);
    let bus_stops: Vec<LonLat> = all.iter().filter(|s| !s.rail && often(s.departures)).map(|s| s.point).collect();
    let count = bus_stops.len();
    let bus = walks(bus_stops, frequent.stop_metres);
    let near = |p: usize| rail[p] != NONE || bus[p] != NONE;
    let served = |p: usize| reach.iter().all(|r| r.cost[p] <= r.limit);
    let sum = |test: &dyn Fn(usize) -> bool| counted.classes::<1>(|p| test(p).then_some(0));
    let (people, services, transit) = (sum(&|_| true), sum(&served), sum(&near));
    let both = sum(&|p| served(p) && near(p));
    let kinds: Vec<Vec<[f64; 1]>> = reach.iter().map(|r| sum(&|p| r.cost[p] <= r.limit)).collect();
    let row = |(i, area): (usize, String)| DailyRow {
        area,
        people: people[i][0],
        kinds: kinds.iter().map(|k| k[i][0]).collect(),
        services: services[i][0],
        transit: transit[i][0],
        both: both[i][0],
        share: (people[i][0] > 0.0).then(|| both[i][0] / people[i][0]),
    };
    let notes = vec![format!(
        "公共交通は、駅{:.0}m以内か、{day}に1日{}便以上ある停留所（のりばごと、{count}か所）{:.0}m以内。時刻表のない停留所は数えていません。",
        frequent.rail_metres, frequent.departures, frequent.stop_metres
    )];
    let rows = counted.names().into_iter().enumerate().map(row).collect();
    Ok(DailyLife { kinds: q.kinds.clone(), rows, basis: q.basis(atlas, notes) })
}
