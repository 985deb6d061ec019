//! Coverage and gaps on a city of known answers, and on the real one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test that cannot go on should stop

mod common;

use common::{Scene, at};
use geo::{LineString, MultiPolygon, Polygon};
use kayoi::atlas::{Atlas, Demand, Flat, PopulationSet, demand};
use kayoi::measure::{Question, RawQuestion, Reason, area_services, coverage, gaps};
use kayoi::model::{
    AddressPoint, Area, AreaType, Bounds, Cell, Contents, GeocodeLevel, LonLat, Place, Population, Service, Status, Visibility,
    ground_metres, kind_by_code,
};

/// A service day inside every timetable of the real city: Wednesday 2026-06-10.
const DAY: kayoi::model::Day = kayoi::model::Day(20_614);

fn place(key: &str, kind: &str, p: Option<LonLat>) -> Place {
    let service = Service::new(key, kind_by_code(kind).unwrap(), key);
    let level = if p.is_some() { GeocodeLevel::Surveyed } else { GeocodeLevel::Unlocated };
    Place {
        id: 0,
        key: key.into(),
        name: key.into(),
        kana: None,
        address: None,
        point: p,
        level,
        facility: None,
        home: false,
        services: vec![service],
    }
}

fn district(id: i64, name: &str, west: f64, east: f64) -> Area {
    let corner = |x: f64, y: f64| {
        let p = at(x, y);
        (p.lon, p.lat)
    };
    let ring = vec![corner(west, -500.0), corner(east, -500.0), corner(east, 500.0), corner(west, 500.0), corner(west, -500.0)];
    Area {
        id,
        key: name.into(),
        area_type: AreaType::ElementaryDistrict,
        code: None,
        name: name.into(),
        city_code: None,
        parent: None,
        approximate: false,
        geometry: Some(MultiPolygon(vec![Polygon::new(LineString::from(ring), vec![])])),
    }
}

/// A cell whose people stand at given positions along the road.
fn cell(id: i64, xs: &[f64], total: f64) -> (Cell, Vec<AddressPoint>) {
    let (low, high) = (xs.iter().copied().fold(f64::INFINITY, f64::min), xs.iter().copied().fold(0.0, f64::max));
    let bounds = Bounds::of([at(low - 5.0, -50.0), at(high + 5.0, 50.0)]);
    let population = vec![Population { year: 2020, total: Some(total), aged65: None, aged75: None }];
    let c = Cell {
        id,
        code: format!("c{id}"),
        name: None,
        bounds: Some(bounds),
        centroid: Some(bounds.center()),
        population,
        merged_into: None,
    };
    let house = |x: &f64| AddressPoint {
        city_code: "1".into(),
        town: "t".into(),
        block: "1".into(),
        number: "1".into(),
        point: at(*x, 0.0).to_e7(),
    };
    (c, xs.iter().map(house).collect())
}

/// One straight road of 10 km, two districts meeting at x = 2,000, and a river road that makes the crow fly.
fn town(places: Vec<Place>) -> Atlas {
    town_of(places, [district(1, "西", 0.0, 2000.0), district(2, "東", 2000.0, 4000.0)])
}

fn town_of(places: Vec<Place>, districts: [Area; 2]) -> Atlas {
    let network =
        Scene::default().way(&[(0, 0), (10_000, 0)]).way(&[(0, 400), (10_000, 400)]).way(&[(10_000, 0), (10_000, 400)]).streets();
    let cells = [
        cell(1, &[100.0, 200.0, 300.0, 400.0], 40.0),
        cell(2, &[1000.0, 1100.0, 1200.0, 1300.0], 80.0),
        cell(3, &[1900.0, 1950.0, 2050.0, 2100.0], 60.0),
        cell(4, &[3000.0, 3100.0, 3200.0, 3300.0], 20.0),
    ];
    let houses: Vec<AddressPoint> = cells.iter().flat_map(|c| c.1.clone()).collect();
    let set = PopulationSet::new(1, "試験".into(), cells.into_iter().map(|c| c.0).collect());
    let bytes = demand::compile(&set, Some(&network), &houses);
    let demand = Demand::new(Flat::from_bytes(&bytes).unwrap()).unwrap();
    let mut places = places;
    places.iter_mut().enumerate().for_each(|(i, p)| {
        p.id = i as i64 + 1;
        p.services[0].id = i as i64 + 1;
    });
    let contents = Contents {
        revision: 7,
        datasets: vec![],
        places: places.into_iter().map(|p| (1, p)).collect(),
        areas: districts.map(|d| (1, d)).to_vec(),
        cells: vec![],
        series: vec![],
    };
    Atlas::new(contents, Some(network), None, vec![(set, demand)])
}

