//! Demand taxis, opening days, there and back, indicators, what-if and siting on small worlds with known answers, and the
//! golden questions of a planner among them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test that cannot go on should stop

mod common;

use common::timetable::{DAY, Lines, transit};
use common::{ORIGIN, Scene, at};
use kayoi::atlas::{Atlas, Demand, Flat, PopulationSet, Streets, Transit, demand, streets};
use kayoi::measure::{
    Aim, Alike, Candidate, Change, Coverage, Frequent, Question, RawQuestion, Reason, Scenario, catchment, changed, choose,
    coverage, daily_life, days_per_week, density, gaps, half_of_neighbourhoods, half_rating, itineraries, mobile_shops, quality,
    siting, transit_poor, what_if,
};
use kayoi::model::{
    AddressPoint, Area, AreaType, Booking, Bounds, Calendar, Cell, Contents, Day, DemandLeg, DemandService, Feed, GeocodeLevel,
    LonLat, Place, Population, Service, Spots, kind_by_code,
};

/// Tuesday 2026-06-09.
const TUESDAY: Day = Day(20_613);

/// A salon, clinic …: kind, metres east, schedule.
fn place(id: i64, kind: &str, x: f64, y: f64, schedule: Option<&str>) -> Place {
    let mut service = Service::new(format!("s{id}"), kind_by_code(kind).unwrap(), format!("{kind}{id}"));
    service.id = id;
    service.schedule_text = schedule.map(str::to_owned);
    service.capacity = Some(20);
    Place {
        id,
        key: format!("p{id}"),
        name: format!("{kind}{id}"),
        kana: None,
        address: None,
        point: Some(at(x, y)),
        level: GeocodeLevel::Surveyed,
        facility: None,
        home: false,
        services: vec![service],
    }
}

/// A road of 20 km with a car network of 30 km/h over it, ten people at each given place, one district around all.
struct World {
    people: Vec<f64>,
    places: Vec<Place>,
    feeds: Vec<Feed>,
    areas: Vec<Area>,
}

impl World {
    fn new(people: &[f64]) -> Self {
        Self { people: people.to_vec(), places: vec![], feeds: vec![], areas: vec![] }
    }

    fn with(mut self, place: Place) -> Self {
        self.places.push(place);
        self
    }

    fn feed(mut self, feed: Feed) -> Self {
        self.feeds.push(feed);
        self
    }

    fn network() -> (Streets, Streets) {
        let points: Vec<(i64, i64)> = (0..=200).map(|k| (k * 100, 0)).collect();
        let mut extract = Scene::default().way(&points).build();
        extract.drives = extract.ways.iter().map(|w| kayoi::model::RawWay { pace: 30, ..w.clone() }).collect();
        let open = |bytes: Vec<u8>, name: &str| Streets::new(Flat::from_bytes(&bytes).unwrap(), name.into()).unwrap();
        (open(streets::compile(&extract), "walk"), open(streets::compile_drive(&extract), "drive"))
    }

    fn atlas(&self) -> Atlas {
        let (walk, drive) = Self::network();
        let mut houses = Vec::new();
        let mut cells = Vec::new();
        for (i, x) in self.people.iter().enumerate() {
            let own: Vec<AddressPoint> = (0..4)
                .map(|k| AddressPoint {
                    city_code: "1".into(),
                    town: "t".into(),
                    block: "1".into(),
                    number: k.to_string(),
                    point: at(x + f64::from(k) * 0.1, 0.0).to_e7(),
                })
                .collect();
            let bounds = Bounds::of(own.iter().map(|h| LonLat::from_e7(h.point))).grown(5.0);
            houses.extend(own);
            cells.push(Cell {
                id: i as i64 + 1,
                code: format!("c{i}"),
                name: None,
                bounds: Some(bounds),
                centroid: Some(bounds.center()),
                population: vec![Population { year: 2020, total: Some(10.0), aged65: None, aged75: Some(4.0) }],
                merged_into: None,
            });
        }
        let set = PopulationSet::new(1, "試験".into(), cells);
        let demand = Demand::new(Flat::from_bytes(&demand::compile(&set, Some(&walk), &houses)).unwrap()).unwrap();
        let corner = |x: f64, y: f64| at(x, y).into_coord();
        let ring = vec![
            corner(-100.0, -500.0),
            corner(20_100.0, -500.0),
            corner(20_100.0, 500.0),
            corner(-100.0, 500.0),
            corner(-100.0, -500.0),
        ];
        let district = Area {
            id: 1,
            key: "d".into(),
            area_type: AreaType::ElementaryDistrict,
            code: None,
            name: "校区".into(),
            city_code: None,
            parent: None,
            approximate: false,
            geometry: Some(geo::MultiPolygon(vec![geo::Polygon::new(geo::LineString::new(ring), vec![])])),
        };
        let contents = Contents {
            revision: 1,
            places: self.places.iter().map(|p| (1, p.clone())).collect(),
            areas: std::iter::once(district).chain(self.areas.clone()).map(|a| (1, a)).collect(),
            ..Contents::default()
        };
        let network: Option<Transit> = (!self.feeds.is_empty()).then(|| transit(self.feeds.clone(), &walk));
        Atlas::new(contents, Some(walk), None, vec![(set, demand)]).with_transit(network, Some(drive))
    }
}

trait IntoCoord {
    fn into_coord(self) -> geo::Coord<f64>;
}

impl IntoCoord for LonLat {
    fn into_coord(self) -> geo::Coord<f64> {
        geo::Coord { x: self.lon, y: self.lat }
    }
}

fn ask(atlas: &Atlas, raw: RawQuestion) -> Question {
    Question::new(&raw, atlas, DAY).unwrap()
}

fn raw(kind: &str, by: &str, day: Day) -> RawQuestion {
    RawQuestion { kind: Some(kind.into()), by: Some(by.into()), day: Some(day.to_string()), ..RawQuestion::default() }
}

fn reached(answer: &Coverage) -> f64 {
    answer.total.kinds[0].reached
}

