//! There and home again on the same day: whoever can be at a service in time and back home within a tolerance.
//!
//! Each service is asked apart, because it must be the same one both ways: one search backward from the time to be there,
//! one forward from the time of leaving. The walk to a stop is bounded by the time left, not by the usual cap.

use super::reachable::field;
use super::travel_times::{horizon_ms, networks, stop_walks};
use super::{Mode, Question, Visit};
use crate::atlas::demand::DemandView;
use crate::atlas::streets::{NONE, Snapped, View};
use crate::atlas::{Atlas, Site, Transit};
use crate::model::{Day, rules};
use crate::travel::taxi::{Goal, Homeward, Networks, TaxiField, Usable, usable};
use crate::travel::transit::{Changes, Offer, Raptor, access, egress};
use crate::travel::{Search, Seed, Walker, seeds_from, seeds_toward};
use rayon::prelude::*;
use std::collections::HashMap;

/// What holds of each demand point.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RoundTrip {
    /// There and back to one service.
    pub both: Vec<bool>,
    /// There in time, to some service.
    pub there: Vec<bool>,
}

/// When to be at a service and when to leave it, milliseconds; nothing if it is closed that day.
pub fn slot(site: &Site, day: Day, visit: &Visit) -> Option<(i32, i32)> {
    let usual = (visit.arrive, visit.arrive + visit.stay);
    let Some(schedule) = site.schedule.as_ref() else { return Some(usual) };
    let hours = schedule.on(day);
    let first = *hours.first()?;
    if !schedule.is_timed() {
        return Some(usual);
    }
    let ms = |s: u32| s as i32 * 1000;
    if f64::from(first.1 - first.0) <= rules().visit.meeting_hours * 3600.0 && hours.len() == 1 {
        return Some((ms(first.0), ms(first.1)));
    }
    let fits = |&(from, to): &(u32, u32)| {
        let arrive = visit.arrive.max(ms(from));
        (arrive + visit.stay <= ms(to)).then_some((arrive, arrive + visit.stay))
    };
    hours.iter().find_map(fits)
}

/// Demand points by junction.
struct AtNode {
    first: Vec<u32>,
    points: Vec<u32>,
}

impl AtNode {
    fn new(demand: &DemandView, nodes: usize) -> Self {
        let ends = || {
            demand.points.iter().enumerate().flat_map(|(i, p)| p.node.iter().filter(|n| **n != NONE).map(move |n| (*n, i as u32)))
        };
        let mut first = vec![0u32; nodes + 1];
        ends().for_each(|(n, _)| first[n as usize + 1] += 1);
        (0..nodes).for_each(|i| first[i + 1] += first[i]);
        let mut fill = first.clone();
        let mut points = vec![0; first[nodes] as usize];
        for (n, i) in ends() {
            points[fill[n as usize] as usize] = i;
            fill[n as usize] += 1;
        }
        Self { first, points }
    }

    fn of(&self, node: u32) -> &[u32] {
        &self.points[self.first[node as usize] as usize..self.first[node as usize + 1] as usize]
    }
}

