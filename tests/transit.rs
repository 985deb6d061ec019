//! Journeys by timetable against an independent time-expanded Dijkstra, by hand, and by brute force.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test that cannot go on should stop

mod common;

use common::timetable::{DAY, Lines, feeds_of, grid, oracle, transit};
use common::{at, shared};
use kayoi::atlas::transit::ServiceDay;
use kayoi::atlas::{Flat, Streets, Transit};
use kayoi::ingest;
use kayoi::model::{Feed, rules};
use kayoi::travel::Walker;
use kayoi::travel::transit::{
    Changes, Egress, Leg, NEVER, Profile, Raptor, Request, Rider, Spread, Window, access, egress, journeys, spread, sweep,
};
use std::collections::HashMap;
use std::sync::LazyLock;

const HOUR: i32 = 3_600_000;

fn rider(rides: usize) -> Rider {
    Rider { rides, ..Rider::new(Walker { metres_per_minute: 60.0 }) }
}

/// A small deterministic generator: the tests must not differ from run to run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % u64::from(n)) as u32
    }
}

/// Queries of random stops and times on a day: both searches against the oracle, forwards and backwards.
fn cross_check(transit: &Transit, day: &ServiceDay, dice: &mut Dice, queries: usize) -> usize {
    let stops = transit.stops.len() as u32;
    let mut raptor = Raptor::new(stops as usize);
    let mut reached = 0;
    for q in 0..queries {
        let rider = rider(1 + q % 4);
        let changes = Changes::new(transit, &rider);
        let turned = changes.turned();
        let start = (6 + dice.below(15) as i32) * HOUR + dice.below(3_600_000) as i32;
        let mut near: Vec<(u32, i32)> = (0..1 + dice.below(3)).map(|_| (dice.below(stops), dice.below(900_000) as i32)).collect();
        let mut far: HashMap<u32, i32> = HashMap::new();
        (0..1 + dice.below(3)).for_each(|_| {
            far.insert(dice.below(stops), dice.below(900_000) as i32);
        });
        near.sort_unstable();
        near.dedup_by_key(|n| n.0);
        let seeds: Vec<(u32, i32)> = near.iter().map(|(s, ms)| (*s, start + ms)).collect();
        let truth = oracle(transit, day, &changes, &seeds, &far, rider.rides);

        let rounds = raptor.run(day.table(transit), &changes, &seeds, rider.rides, NEVER - 1);
        let at = |arrival: i32, walk: i32| arrival.checked_add(walk).unwrap_or(NEVER);
        let forward =
            rounds.rounds[1..].iter().flat_map(|r| far.iter().map(|(s, w)| at(r.arrival[*s as usize], *w))).min().unwrap();
        assert_eq!(forward, truth, "RAPTOR forwards, query {q}");

        let mut walk = vec![NEVER; stops as usize];
        far.iter().for_each(|(s, w)| walk[*s as usize] = *w);
        let onward = Egress { walk: &walk, onward: None };
        let profile = sweep(day, &changes, &rider, &onward, start, 40 * HOUR);
        let swept = seeds.iter().map(|(s, t)| profile.arrival(*s, *t)).min().unwrap();
        assert_eq!(swept, truth, "sweep, query {q}");

        if truth < NEVER {
            reached += 1;
            // backwards from the true arrival: the latest start that still makes it
            let ends: Vec<(u32, i32)> = far.iter().map(|(s, w)| (*s, w - truth)).collect();
            let rounds = raptor.run(day.mirror(transit), &turned, &ends, rider.rides, 0);
            let back =
                |r: &kayoi::travel::transit::Round| near.iter().map(|(s, w)| at(r.arrival[*s as usize], *w)).min().unwrap();
            let latest = -rounds.rounds[1..].iter().map(back).min().unwrap();
            assert!(latest >= start, "query {q}");
            let leaving = |t: i32| near.iter().map(|(s, w)| (*s, t + w)).collect::<Vec<_>>();
            let makes_it = |t: i32| oracle(transit, day, &changes, &leaving(t), &far, rider.rides) <= truth;
            assert!(makes_it(latest), "RAPTOR backwards leaves in time, query {q}");
            assert!(!makes_it(latest + 1), "RAPTOR backwards leaves as late as it can, query {q}");
        }
    }
    reached
}

