//! Demand taxis as they are run: in the zone, runs that day, can still be booked, reaches the service, has a seat — five
//! separate facts. Rides go over the drivable streets; walks and buses join at both ends.

mod home;

pub use home::Homeward;

use super::transit::{NEVER, Offer, Profile, merge};
use super::{Search, Walker, drive_along, drive_from, drive_toward};
use crate::atlas::Transit;
use crate::atlas::demand::DemandView;
use crate::atlas::streets::{NONE, Snapped, Streets, View};
use crate::atlas::transit::{ZoneLeg, ZonePoints};
use crate::model::{Booking, Day, DemandService, LonLat, rules};
use std::collections::HashMap;

/// Facts about one demand point, as bits.
pub mod fact {
    /// A demand service picks up there.
    pub const IN_ZONE: u8 = 1;
    /// One of them runs on the day and within the hours asked about.
    pub const RUNS: u8 = 2;
    /// The traveller is eligible and it can still be booked.
    pub const BOOKABLE: u8 = 4;
    /// It leads to a service of the kind.
    pub const LEADS: u8 = 8;
}

/// Who rides, and when they book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Terms {
    /// Registered with the services that ask for it.
    pub registered: bool,
    /// Age, if known; unknown is taken as old enough.
    pub age: Option<u8>,
    /// When they book, seconds from midnight of the service day (negative on earlier days); nothing: in good time.
    pub booked: Option<i64>,
}

/// A leg as it can be used on a day.
pub struct Usable<'a> {
    /// The leg.
    pub leg: &'a ZoneLeg,
    /// Its position among the legs.
    pub number: usize,
    /// Its service.
    pub service: &'a DemandService,
    /// Boarding times, milliseconds: from, to.
    pub windows: Vec<(i32, i32)>,
    /// Latest alighting, milliseconds.
    pub until: i32,
    /// [`fact`] bits: [`fact::IN_ZONE`] always.
    pub facts: u8,
}

/// Every leg with what holds of it on a day.
pub fn usable<'a>(transit: &'a Transit, day: Day, terms: &Terms) -> Vec<Usable<'a>> {
    let legs = transit.zone_legs.iter().enumerate();
    legs.map(|(number, leg)| {
        let (service, rule) = transit.service_of(leg);
        let mut facts = fact::IN_ZONE;
        let mut windows = Vec::new();
        if transit.feeds[leg.feed].feed.calendars[rule.calendar as usize].runs(day) {
            facts |= fact::RUNS;
            let eligible = (terms.registered || !service.registered_only)
                && service.min_age.is_none_or(|least| terms.age.is_none_or(|age| age >= least));
            windows =
                rule.windows.iter().filter(|_| eligible).filter_map(|w| still_bookable(*w, service.booking, terms)).collect();
            facts |= if windows.is_empty() { 0 } else { fact::BOOKABLE };
        }
        let until = rule.until.map_or(NEVER, |s| s as i32 * 1000);
        Usable { leg, number, service, windows, until, facts }
    })
    .collect()
}

/// The part of a window that can still be booked, in milliseconds.
fn still_bookable((from, to): (u32, u32), booking: Option<Booking>, terms: &Terms) -> Option<(i32, i32)> {
    let (from_ms, to_ms) = (from as i32 * 1000, to as i32 * 1000);
    let Some(now) = terms.booked else { return Some((from_ms, to_ms)) };
    match booking {
        Some(Booking::Days(..)) => (booking?.closes(from) >= now).then_some((from_ms, to_ms)),
        Some(Booking::Minutes(m)) => {
            let earliest = (now + i64::from(m) * 60) * 1000;
            (earliest <= i64::from(to_ms)).then(|| (from_ms.max(earliest.max(0) as i32), to_ms))
        }
        Some(Booking::Now) | None => {
            let earliest = now * 1000;
            (earliest <= i64::from(to_ms)).then(|| (from_ms.max(earliest.max(0) as i32), to_ms))
        }
    }
}

/// Where a taxi must bring people: the services of a kind.
pub struct Goal<'a> {
    /// Positions of the services.
    pub sites: &'a [LonLat],
    /// Walk from each stop of the network to the nearest of them, milliseconds.
    pub stop_walks: &'a [i32],
}

/// From a stop onward by taxi.
#[derive(Debug, Clone, Copy)]
struct Onward {
    from: i32,
    to: i32,
    /// To the pick-up.
    walk: i32,
    /// From the pick-up to the service.
    ride: i32,
}