/// Who can go to some services and come back. Nothing without streets, timetable and a visit asked for.
pub fn round_trip(atlas: &Atlas, q: &Question, sites: &[u32]) -> Option<RoundTrip> {
    let (streets, transit) = (atlas.streets.as_ref()?, atlas.transit.as_ref()?);
    let (trip, visit) = (q.when.as_ref()?, q.visit?);
    let demand = atlas.population[q.population?].1.view();
    let view = streets.view();
    let rider = q.rider();
    let changes = Changes::new(transit, &rider);
    let turned = changes.turned();
    let day = transit.day(trip.day);
    let (table, mirror) = (day.table(transit), day.mirror(transit));
    let by_node = AtNode::new(&demand, view.nodes.len());
    let (there_mm, back_mm) = (q.threshold_mm, mm_of(visit.home_within, q.walker));
    let legs = usable(transit, trip.day, &trip.terms);
    let net = networks(atlas, q, horizon_ms()).filter(|_| q.by == Mode::Taxi && !legs.is_empty());
    let homeward = net.as_ref().map(|n| Homeward::new(n, &legs));
    let new = || (Search::new(view.nodes.len()), Search::new(view.nodes.len()), Raptor::new(transit.stops.len()));
    let none = || RoundTrip { both: vec![false; demand.points.len()], there: vec![false; demand.points.len()] };
    let one = |(mut out, mut work): (RoundTrip, (Search, Search, Raptor)), id: &u32| {
        let site = &atlas.sites.all[*id as usize];
        let (Some(at), Some((be_there, leave))) = (site.snapped, slot(site, trip.day, &visit)) else { return (out, work) };
        let (to, home, raptor) = (&mut work.0, &mut work.1, &mut work.2);
        // there: backwards from the time to be there
        let ends: Vec<(u32, i32)> =
            egress(transit, &view, &at, &rider).iter().map(|(s, mm)| (*s, q.walker.ms(*mm) - be_there)).collect();
        let found = raptor.run(mirror, &turned, &ends, rider.rides, horizon_ms() - be_there);
        let before = stops_in_time(found.rounds, |t| t + be_there);
        to.inward(&view, starts(&view, transit, &at, &before, q.walker, true).into_iter(), there_mm, q.walker);
        // home: forwards from the time of leaving
        let seeds: Vec<(u32, i32)> =
            access(transit, &view, &at, &rider).iter().map(|(s, mm)| (*s, leave + q.walker.ms(*mm))).collect();
        let found = raptor.run(table, &changes, &seeds, rider.rides, leave + horizon_ms());
        let after = stops_in_time(found.rounds, |t| t - leave);
        home.outward(&view, starts(&view, transit, &at, &after, q.walker, false).into_iter(), back_mm, q.walker);
        let taxi = net.as_ref().zip(homeward.as_ref()).map(|(net, homeward)| {
            let there = taxi_there(net, &legs, site, &at, be_there, q);
            (there, homeward.from(site.point, &at, leave))
        });
        let by_taxi = |way: fn(&ByTaxi) -> &HashMap<u32, i32>, point: u32, most: i32| {
            taxi.as_ref().is_some_and(|t| way(t).get(&point).is_some_and(|ms| *ms <= most))
        };
        let near = to.touched.iter().flat_map(|n| by_node.of(*n)).copied();
        for point in near.chain(taxi.iter().flat_map(|t| t.0.keys().copied())) {
            let Some(here) = demand.points[point as usize].snapped() else { continue };
            let nodes = |search: &Search, s: Seed| search.mm[s.node as usize].saturating_add(s.mm);
            let go = seeds_from(&view, &here, 0).map(|s| nodes(to, s)).chain(view.beside(&here, &at)).min();
            let goes = go.is_some_and(|mm| mm <= there_mm) || by_taxi(|t| &t.0, point, q.limit_ms() as i32);
            if !goes {
                continue;
            }
            out.there[point as usize] = true;
            let come = seeds_toward(&view, &here, 0).map(|s| nodes(home, s)).chain(view.beside(&at, &here)).min();
            let comes = come.is_some_and(|mm| mm <= back_mm) || by_taxi(|t| &t.1, point, visit.home_within);
            out.both[point as usize] |= comes;
        }
        (out, work)
    };
    let join = |mut a: RoundTrip, b: RoundTrip| {
        a.both.iter_mut().zip(&b.both).for_each(|(x, y)| *x |= y);
        a.there.iter_mut().zip(&b.there).for_each(|(x, y)| *x |= y);
        a
    };
    Some(sites.par_iter().fold(|| (none(), new()), one).map(|(out, _)| out).reduce(none, join))
}

/// Milliseconds there, and home, by demand point.
type ByTaxi = (HashMap<u32, i32>, HashMap<u32, i32>);

/// By taxi all the way there: milliseconds from leaving home as late as possible to the time to be there.
fn taxi_there(net: &Networks, legs: &[Usable], site: &Site, at: &Snapped, be_there: i32, q: &Question) -> HashMap<u32, i32> {
    let one = [(0, *at)];
    let spot = (rules().taxi.spot_metres * 1000.0) as u32;
    let search = field(&net.streets, &one, spot, q.walker, false);
    let walks = stop_walks(net.transit, &net.streets, &search, &one, q.walker, spot);
    let taxi = TaxiField::new(net, legs, &Goal { sites: &[site.point], stop_walks: &walks });
    let latest = |offers: &[Offer]| {
        let leave = |o: &Offer| Some(o.to.min(be_there - o.ms)).filter(|leave| *leave >= o.from);
        offers.iter().filter_map(leave).max().map(|leave| be_there - leave)
    };
    taxi.offered().filter_map(|(point, offers)| Some((point, latest(offers)?))).collect()
}

fn mm_of(ms: i32, walker: Walker) -> u32 {
    (f64::from(ms) * walker.metres_per_minute / 60.0).round().max(0.0) as u32
}

/// Least time between a stop and the service by vehicle.
fn stops_in_time(rounds: &[crate::travel::transit::Round], time: impl Fn(i32) -> i32) -> Vec<(u32, i32)> {
    let stops = rounds.first().map_or(0, |r| r.arrival.len());
    let best = |s: usize| rounds[1..].iter().map(|r| r.arrival[s]).min().filter(|t| *t != crate::travel::transit::NEVER);
    (0..stops).filter_map(|s| Some((s as u32, time(best(s)?)))).collect()
}

/// Seeds of the streets around a service and around every stop that leads there, in millimetres of walk at the walker's speed.
fn starts(view: &View, transit: &Transit, at: &Snapped, stops: &[(u32, i32)], walker: Walker, toward: bool) -> Vec<Seed> {
    let ends = |at: &Snapped| -> Vec<Seed> {
        if toward { seeds_toward(view, at, 0).collect() } else { seeds_from(view, at, 0).collect() }
    };
    let mut seeds = ends(at);
    for &(stop, ms) in stops {
        let Some(at) = transit.stops[stop as usize].at else { continue };
        let mm = mm_of(ms, walker);
        seeds.extend(ends(&at).into_iter().map(|s| Seed { mm: s.mm.saturating_add(mm), ..s }));
    }
    seeds
}