fn random_city(seed: u64) -> (Streets, Transit) {
    let mut dice = Dice(seed);
    let streets = grid(12);
    let mut lines = Lines::new();
    for i in 0..24 {
        let (x, y) = (f64::from(dice.below(2400)), f64::from(dice.below(12) * 200));
        lines = lines.stop(&format!("s{i}"), x, y);
    }
    for r in 0..10 {
        let calls: Vec<u32> = (0..3 + dice.below(5)).map(|_| dice.below(24)).collect();
        let speed = 60 + dice.below(300);
        for k in 0..12 {
            // not all trips of a line keep the same pace, so that some overtake
            let mut clock = 6 * 3600 + k * (1800 + 600 * r) + dice.below(600);
            let pace = speed + dice.below(240);
            let times: Vec<(u32, u32)> = calls
                .iter()
                .map(|s| {
                    clock += pace;
                    (*s, clock)
                })
                .collect();
            lines = lines.timed(&format!("r{r}"), &times);
        }
    }
    let transit = lines.on(&streets);
    (streets, transit)
}

#[test]
fn two_thousand_random_queries_agree_with_the_time_expanded_oracle() {
    let mut reached = 0;
    for seed in 1..=10 {
        let (_, transit) = random_city(seed);
        reached += cross_check(&transit, &ServiceDay::new(&transit, DAY), &mut Dice(seed * 77), 200);
    }
    assert!(reached > 500, "only {reached} queries found a way: the cities are too sparse to test anything");
}

static KUMAMOTO: LazyLock<(Streets, Transit)> = LazyLock::new(|| {
    let input = ingest::Input::File(shared("kumamoto/osm/kumamoto-reconstructed.osm.pbf"));
    let extract = ingest::read(&input, kayoi::model::Day(20_614)).unwrap().remove(0).batch.osm.unwrap();
    let bytes = kayoi::atlas::streets::compile(&extract);
    let streets = Streets::new(Flat::from_bytes(&bytes).unwrap(), "kumamoto".into()).unwrap();
    let transit = transit(feeds_of("kumamoto/gtfs"), &streets);
    (streets, transit)
});

#[test]
fn random_queries_on_the_real_feeds_of_kumamoto_agree_with_the_oracle() {
    let transit = &KUMAMOTO.1;
    assert_eq!(transit.feeds.len(), 5);
    let day = ServiceDay::new(transit, DAY);
    let per_feed = |f: u32| day.trips.iter().filter(|t| t.feed == f && t.shift == 0).count();
    let mut counts: Vec<usize> = (0..5).map(per_feed).collect();
    counts.sort_unstable();
    assert_eq!(counts, [151, 350, 380, 483, 1073], "trips of the service day as the data sheet counts them");
    assert!(transit.outside(DAY).is_empty());
    let reached = cross_check(transit, &day, &mut Dice(4), 60);
    assert!(reached > 20, "{reached}");
}

#[test]
fn a_day_after_the_timetables_end_is_known_and_the_last_comparable_day_offered() {
    let transit = &KUMAMOTO.1;
    let november = kayoi::model::Day::parse("2026-11-25").unwrap();
    assert_eq!(transit.outside(november).len(), 3, "the three bus feeds have ended");
    let day = transit.comparable(november).unwrap();
    assert_eq!((day.weekday_ja(), day <= kayoi::model::Day::parse("2026-08-18").unwrap()), ('水', true));
    assert!(transit.outside(day).is_empty());
}

#[test]
fn every_fixture_feed_can_be_searched() {
    let mut feeds = 0;
    for feed in feeds_of("fixtures/gtfs-jp") {
        let Some((from, to)) = feed.validity() else { panic!("{} has no days", feed.agency) };
        // streets are not needed to ride: a grid somewhere else leaves every stop unjoined
        let transit = transit(vec![feed], &grid(1));
        let busiest = (from.0..=to.0.min(from.0 + 400)).map(kayoi::model::Day).max_by_key(|d| {
            let f = &transit.feeds[0].feed;
            f.trips.iter().filter(|t| f.calendars[t.calendar as usize].runs(*d)).count()
        });
        let day = ServiceDay::new(&transit, busiest.unwrap());
        assert!(!day.connections.is_empty(), "{}", transit.feeds[0].feed.agency);
        cross_check(&transit, &day, &mut Dice(9), 4);
        feeds += 1;
    }
    assert_eq!(feeds, 49);
}