/// What taxis do for every demand point and stop.
pub struct TaxiField {
    /// Ways at any moment by demand point.
    offers: HashMap<u32, Vec<Offer>>,
    onward: HashMap<u32, Vec<Onward>>,
    chained: HashMap<u32, Vec<(i32, i32)>>,
    /// [`fact`] bits by demand point.
    pub facts: Vec<u8>,
    /// Least minutes by taxi and foot alone, milliseconds by demand point.
    pub ride_ms: HashMap<u32, u32>,
}

/// The networks a taxi question needs.
#[derive(Clone, Copy)]
pub struct Networks<'a> {
    /// Timetables and zones.
    pub transit: &'a Transit,
    /// Walks.
    pub streets: View<'a>,
    /// Drives.
    pub drive: &'a Streets,
    /// Demand points.
    pub demand: DemandView<'a>,
    /// Those where one is picked up.
    pub points: &'a ZonePoints,
    /// Who walks to the stops.
    pub walker: Walker,
    /// Longest journey, milliseconds.
    pub horizon: i32,
}

impl TaxiField {
    /// For a goal, with the legs usable on a day.
    pub fn new(net: &Networks, legs: &[Usable], goal: &Goal) -> Self {
        let mut field = Self {
            offers: HashMap::new(),
            onward: HashMap::new(),
            chained: HashMap::new(),
            facts: vec![0; net.demand.points.len()],
            ride_ms: HashMap::new(),
        };
        let drive = net.drive.view();
        let mut search = Search::new(drive.nodes.len());
        for leg in legs {
            let near = if leg.is_homeward() { Vec::new() } else { spots_on_foot(net, leg) };
            for p in net.points.of_leg[leg.number].iter().map(|p| p.0).chain(near.iter().map(|p| p.0)) {
                field.facts[p as usize] |= leg.facts;
            }
            if leg.windows.is_empty() {
                continue;
            }
            let ends = ends_of(net, &drive, leg, goal);
            if ends.is_empty() {
                continue;
            }
            let seeds = ends.iter().flat_map(|&(at, after)| {
                drive_toward(&drive, &at, net.walker, 0).map(move |s| super::Seed { mm: s.mm + after, ..s }).collect::<Vec<_>>()
            });
            search.inward(&drive, seeds, net.horizon as u32, net.walker);
            let ride = |at: &Snapped| ride_ms(&drive, &search, at, &ends, net.walker, leg.service);
            for (p, at) in &net.points.of_leg[leg.number] {
                if let Some(ms) = ride(at) {
                    field.offer(*p, leg, 0, ms);
                }
            }
            let from_stop: HashMap<u32, i32> = pickup_stops(net, leg)
                .into_iter()
                .filter_map(|s| Some((s, ride(&drive.snap(net.transit.stops[s as usize].point, &rules().network)?)?)))
                .collect();
            for (p, stop, walk) in near {
                if let Some(ms) = from_stop.get(&stop) {
                    field.offer(p, leg, walk, *ms);
                }
            }
            field.meet_buses(net, leg, &from_stop);
        }
        field
    }

    fn offer(&mut self, point: u32, leg: &Usable, walk: i32, ms: i32) {
        let mut any = false;
        for &(from, to) in &leg.windows {
            let to = to.min(leg.until.saturating_sub(ms));
            if to >= from {
                any = true;
                self.offers.entry(point).or_default().push(Offer { from: from - walk, to: to - walk, ms: walk + ms });
            }
        }
        if any {
            self.facts[point as usize] |= fact::LEADS;
            let least = self.ride_ms.entry(point).or_insert(NONE);
            *least = (*least).min((walk + ms) as u32);
        }
    }

    /// Buses meet taxis where they pick up: at a 乗降点 near a stop, or at a stop inside the area.
    fn meet_buses(&mut self, net: &Networks, leg: &Usable, from_stop: &HashMap<u32, i32>) {
        let walks = net.transit.walks.view();
        for (&spot, &ride) in from_stop {
            let near = walks.changes(spot).iter().map(|w| (w.stop, net.walker.ms(w.mm)));
            for (stop, walk) in near.chain([(spot, 0)]) {
                for &(from, to) in &leg.windows {
                    let to = to.min(leg.until.saturating_sub(ride));
                    if to >= from {
                        self.onward.entry(stop).or_default().push(Onward { from, to, walk, ride });
                    }
                }
            }
        }
    }

