//! A trip by demand taxi, in words: its five facts, and the ride if there is one.

use super::super::travel_times::horizon_ms;
use super::{BookingWords, Errand, Itinerary, LegWords, Places, TaxiFacts, at, by, minutes, walk_leg};
use crate::atlas::Transit;
use crate::atlas::streets::Snapped;
use crate::model::{Booking, DemandService, LonLat, clock, rules};
use crate::travel::taxi::{Usable, fact, own_pace};
use crate::travel::{Search, drive_along, drive_from, drive_toward};

/// A stop or the door, its position, and the walk to or from it.
type TaxiEnd = (Option<u32>, LonLat, u32, Vec<LonLat>);

struct TaxiRide {
    pickup: TaxiEnd,
    drop: TaxiEnd,
    ride: i32,
}

impl Places<'_> {
    /// The nearest 乗降点 of a list within a walk: stop and walk.
    fn near_spot(&self, transit: &Transit, stops: &[u32], here: (LonLat, Snapped)) -> Option<(u32, u32, Vec<LonLat>)> {
        let limit = rules().taxi.spot_metres;
        let near = stops.iter().filter(|s| crate::model::ground_metres(transit.stops[**s as usize].point, here.0) <= limit);
        let walks = near.filter_map(|s| {
            let stop = &transit.stops[*s as usize];
            let (mm, path) = self.walk(here, (stop.point, stop.at?))?;
            (f64::from(mm) <= limit * 1000.0).then_some((*s, mm, path))
        });
        walks.min_by_key(|w| (w.1, w.0))
    }

    pub(super) fn picks_up(&self, transit: &Transit, leg: &Usable) -> bool {
        // both ends may be 乗降点 here: the way home begins at one
        leg.leg.pickup.contains(self.from.0) || self.near_spot(transit, &leg.leg.pickup.stops, self.from).is_some()
    }

    pub(super) fn by_taxi(&self, transit: &Transit, leg: &Usable, asked: &Errand) -> (TaxiFacts, Option<Itinerary>) {
        let service = leg.service;
        let has = |bit: u8| leg.facts & bit != 0;
        let mut facts = TaxiFacts {
            service: service.name.clone(),
            in_zone: true,
            runs: has(fact::RUNS),
            bookable: has(fact::BOOKABLE),
            leads: false,
            seats: service.vehicles.zip(service.seats).map(|(v, s)| v.saturating_mul(s)),
        };
        let ride = self.taxi_ride(transit, leg);
        facts.leads = ride.is_some();
        let way = ride.and_then(|r| self.taxi_way(transit, leg, service, asked, r));
        (facts, way)
    }

    fn taxi_ride(&self, transit: &Transit, leg: &Usable) -> Option<TaxiRide> {
        let drive = self.atlas.drive.as_ref()?.view();
        let end = |inside: bool, stops: &[u32], here: (LonLat, Snapped)| match inside {
            true => Some((None, here.0, 0, vec![])),
            false => {
                let (stop, mm, path) = self.near_spot(transit, stops, here)?;
                Some((Some(stop), transit.stops[stop as usize].point, mm, path))
            }
        };
        let pickup = end(leg.leg.pickup.contains(self.from.0), &leg.leg.pickup.stops, self.from)?;
        let drop = end(leg.leg.drop_off.contains(self.to.0), &leg.leg.drop_off.stops, self.to)?;
        let (a, b) = (drive.snap(pickup.1, &rules().network)?, drive.snap(drop.1, &rules().network)?);
        let mut search = Search::new(drive.nodes.len());
        search.inward(&drive, drive_toward(&drive, &b, self.q.walker, 0), horizon_ms() as u32, self.q.walker);
        let via = drive_from(&drive, &a, self.q.walker, 0).map(|s| s.mm.saturating_add(search.mm[s.node as usize]));
        let ms = via.chain(drive_along(&drive, &a, &b, self.q.walker)).min().filter(|ms| *ms <= horizon_ms() as u32)?;
        Some(TaxiRide { pickup, drop, ride: own_pace(ms, leg.service) })
    }

    fn taxi_way(
        &self,
        transit: &Transit,
        leg: &Usable,
        service: &DemandService,
        asked: &Errand,
        r: TaxiRide,
    ) -> Option<Itinerary> {
        let (to_taxi, after) = (self.q.walker.ms(r.pickup.2), self.q.walker.ms(r.drop.2));
        let until = leg.until.min(if asked.arrive_by { asked.at - after } else { i32::MAX });
        let boards = leg.windows.iter().filter_map(|&(from, to)| {
            let (first, last) = if asked.arrive_by { (from, to) } else { (from.max(asked.at + to_taxi), to) };
            let last = last.min(until.saturating_sub(r.ride));
            (first <= last).then_some(if asked.arrive_by { last } else { first })
        });
        let board = if asked.arrive_by { boards.max() } else { boards.min() }?;
        let name = |stop: Option<u32>, door: &str| stop.map_or_else(|| door.to_owned(), |s| transit.stop(s).name.clone());
        let (a, b) = (name(r.pickup.0, "出発地"), name(r.drop.0, "目的地"));
        let mut legs = Vec::new();
        if r.pickup.2 > 0 {
            legs.push(walk_leg("出発地", &a, board - to_taxi, board, r.pickup.3));
        }
        legs.push(LegWords {
            mode: "taxi",
            leave: at(board),
            arrive: by(board + r.ride),
            minutes: minutes(r.ride),
            ja: format!(
                "{}にデマンドタクシー「{}」に{a}で乗り、{}ごろ{b}で降ります（予約が要ります）。",
                at(board),
                service.name,
                by(board + r.ride)
            ),
            from: a,
            to: b.clone(),
            line: Some(service.name.clone()),
            operator: Some(transit.feeds[leg.leg.feed].feed.agency.clone()),
            trip: None,
            metres: None,
            path: vec![r.pickup.1, r.drop.1],
        });
        let done = board + r.ride + after;
        if r.drop.2 > 0 {
            legs.push(walk_leg(&b, "目的地", board + r.ride, done, r.drop.3));
        }
        let leave = board - to_taxi;
        Some(Itinerary {
            by: "taxi",
            leave: at(leave),
            arrive: by(done),
            minutes: minutes(done - leave),
            rides: 1,
            legs,
            booking: Some(self.booking(service, board)),
        })
    }

    fn booking(&self, service: &DemandService, board: i32) -> BookingWords {
        let day = self.q.when.as_ref().map(|t| t.day);
        let until = |b: Booking| {
            let s = b.closes((board / 1000) as u32);
            let (days, seconds) = (s.div_euclid(86_400), s.rem_euclid(86_400));
            day.map(|d| {
                let d = d.plus(days as i32);
                format!("{}({}) {}", d.date().strftime("%-m/%-d"), d.weekday_ja(), clock(seconds as u32))
            })
        };
        BookingWords {
            service: service.name.clone(),
            rule: service.booking.map(Booking::ja),
            until: service.booking.and_then(until),
            phone: service.phone.clone(),
            fare: service.fare.clone(),
            message: service.message.clone(),
            registered_only: service.registered_only,
            min_age: service.min_age,
        }
    }
}
