//! One trip in full: on foot, by bus, by demand taxi, there and home again, leg by leg.

use super::travel_times::horizon_ms;
use super::{Mode, Question, QuestionError};
use crate::atlas::streets::{Snapped, View};
use crate::atlas::transit::ServiceDay;
use crate::atlas::{Atlas, Transit};
use crate::model::{Booking, DemandService, LonLat, clock, rules};
use crate::travel::taxi::{Usable, fact, usable};
use crate::travel::transit::{Journey, Leg, Request, journeys};
use crate::travel::{Search, drive_along, drive_from, drive_toward, path_between};
use serde::Serialize;

/// From where to where, and when.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// Start.
    pub from: LonLat,
    /// End.
    pub to: LonLat,
    /// Time, milliseconds after midnight.
    pub at: i32,
    /// Be there by then, rather than leave then.
    pub arrive_by: bool,
}

/// A way to make the trip.
#[derive(Debug, Clone, Serialize)]
pub struct Itinerary {
    /// `walk`, `transit` or `taxi`.
    pub by: &'static str,
    /// Leaving, `9:12`.
    pub leave: String,
    /// Arriving.
    pub arrive: String,
    /// From door to door.
    pub minutes: f64,
    /// Vehicles used.
    pub rides: usize,
    /// Parts.
    pub legs: Vec<LegWords>,
    /// Must be booked first: how, until when, by which telephone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub booking: Option<BookingWords>,
}

/// A part of a way, in words.
#[derive(Debug, Clone, Serialize)]
pub struct LegWords {
    /// `walk`, `ride` or `taxi`.
    pub mode: &'static str,
    /// Setting out.
    pub leave: String,
    /// Getting there.
    pub arrive: String,
    /// Minutes.
    pub minutes: f64,
    /// Where it begins.
    pub from: String,
    /// Where it ends.
    pub to: String,
    /// Line and destination of a vehicle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
    /// Operator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    /// Trip id in the operator's feed, for checking against it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trip: Option<String>,
    /// Metres of walk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metres: Option<f64>,
    /// One plain sentence.
    pub ja: String,
    /// Line on the map, longitude first.
    #[serde(skip)]
    pub path: Vec<LonLat>,
}

/// How a demand taxi is booked.
#[derive(Debug, Clone, Serialize)]
pub struct BookingWords {
    /// Name of the service.
    pub service: String,
    /// The rule in words.
    pub rule: Option<String>,
    /// Latest moment, `6/9(火) 17:00`.
    pub until: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// Fare as written.
    pub fare: Option<String>,
    /// What the operator says.
    pub message: Option<String>,
    /// Registration needed.
    pub registered_only: bool,
    /// Least age.
    pub min_age: Option<u8>,
}

/// The ways found, and the last chance home.
#[derive(Debug, Clone, Serialize)]
pub struct Itineraries {
    /// Ways, best first.
    pub ways: Vec<Itinerary>,
    /// Demand services that pick up at the start: what is true of them.
    pub taxis: Vec<TaxiFacts>,
}

/// The five facts of a demand service for one trip.
#[derive(Debug, Clone, Serialize)]
pub struct TaxiFacts {
    /// Its name.
    pub service: String,
    /// It picks up at the start.
    pub in_zone: bool,
    /// It runs that day.
    pub runs: bool,
    /// It can still be booked, and the traveller is eligible.
    pub bookable: bool,
    /// It goes to the end.
    pub leads: bool,
    /// Seats in all its vehicles; nothing if nobody knows.
    pub seats: Option<u32>,
}

struct Places<'a> {
    atlas: &'a Atlas,
    view: View<'a>,
    transit: Option<&'a Transit>,
    q: &'a Question,
    from: (LonLat, Snapped),
    to: (LonLat, Snapped),
}

