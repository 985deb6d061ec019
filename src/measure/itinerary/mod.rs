//! One trip in full: on foot, by bus, by demand taxi, there and home again, leg by leg.

mod bus;
mod taxi;

use super::travel_times::horizon_ms;
use super::{Mode, Question, QuestionError};
use crate::atlas::streets::{Snapped, View};
use crate::atlas::{Atlas, Transit};
use crate::model::{LonLat, clock, ground_metres, parse_clock, rules};
use crate::travel::taxi::usable;
use crate::travel::transit::{Journey, Request, journeys};
use crate::travel::{Search, path_between};
use serde::Serialize;

/// From where to where, and when.
#[derive(Debug, Clone, Copy)]
pub struct Errand {
    /// Start.
    pub from: LonLat,
    /// End.
    pub to: LonLat,
    /// Time, milliseconds after midnight.
    pub at: i32,
    /// Be there by then, rather than leave then.
    pub arrive_by: bool,
}

impl Errand {
    /// From clock times as asked: leave at one, or be there by the other; neither: the first departure of the usual window.
    ///
    /// # Errors
    /// On a time that cannot be read.
    pub fn new(from: LonLat, to: LonLat, at: Option<&str>, arrive: Option<&str>) -> Result<Self, QuestionError> {
        let text = |t: Option<&str>| t.filter(|t| !t.is_empty()).map(str::to_owned);
        let (time, arrive_by) = match (text(at), text(arrive)) {
            (Some(t), _) => (t, false),
            (None, Some(t)) => (t, true),
            (None, None) => (rules().transit.window[0].clone(), false),
        };
        let at = parse_clock(&time).ok_or_else(|| {
            QuestionError::new("bad_time", format!("時刻「{time}」は 9:30 の形で指定してください。/ Time must be H:MM."))
        })?;
        Ok(Self { from, to, at: at as i32 * 1000, arrive_by })
    }

    /// The way home, if a time of leaving is named.
    ///
    /// # Errors
    /// As for [`Errand::new`].
    pub fn back(&self, at: Option<&str>) -> Result<Option<Self>, QuestionError> {
        at.filter(|t| !t.is_empty()).map(|t| Self::new(self.to, self.from, Some(t), None)).transpose()
    }
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
pub fn itineraries(atlas: &Atlas, q: &Question, asked: &Errand) -> Result<Itineraries, QuestionError> {
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
    if let (Some(trip), Some(transit)) = (&q.when, places.transit) {
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

/// The walk from one position to another by the usual walker, longitude first; nothing if no streets lead there.
pub fn walk_path(atlas: &Atlas, from: LonLat, to: LonLat) -> Option<Vec<LonLat>> {
    let q = Question::new(&super::RawQuestion::default(), atlas, crate::model::Day(0)).ok()?;
    let atlas = atlas.walked(q.effort);
    let view = atlas.streets.as_ref()?.view();
    let snap = |p: LonLat| view.snap(p, &rules().network).map(|at| (p, at));
    let (from, to) = (snap(from)?, snap(to)?);
    let limit = (rules().limits.max_metres * 1000.0) as u32;
    let mut search = Search::new(view.nodes.len());
    path_between(&view, &mut search, (from.0, &from.1), (to.0, &to.1), limit, q.walker).map(|p| p.line)
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

    fn on_foot(&self, asked: &Errand) -> Option<Itinerary> {
        let (mm, path) = self.walk(self.from, self.to)?;
        let ms = self.q.walker.ms(mm);
        let leave = if asked.arrive_by { asked.at - ms } else { asked.at };
        let leg = walk_leg("出発地", "目的地", leave, leave + ms, path);
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
}

fn walk_leg(from: &str, to: &str, leave: i32, arrive: i32, path: Vec<LonLat>) -> LegWords {
    // the way as it is walked, whatever it costs
    let metres: f64 = path.windows(2).map(|w| ground_metres(w[0], w[1])).sum();
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
