//! Small and real timetables for tests, and the oracle: a plain Dijkstra over the time-expanded network, written apart
//! from both searches of the engine.

use super::{Scene, at, shared};
use kayoi::atlas::transit::{FeedFile, ServiceDay, Walks, feed, joined, walks};
use kayoi::atlas::{Flat, Streets, Transit};
use kayoi::ingest;
use kayoi::model::{Calendar, Day, Feed, FeedStop, NO_ALIGHTING, NO_BOARDING, Route, StopTime, Trip, parse_clock};
use kayoi::travel::transit::{Changes, NEVER};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

/// Wednesday 2026-06-10, inside every timetable of the real city.
pub const DAY: Day = Day(20_614);

/// A feed laid out in metres.
#[derive(Default)]
pub struct Lines(pub Feed);

impl Lines {
    pub fn new() -> Self {
        let every_day = Calendar {
            id: "毎日".into(),
            weekdays: 127,
            start: DAY.plus(-100),
            end: DAY.plus(100),
            added: vec![],
            removed: vec![],
        };
        Self(Feed { agency: "試験バス".into(), calendars: vec![every_day], ..Feed::default() })
    }

    pub fn stop(mut self, id: &str, x: f64, y: f64) -> Self {
        let point = Some(at(x, y));
        self.0.stops.push(FeedStop { id: id.into(), name: id.into(), platform: None, point, station: None });
        self
    }

    fn number(&self, id: &str) -> u32 {
        self.0.stops.iter().position(|s| s.id == id).unwrap() as u32
    }

    /// A trip: stops and clock times, arriving and leaving at once.
    pub fn trip(self, line: &str, calls: &[(&str, &str)]) -> Self {
        let times = calls.iter().map(|(s, t)| (self.number(s), parse_clock(t).unwrap())).collect::<Vec<_>>();
        self.timed(line, &times)
    }

    pub fn timed(mut self, line: &str, calls: &[(u32, u32)]) -> Self {
        let route = self.0.routes.iter().position(|r| r.id == line).unwrap_or_else(|| {
            self.0.routes.push(Route { id: line.into(), name: line.into(), kind: 3 });
            self.0.routes.len() - 1
        });
        let first = self.0.times.len() as u32;
        self.0.times.extend(calls.iter().map(|&(stop, t)| StopTime { stop, arrival: t, departure: t, flags: 0 }));
        let id = format!("t{}", self.0.trips.len());
        let count = calls.len() as u32;
        self.0.trips.push(Trip { id, route: route as u32, calendar: 0, headsign: String::new(), first, count });
        self
    }

    pub fn every(mut self, line: &str, calls: &[(&str, &str)], minutes: u32, times: u32) -> Self {
        for k in 0..times {
            let moved: Vec<(u32, u32)> =
                calls.iter().map(|(s, t)| (self.number(s), parse_clock(t).unwrap() + k * minutes * 60)).collect();
            self = self.timed(line, &moved);
        }
        self
    }

    pub fn on(self, streets: &Streets) -> Transit {
        transit(vec![self.0], streets)
    }
}

pub fn transit(feeds: Vec<Feed>, streets: &Streets) -> Transit {
    let files: Vec<FeedFile> =
        feeds.iter().map(|f| FeedFile::new(Flat::from_bytes(&feed::compile(f)).unwrap()).unwrap()).collect();
    let view = streets.view();
    let stops = joined(&files, &view);
    let compiled = walks::compile(&stops, &view);
    Transit::new(files, stops, Walks::new(Flat::from_bytes(&compiled).unwrap()).unwrap())
}

/// A square grid of streets, `blocks` of 200 m each way.
pub fn grid(blocks: i64) -> Streets {
    let side = blocks * 200;
    let mut scene = Scene::default();
    for k in 0..=blocks {
        let across: Vec<(i64, i64)> = (0..=blocks).map(|i| (i * 200, k * 200)).collect();
        let up: Vec<(i64, i64)> = (0..=blocks).map(|i| (k * 200, i * 200)).collect();
        scene = scene.way(&across).way(&up);
    }
    assert!(side > 0);
    scene.streets()
}

pub fn feeds_of(path: &str) -> Vec<Feed> {
    let inputs = ingest::inputs(&[shared(path)]).unwrap();
    let readings = inputs.iter().filter_map(|i| ingest::read(i, kayoi::model::Day(20_614)).ok()).flatten();
    readings.filter_map(|r| r.batch.feed).filter(Feed::is_routable).collect()
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum State {
    /// At a stop, able to board, after so many rides.
    Stop(u32, usize),
    /// On a trip at a call, on the so-many-th ride.
    Riding(usize, usize, usize),
}

/// Earliest arrival at the target, from stops one can board at at given times, with at most `rides` rides: each event of
/// the day is a state of its own.
pub fn oracle(
    transit: &Transit,
    day: &ServiceDay,
    changes: &Changes,
    seeds: &[(u32, i32)],
    egress: &HashMap<u32, i32>,
    rides: usize,
) -> i32 {
    let mut boards: HashMap<u32, Vec<(usize, usize)>> = HashMap::new();
    let times = |trip: usize| transit.feeds[day.trips[trip].feed as usize].trip_times(day.trips[trip].trip as usize);
    let first = |trip: usize| transit.first_stop[day.trips[trip].feed as usize];
    let ms = |trip: usize, seconds: u32| (seconds as i32 + day.trips[trip].shift) * 1000;
    for trip in 0..day.trips.len() {
        for (i, call) in times(trip).iter().enumerate().filter(|(_, c)| c.flags & NO_BOARDING == 0) {
            boards.entry(first(trip) + call.stop).or_default().push((trip, i));
        }
    }
    let mut best: HashMap<State, i32> = HashMap::new();
    let mut queue = BinaryHeap::new();
    for &(stop, t) in seeds {
        queue.push(Reverse((t, State::Stop(stop, 0))));
    }
    let mut done = NEVER;
    while let Some(Reverse((now, state))) = queue.pop() {
        if now >= done || best.get(&state).is_some_and(|t| *t <= now) {
            continue;
        }
        best.insert(state, now);
        match state {
            State::Stop(stop, used) if used < rides => {
                for &(trip, call) in boards.get(&stop).into_iter().flatten() {
                    let leaves = ms(trip, times(trip)[call].departure);
                    if leaves >= now {
                        queue.push(Reverse((leaves, State::Riding(trip, call, used + 1))));
                    }
                }
            }
            State::Stop(..) => {}
            State::Riding(trip, call, used) => {
                let Some(next) = times(trip).get(call + 1) else { continue };
                let arrives = ms(trip, next.arrival);
                queue.push(Reverse((ms(trip, next.departure), State::Riding(trip, call + 1, used))));
                if next.flags & NO_ALIGHTING == 0 {
                    let stop = first(trip) + next.stop;
                    if let Some(walk) = egress.get(&stop) {
                        done = done.min(arrives + walk);
                    }
                    for &(to, change) in changes.from(stop) {
                        queue.push(Reverse((arrives + change, State::Stop(to, used))));
                    }
                }
            }
        }
    }
    done
}