/// Two lines that meet at M: a ride, a change, and a later slower through bus.
fn crossing() -> (Streets, Transit) {
    let streets = grid(30);
    let lines = Lines::new()
        .stop("A", 0.0, 0.0)
        .stop("M", 3000.0, 0.0)
        .stop("M2", 3000.0, 120.0)
        .stop("B", 3000.0, 6000.0)
        .trip("東西", &[("A", "9:00"), ("M", "9:10")])
        .trip("南北", &[("M2", "9:12"), ("B", "9:25")])
        .trip("南北", &[("M2", "9:40"), ("B", "9:53")])
        .trip("直通", &[("A", "9:05"), ("M", "9:16"), ("B", "9:50")]);
    let transit = lines.on(&streets);
    (streets, transit)
}

#[test]
fn a_change_by_hand() {
    let (streets, transit) = crossing();
    let view = streets.view();
    let day = ServiceDay::new(&transit, DAY);
    let snap = |x: f64, y: f64| view.snap(at(x, y), &rules().network).unwrap();
    // 60 m/min: 300 m to A are 5 minutes, M to M2 are 2 minutes and one more for the change
    let request = Request { from: snap(300.0, 0.0), to: snap(3000.0, 6000.0), at: 8 * HOUR, arrive_by: false, horizon: 4 * HOUR };
    let found = journeys(&transit, &view, &day, &rider(3), &request);
    let clock = |ms: i32| kayoi::model::clock(((ms + 500) / 1000) as u32);
    let one = found.iter().find(|j| j.rides == 1).unwrap();
    assert_eq!((clock(one.leave).as_str(), clock(one.arrive).as_str()), ("9:00", "9:50"));
    // 9:10 + 2 minutes of walk + 1 minute = 9:13 misses the 9:12: the next is 9:40, no better than the through bus
    assert!(found.iter().all(|j| j.rides == 1), "{found:?}");
    let quick = Rider { change_ms: 0, ..rider(3) };
    let found = journeys(&transit, &view, &day, &quick, &request);
    let two = found.iter().find(|j| j.rides == 2).unwrap();
    assert_eq!((clock(two.leave).as_str(), clock(two.arrive).as_str()), ("8:55", "9:25"));
    let rides: Vec<_> = two.legs.iter().filter(|l| matches!(l, Leg::Ride { .. })).collect();
    assert_eq!((two.legs.len(), rides.len()), (5, 2));
    let by = Request { at: 9 * HOUR + 50 * 60_000, arrive_by: true, ..request };
    let latest = journeys(&transit, &view, &day, &rider(1), &by);
    assert_eq!(clock(latest[0].leave), "9:00", "be there by 9:50: the 9:05 through bus");
}

#[test]
fn legs_of_a_journey_join_without_a_gap() {
    let (streets, transit) = (&KUMAMOTO.0, &KUMAMOTO.1);
    let view = streets.view();
    let day = ServiceDay::new(transit, DAY);
    let mut dice = Dice(3);
    let mut found = 0;
    for q in 0..40 {
        let mut stop = || transit.stops[dice.below(transit.stops.len() as u32) as usize].at;
        let (Some(from), Some(to)) = (stop(), stop()) else { continue };
        for arrive_by in [false, true] {
            let request = Request { from, to, at: (8 + q % 9) * HOUR, arrive_by, horizon: 2 * HOUR };
            for j in journeys(transit, &view, &day, &rider(3), &request) {
                found += 1;
                let ends = |l: &Leg| match *l {
                    Leg::Walk { from, to, leave, arrive } | Leg::Ride { from, to, leave, arrive, .. } => {
                        (from, to, leave, arrive)
                    }
                };
                assert_eq!((ends(&j.legs[0]).2, ends(j.legs.last().unwrap()).3), (j.leave, j.arrive));
                for pair in j.legs.windows(2) {
                    let (a, b) = (ends(&pair[0]), ends(&pair[1]));
                    assert_eq!(a.1, b.0, "{j:?}");
                    assert!(a.3 <= b.2, "{j:?}");
                }
                for leg in &j.legs {
                    let Leg::Ride { trip, board, alight, leave, arrive, from, to } = *leg else { continue };
                    let t = day.trips[trip as usize];
                    let times = transit.feeds[t.feed as usize].trip_times(t.trip as usize);
                    let (b, a) = (times[board as usize], times[alight as usize]);
                    let first = transit.first_stop[t.feed as usize];
                    assert_eq!((first + b.stop, first + a.stop), (from, to));
                    let ms = |s: u32| (s as i32 + t.shift) * 1000;
                    assert_eq!((ms(b.departure), ms(a.arrival)), (leave, arrive), "the feed says so itself");
                }
                if arrive_by {
                    assert!(j.arrive <= request.at);
                } else {
                    assert!(j.leave >= request.at);
                }
            }
        }
    }
    assert!(found > 30, "{found}");
}