fn ask(atlas: &Atlas, kind: &str, metres: f64) -> Question {
    Question::new(&RawQuestion { kind: Some(kind.into()), metres: Some(metres), ..RawQuestion::default() }, atlas, DAY).unwrap()
}

#[test]
fn shares_and_bounds_by_hand() {
    // a clinic at x = 1,150: 500 m reaches 1000–1300 whole; 1,000 m also 200, 300, 400 and 1900 … 2100
    let atlas = town(vec![place("c", "clinic", Some(at(1150.0, 0.0)))]);
    let half = coverage(&atlas, &ask(&atlas, "clinic", 500.0)).unwrap();
    let (west, east) = (&half.rows[0], &half.rows[1]);
    assert_eq!((west.name.as_str(), west.people, east.people), ("東", 50.0, 150.0));
    let (east, west) = (west, east);
    assert_eq!((west.kinds[0].reached, east.kinds[0].reached), (80.0, 0.0));
    let kilometre = coverage(&atlas, &ask(&atlas, "clinic", 901.0)).unwrap();
    let k = &kilometre.rows[1].kinds[0];
    // 300 and 400 of cell 1 (20 people), all of cell 2, 1900 and 1950 of cell 3 (30 people)
    assert_eq!(k.reached, 20.0 + 80.0 + 30.0);
    assert_eq!((k.low.unwrap(), k.high.unwrap()), (110.0 / 150.0, 1.0));
    // the district's neighbour is served across the border: 2050 is 900 m away
    assert_eq!(kilometre.rows[0].kinds[0].reached, 15.0);
    assert_eq!(kilometre.total.people, 200.0);
    // within 150 m 80 people, at 750 m 25 more: the 100th of 200 is 750 m away
    assert!((half.total.kinds[0].p50_metres.unwrap() - 750.0).abs() < 1.0);
}

#[test]
fn straight_and_network_part_at_the_river() {
    // across the river: 400 m straight, kilometres on foot
    let atlas = town(vec![place("c", "clinic", Some(at(1150.0, 400.0)))]);
    let answer = coverage(&atlas, &ask(&atlas, "clinic", 500.0)).unwrap();
    let k = &answer.total.kinds[0];
    assert_eq!((k.reached, k.straight, k.straight_only), (0.0, 80.0, 80.0));
    let g = gaps(&atlas, &ask(&atlas, "clinic", 500.0), None).unwrap();
    assert_eq!((g.people, g.cells.len()), (200.0, 5));
    let far = g.cells.iter().find(|c| c.cell == "c2").unwrap();
    assert_eq!((far.reason, far.nearest.as_deref()), (Reason::TooFar, Some("c")));
    assert!((far.nearest_metres.unwrap() - (9000.0 + 400.0 + 8850.0)).abs() < 1.0);
}

#[test]
fn paused_hidden_and_unlocated_services_reach_nobody() {
    let spot = Some(at(1150.0, 0.0));
    let mut paused = place("p", "salon", spot);
    paused.services[0].status = Status::Paused;
    let mut hidden = place("h", "salon", spot);
    hidden.services[0].visibility = Visibility::Staff;
    let atlas = town(vec![paused, hidden, place("u", "salon", None)]);
    let answer = coverage(&atlas, &ask(&atlas, "salon", 5000.0)).unwrap();
    assert_eq!(answer.total.kinds[0].reached, 0.0);
    let note = answer.basis.notes.iter().find(|n| n.starts_with("サロン")).unwrap();
    assert!(note.contains("位置未確定の1件") && note.contains("休止中の1件"), "{note}");
    assert!(atlas.sites.all.iter().all(|s| s.service.name != "h"));
}

#[test]
fn all_and_any_of_several_kinds() {
    let atlas = town(vec![place("c", "clinic", Some(at(200.0, 0.0))), place("s", "shop", Some(at(1150.0, 0.0)))]);
    let answer = coverage(&atlas, &ask(&atlas, "clinic,shop", 500.0)).unwrap();
    assert_eq!((answer.total.all.reached, answer.total.any.reached), (0.0, 120.0));
    let wider = coverage(&atlas, &ask(&atlas, "clinic,shop", 1000.0)).unwrap();
    // clinic: cell 1 and 1000–1200 of cell 2 (60); shop: 200–400 (30), cell 2, 1900–2100 of cell 3
    assert_eq!(wider.total.all.reached, 30.0 + 60.0);
    // somebody missing one kind and somebody missing both are each one person
    let g = gaps(&atlas, &ask(&atlas, "clinic,shop", 500.0), None).unwrap();
    assert_eq!(g.people, 200.0);
}