/// Tuesdays and Fridays 9:00–16:00 over x 6,000–8,000 to a 乗降点 at 200; booked until 17:00 of the day before.
fn demand_feed() -> Feed {
    let mut feed = Lines::new().stop("病院前", 200.0, 0.0).0;
    feed.calendars = vec![Calendar {
        id: "火金".into(),
        weekdays: 0b001_0010,
        start: DAY.plus(-200),
        end: DAY.plus(200),
        added: vec![],
        removed: vec![],
    }];
    let ring: Vec<[f64; 2]> = [(6000.0, -300.0), (8000.0, -300.0), (8000.0, 300.0), (6000.0, 300.0), (6000.0, -300.0)]
        .iter()
        .map(|(x, y)| {
            let p = at(*x, *y);
            [p.lon, p.lat]
        })
        .collect();
    feed.demand.push(DemandService {
        id: "z".into(),
        name: "試験区域".into(),
        legs: vec![DemandLeg {
            calendar: 0,
            pickup: Spots { names: vec!["試験区域".into()], area: vec![vec![ring]], stops: vec![] },
            drop_off: Spots { names: vec![], area: vec![], stops: vec![0] },
            windows: vec![(9 * 3600, 16 * 3600)],
            until: None,
        }],
        booking: Some(Booking::Days(1, 17 * 3600)),
        min_age: Some(75),
        registered_only: true,
        ride_factor: 1.0,
        ..DemandService::default()
    });
    feed
}

#[test]
fn the_five_facts_of_a_demand_taxi_are_separate() {
    // 7,000 m is in the zone, 9,000 m is not; the clinic is 100 m from the 乗降点
    let world = World::new(&[7000.0, 9000.0]).with(place(1, "clinic", 100.0, 0.0, None)).feed(demand_feed());
    let atlas = world.atlas();
    let facts = |change: &dyn Fn(&mut RawQuestion)| {
        let mut r = raw("clinic", "taxi", TUESDAY);
        change(&mut r);
        let answer = coverage(&atlas, &ask(&atlas, r)).unwrap();
        let t = answer.total.kinds[0].taxi.unwrap();
        assert_eq!(t.seats_unknown.round(), t.leads.round(), "nobody says how many seats it has");
        [t.in_zone, t.runs, t.bookable, t.leads, t.within].map(|v| v.round() as u32)
    };
    assert_eq!(facts(&|_| {}), [10, 10, 10, 10, 10]);
    assert_eq!(facts(&|r| r.day = Some(DAY.to_string())), [10, 0, 0, 0, 0], "Wednesday: it does not run");
    assert_eq!(facts(&|r| r.booked = Some("2026-06-08T16:59".into())), [10, 10, 10, 10, 10]);
    assert_eq!(facts(&|r| r.booked = Some("2026-06-08T17:01".into())), [10, 10, 0, 0, 0], "booking has closed");
    assert_eq!(facts(&|r| r.registered = Some(false)), [10, 10, 0, 0, 0], "not registered");
    assert_eq!(facts(&|r| r.age = Some(70)), [10, 10, 0, 0, 0], "too young");
    // 6,800 m at 30 km/h are 13.6 minutes, and 100 m on foot 1.67: 15.3 minutes
    assert_eq!(facts(&|r| r.minutes = Some(15.4)), [10, 10, 10, 10, 10]);
    assert_eq!(facts(&|r| r.minutes = Some(15.1)), [10, 10, 10, 10, 0], "it leads there, but not within the time");
    let why = |r: RawQuestion| gaps(&atlas, &ask(&atlas, r), None).unwrap();
    let reason = |g: &kayoi::measure::Gaps, cell: &str| g.cells.iter().find(|c| c.cell == cell).map(|c| c.reason);
    let wednesday = why(raw("clinic", "taxi", DAY));
    assert_eq!(reason(&wednesday, "c0"), Some(Reason::NoTaxiThatDay));
    assert_eq!(reason(&wednesday, "c1"), Some(Reason::TooFar));
    let late = why(RawQuestion { booked: Some("2026-06-09T08:00".into()), ..raw("clinic", "taxi", TUESDAY) });
    assert_eq!(reason(&late, "c0"), Some(Reason::BookingMissed));
}

#[test]
fn seats_are_an_expected_share() {
    // ten places of ten people want 2 rides a day (0.02 each); one vehicle with one seat makes one fixed run: half of them
    let people: Vec<f64> = (0..10).map(|i| 6500.0 + f64::from(i) * 100.0).collect();
    let mut feed = demand_feed();
    feed.demand[0].legs[0].windows = vec![(10 * 3600, 10 * 3600)];
    (feed.demand[0].vehicles, feed.demand[0].seats) = (Some(1), Some(1));
    let atlas = World::new(&people).with(place(1, "clinic", 100.0, 0.0, None)).feed(feed).atlas();
    let answer = coverage(&atlas, &ask(&atlas, RawQuestion { minutes: Some(60.0), ..raw("clinic", "taxi", TUESDAY) })).unwrap();
    let t = answer.total.kinds[0].taxi.unwrap();
    assert_eq!((t.leads.round(), t.seated.round(), t.seats_unknown.round()), (100.0, 50.0, 0.0));
}

#[test]
fn a_bus_and_a_taxi_join_at_both_ends() {
    // taxi 7,000 → 200, bus from there to 15,000 where the clinic is; and the same the other way round
    let mut feed = demand_feed();
    let lines = Lines(std::mem::take(&mut feed)).stop("終点", 15_000.0, 0.0);
    let mut feed = lines.timed("急行", &[(0, 10 * 3600), (1, 10 * 3600 + 600)]).0;
    feed.calendars.push(Calendar { weekdays: 127, ..feed.calendars[0].clone() });
    feed.trips.iter_mut().for_each(|t| t.calendar = 1);
    let atlas = World::new(&[7000.0]).with(place(1, "clinic", 15_100.0, 0.0, None)).feed(feed).atlas();
    let q = |minutes: f64, stat: &str| {
        let r = RawQuestion { minutes: Some(minutes), stat: Some(stat.into()), ..raw("clinic", "taxi", TUESDAY) };
        reached(&coverage(&atlas, &ask(&atlas, r)).unwrap())
    };
    // 13.6 minutes of taxi, one of change, ten of bus, 100 m of walk: 26.3 minutes if one leaves for the bus
    assert_eq!((q(26.5, "best"), q(26.0, "best")), (10.0, 0.0));

    let mut feed = demand_feed();
    // the zone also takes people from a bus stop inside it to a clinic inside it
    feed.demand[0].legs[0].drop_off = feed.demand[0].legs[0].pickup.clone();
    let mut feed =
        Lines(feed).stop("家", 15_000.0, 0.0).stop("区域", 6100.0, 0.0).timed("急行", &[(1, 10 * 3600), (2, 10 * 3600 + 600)]).0;
    feed.calendars.push(Calendar { weekdays: 127, ..feed.calendars[0].clone() });
    feed.trips.iter_mut().for_each(|t| t.calendar = 1);
    let atlas = World::new(&[15_000.0]).with(place(1, "clinic", 7900.0, 0.0, None)).feed(feed).atlas();
    let q = |minutes: f64| {
        let r = RawQuestion { minutes: Some(minutes), stat: Some("best".into()), ..raw("clinic", "taxi", TUESDAY) };
        reached(&coverage(&atlas, &ask(&atlas, r)).unwrap())
    };
    // ten of bus, one of change, 1,800 m by taxi 3.6 minutes
    assert_eq!((q(14.7), q(14.5)), (10.0, 0.0));
}