/// Ways to make a trip.
///
/// # Errors
/// If start or end lies off the streets, or no streets were imported.
pub fn itineraries(atlas: &Atlas, q: &Question, asked: &Asked) -> Result<Itineraries, QuestionError> {
    let streets = atlas
        .streets
        .as_ref()
        .ok_or_else(|| QuestionError::new("no_streets", "道路が取り込まれていません。/ No streets have been imported."))?;
    let view = streets.view();
    let snap = |p: LonLat, what: &str| {
        view.snap(p, &rules().network).ok_or_else(|| {
            QuestionError::new("no_street", format!("{what}の近くに歩ける道がありません。/ No walkable street near {what}."))
        })
    };
    let places = Places {
        atlas,
        view,
        transit: atlas.transit.as_deref(),
        q,
        from: (asked.from, snap(asked.from, "from")?),
        to: (asked.to, snap(asked.to, "to")?),
    };
    let mut ways: Vec<Itinerary> = places.on_foot(asked).into_iter().collect();
    let mut taxis = Vec::new();
    if let (Some(trip), Some(transit)) = (&q.trip, places.transit) {
        let day = transit.day(trip.day);
        let request =
            Request { from: places.from.1, to: places.to.1, at: asked.at, arrive_by: asked.arrive_by, horizon: horizon_ms() };
        let found = journeys(transit, &places.view, &day, &q.rider(), &request);
        let walk_ms = ways.first().map_or(f64::INFINITY, |w| w.minutes);
        let quicker = |j: &&Journey| f64::from(j.arrive - j.leave) / 60_000.0 < walk_ms;
        ways.extend(found.iter().filter(quicker).map(|j| places.by_bus(transit, &day, j)));
        if q.by == Mode::Taxi {
            for leg in usable(transit, trip.day, &trip.terms).iter().filter(|l| places.picks_up(transit, l)) {
                let (facts, way) = places.by_taxi(transit, leg, asked);
                taxis.push(facts);
                ways.extend(way);
            }
        }
    }
    // there: the earliest arrival first; be there by: the latest departure first
    let minutes = |text: &str| {
        crate::model::parse_clock(text.trim_start_matches('翌'))
            .map_or(0, |s| s + if text.starts_with('翌') { 86_400 } else { 0 })
    };
    ways.sort_by_key(|w| {
        if asked.arrive_by { (-i64::from(minutes(&w.leave)), w.rides) } else { (i64::from(minutes(&w.arrive)), w.rides) }
    });
    Ok(Itineraries { ways, taxis })
}

fn at(ms: i32) -> String {
    clock((ms.max(0) / 1000) as u32)
}

/// The clock a passenger sees for getting somewhere: never earlier than it is.
fn by(ms: i32) -> String {
    clock(((ms.max(0) + 59_999) / 60_000 * 60) as u32)
}

fn minutes(ms: i32) -> f64 {
    (f64::from(ms) / 6000.0).round() / 10.0
}