    /// Arrival at a service by taxi from a stop reached at a time; the change takes its time too.
    pub fn onward(&self, stop: u32, at: i32, change_ms: i32) -> i32 {
        let list = self.onward.get(&stop).map_or(&[][..], Vec::as_slice);
        let arrival = |o: &Onward| {
            let ready = at.saturating_add(o.walk + change_ms);
            (ready <= o.to).then(|| ready.max(o.from) + o.ride)
        };
        list.iter().filter_map(arrival).min().unwrap_or(NEVER)
    }

    /// Adds rides by taxi to a bus, from the profiles of the stops.
    pub fn chain(&mut self, net: &Networks, legs: &[Usable], profile: &Profile, change_ms: i32) {
        let drive = net.drive.view();
        let mut search = Search::new(drive.nodes.len());
        let (mut with_taxi, mut spare) = (Vec::new(), Vec::new());
        for leg in legs.iter().filter(|l| !l.windows.is_empty()) {
            let own = &net.points.of_leg[leg.number];
            if own.is_empty() {
                continue;
            }
            for (stop, walk) in hubs(net, leg, profile) {
                let Some(end) = drive.snap(net.transit.stops[stop as usize].point, &rules().network) else { continue };
                search.inward(&drive, drive_toward(&drive, &end, net.walker, 0), net.horizon as u32, net.walker);
                let ends = [(end, 0)];
                for (p, at) in own {
                    let Some(ride) = ride_ms(&drive, &search, at, &ends, net.walker, leg.service) else { continue };
                    let need = ride + walk + change_ms;
                    let boards = |&(leave, _): &(i32, i32)| {
                        leg.windows.iter().any(|w| (w.0..=w.1).contains(&leave)) && leave + ride <= leg.until
                    };
                    let shifted = profile.of(stop).iter().map(|&(departure, arrival)| (departure - need, arrival));
                    with_taxi.clear();
                    with_taxi.extend(shifted.filter(boards));
                    merge(self.chained.entry(*p).or_default(), &with_taxi, 0, net.horizon + 1, i32::MIN, &mut spare);
                }
            }
        }
        for p in self.chained.iter().filter(|(_, list)| !list.is_empty()).map(|(p, _)| *p) {
            self.facts[p as usize] |= fact::LEADS;
        }
    }

    /// Ways by taxi and foot alone, by demand point.
    pub fn offered(&self) -> impl Iterator<Item = (u32, &[Offer])> {
        self.offers.iter().map(|(point, list)| (*point, list.as_slice()))
    }

    /// What leads away from a demand point.
    pub fn ways(&self, point: usize, offers: &mut Vec<Offer>, chained: &mut Vec<(i32, i32)>) {
        let point = point as u32;
        self.offers.get(&point).into_iter().for_each(|list| offers.extend(list));
        self.chained.get(&point).into_iter().for_each(|list| chained.extend(list));
    }
}

impl Usable<'_> {
    /// A ride home: it begins at the 乗降点 of a service that picks up over an area on the way out. Who lives by the hospital
    /// is not in its zone.
    pub fn is_homeward(&self) -> bool {
        self.leg.pickup.bounds.is_empty() && self.service.legs.iter().any(|l| !l.pickup.area.is_empty())
    }
}

/// Demand points at which a leg picks up people from home.
pub fn zone_people(net: &Networks, leg: &Usable) -> Vec<u32> {
    let near = if leg.is_homeward() { Vec::new() } else { spots_on_foot(net, leg) };
    net.points.of_leg[leg.number].iter().map(|p| p.0).chain(near.iter().map(|p| p.0)).collect()
}

/// Minutes of a ride, by the service's own factor, in milliseconds.
fn ride_ms(
    view: &View,
    search: &Search,
    at: &Snapped,
    ends: &[(Snapped, u32)],
    walker: Walker,
    service: &DemandService,
) -> Option<i32> {
    let via = drive_from(view, at, walker, 0)
        .filter(|s| search.mm[s.node as usize] != NONE)
        .map(|s| s.mm.saturating_add(search.mm[s.node as usize]));
    let beside = ends.iter().filter(|(e, _)| e.edge == at.edge);
    let direct = beside.filter_map(|(e, after)| Some(drive_along(view, at, e, walker)? + after));
    Some(own_pace(via.chain(direct).min()?, service))
}