/// A bus there at 9:30 (9:50) and home at a given time.
fn there_and_home(home: &str) -> Feed {
    let arrive = kayoi::model::clock(kayoi::model::parse_clock(home).unwrap() + 1200);
    Lines::new()
        .stop("家", 0.0, 0.0)
        .stop("会場", 10_000.0, 0.0)
        .trip("往", &[("家", "9:30"), ("会場", "9:50")])
        .trip("復", &[("会場", home), ("家", &arrive)])
        .0
}

#[test]
fn there_for_the_opening_and_home_again() {
    let salon = || place(1, "salon", 10_100.0, 0.0, Some("水曜 10:00～11:30"));
    let ask_for = |feed: Feed, day: Day, change: &dyn Fn(&mut RawQuestion)| {
        let atlas = World::new(&[100.0]).with(salon()).feed(feed).atlas();
        let mut r = RawQuestion { roundtrip: Some(true), minutes: Some(45.0), ..raw("salon", "transit", day) };
        change(&mut r);
        let q = ask(&atlas, r);
        let gap = gaps(&atlas, &q, None).unwrap().cells.first().map(|c| c.reason);
        (reached(&coverage(&atlas, &q).unwrap()), gap)
    };
    // 9:28 from home, there 9:52; out at 11:30, the 11:40 home at 12:00
    assert_eq!(ask_for(there_and_home("11:40"), DAY, &|_| {}), (10.0, None));
    assert_eq!(ask_for(there_and_home("11:20"), DAY, &|_| {}), (0.0, Some(Reason::NoWayBack)), "the last bus home has gone");
    assert_eq!(ask_for(there_and_home("12:20"), DAY, &|_| {}).0, 0.0, "an hour and more until home");
    assert_eq!(ask_for(there_and_home("12:20"), DAY, &|r| r.home_within = Some(90.0)).0, 10.0);
    assert_eq!(ask_for(there_and_home("11:40"), TUESDAY, &|_| {}).0, 0.0, "it is a Wednesday salon");
    assert_eq!(ask_for(there_and_home("11:40"), DAY, &|r| r.minutes = Some(30.0)).0, 0.0, "32 minutes from leaving to the start");
}

#[test]
fn there_and_home_again_by_demand_taxi() {
    // home 7,000 m out: 6,800 m of taxi at 30 km/h are 13.6 minutes, the 100 m from the 乗降点 1.7
    let ask_for = |home: Option<(&str, &str, Option<&str>)>, change: &dyn Fn(&mut RawQuestion)| {
        let time = |t: &str| kayoi::model::parse_clock(t).unwrap();
        let mut feed = demand_feed();
        if let Some((from, to, until)) = home {
            let out = feed.demand[0].legs[0].clone();
            let windows = vec![(time(from), time(to))];
            feed.demand[0].legs.push(DemandLeg {
                pickup: out.drop_off,
                drop_off: out.pickup,
                windows,
                until: until.map(time),
                calendar: 0,
            });
        }
        let salon = place(1, "salon", 100.0, 0.0, Some("火曜 10:00～11:30"));
        let atlas = World::new(&[7000.0]).with(salon).feed(feed).atlas();
        let mut r = RawQuestion { roundtrip: Some(true), minutes: Some(20.0), ..raw("salon", "taxi", TUESDAY) };
        change(&mut r);
        let q = ask(&atlas, r);
        let gap = gaps(&atlas, &q, None).unwrap().cells.first().map(|c| c.reason);
        (reached(&coverage(&atlas, &q).unwrap()), gap)
    };
    assert_eq!(ask_for(Some(("9:00", "16:00", None)), &|_| {}), (10.0, None));
    assert_eq!(ask_for(None, &|_| {}), (0.0, Some(Reason::NoWayBack)), "it only brings people to the hospital");
    // one is at the 乗降点 at 11:31:40
    assert_eq!(ask_for(Some(("9:00", "11:31", None)), &|_| {}).0, 0.0);
    assert_eq!(ask_for(Some(("9:00", "11:32", None)), &|_| {}).0, 10.0);
    // home at 11:45:16
    assert_eq!(ask_for(Some(("9:00", "16:00", Some("11:45"))), &|_| {}).0, 0.0);
    assert_eq!(ask_for(Some(("9:00", "16:00", Some("11:46"))), &|_| {}).0, 10.0);
    // a run at 12:30 is waited for
    assert_eq!(ask_for(Some(("12:30", "12:30", None)), &|_| {}).0, 0.0);
    assert_eq!(ask_for(Some(("12:30", "12:30", None)), &|r| r.home_within = Some(80.0)).0, 10.0);
    assert_eq!(ask_for(Some(("9:00", "16:00", None)), &|r| r.minutes = Some(15.0)).0, 0.0, "15.3 minutes there");
    let monday = |r: &mut RawQuestion| r.booked = Some(format!("{}T18:00", TUESDAY.plus(-1)));
    assert_eq!(ask_for(Some(("9:00", "16:00", None)), &monday).0, 0.0, "booked too late");
    assert_eq!(ask_for(Some(("9:00", "16:00", None)), &|r| r.age = Some(70)).0, 0.0, "from 75");
    assert_eq!(ask_for(Some(("9:00", "16:00", None)), &|r| r.by = Some("transit".into())).0, 0.0);
}