#[test]
fn a_district_sees_services_outside_it() {
    let atlas = town(vec![place("c", "clinic", Some(at(1990.0, 0.0))), place("far", "clinic", Some(at(9000.0, 0.0)))]);
    let answer = area_services(&atlas, &ask(&atlas, "clinic", 500.0), 2).unwrap();
    assert_eq!(answer.services.len(), 1);
    let s = &answer.services[0];
    assert_eq!((s.reached, s.inside), (30.0, false));
    assert!((s.nearest_metres - 60.0).abs() < 0.1, "{}", s.nearest_metres);
    // the same people by coverage and by services
    assert_eq!(coverage(&atlas, &ask(&atlas, "clinic", 500.0)).unwrap().rows[0].kinds[0].reached, 30.0);
}

#[test]
fn questions_out_of_bounds_are_explained() {
    let atlas = town(vec![]);
    let code = |raw: RawQuestion| Question::new(&raw, &atlas, DAY).unwrap_err().code;
    let q = RawQuestion::default;
    assert_eq!(code(RawQuestion { minutes: Some(0.0), ..q() }), "threshold_out_of_range");
    assert_eq!(code(RawQuestion { minutes: Some(1e9), ..q() }), "threshold_out_of_range");
    assert_eq!(code(RawQuestion { minutes: Some(f64::NAN), ..q() }), "threshold_out_of_range");
    assert_eq!(code(RawQuestion { kind: Some("castle".into()), ..q() }), "unknown_kind");
    assert_eq!(code(RawQuestion { speed: Some(1000.0), ..q() }), "speed_out_of_range");
    assert_eq!(code(RawQuestion { minutes: Some(5.0), metres: Some(5.0), ..q() }), "two_thresholds");
    assert_eq!(code(RawQuestion { year: Some(1999), ..q() }), "no_such_year");
    assert_eq!(code(RawQuestion { group: Some("aged75".into()), ..q() }), "no_such_group");
    assert_eq!(code(RawQuestion { by: Some("rocket".into()), ..q() }), "unknown_value");
    assert_eq!(code(RawQuestion { by: Some("transit".into()), ..q() }), "no_timetable");
    assert_eq!(code(RawQuestion { roundtrip: Some(true), ..q() }), "roundtrip_needs_timetable");
    assert_eq!(code(RawQuestion { longest_walk: Some(-1.0), ..q() }), "unknown_value");
    let empty = Atlas::empty();
    let asked = Question::new(&RawQuestion { kind: Some("clinic".into()), ..q() }, &empty, DAY).unwrap();
    assert_eq!(coverage(&empty, &asked).unwrap_err().code, "no_population");
}

#[test]
fn candidates_and_nearest_are_those_of_brute_force() {
    let spots: Vec<LonLat> = (0..400).map(|i| at(f64::from(i * 7919 % 9973), f64::from(i * 104_729 % 4999) - 2500.0)).collect();
    let atlas = town(spots.iter().enumerate().map(|(i, p)| place(&format!("s{i}"), "shop", Some(*p))).collect());
    let shop = kind_by_code("shop").unwrap();
    for k in 0..200 {
        let p = at(f64::from(k * 53 % 10_000), f64::from(k * 31 % 3000) - 1500.0);
        let brute = spots.iter().map(|s| ground_metres(p, *s)).fold(f64::INFINITY, f64::min);
        let (_, metres) = atlas.sites.nearest_straight(shop, p).unwrap();
        assert!((metres - brute).abs() < 1e-9);
        let found: std::collections::HashSet<u32> = atlas.sites.candidates(shop, &Bounds::of([p]).grown(700.0)).collect();
        for (i, s) in spots.iter().enumerate() {
            assert!(ground_metres(p, *s) > 700.0 || found.contains(&(i as u32)));
        }
    }
}