/// A demand of points along streets, for the spread.
fn people(streets: &Streets, points: &[(f64, f64)]) -> kayoi::atlas::Demand {
    use kayoi::model::{AddressPoint, Bounds, Cell, Population};
    let places: Vec<_> = points.iter().map(|(x, y)| at(*x, *y)).collect();
    let bounds = Bounds::of(places.iter().copied()).grown(10.0);
    let population = vec![Population { year: 2020, total: Some(points.len() as f64), aged65: None, aged75: None }];
    let cell = Cell {
        id: 1,
        code: "1".into(),
        name: None,
        bounds: Some(bounds),
        centroid: Some(bounds.center()),
        population,
        merged_into: None,
    };
    let house = |p: &kayoi::model::LonLat| AddressPoint {
        city_code: "1".into(),
        town: "t".into(),
        block: "1".into(),
        number: "1".into(),
        point: p.to_e7(),
    };
    let houses: Vec<AddressPoint> = places.iter().map(house).collect();
    let set = kayoi::atlas::PopulationSet::new(1, "t".into(), vec![cell]);
    let bytes = kayoi::atlas::demand::compile(&set, Some(streets), &houses);
    kayoi::atlas::Demand::new(Flat::from_bytes(&bytes).unwrap()).unwrap()
}

#[test]
fn percentiles_of_a_window_equal_brute_force() {
    for seed in [5, 6, 7, 8] {
        let (streets, transit) = random_city(seed);
        let view = streets.view();
        let rider = Rider { access_mm: 700_000, ..rider(3) };
        let mut dice = Dice(seed);
        let points: Vec<(f64, f64)> =
            (0..40).map(|_| (f64::from(dice.below(2300) + 7), f64::from(dice.below(12) * 200))).collect();
        let demand = people(&streets, &points);
        let demand = demand.view();
        let goal = view.snap(at(1333.0, 1200.0), &rules().network).unwrap();
        let mut search = kayoi::travel::Search::new(view.nodes.len());
        let walk_limit = 800_000;
        search.inward(&view, kayoi::travel::seeds_toward(&view, &goal, 0), walk_limit, rider.walker);
        let far: HashMap<u32, i32> =
            egress(&transit, &view, &goal, &rider).into_iter().map(|(s, mm)| (s, rider.walker.ms(mm))).collect();
        let mut walk = vec![NEVER; transit.stops.len()];
        far.iter().for_each(|(s, ms)| walk[*s as usize] = *ms);
        let walk_mm: Vec<u32> = demand
            .points
            .iter()
            .map(|p| {
                let here = kayoi::atlas::streets::Snapped { edge: p.edge, mm: p.mm, off_mm: p.off_mm };
                let via = kayoi::travel::seeds_from(&view, &here, 0)
                    .map(|s| search.mm[s.node as usize].saturating_add(s.mm))
                    .chain(view.beside(&here, &goal));
                via.min().filter(|mm| *mm <= walk_limit).unwrap_or(u32::MAX)
            })
            .collect();
        let window = Window { from: 9 * HOUR, to: 10 * HOUR };
        let horizon = 2 * HOUR;
        let day = ServiceDay::new(&transit, DAY);
        let changes = Changes::new(&transit, &rider);
        let profile: Profile =
            sweep(&day, &changes, &rider, &Egress { walk: &walk, onward: None }, window.from, window.to + horizon);
        let answer = spread(&Spread {
            transit: &transit,
            streets: view,
            demand,
            profile: &profile,
            rider,
            node_mm: &search.mm,
            walk_mm: &walk_mm,
            walk_limit,
            window,
            horizon,
            offers: None,
        });
        let mut differ = 0;
        for (i, p) in demand.points.iter().enumerate() {
            let here = kayoi::atlas::streets::Snapped { edge: p.edge, mm: p.mm, off_mm: p.off_mm };
            let near = access(&transit, &view, &here, &rider);
            let on_foot = if walk_mm[i] == u32::MAX { u32::MAX } else { rider.walker.ms(walk_mm[i]) as u32 };
            let mut times: Vec<u32> = window
                .departures()
                .map(|leave| {
                    let seeds: Vec<(u32, i32)> = near.iter().map(|(s, mm)| (*s, leave + rider.walker.ms(*mm))).collect();
                    let arrival = oracle(&transit, &day, &changes, &seeds, &far, rider.rides);
                    let ride = if arrival == NEVER || arrival - leave > horizon { u32::MAX } else { (arrival - leave) as u32 };
                    ride.min(on_foot)
                })
                .collect();
            differ += usize::from(times.iter().any(|t| *t != on_foot));
            times.sort_unstable();
            let (p50, p90) = (times[29], times[53]);
            let close = |a: u32, b: u32| a.abs_diff(b) <= 2;
            // two legs are rounded apart where the oracle rounds once: two milliseconds
            assert!(close(answer.p50[i], p50), "seed {seed} point {i}: {} for {p50}", answer.p50[i]);
            assert!(close(answer.p90[i], p90), "seed {seed} point {i}: {} for {p90}", answer.p90[i]);
            assert!(answer.best[i] <= times[0].saturating_add(2), "seed {seed} point {i}");
        }
        assert!(differ > 10, "a test in which nobody rides tests nothing: {differ}");
    }
}