#[test]
fn daily_services_with_a_frequent_bus_and_the_density_of_their_catchment() {
    // a bus every 20 minutes from 8:00 to 18:00: 31 departures; homes at 200 m and 700 m from the stop
    let every = |n: u32| {
        let lines = Lines::new().stop("停", 5000.0, 0.0).stop("先", 12_000.0, 0.0);
        (0..n).fold(lines, |l, i| l.timed("頻繁", &[(0, 8 * 3600 + i * 1200), (1, 8 * 3600 + i * 1200 + 900)])).0
    };
    let ask_for = |runs: u32| {
        let world = World::new(&[5200.0, 5700.0, 9000.0]);
        let atlas =
            world.with(place(1, "clinic", 5450.0, 0.0, None)).with(place(2, "shop", 5450.0, 0.0, None)).feed(every(runs)).atlas();
        let q = ask(&atlas, RawQuestion { metres: Some(400.0), by: None, day: None, ..raw("clinic,shop", "walk", DAY) });
        let frequent = Frequent { rail_metres: 800.0, stop_metres: 300.0, departures: 30 };
        let answer = daily_life(&atlas, &q, frequent, DAY).unwrap();
        let density = density(&atlas, &q).unwrap();
        (answer, density)
    };
    let (answer, density) = ask_for(31);
    let total = answer.rows.last().unwrap();
    assert_eq!((total.people, total.services, total.transit, total.both), (30.0, 20.0, 10.0, 10.0));
    assert_eq!(total.kinds, [20.0, 20.0]);
    assert_eq!(ask_for(29).0.rows.last().unwrap().both, 0.0, "29 departures are too few");
    // 800 m of street, 25 m to each side and beyond the ends
    let clinic = &density.kinds[0];
    assert_eq!(clinic.people, 20.0);
    assert!((4.0..4.6).contains(&clinic.hectares), "{}", clinic.hectares);
}

#[test]
fn golden_question_8_stale_paused_and_duplicated_records() {
    let named = |key: i64, x: f64, name: &str, phone: Option<&str>, verified: Option<&str>| {
        let mut p = place(key, "salon", x, 0.0, None);
        let service = &mut p.services[0];
        (service.name, service.phone, service.verified_on) = (name.into(), phone.map(Into::into), verified.map(Into::into));
        p
    };
    let (new, old) = (DAY.plus(-365).to_string(), DAY.plus(-366).to_string());
    let mut resting = named(6, 3000.0, "春日の集い", None, Some(&new));
    resting.services[0].status = kayoi::model::Status::Paused;
    let mut cafe = place(7, "dementia_cafe", 50.0, 0.0, None);
    cafe.services[0].name = "花園いきいきサロン".into();
    let contact = |key: i64| named(key, 500.0 * key as f64, &format!("{key}丁目の会"), Some("096-300-0000"), Some(&new));
    let world = [
        named(1, 0.0, "花園いきいきサロン", Some("096-311-1111"), Some(&new)),
        named(2, 90.0, "花園いきいきサロソ", None, Some(&old)), // one letter of nine, 90 m off
        named(3, 210.0, "花園いきいきサロン", None, None),      // the same name, 210 m off
        named(4, 10.0, "囲碁の会", None, Some(&new)),           // a bundle at one address
        named(5, 2000.0, "池田サロン", Some("(096)311-1111"), Some(&new)), // the same telephone
        resting,
        cafe, // another kind
    ]
    .into_iter()
    .chain((11..15).map(contact)) // four share the number of a contact point
    .fold(World::new(&[100.0]), World::with);
    let atlas = world.atlas();
    let answer = quality(&atlas, &ask(&atlas, raw("salon", "walk", DAY)), DAY);
    let name = |id: i64| atlas.sites.all.iter().find(|s| s.service.id == id).unwrap().service.name.clone();
    let pairs: Vec<(String, String, Alike)> = answer.twins.iter().map(|t| (name(t.ids[0]), name(t.ids[1]), t.alike)).collect();
    assert_eq!(
        pairs,
        [
            ("花園いきいきサロン".into(), "花園いきいきサロソ".into(), Alike::NameNearby),
            ("花園いきいきサロン".into(), "池田サロン".into(), Alike::Phone),
        ]
    );
    let names = |list: &[kayoi::measure::Record]| list.iter().map(|r| r.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&answer.stale), ["花園いきいきサロン", "花園いきいきサロソ"], "never verified first, then the oldest");
    assert_eq!(names(&answer.paused), ["春日の集い"]);
    assert_eq!(answer.all, 10);
}

#[test]
fn a_closed_day_is_a_reason_of_its_own() {
    let world = World::new(&[100.0]).with(place(1, "salon", 400.0, 0.0, Some("第2・4火曜 10時～11時半")));
    let atlas = world.atlas();
    let q = |day: Day| ask(&atlas, RawQuestion { day: Some(day.to_string()), by: None, ..raw("salon", "walk", day) });
    assert_eq!(reached(&coverage(&atlas, &q(TUESDAY)).unwrap()), 10.0, "9 June 2026 is a second Tuesday");
    let third = gaps(&atlas, &q(TUESDAY.plus(7)), None).unwrap();
    assert_eq!((third.cells[0].reason, third.cells[0].remedy.what), (Reason::ClosedThatDay, "open_that_day"));
    let whatever = ask(&atlas, RawQuestion { kind: Some("salon".into()), ..RawQuestion::default() });
    assert_eq!(reached(&coverage(&atlas, &whatever).unwrap()), 10.0, "without a day every day counts");
}

#[test]
fn an_itinerary_says_the_times_of_the_feed_and_when_to_book() {
    let atlas = World::new(&[100.0]).with(place(1, "salon", 10_100.0, 0.0, None)).feed(there_and_home("11:40")).atlas();
    let q = ask(&atlas, raw("salon", "transit", DAY));
    let asked = kayoi::measure::Errand { from: at(100.0, 0.0), to: at(10_100.0, 0.0), at: 10 * 3_600_000, arrive_by: true };
    let there = itineraries(&atlas, &q, &asked).unwrap();
    let bus = &there.ways[0];
    assert_eq!((bus.by, bus.leave.as_str(), bus.arrive.as_str(), bus.legs.len()), ("transit", "9:28", "9:52", 3));
    assert!(bus.legs[1].ja.contains("9:30発") && bus.legs[1].ja.contains("9:50に会場"), "{}", bus.legs[1].ja);
    let atlas = World::new(&[7000.0]).feed(demand_feed()).atlas();
    let q = ask(&atlas, RawQuestion { age: Some(78), ..raw("clinic", "taxi", TUESDAY) });
    let asked = kayoi::measure::Errand { from: at(7000.0, 0.0), to: at(100.0, 0.0), at: 9 * 3_600_000, arrive_by: false };
    let found = itineraries(&atlas, &q, &asked).unwrap();
    let taxi = found.ways.iter().find(|w| w.by == "taxi").unwrap();
    let booking = taxi.booking.as_ref().unwrap();
    assert_eq!((taxi.leave.as_str(), booking.until.as_deref()), ("9:00", Some("6/8(月) 17:00")));
    assert_eq!(booking.rule.as_deref(), Some("前日17:00までに予約"));
}