impl Places<'_> {
    fn walk(&self, from: (LonLat, Snapped), to: (LonLat, Snapped)) -> Option<(u32, Vec<LonLat>)> {
        let mut search = Search::new(self.view.nodes.len());
        let limit = (rules().limits.max_metres * 1000.0) as u32;
        let path = path_between(&self.view, &mut search, (from.0, &from.1), (to.0, &to.1), limit, self.q.walker)?;
        Some((path.mm, path.line))
    }

    fn on_foot(&self, asked: &Asked) -> Option<Itinerary> {
        let (mm, path) = self.walk(self.from, self.to)?;
        let ms = self.q.walker.ms(mm);
        let leave = if asked.arrive_by { asked.at - ms } else { asked.at };
        let leg = walk_leg("出発地", "目的地", leave, leave + ms, mm, path);
        Some(Itinerary {
            by: "walk",
            leave: at(leave),
            arrive: by(leave + ms),
            minutes: minutes(ms),
            rides: 0,
            legs: vec![leg],
            booking: None,
        })
    }

    fn spot(&self, transit: &Transit, stop: u32, end: (LonLat, Snapped)) -> Option<(LonLat, Snapped)> {
        if stop == crate::atlas::streets::NONE {
            return Some(end);
        }
        let s = &transit.stops[stop as usize];
        Some((s.point, s.at?))
    }

    fn by_bus(&self, transit: &Transit, day: &ServiceDay, journey: &Journey) -> Itinerary {
        let name = |stop: u32, end: &str| match stop {
            crate::atlas::streets::NONE => end.to_owned(),
            s => {
                let stop = transit.stop(s);
                stop.platform.as_ref().map_or_else(|| stop.name.clone(), |p| format!("{}（{p}番のりば）", stop.name))
            }
        };
        let words = |leg: &Leg| match *leg {
            Leg::Walk { from, to, leave, arrive } => {
                let ends = self.spot(transit, from, self.from).zip(self.spot(transit, to, self.to));
                let (mm, path) = ends.and_then(|(a, b)| self.walk(a, b)).unwrap_or_default();
                walk_leg(&name(from, "出発地"), &name(to, "目的地"), leave, arrive, mm, path)
            }
            Leg::Ride { trip, board, alight, from, to, leave, arrive } => {
                let t = day.trips[trip as usize];
                let feed = &transit.feeds[t.feed as usize];
                let (route, trip) = (transit.route(&t), &feed.feed.trips[t.trip as usize]);
                let first = transit.first_stop[t.feed as usize];
                let calls = &feed.trip_times(t.trip as usize)[board as usize..=alight as usize];
                let head = if trip.headsign.is_empty() { String::new() } else { format!("（{}行き）", trip.headsign) };
                let line = format!("{}{head}", route.name);
                let (a, b) = (name(from, ""), name(to, ""));
                LegWords {
                    mode: "ride",
                    leave: at(leave),
                    arrive: at(arrive),
                    minutes: minutes(arrive - leave),
                    ja: format!("{}発の{}「{line}」に{a}で乗り、{}に{b}で降ります。", at(leave), route.vehicle_ja(), at(arrive)),
                    from: a,
                    to: b,
                    line: Some(line),
                    operator: Some(feed.feed.agency.clone()),
                    trip: Some(trip.id.clone()),
                    metres: None,
                    path: calls.iter().map(|c| transit.stops[(first + c.stop) as usize].point).collect(),
                }
            }
        };
        Itinerary {
            by: "transit",
            leave: at(journey.leave),
            arrive: by(journey.arrive),
            minutes: minutes(journey.arrive - journey.leave),
            rides: journey.rides,
            legs: journey.legs.iter().map(words).collect(),
            booking: None,
        }
    }

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

    fn picks_up(&self, transit: &Transit, leg: &Usable) -> bool {
        // both ends may be 乗降点 here: the way home begins at one
        leg.leg.pickup.contains(self.from.0) || self.near_spot(transit, &leg.leg.pickup.stops, self.from).is_some()
    }

    fn by_taxi(&self, transit: &Transit, leg: &Usable, asked: &Asked) -> (TaxiFacts, Option<Itinerary>) {
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
        let ride = (f64::from(ms) * leg.service.ride_factor + leg.service.ride_extra_minutes * 60_000.0).round() as i32;
        Some(TaxiRide { pickup, drop, ride })
    }

    fn taxi_way(
        &self,
        transit: &Transit,
        leg: &Usable,
        service: &DemandService,
        asked: &Asked,
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
            legs.push(walk_leg("出発地", &a, board - to_taxi, board, r.pickup.2, r.pickup.3));
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
            legs.push(walk_leg(&b, "目的地", board + r.ride, done, r.drop.2, r.drop.3));
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
        let day = self.q.trip.as_ref().map(|t| t.day);
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

/// A stop or the door, its position, and the walk to or from it.
type TaxiEnd = (Option<u32>, LonLat, u32, Vec<LonLat>);

struct TaxiRide {
    pickup: TaxiEnd,
    drop: TaxiEnd,
    ride: i32,
}

fn walk_leg(from: &str, to: &str, leave: i32, arrive: i32, mm: u32, path: Vec<LonLat>) -> LegWords {
    let metres = f64::from(mm) / 1000.0;
    LegWords {
        mode: "walk",
        leave: at(leave),
        arrive: by(arrive),
        minutes: minutes(arrive - leave),
        ja: format!("{from}から{to}まで歩きます（{metres:.0}m、約{:.0}分）。", minutes(arrive - leave).ceil()),
        from: from.to_owned(),
        to: to.to_owned(),
        line: None,
        operator: None,
        trip: None,
        metres: Some(metres),
        path,
    }
}
