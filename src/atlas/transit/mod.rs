//! Timetables and demand services on the streets: the feeds of all operators as one network of stops.

mod day;
pub mod feed;
mod names;
pub mod walks;
mod zones;

pub use day::{Connection, DayTrip, Pattern, ServiceDay, Table};
pub use feed::FeedFile;
pub use names::resolve;
pub use walks::{Joined, Walk, Walks, WalksView};
pub use zones::{Served, ZoneLeg, ZonePoints};

use super::streets::View;
use crate::model::{Day, Feed, FeedStop, LonLat, Route, rules};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// The timetables of a register, joined to its streets.
pub struct Transit {
    /// Feeds in register order.
    pub feeds: Vec<FeedFile>,
    /// Number of the first stop of each feed; a stop of the network is this plus its position in the feed.
    pub first_stop: Vec<u32>,
    /// Every stop of every feed.
    pub stops: Vec<Joined>,
    /// Walks between stops and streets.
    pub walks: Walks,
    /// Stops by the edge they stand on.
    pub on_edge: HashMap<u32, Vec<u32>>,
    /// Every leg of every demand service.
    pub zone_legs: Vec<ZoneLeg>,
    /// Names of zones and 乗降点 found nowhere: said in every Basis.
    pub unresolved: Vec<String>,
    days: Mutex<Vec<(Day, Arc<ServiceDay>)>>,
}

/// Where a stop without a position is put: joined to no street.
const NOWHERE: LonLat = LonLat::new(0.0, 0.0);

/// Service days kept ready.
const DAYS_KEPT: usize = 12;

/// Every stop of some feeds, joined to the streets.
pub fn joined(feeds: &[FeedFile], view: &View) -> Vec<Joined> {
    use rayon::prelude::*;
    let all: Vec<&FeedStop> = feeds.iter().flat_map(|f| &f.feed.stops).collect();
    all.par_iter()
        .map(|s| Joined { point: s.point.unwrap_or(NOWHERE), at: s.point.and_then(|p| view.snap(p, &rules().network)) })
        .collect()
}

impl Transit {
    /// Feeds with their stops and compiled walks.
    pub fn new(feeds: Vec<FeedFile>, stops: Vec<Joined>, walks: Walks) -> Self {
        let mut first_stop = vec![0u32];
        for f in &feeds {
            first_stop.push(first_stop[first_stop.len() - 1] + f.feed.stops.len() as u32);
        }
        let mut on_edge: HashMap<u32, Vec<u32>> = HashMap::new();
        for (i, s) in stops.iter().enumerate() {
            s.at.iter().for_each(|at| on_edge.entry(at.edge).or_default().push(i as u32));
        }
        let zone_legs = zones::legs(&feeds, &first_stop);
        Self { feeds, first_stop, stops, walks, on_edge, zone_legs, unresolved: Vec::new(), days: Mutex::new(Vec::new()) }
    }

    /// The same network with other feeds. Where they only lose trips and gain stops at the end, the walks of known stops stay.
    pub fn with_feeds(&self, feeds: Vec<FeedFile>, view: &View) -> Self {
        let known: usize = self.stops.len();
        let points = || feeds.iter().flat_map(|f| &f.feed.stops).map(|s| s.point.unwrap_or(NOWHERE));
        let kept = points().zip(&self.stops).take_while(|(p, s)| *p == s.point).count() == known;
        let (stops, walks) = if kept && points().count() == known {
            (self.stops.clone(), self.walks.clone())
        } else {
            let all = joined(&feeds, view);
            let bytes = if kept { walks::extend(&self.walks, known, &all, view) } else { walks::compile(&all, view) };
            // our own bytes of a moment ago: cannot be damaged
            let walks = super::Flat::from_bytes(&bytes).and_then(Walks::new).unwrap_or_else(|_| self.walks.clone());
            (all, walks)
        };
        Self { unresolved: self.unresolved.clone(), ..Self::new(feeds, stops, walks) }
    }

    /// Feed and position in it of a stop.
    pub fn feed_of(&self, stop: u32) -> (usize, usize) {
        let feed = self.first_stop.partition_point(|f| *f <= stop) - 1;
        (feed, (stop - self.first_stop[feed]) as usize)
    }

    /// A stop as its operator describes it.
    pub fn stop(&self, stop: u32) -> &FeedStop {
        let (feed, i) = self.feed_of(stop);
        &self.feeds[feed].feed.stops[i]
    }

    /// The line of a trip.
    pub fn route(&self, trip: &DayTrip) -> &Route {
        let feed = &self.feeds[trip.feed as usize].feed;
        &feed.routes[feed.trips[trip.trip as usize].route as usize]
    }

    /// The feeds themselves.
    pub fn each_feed(&self) -> impl Iterator<Item = &Feed> {
        self.feeds.iter().map(|f| &f.feed)
    }

    /// What runs on a day; worked out once and kept for a while.
    pub fn day(&self, day: Day) -> Arc<ServiceDay> {
        let locked = || self.days.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some((_, found)) = locked().iter().find(|(d, _)| *d == day) {
            return found.clone();
        }
        let made = Arc::new(ServiceDay::new(self, day));
        let mut days = locked();
        if days.len() >= DAYS_KEPT {
            days.remove(0);
        }
        days.push((day, made.clone()));
        made
    }

    /// Days on which every timetable is valid: latest start and earliest end; nothing if they do not meet.
    pub fn common_validity(&self) -> Option<(Day, Day)> {
        let spans = self.each_feed().filter(|f| f.is_routable()).filter_map(Feed::validity);
        spans.reduce(|a, b| (a.0.max(b.0), a.1.min(b.1))).filter(|(a, b)| a <= b)
    }

    /// Feeds whose timetable is not valid on a day.
    pub fn outside(&self, day: Day) -> Vec<usize> {
        let late = |f: &FeedFile| f.feed.is_routable() && f.feed.validity().is_none_or(|(from, to)| !(from..=to).contains(&day));
        (0..self.feeds.len()).filter(|f| late(&self.feeds[*f])).collect()
    }

    /// The day asked about when none is named: today, else the last comparable day on which every timetable is valid.
    pub fn usual_day(&self, today: Day) -> Day {
        if self.outside(today).is_empty() { today } else { self.comparable(today).unwrap_or(today) }
    }

    /// The last day, not after `day` if there is one, with the same weekday on which every timetable is valid and as many
    /// trips run as usual on that weekday: a holiday is not comparable.
    pub fn comparable(&self, day: Day) -> Option<Day> {
        let (from, to) = self.common_validity()?;
        let back = |end: Day| {
            let mut d = end;
            while d.weekday() != day.weekday() {
                d = d.plus(-1);
            }
            std::iter::successors(Some(d), |d| Some(d.plus(-7))).take_while(move |d| *d >= from).take(8).collect::<Vec<_>>()
        };
        let mut candidates = back(to.min(day));
        if candidates.is_empty() {
            candidates = back(to);
        }
        let count = |d: Day| -> usize {
            self.each_feed().map(|f| f.trips.iter().filter(|t| f.calendars[t.calendar as usize].runs(d)).count()).sum()
        };
        let counts: Vec<usize> = candidates.iter().map(|d| count(*d)).collect();
        let mut sorted = counts.clone();
        sorted.sort_unstable();
        let usual = sorted.get(sorted.len() / 2).copied()?;
        candidates.iter().zip(&counts).find(|(_, c)| **c * 10 >= usual * 9).map(|(d, _)| *d)
    }
}