#[test]
fn golden_question_2_the_rating_by_integers() {
    let rating = |with, all| half_rating(with, all);
    assert_eq!((rating(4, 9), rating(5, 9), rating(3, 9), rating(0, 0)), (Some('〇'), Some('◎'), Some('△'), None));
    assert_eq!(rating(4, 10), Some('〇'), "exactly 0.8 of the half is 〇");
    let town = |name: &str, parent: &str| Area {
        id: 0,
        key: name.into(),
        area_type: AreaType::Neighbourhood,
        code: None,
        name: name.into(),
        city_code: None,
        parent: Some(parent.into()),
        approximate: false,
        geometry: None,
    };
    let mut world = World::new(&[100.0]);
    world.areas = vec![town("一町内", "東"), town("二町内", "東"), town("三町内", "西")];
    let mut monthly = place(1, "salon", 0.0, 0.0, Some("第2・4火曜 10時～11時半"));
    monthly.services[0].serves = Some("一町内、二町内".into());
    let mut summer = place(2, "salon", 500.0, 0.0, Some("第4土曜（8月休み）9時～12時"));
    summer.services[0].serves = Some("三町内".into());
    let mut paused = place(3, "salon", 900.0, 0.0, Some("毎週月曜 10:00-11:00"));
    paused.services[0].serves = Some("三町内".into());
    paused.services[0].status = kayoi::model::Status::Paused;
    let atlas = world.with(monthly).with(summer).with(paused).atlas();
    let answer =
        half_of_neighbourhoods(&atlas, &ask(&atlas, raw("salon", "walk", DAY)), kayoi::model::Giving::Serves, true, 2026)
            .unwrap();
    let total = answer.rows.last().unwrap();
    assert_eq!((total.with, total.all, total.rating), (2, 3, Some('◎')));
    let west = answer.rows.iter().find(|r| r.area == "西").unwrap();
    assert_eq!(
        (west.with, west.without.as_slice()),
        (0, ["三町内".to_owned()].as_slice()),
        "休止 never counts, nor eleven months"
    );
    assert_eq!(answer.borderline.len(), 1, "the summer break is for a person to decide: {:?}", answer.borderline);
}

#[test]
fn golden_question_4_classes_sum_and_stricter_never_falls() {
    let rail = {
        let mut f = Lines::new().stop("駅", 0.0, 0.0).stop("次", 3000.0, 0.0).trip("鉄道", &[("駅", "9:00"), ("次", "9:05")]).0;
        f.routes[0].kind = 2;
        f
    };
    let bus = Lines::new().stop("停", 5000.0, 0.0).stop("停2", 9000.0, 0.0).trip("バス", &[("停", "9:00"), ("停2", "9:10")]).0;
    let people: Vec<f64> = (0..100).map(|i| f64::from(i) * 100.0 + 13.0).collect();
    let atlas = World::new(&people).feed(rail).feed(bus).feed(demand_feed()).atlas();
    let q = ask(&atlas, RawQuestion::default());
    let answer = transit_poor(&atlas, &q, Some(TUESDAY)).unwrap();
    for r in &answer.rules {
        let t = r.rows.last().unwrap();
        let sum = |c: [f64; 3]| c.iter().sum::<f64>();
        assert!((sum(t.straight) - t.people).abs() < 1e-6 && (sum(t.network) - t.people).abs() < 1e-6, "{}", r.rule.id);
        assert!((t.rescued + t.without - t.network[2]).abs() < 1e-6 && t.network[2] >= t.straight[2]);
    }
    let blank = |id: &str| answer.rules.iter().find(|r| r.rule.id == id).unwrap().rows.last().unwrap();
    // nearer thresholds leave more people blank; the frequency filter more still
    let (km, mlit, city, often) =
        (blank("mlit_subsidy_1km"), blank("mlit_2025"), blank("handbook_city"), blank("handbook_frequent"));
    assert!(km.network[2] <= mlit.network[2] && mlit.network[2] <= city.network[2] && city.network[2] <= often.network[2]);
    // by hand, 1 km around 0 and 3,000 is 便利 (0–1,000 and 2,000–4,000): 10 + 20 places of ten people
    assert_eq!(mlit.network[0], 300.0);
    // 500 m around 5,000 and 9,000: 4,500–5,500 and 8,500–9,500
    assert_eq!(mlit.network[1], 200.0);
    // the zone 6,000–8,000 lies wholly in what is left
    assert_eq!((mlit.network[2], mlit.rescued), (500.0, 200.0));
}

#[test]
fn golden_question_5_the_second_site_does_not_count_the_first_ones_people() {
    let people: Vec<f64> = [0.0, 100.0, 200.0, 300.0, 2000.0, 2100.0].to_vec();
    let atlas = World::new(&people).with(place(1, "salon", 19_000.0, 0.0, None)).atlas();
    let candidate = |name: &str, x: f64| {
        let p = at(x, 0.0);
        Candidate { name: name.into(), at: [p.lon, p.lat] }
    };
    let list = [candidate("甲", 150.0), candidate("乙", 250.0), candidate("丙", 2050.0)];
    let q = ask(&atlas, RawQuestion { kind: Some("salon".into()), metres: Some(500.0), ..RawQuestion::default() });
    let answer = siting(&atlas, &q, &list, 2, Aim::Cover).unwrap();
    let names: Vec<(&str, f64)> = answer.chosen.iter().map(|c| (c.candidate.name.as_str(), c.gain)).collect();
    assert_eq!(names, [("甲", 40.0), ("丙", 20.0)], "乙 covers the same four as 甲; ties go to the first named");
    assert_eq!((answer.gain, answer.bound), (60.0, 60.0));
    let median = siting(&atlas, &q, &list, 1, Aim::Median).unwrap();
    assert_eq!(median.chosen[0].candidate.name, "甲");
}

