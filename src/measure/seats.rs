//! Whether a demand taxi has a seat: the expected share of the rides wanted that its vehicles can carry on a day.

use super::Question;
use super::near::Counted;
use crate::atlas::Atlas;
use crate::atlas::streets::NONE;
use crate::model::rules;
use crate::travel::taxi::{Networks, Usable, zone_people};
use std::collections::HashMap;

/// Share of the rides wanted that find a seat, by demand point: the best of the services that pick up there. Points whose
/// services do not say how many vehicles and seats they have are absent.
///
/// A service carries vehicles × seats in each run; its runs are its fixed departures, or its hours divided by the minutes a
/// run binds a vehicle. Wanted are the people of its zone × the rides a person wants on a day (`data/rules.toml`, own).
pub fn seat_shares(atlas: &Atlas, q: &Question, net: &Networks, legs: &[Usable]) -> HashMap<u32, f64> {
    let mut shares: HashMap<u32, f64> = HashMap::new();
    let Ok(counted) = Counted::new(atlas, q) else { return shares };
    let weights = counted.weights();
    let rule = &rules().taxi;
    let mut by_service: HashMap<(usize, usize), Vec<&Usable>> = HashMap::new();
    for leg in legs.iter().filter(|l| !l.windows.is_empty()) {
        by_service.entry((leg.leg.feed, leg.leg.service)).or_default().push(leg);
    }
    for legs in by_service.values() {
        let service = legs[0].service;
        let Some(seats) = service.vehicles.zip(service.seats).map(|(v, s)| f64::from(v) * f64::from(s)) else { continue };
        let mut points: Vec<u32> = legs.iter().flat_map(|l| zone_people(net, l)).collect();
        points.sort_unstable();
        points.dedup();
        // hours shared by several legs are driven once
        let mut windows: Vec<(i32, i32)> = legs.iter().filter(|l| !l.is_homeward()).flat_map(|l| l.windows.clone()).collect();
        windows.sort_unstable();
        windows.dedup();
        let runs: f64 = windows.iter().map(|(a, b)| (f64::from(b - a) / 60_000.0 / rule.cycle_minutes).max(1.0)).sum();
        let wanted: f64 = points.iter().map(|p| weights[*p as usize]).sum::<f64>() * rule.rides_per_person;
        let share = if wanted > 0.0 { (seats * runs / wanted).min(1.0) } else { 1.0 };
        for p in points.into_iter().filter(|p| counted.demand.points[*p as usize].edge != NONE) {
            let best = shares.entry(p).or_insert(share);
            *best = best.max(share);
        }
    }
    shares
}