/// The time a service takes for a drive, by its own factor, milliseconds.
pub fn own_pace(drive: u32, service: &DemandService) -> i32 {
    let extra = service.ride_extra_minutes * 60_000.0;
    (f64::from(drive) * service.ride_factor + extra).round().min(1e9) as i32
}

/// Where rides of a leg end for a goal, with the walk after them in drive milliseconds (the factor is taken off again).
fn ends_of(net: &Networks, drive: &View, leg: &Usable, goal: &Goal) -> Vec<(Snapped, u32)> {
    let factor = leg.service.ride_factor.max(0.1);
    let place = &leg.leg.drop_off;
    let inside = goal.sites.iter().filter(|p| !place.bounds.is_empty() && place.contains(**p)).map(|p| (*p, 0));
    let cap = net.walker.ms((rules().taxi.spot_metres * 1000.0) as u32);
    let stops = place.stops.iter().map(|s| (net.transit.stops[*s as usize].point, goal.stop_walks[*s as usize]));
    inside
        .chain(stops.filter(|(_, walk)| *walk <= cap))
        .filter_map(|(p, walk)| Some((drive.snap(p, &rules().network)?, (f64::from(walk) / factor).round() as u32)))
        .collect()
}

/// Stops where one may get into the taxi: 乗降点, and bus stops inside the area.
fn pickup_stops(net: &Networks, leg: &Usable) -> Vec<u32> {
    let mut stops = leg.leg.pickup.stops.clone();
    if !leg.leg.pickup.bounds.is_empty() {
        let inside = |s: &u32| leg.leg.pickup.contains(net.transit.stops[*s as usize].point);
        stops.extend((0..net.transit.stops.len() as u32).filter(inside));
    }
    stops.sort_unstable();
    stops.dedup();
    stops
}

/// Demand points within a walk of a 乗降点: point, nearest stop, walk in milliseconds.
fn spots_on_foot(net: &Networks, leg: &Usable) -> Vec<(u32, u32, i32)> {
    if leg.leg.pickup.stops.is_empty() {
        return Vec::new();
    }
    let limit = (rules().taxi.spot_metres * 1000.0) as u32;
    let at: Vec<(u32, Snapped)> =
        leg.leg.pickup.stops.iter().filter_map(|s| Some((*s, net.transit.stops[*s as usize].at?))).collect();
    let mut search = Search::new(net.streets.nodes.len());
    let seeds = at.iter().flat_map(|(s, at)| super::seeds_toward(&net.streets, at, *s));
    search.inward_labelled(&net.streets, seeds, limit, net.walker);
    let near = |(i, p): (usize, &crate::atlas::demand::DemandPoint)| {
        let via = |k: usize| match p.node[k] {
            NONE => None,
            n => Some((search.mm[n as usize].saturating_add(p.node_mm[k]), search.source[n as usize])),
        };
        let (mm, stop) = via(0).into_iter().chain(via(1)).min()?;
        (mm <= limit).then(|| (i as u32, stop, net.walker.ms(mm)))
    };
    net.demand.points.iter().enumerate().filter_map(near).collect()
}

/// Stops of buses where rides of a leg may end, with the walk from the taxi to them.
fn hubs(net: &Networks, leg: &Usable, profile: &Profile) -> Vec<(u32, i32)> {
    let served = |s: &u32| !profile.of(*s).is_empty();
    let place = &leg.leg.drop_off;
    let mut found: HashMap<u32, i32> = HashMap::new();
    if !place.bounds.is_empty() {
        let inside = |s: &u32| place.contains(net.transit.stops[*s as usize].point);
        found.extend((0..net.transit.stops.len() as u32).filter(served).filter(inside).map(|s| (s, 0)));
    }
    let walks = net.transit.walks.view();
    for &spot in &place.stops {
        let near = walks.changes(spot).iter().map(|w| (w.stop, net.walker.ms(w.mm)));
        for (stop, walk) in near.chain([(spot, 0)]).filter(|(s, _)| served(s)) {
            let known = found.entry(stop).or_insert(walk);
            *known = (*known).min(walk);
        }
    }
    let mut list: Vec<(u32, i32)> = found.into_iter().collect();
    // the stops with most ways onward first
    list.sort_unstable_by_key(|&(stop, walk)| (std::cmp::Reverse(profile.of(stop).len()), walk, stop));
    list.truncate(rules().taxi.hubs);
    list
}