#[test]
fn a_choice_is_never_worse_than_its_bound_says() {
    let mut seed = 7u64;
    let mut dice = |n: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % n
    };
    for _ in 0..200 {
        let (sites, points, k) = (3 + dice(7) as usize, 12, 1 + dice(3) as usize);
        let gains: Vec<Vec<(u32, f64)>> = (0..sites)
            .map(|_| {
                let kept: Vec<u32> = (0..points as u32).filter(|_| dice(3) == 0).collect();
                kept.into_iter().map(|p| (p, 1.0 + dice(9) as f64)).collect()
            })
            .collect();
        let value = |set: &[usize]| -> f64 {
            (0..points as u32)
                .map(|p| set.iter().flat_map(|s| &gains[*s]).filter(|g| g.0 == p).map(|g| g.1).fold(0.0, f64::max))
                .sum()
        };
        let mut best: f64 = 0.0;
        for mask in 0u32..1 << sites {
            let set: Vec<usize> = (0..sites).filter(|s| mask >> s & 1 == 1).collect();
            if set.len() <= k {
                best = best.max(value(&set));
            }
        }
        let (chosen, total, bound) = choose(&gains, points, k);
        assert!((value(&chosen) - total).abs() < 1e-9 && chosen.len() <= k);
        assert!(total <= best + 1e-9 && best <= bound + 1e-9, "{total} {best} {bound}");
        assert!(total >= best * (1.0 - (-1.0f64).exp()) - 1e-9);
    }
}

#[test]
fn golden_question_9_a_mobile_shop_every_week_and_near_enough() {
    let shop = |id, x, words: &str| place(id, "mobile_shop", x, 0.0, Some(words));
    let atlas = World::new(&[100.0, 5000.0, 9000.0, 15_000.0])
        .with(place(1, "shop", 0.0, 0.0, None))
        .with(shop(2, 5200.0, "毎週火曜 10:00～10:30"))
        .with(shop(3, 9100.0, "第2・4金曜 10:00～10:30"))
        .atlas();
    let answer = mobile_shops(&atlas, &ask(&atlas, RawQuestion::default()), DAY).unwrap();
    let t = answer.rows.last().unwrap();
    assert_eq!((t.people, t.far, t.rescued), (40.0, 30.0, 10.0), "twice a month is not once a week");
}

#[test]
fn golden_question_10_two_step_catchments_by_hand_and_the_identity() {
    // a (50) near S1; b (50) near S1 and S2; c (100) near none: scaled to ten people a place, 1:1:2
    let atlas = World::new(&[0.0, 600.0, 5000.0, 5000.3])
        .with(place(1, "salon", 100.0, 0.0, Some("毎日 10:00-11:00")))
        .with(place(2, "salon", 1200.0, 0.0, Some("毎日 10:00-11:00")))
        .with(place(3, "salon", 8000.0, 0.0, None))
        .atlas();
    let q = ask(&atlas, RawQuestion { kind: Some("salon".into()), metres: Some(800.0), ..RawQuestion::default() });
    let answer = catchment(&atlas, &q, DAY).unwrap();
    // both salons: 20 seats × 30.4375 times a month; the third has no schedule and is left out
    let s = 20.0 * 365.25 / 12.0;
    assert!((answer.supply - 2.0 * s).abs() < 1e-6 && (answer.served - answer.supply).abs() < 1e-6, "Σ P·A = Σ S");
    let t = answer.rows.last().unwrap();
    assert!((t.two_step.unwrap() - 2.0 * s / 40.0).abs() < 1e-6);
    assert!((t.none - 20.0).abs() < 1e-9);
}

#[test]
fn days_per_week_count_real_dates() {
    let atlas = World::new(&[0.0, 10_000.0])
        .with(place(1, "salon", 100.0, 0.0, Some("毎週水曜 10:00-11:30")))
        .with(place(2, "salon", 200.0, 0.0, Some("月～金（祝日除く）9:00～16:00")))
        .with(place(3, "salon", 10_100.0, 0.0, Some("第2・4火曜 10時～11時半")))
        .atlas();
    let q = ask(&atlas, RawQuestion { kind: Some("salon".into()), metres: Some(500.0), ..RawQuestion::default() });
    let answer = days_per_week(&atlas, &q, DAY).unwrap();
    // counted day by day over the same year, without the schedule reader
    let (mut near, mut far) = (0, 0);
    for d in (0..364).map(|k| DAY.plus(k)) {
        let of_month = (d.date().day() - 1) / 7 + 1;
        // a Wednesday is held on holidays too, the weekday salon is not
        near += i32::from(d.weekday() == 2 || d.weekday() < 5 && kayoi::model::holiday(d).is_none());
        far += i32::from(d.weekday() == 1 && (of_month == 2 || of_month == 4));
    }
    assert!((answer.rows.last().unwrap().days.unwrap() - f64::from(near + far) / 52.0 / 2.0).abs() < 1e-9);
}

fn same(a: &Coverage, b: &Coverage) {
    let figures = |c: &Coverage| serde_json::to_string(&(&c.rows, &c.total)).unwrap();
    assert_eq!(figures(a), figures(b));
}