#[test]
fn what_two_lists_say_of_one_service_is_one() {
    use kayoi::atlas::{Record, Sites};
    use kayoi::model::PublicService;
    let record = |name: &str, x: f64, list: i64, days: Option<&str>, level: GeocodeLevel, home: bool| {
        let mut p = Place { level, home, ..place("c", "clinic", Some(at(x, 0.0))) };
        p.services[0].name = name.into();
        p.services[0].schedule_text = days.map(str::to_owned);
        p.services[0].phone = (list == 2).then(|| "096-000-0000".into());
        Record { list, service: PublicService::of(&p, &p.services[0], "一覧").unwrap(), number: None }
    };
    let (surveyed, block) = (GeocodeLevel::Surveyed, GeocodeLevel::Block);
    let count = |records: Vec<Record>| Sites::new(records, None).all.len();
    let city = || record("花園 ファルマシア", 0.0, 1, None, block, false);
    let one = Sites::new(vec![city(), record("花園ファルマシア", 80.0, 2, Some("月曜 9:00-10:00"), surveyed, false)], None);
    assert_eq!(one.all.len(), 1);
    let kept = &one.all[0].service;
    assert_eq!((kept.phone.as_deref(), kept.schedule.as_deref()), (Some("096-000-0000"), Some("月曜 9:00-10:00")));
    assert!(ground_metres(one.all[0].point, at(80.0, 0.0)) < 1.0, "the surveyed position stands");
    // another name, too far, the same list, other days, a home: two
    assert_eq!(count(vec![city(), record("花園薬局", 80.0, 2, None, surveyed, false)]), 2);
    assert_eq!(count(vec![city(), record("花園ファルマシア", 180.0, 2, None, surveyed, false)]), 2);
    assert_eq!(count(vec![city(), record("花園ファルマシア", 80.0, 1, None, surveyed, false)]), 2);
    let monday = record("花園ファルマシア", 0.0, 1, Some("月曜 9:00-10:00"), block, false);
    assert_eq!(count(vec![monday, record("花園ファルマシア", 80.0, 2, Some("火曜 9:00-10:00"), surveyed, false)]), 2);
    assert_eq!(count(vec![city(), record("花園ファルマシア", 80.0, 2, None, surveyed, true)]), 2);
}

#[test]
fn who_stands_in_two_districts_counts_in_both_and_once_in_the_total() {
    let clinic = || vec![place("c", "clinic", Some(at(1150.0, 0.0)))];
    let apart = coverage(&town(clinic()), &ask(&town(clinic()), "clinic", 901.0)).unwrap();
    // the east district grown over cells 2 and 3 of the west
    let both = town_of(clinic(), [district(1, "西", 0.0, 2000.0), district(2, "東", 950.0, 4000.0)]);
    let answer = coverage(&both, &ask(&both, "clinic", 901.0)).unwrap();
    let people = |name: &str| answer.rows.iter().find(|r| r.name == name).unwrap().people;
    assert_eq!((people("西"), people("東"), answer.total.people), (150.0, 160.0, 200.0));
    let (one, other) = (&answer.total.kinds[0], &apart.total.kinds[0]);
    assert_eq!((one.reached, one.straight, one.p50_metres), (other.reached, other.straight, other.p50_metres));
    // surely cell 2; at most cells 1 to 3
    assert_eq!((one.low, one.high), (Some(0.4), Some(0.9)));
    assert_eq!(gaps(&both, &ask(&both, "clinic", 901.0), None).unwrap().people, 200.0 - one.reached);
}

#[test]
fn what_is_remembered_changes_no_answer() {
    let spots = |n: u32| -> Vec<Place> {
        let spot = |i: u32| (f64::from(i * 7919 % 4973), f64::from(i * 104_729 % 799) - 200.0);
        (0..n)
            .map(|i| place(&format!("s{i}"), if i % 3 == 0 { "clinic" } else { "shop" }, Some(at(spot(i).0, spot(i).1))))
            .collect()
    };
    for n in [1, 2, 7, 40] {
        let kept = town(spots(n));
        for metres in [500.0, 120.0, 2500.0, 500.0] {
            let q = ask(&kept, "clinic,shop", metres);
            let fresh = serde_json::to_string(&coverage(&town(spots(n)), &q).unwrap()).unwrap();
            assert_eq!(serde_json::to_string(&coverage(&kept, &q).unwrap()).unwrap(), fresh, "{n} services, {metres} m");
            // and the straight line is that of the plainest count there is
            let homes = kept.population[0].1.view().points.iter().map(|p| LonLat::from_e7(p.point));
            let near = |p: LonLat, kind: &str| {
                let of_kind = |s: &&std::sync::Arc<kayoi::atlas::Site>| s.service.kind == kind_by_code(kind).unwrap();
                kept.sites.all.iter().filter(of_kind).any(|s| ground_metres(p, s.point) <= metres)
            };
            let weights = [10.0, 20.0, 15.0, 5.0];
            let plain =
                |kind: &str| homes.clone().enumerate().filter(|(_, p)| near(*p, kind)).map(|(i, _)| weights[i / 4]).sum::<f64>();
            let answer = coverage(&kept, &q).unwrap();
            assert_eq!([0, 1].map(|k| answer.total.kinds[k].straight), [plain("clinic"), plain("shop")]);
        }
    }
}

