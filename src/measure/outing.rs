//! From home to a service and home again: on foot, by bus with the last way back, by demand taxi.

use super::travel_times::horizon_ms;
use super::{Errand, Itineraries, Itinerary, Mode, Question, QuestionError, RawQuestion, TaxiFacts, itineraries};
use crate::atlas::Atlas;
use crate::model::{Day, LonLat, Seconds};

/// Seconds of a day.
const MIDNIGHT: i32 = 86_400;

/// When one is there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stay {
    /// The day.
    pub day: Day,
    /// From and to, seconds from midnight.
    pub hours: (Seconds, Seconds),
}

/// There and back by one means.
#[derive(Debug, Default)]
pub struct ThereAndBack {
    /// Being there when it begins.
    pub there: Option<Itinerary>,
    /// Leaving when it ends.
    pub back: Option<Itinerary>,
    /// The last chance home that day.
    pub last: Option<Itinerary>,
}

/// The whole outing.
#[derive(Debug, Default)]
pub struct Outing {
    /// On foot; no last chance.
    pub on_foot: ThereAndBack,
    /// By bus, tram or train.
    pub by_bus: ThereAndBack,
    /// By demand taxi.
    pub by_taxi: ThereAndBack,
    /// What is true of the demand taxis that serve the home, on the way there.
    pub taxis: Vec<TaxiFacts>,
    /// Timetables were imported.
    pub timetable: bool,
}

/// The outing from a home to a position.
///
/// # Errors
/// If home or position lies off the streets, or no streets were imported.
pub fn outing(atlas: &Atlas, home: LonLat, to: LonLat, stay: &Stay, today: Day) -> Result<Outing, QuestionError> {
    let timetable = atlas.transit.is_some();
    let by = if timetable { Mode::Taxi } else { Mode::Walk };
    let raw = RawQuestion { by: Some(by.code().into()), day: Some(stay.day.to_string()), ..RawQuestion::default() };
    let q = Question::new(&raw, atlas, today)?;
    let atlas = atlas.walked(q.effort);
    let (from, until) = (stay.hours.0 as i32 * 1000, stay.hours.1 as i32 * 1000);
    let there = itineraries(atlas, &q, &Errand { from: home, to, at: from, arrive_by: true })?;
    let back = itineraries(atlas, &q, &Errand { from: to, to: home, at: until, arrive_by: false })?;
    let of = |all: &Itineraries, by: &str| all.ways.iter().find(|w| w.by == by).cloned();
    let pair = |by: &str| ThereAndBack { there: of(&there, by), back: of(&back, by), last: None };
    let mut outing =
        Outing { on_foot: pair("walk"), by_bus: pair("transit"), by_taxi: pair("taxi"), taxis: there.taxis.clone(), timetable };
    if timetable && outing.by_bus.there.is_some() {
        outing.by_bus.last = last_way(atlas, &q, (to, home), until)?;
    }
    Ok(outing)
}

/// The latest ride of the day that leaves after the stay.
fn last_way(atlas: &Atlas, q: &Question, (from, to): (LonLat, LonLat), until: i32) -> Result<Option<Itinerary>, QuestionError> {
    let mut at = MIDNIGHT * 1000;
    while at > until {
        let late = itineraries(atlas, q, &Errand { from, to, at, arrive_by: true })?;
        let after =
            |w: &&Itinerary| w.by == "transit" && crate::model::parse_clock(&w.leave).is_some_and(|s| s as i32 * 1000 >= until);
        if let Some(way) = late.ways.iter().find(after) {
            return Ok(Some(way.clone()));
        }
        // a search looks back over its horizon, and no further
        at -= horizon_ms();
    }
    Ok(None)
}