#[test]
fn a_what_if_is_the_whole_computation_to_the_last_bit() {
    let mut seed = 11u64;
    let mut dice = |n: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % n
    };
    for round in 0..20 {
        let people: Vec<f64> = (0..12).map(|_| dice(19_000) as f64).collect();
        let mut world = World::new(&people).feed(there_and_home("11:40")).feed(demand_feed());
        for id in 1..=5 {
            world = world.with(place(id, "salon", dice(19_000) as f64, 0.0, Some("水曜 10:00～11:30")));
        }
        let atlas = world.atlas();
        let (added, moved) = (dice(19_000) as f64, dice(19_000) as f64);
        let lonlat = |x: f64| [at(x, 0.0).lon, at(x, 0.0).lat];
        let changes = vec![
            Change::AddService {
                kind: "salon".into(),
                at: lonlat(added),
                name: None,
                schedule: Some("水曜 10:00～11:30".into()),
                capacity: None,
            },
            Change::MoveService { service: 2, at: lonlat(moved) },
            Change::CloseService { service: 3 },
            Change::SetSchedule { service: 4, schedule: "毎週火曜 9:00-10:00".into() },
            Change::CloseLine { line: "復".into(), operator: None },
            Change::SetZoneDays { zone: "試験区域".into(), days: "水".into() },
            Change::AddLine {
                name: "新線".into(),
                stops: vec![lonlat(50.0), lonlat(6000.0), lonlat(added)],
                first: "9:00".into(),
                last: "11:00".into(),
                every_minutes: 20.0,
                pace: None,
            },
            Change::MoveStop { stop: "会場".into(), at: lonlat(dice(19_000) as f64) },
            Change::AddStop {
                line: "往".into(),
                operator: None,
                after: "家".into(),
                at: lonlat(dice(19_000) as f64),
                name: None,
            },
        ];
        let scenario = Scenario { name: "試験".into(), changes: changes.clone() };
        // what was asked before the change is remembered, and must not be said after it
        for by in ["walk", "transit", "taxi"] {
            coverage(&atlas, &ask(&atlas, raw("salon", by, DAY))).unwrap();
        }
        // the same city built from changed records: services by hand, feeds by the same words
        let mut other = World { places: world.places.clone(), feeds: vec![], people: people.clone(), areas: vec![] };
        other.places[1].point = Some(at(moved, 0.0));
        other.places[2].services[0].status = kayoi::model::Status::Ended;
        other.places[3].services[0].schedule_text = Some("毎週火曜 9:00-10:00".into());
        other.places.push(place(6, "salon", added, 0.0, Some("水曜 10:00～11:30")));
        let next = changed(&atlas, &scenario).unwrap();
        other.feeds =
            next.transit.as_ref().unwrap().feeds.iter().map(|f| Feed { times: f.times().to_vec(), ..f.feed.clone() }).collect();
        let whole = other.atlas();
        for by in ["walk", "transit", "taxi"] {
            let r = || RawQuestion { minutes: Some(20.0 + round as f64), ..raw("salon", by, DAY) };
            let incremental = coverage(&next, &ask(&next, r())).unwrap();
            same(&incremental, &coverage(&whole, &ask(&whole, r())).unwrap());
            if by != "walk" {
                same(&what_if(&atlas, &ask(&atlas, r()), &scenario).unwrap().after, &incremental);
            }
        }
        // more never makes anyone worse off
        let more = Scenario { name: String::new(), changes: vec![changes[0].clone(), changes[6].clone()] };
        let r = || RawQuestion { minutes: Some(30.0), ..raw("salon", "taxi", DAY) };
        let answer = what_if(&atlas, &ask(&atlas, r()), &more).unwrap();
        assert!(answer.rows.iter().all(|r| r.kinds[0][1] >= r.kinds[0][0]));
    }
}

#[test]
fn a_stop_moves_and_a_line_stops_once_more() {
    let atlas = World::new(&[100.0]).with(place(1, "salon", 5100.0, 0.0, None)).feed(there_and_home("11:40")).atlas();
    let to = [at(5000.0, 0.0).lon, at(5000.0, 0.0).lat];
    let reach = |change: Change, minutes: f64| {
        let r = RawQuestion { minutes: Some(minutes), stat: Some("best".into()), ..raw("salon", "transit", DAY) };
        let scenario = Scenario { name: String::new(), changes: vec![change] };
        what_if(&atlas, &ask(&atlas, r), &scenario).map(|a| a.rows.last().unwrap().kinds[0])
    };
    // half way the bus passes at 9:40: 1.67 minutes of walk before 9:30 and after
    let add =
        |line: &str, after: &str| Change::AddStop { line: line.into(), operator: None, after: after.into(), at: to, name: None };
    assert_eq!(reach(add("往", "家"), 13.4).unwrap(), [0.0, 10.0]);
    assert_eq!(reach(add("往", "家"), 13.2).unwrap(), [0.0, 0.0]);
    // the stop itself moves, its time stays 9:50
    let move_stop = |stop: &str| Change::MoveStop { stop: stop.into(), at: to };
    assert_eq!(reach(move_stop("会場"), 23.4).unwrap(), [0.0, 10.0]);
    assert_eq!(reach(move_stop("会場"), 23.2).unwrap(), [0.0, 0.0]);
    let other = Change::CloseLine { line: "往".into(), operator: Some("ほかの会社".into()) };
    for nothing in [move_stop("ない停留所"), add("ない線", "家"), add("往", "会場"), other] {
        assert_eq!(reach(nothing, 30.0).unwrap_err().code, "no_such_line");
    }
}

#[test]
fn walks_of_added_stops_are_those_of_compiling_all_again() {
    use kayoi::atlas::transit::{Joined, Walks, walks};
    let one_way = kayoi::model::WayFlags { no_backward: true, ..Default::default() };
    let plain = Scene::default().way(&[(0, 0), (400, 0), (800, 0), (1200, 0)]).way(&[(400, 0), (400, 500)]).way(&[
        (800, 0),
        (800, 600),
        (400, 500),
    ]);
    let directed = plain.clone().way_with(&[(1200, 0), (1200, 300), (800, 600)], kayoi::model::WayClass::Foot, one_way, 0);
    for scene in [plain, directed] {
        let streets = scene.streets();
        let view = streets.view();
        let spots = [(10.0, 3.0), (420.0, 80.0), (790.0, -5.0), (800.0, 300.0), (1190.0, 20.0), (400.0, 480.0)];
        let stops: Vec<Joined> = spots
            .iter()
            .map(|(x, y)| at(*x, *y))
            .map(|p| Joined { point: p, at: view.snap(p, &kayoi::model::rules().network) })
            .collect();
        for known in 0..stops.len() {
            let old = Walks::new(Flat::from_bytes(&walks::compile(&stops[..known], &view)).unwrap()).unwrap();
            assert_eq!(walks::extend(&old, known, &stops, &view), walks::compile(&stops, &view), "{known}");
        }
    }
    assert!(ORIGIN.in_japan());
}

#[test]
fn the_longest_walk_is_a_limit_and_a_reason() {
    let atlas = World::new(&[1000.0]).with(place(1, "salon", 0.0, 0.0, None)).atlas();
    let q = |longest: Option<f64>| {
        ask(
            &atlas,
            RawQuestion { kind: Some("salon".into()), minutes: Some(30.0), longest_walk: longest, ..RawQuestion::default() },
        )
    };
    assert_eq!(reached(&coverage(&atlas, &q(None)).unwrap()), 10.0);
    assert_eq!(reached(&coverage(&atlas, &q(Some(700.0))).unwrap()), 0.0);
    assert_eq!(gaps(&atlas, &q(Some(700.0)), None).unwrap().cells[0].reason, Reason::OverLongestWalk);
    // every answer on foot keeps to it, and a drive is no walk
    let around = |longest| kayoi::measure::around(&atlas, at(1000.0, 0.0), &q(longest)).unwrap().len();
    assert_eq!((around(None), around(Some(700.0))), (1, 0));
    let services = |longest| kayoi::measure::area_services(&atlas, &q(longest), 1).unwrap().services.len();
    assert_eq!((services(None), services(Some(700.0))), (1, 0));
    let driven = kayoi::measure::provider_reach(&atlas, &q(Some(700.0))).unwrap();
    assert_eq!(driven.rows.last().unwrap().reached, 10.0);
}