#[test]
fn without_streets_the_line_is_stretched_and_it_says_so() {
    let (c, houses) = cell(1, &[0.0, 100.0, 200.0], 30.0);
    let set = PopulationSet::new(1, "試験".into(), vec![c]);
    let demand = Demand::new(Flat::from_bytes(&demand::compile(&set, None, &houses)).unwrap()).unwrap();
    let contents = Contents {
        revision: 1,
        places: vec![(1, place("c", "clinic", Some(at(500.0, 0.0))))],
        areas: vec![(1, district(1, "西", -100.0, 2000.0))],
        ..Contents::default()
    };
    let atlas = Atlas::new(contents, None, None, vec![(set, demand)]);
    let answer = coverage(&atlas, &ask(&atlas, "clinic", 530.0)).unwrap();
    // 300, 400, 500 m × 1.3: 390 and 520 are within 530
    assert_eq!((answer.total.kinds[0].reached, answer.basis.distance, answer.basis.unverified), (20.0, "straight", true));
    assert!(answer.basis.notes.iter().any(|n| n.contains("直線距離×1.3")));
}

#[test]
fn a_service_on_an_island_and_a_district_without_a_street() {
    // the far bank is not joined to the near one: its clinic reaches nobody, and people 5 km from any street stand on none
    let network = Scene::default().way(&[(0, 0), (4000, 0)]).way(&[(0, 400), (4000, 400)]).streets();
    let (near, mut houses) = cell(1, &[100.0, 200.0, 300.0, 400.0], 40.0);
    let lonely = Bounds::of([at(0.0, 6000.0), at(400.0, 6400.0)]);
    let population = vec![Population { year: 2020, total: Some(12.0), aged65: None, aged75: None }];
    let far =
        Cell { id: 2, code: "c2".into(), bounds: Some(lonely), centroid: Some(lonely.center()), population, ..near.clone() };
    houses.truncate(4);
    let set = PopulationSet::new(1, "試験".into(), vec![near, far]);
    let demand = Demand::new(Flat::from_bytes(&demand::compile(&set, Some(&network), &houses)).unwrap()).unwrap();
    let contents =
        Contents {
            revision: 1, places: vec![(1, place("島の診療所", "clinic", Some(at(200.0, 400.0))))], ..Contents::default()
        };
    // no districts at all: the whole city is one
    let atlas = Atlas::new(contents, Some(network), None, vec![(set, demand)]);
    let question = ask(&atlas, "clinic", 3000.0);
    let answer = coverage(&atlas, &question).unwrap();
    assert_eq!((answer.rows.len(), answer.total.people, answer.total.unsnapped), (1, 52.0, 12.0));
    assert_eq!((answer.total.kinds[0].reached, answer.total.kinds[0].straight), (0.0, 40.0));
    let reasons: Vec<Reason> = gaps(&atlas, &question, None).unwrap().cells.iter().map(|g| g.reason).collect();
    assert_eq!(reasons, [Reason::NoPath, Reason::NoStreet]);
    assert!(answer.basis.notes.iter().any(|n| n.contains("近くに道路がなく")));
}

#[test]
fn golden_question_7_the_nearest_by_road_is_not_the_nearest_by_crow() {
    // 400 m across the river are 18 km by road: the straight-line nearest comes last
    let at_x = |key: &str, x: f64, y: f64| place(key, "clinic", Some(at(x, y)));
    let atlas = town(vec![at_x("対岸", 1150.0, 400.0), at_x("東", 1700.0, 0.0), at_x("西", 500.0, 0.0)]);
    let q = Question::new(
        &RawQuestion { kind: Some("clinic".into()), metres: Some(20_000.0), ..RawQuestion::default() },
        &atlas,
        DAY,
    )
    .unwrap();
    let found = kayoi::measure::around(&atlas, at(1150.0, 0.0), &q).unwrap();
    let names: Vec<&str> = found.iter().map(|r| r.site.service.name.as_str()).collect();
    assert_eq!(names, ["東", "西", "対岸"]);
    assert!(found[2].straight < found[0].straight);
}