#[test]
fn another_trip_never_makes_anyone_later() {
    for seed in 1..=6 {
        let (streets, base) = random_city(seed);
        let mut feed: Feed = base.feeds[0].feed.clone();
        feed.times = base.feeds[0].times().to_vec();
        let mut dice = Dice(seed + 100);
        let calls: Vec<(u32, u32)> = (0..5).map(|i| (dice.below(24), 9 * 3600 + i * 240)).collect();
        let richer = Lines(feed).timed("新", &calls).on(&streets);
        let rider = rider(3);
        let profile = |t: &Transit| {
            let mut walk = vec![NEVER; t.stops.len()];
            walk[3] = 0;
            walk[11] = 60_000;
            sweep(&ServiceDay::new(t, DAY), &Changes::new(t, &rider), &rider, &Egress { walk: &walk, onward: None }, 0, 30 * HOUR)
        };
        let (before, after) = (profile(&base), profile(&richer));
        for stop in 0..base.stops.len() as u32 {
            for minute in (6 * 60..20 * 60).step_by(7) {
                let t = minute * 60_000;
                assert!(after.arrival(stop, t) <= before.arrival(stop, t));
            }
        }
    }
}

#[test]
fn a_range_of_departures_equals_each_departure_alone() {
    for seed in [3, 4] {
        let (streets, transit) = random_city(seed);
        let view = streets.view();
        let day = ServiceDay::new(&transit, DAY);
        let mut dice = Dice(seed);
        let places: Vec<_> = (0..12)
            .map(|_| view.snap(at(f64::from(dice.below(2400)), f64::from(dice.below(2400))), &rules().network).unwrap())
            .collect();
        let departures: Vec<i32> = (0..30).map(|m| 9 * HOUR + m * 60_000).collect();
        let whole = std::sync::Mutex::new(vec![Vec::new(); places.len()]);
        let ask = |departures: &[i32], keep: &(dyn Fn(usize, &[Vec<u32>]) + Sync)| {
            kayoi::travel::transit::matrix(&transit, &view, &day, &rider(3), &places, departures, 900_000, 2 * HOUR, keep);
        };
        ask(&departures, &|o, times| whole.lock().unwrap()[o] = times.to_vec());
        let whole = whole.into_inner().unwrap();
        let rides = rider(3);
        let changes = Changes::new(&transit, &rides);
        let mut by_bus = 0;
        for (d, leave) in departures.iter().enumerate().step_by(7) {
            let one = std::sync::Mutex::new(vec![Vec::new(); places.len()]);
            ask(&[*leave], &|o, times| one.lock().unwrap()[o] = times[0].clone());
            for (o, row) in one.into_inner().unwrap().into_iter().enumerate() {
                assert_eq!(row, whole[o][d]);
                let far: HashMap<u32, i32> =
                    egress(&transit, &view, &places[0], &rides).into_iter().map(|(s, mm)| (s, rides.walker.ms(mm))).collect();
                let seeds: Vec<(u32, i32)> = access(&transit, &view, &places[o], &rides)
                    .into_iter()
                    .map(|(s, mm)| (s, leave + rides.walker.ms(mm)))
                    .collect();
                let truth = oracle(&transit, &day, &changes, &seeds, &far, rides.rides);
                if truth < NEVER && truth - leave <= 2 * HOUR {
                    assert!(row[0] <= (truth - leave) as u32);
                    by_bus += usize::from(row[0] == (truth - leave) as u32);
                }
            }
        }
        assert!(by_bus > 5, "{by_bus}");
    }
}