#[test]
fn a_provider_reaches_homes_by_car_within_its_minutes() {
    // 30 km/h are 500 m a minute: 10 minutes are 5 km
    let atlas = World::new(&[1000.0, 4900.0, 5200.0]).with(place(1, "home_nurse", 0.0, 0.0, None)).atlas();
    let q = ask(&atlas, RawQuestion { kind: Some("home_nurse".into()), minutes: Some(10.0), ..RawQuestion::default() });
    let answer = kayoi::measure::provider_reach(&atlas, &q).unwrap();
    let total = answer.rows.last().unwrap();
    assert_eq!((total.people, total.reached, total.without), (30.0, 20.0, 10.0));
    assert_eq!(answer.bases[0].reached, 20.0);
}

#[test]
fn a_place_reaches_by_bus_what_it_cannot_on_foot() {
    let atlas = World::new(&[100.0]).with(place(1, "salon", 10_100.0, 0.0, None)).feed(there_and_home("11:40")).atlas();
    let reach = |by: &str, minutes: f64| {
        let r = RawQuestion { minutes: Some(minutes), depart: Some("9:25-9:26".into()), ..raw("salon", by, DAY) };
        kayoi::measure::around(&atlas, at(100.0, 0.0), &ask(&atlas, r)).unwrap().len()
    };
    // leaving 9:25: the 9:30, there 9:50, 100 m more: 26.7 minutes
    assert_eq!((reach("walk", 60.0), reach("transit", 26.6), reach("transit", 26.8)), (0, 0, 1));
}

#[test]
fn demand_services_survive_being_written_and_read_as_gtfs_flex() {
    use kayoi::ingest::{Input, read};
    let atlas = World::new(&[7000.0]).feed(demand_feed()).atlas();
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in kayoi::present::gtfs_flex::files(atlas.transit.as_ref().unwrap(), "試験市") {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let back = read(&Input::GtfsFolder(folder.path().to_owned()), DAY).unwrap().remove(0).batch.feed.unwrap();
    let (ours, theirs) = (&demand_feed().demand[0], &back.demand[0]);
    assert_eq!((&theirs.name, theirs.booking, &theirs.legs[0].windows), (&ours.name, ours.booking, &ours.legs[0].windows));
    assert_eq!(theirs.legs[0].pickup.polygons(), ours.legs[0].pickup.polygons());
    assert!(theirs.message.as_deref().is_some_and(|m| m.contains("利用登録") && m.contains("75歳以上")));
    let runs = |f: &Feed, d: Day| f.calendars[f.demand[0].legs[0].calendar as usize].runs(d);
    for d in (0..14).map(|k| DAY.plus(k)) {
        assert_eq!(runs(&back, d), runs(&demand_feed(), d));
    }
}

#[test]
fn golden_question_1_neither_salon_nor_stop_and_in_a_zone_or_not() {
    let atlas = World::new(&[100.0, 3000.0, 7000.0, 12_000.0])
        .with(place(1, "salon", 0.0, 0.0, None))
        .with(place(2, "transit_stop", 3100.0, 0.0, None))
        .feed(demand_feed())
        .atlas();
    let q = ask(&atlas, RawQuestion { kind: Some("salon,transit_stop".into()), metres: Some(500.0), ..RawQuestion::default() });
    let total = coverage(&atlas, &q).unwrap().total;
    assert_eq!((total.people, total.people - total.any.reached), (40.0, 20.0), "at 7,000 and 12,000 there is neither");
    let taxi = coverage(&atlas, &ask(&atlas, raw("salon", "taxi", TUESDAY))).unwrap().total.kinds[0].taxi.unwrap();
    assert_eq!(taxi.in_zone, 10.0, "one of the two is in the zone");
    // the zone's ridership is a series of the zone, never divided over districts
    assert!(atlas.series.is_empty());
}

#[test]
fn golden_question_3_all_of_four_within_thirty_minutes_at_three_speeds() {
    let mut world = World::new(&[0.0, 1000.0]);
    for (id, (kind, x)) in [("clinic", 1500.0), ("salon", 1700.0), ("shop", 1790.0), ("hub", 1795.0)].into_iter().enumerate() {
        world = world.with(place(id as i64 + 1, kind, x, 0.0, None));
    }
    let atlas = world.atlas();
    let all = |speed: f64| {
        let kind = Some("clinic,salon,shop,hub".into());
        let q = ask(&atlas, RawQuestion { kind, minutes: Some(30.0), speed: Some(speed), ..RawQuestion::default() });
        coverage(&atlas, &q).unwrap().total.all.reached
    };
    // 2,400, 1,800 and 1,440 m
    assert_eq!((all(80.0), all(60.0), all(48.0)), (20.0, 20.0, 10.0));
}

#[test]
fn golden_question_6_what_is_really_on_and_near_on_a_wednesday() {
    let atlas = World::new(&[0.0])
        .with(place(1, "salon", 500.0, 0.0, Some("毎週水曜 10:00～11:30")))
        .with(place(2, "salon", 300.0, 0.0, Some("月～金（祝日除く）9:00～16:00")))
        .with(place(3, "salon", 200.0, 0.0, Some("第5水曜 10:00～11:30")))
        .with(place(4, "salon", 800.0, 0.0, Some("水曜 9:00～10:00")))
        .with({
            let mut paused = place(5, "dementia_cafe", 100.0, 0.0, Some("毎週水曜 10:00～11:30"));
            paused.services[0].status = kayoi::model::Status::Paused;
            paused
        })
        .atlas();
    let on = |day: &str, speed: f64| -> Vec<i64> {
        let r = RawQuestion { minutes: Some(15.0), speed: Some(speed), day: Some(day.into()), ..RawQuestion::default() };
        kayoi::measure::around(&atlas, at(0.0, 0.0), &ask(&atlas, r)).unwrap().iter().map(|r| r.site.service.id).collect()
    };
    // fifteen minutes are 900 m at 60 m/min and 720 m at 48; 休止 is never listed
    assert_eq!(on("2026-06-10", 60.0), [2, 1, 4]);
    assert_eq!(on("2026-06-10", 48.0), [2, 1]);
    assert_eq!(on("2026-04-29", 60.0), [3, 1, 4], "昭和の日 is a fifth Wednesday: the weekday salon rests");
}
