//! Slopes and steps: against hand-computed streets, an independent oracle, and the whole way from files to the answer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test that cannot go on should stop

mod common;

use common::{ORIGIN, Scene, at};
use kayoi::app::load_atlas;
use kayoi::atlas::elevation::{Elevation, compile as compile_heights};
use kayoi::atlas::streets::{NONE, View, edge_flag, effort};
use kayoi::atlas::{Atlas, Flat, Streets};
use kayoi::commands::{import_paths, write_city};
use kayoi::measure::{Question, RawQuestion, by_walker, coverage};
use kayoi::model::{Day, Effort, Heights, LonLat, WayClass, WayFlags, coded_height, metres_per_degree, rules};
use kayoi::travel::{Search, Walker, path_between, reach, seeds_from, seeds_toward};
use proptest::prelude::*;

const WALKER: Walker = Walker { metres_per_minute: 60.0 };
const HILLY: Effort = Effort { slope: true, steps_factor: 3.0, no_steps: false };

/// Heights of a function of metres east and north, every 5 m for 4 km around the origin.
fn heights(height: impl Fn(f64, f64) -> f64) -> Elevation {
    let (x, y) = metres_per_degree(ORIGIN.lat);
    let half = 400;
    let values = (0..=2 * half).flat_map(|r| (0..=2 * half).map(move |c| (f64::from(c - half) * 5.0, f64::from(half - r) * 5.0)));
    let grid = Heights {
        north_west: [ORIGIN.lon - 2000.0 / x, ORIGIN.lat + 2000.0 / y],
        step: [5.0 / x, 5.0 / y],
        size: [801, 801],
        values: values.map(|(e, n)| coded_height(height(e, n))).collect(),
    };
    Elevation::new(vec![(Flat::from_bytes(&compile_heights(&[grid])).unwrap(), "test".into())]).unwrap()
}

fn walked(streets: &Streets, elevation: &Elevation, how: Effort) -> Streets {
    Streets::new(Flat::from_bytes(&effort::compile(&streets.view(), elevation, how)).unwrap(), "walked".into()).unwrap()
}

fn walk(view: &View, from: LonLat, to: LonLat) -> f64 {
    let (a, b) = (view.snap(from, &rules().network).unwrap(), view.snap(to, &rules().network).unwrap());
    let mut search = Search::new(view.nodes.len());
    path_between(view, &mut search, (from, &a), (to, &b), u32::MAX >> 1, WALKER).map_or(f64::NAN, |p| f64::from(p.mm) / 1000.0)
}

#[test]
fn uphill_is_slower_than_downhill_and_a_bridge_is_level() {
    let plain = Scene::default().way(&[(0, 0), (1000, 0)]).bridge(&[(1000, 0), (1000, 500), (1000, 1000)]).streets();
    // 8 % eastward and northward
    let slope = heights(|e, n| 200.0 + e * 0.08 + n * 0.08);
    let s = walked(&plain, &slope, HILLY);
    let v = s.view();
    let tobler = |grade: f64| (3.5 * ((grade + 0.05_f64).abs() - 0.05)).exp();
    let near = |a: f64, b: f64| (a - b).abs() < b * 0.003;
    assert!(near(walk(&v, at(0.0, 0.0), at(1000.0, 0.0)), 1000.0 * tobler(0.08)));
    assert!(near(walk(&v, at(1000.0, 0.0), at(0.0, 0.0)), 1000.0 * tobler(-0.08)));
    // parts of one street, both ways
    assert!(near(walk(&v, at(200.0, 0.0), at(700.0, 0.0)), 500.0 * tobler(0.08)));
    assert!(near(walk(&v, at(700.0, 0.0), at(200.0, 0.0)), 500.0 * tobler(-0.08)));
    assert!(near(walk(&v, at(1000.0, 0.0), at(1000.0, 900.0)), 900.0));
    assert!((s.known_metres() - 1000.0).abs() < 1.0);
    // no heights, no slopes
    let level = walked(&plain, &Elevation::default(), HILLY);
    assert!(near(walk(&level.view(), at(0.0, 0.0), at(1000.0, 0.0)), 1000.0));
}

#[test]
fn steps_take_their_time_or_are_no_way_at_all() {
    let detour = [(0, 0), (0, 600), (400, 600), (400, 0)];
    let plain = Scene::default()
        .way(&[(-300, 0), (0, 0)])
        .way_with(&[(0, 0), (400, 0)], WayClass::Steps, WayFlags::default(), 0)
        .way(&[(400, 0), (700, 0)])
        .way(&detour)
        .streets();
    let near = |a: f64, b: f64| (a - b).abs() < 0.1;
    let (home, salon) = (at(-100.0, 0.0), at(500.0, 0.0));
    assert!(near(walk(&plain.view(), home, salon), 600.0));
    let slow = walked(&plain, &Elevation::default(), HILLY);
    assert!(near(walk(&slow.view(), home, salon), 200.0 + 3.0 * 400.0));
    let none = walked(&plain, &Elevation::default(), Effort { no_steps: true, ..HILLY });
    assert!(near(walk(&none.view(), home, salon), 200.0 + 1600.0));
    // whoever lives beside the steps leaves by the street
    let at_steps = none.view().snap(at(30.0, 20.0), &rules().network).unwrap();
    assert_eq!(none.view().edge_flags[at_steps.edge as usize] & edge_flag::STEPS, 0);
}

/// Costs between all nodes by the plainest means: relax every edge, both ways, until nothing improves. The cost of an edge is
/// summed up here in pieces of its own.
fn oracle(view: &View, elevation: &Elevation, start: u32) -> Vec<f64> {
    let rule = &rules().slope;
    let cost = |edge: u32, backward: bool| -> f64 {
        let length = view.edge_mm(edge);
        let flags = view.edge_flags[edge as usize];
        if flags & edge_flag::STEPS != 0 {
            return f64::from(length) * 3.0;
        }
        if flags & edge_flag::OFF_GROUND != 0 {
            return f64::from(length);
        }
        let pieces = (f64::from(length) / 25_000.0).round().max(1.0) as u32;
        let place = |i: u32| LonLat::from_e7(view.point_at(edge, (u64::from(length) * u64::from(i) / u64::from(pieces)) as u32));
        let metres = f64::from(length) / 1000.0 / f64::from(pieces);
        (0..pieces)
            .map(|i| {
                let (a, b) = (elevation.metres(place(i)).unwrap(), elevation.metres(place(i + 1)).unwrap());
                let rise = if backward { a - b } else { b - a };
                let grade = (rise / metres).clamp(-rule.max_grade, rule.max_grade);
                metres * 1000.0 * (3.5 * ((grade + 0.05).abs() - 0.05)).exp()
            })
            .sum()
    };
    let mut best = vec![f64::INFINITY; view.nodes.len()];
    best[start as usize] = 0.0;
    loop {
        let mut better = false;
        for (edge, &[a, b]) in view.edge_nodes.iter().enumerate() {
            for (from, to, backward) in [(a, b, false), (b, a, true)] {
                let total = best[from as usize] + cost(edge as u32, backward);
                if total < best[to as usize] - 1e-6 {
                    best[to as usize] = total;
                    better = true;
                }
            }
        }
        if !better {
            return best;
        }
    }
}

type RandomStreets = Vec<(Vec<(i64, i64)>, u8)>;

fn random_streets() -> impl Strategy<Value = RandomStreets> {
    let point = (-8i64..8, -8i64..8).prop_map(|(x, y)| (x * 130, y * 110));
    prop::collection::vec((prop::collection::vec(point, 2..5), 0u8..6), 3..14)
}

fn scene(ways: &RandomStreets) -> Option<Scene> {
    let mut s = Scene::default();
    for (points, sort) in ways {
        let mut points = points.clone();
        points.dedup();
        if points.len() < 2 {
            continue;
        }
        let flags = WayFlags { off_ground: *sort == 1, ..WayFlags::default() };
        s = s.way_with(&points, if *sort == 0 { WayClass::Steps } else { WayClass::Minor }, flags, 0);
    }
    (!s.extract.is_empty()).then_some(s)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn distances_equal_the_oracle_uphill_and_down(ways in random_streets(), a in 0.5f64..3.0, b in 0.5f64..3.0) {
        let Some(scene) = scene(&ways) else { return Ok(()) };
        let plain = scene.streets();
        let elevation = heights(|e, n| 300.0 + 60.0 * (e / 400.0 * a).sin() + 40.0 * (n / 300.0 * b).cos());
        let own = walked(&plain, &elevation, HILLY);
        let view = own.view();
        let here = LonLat::from_e7(view.nodes[0]);
        let start = view.snap(here, &rules().network).unwrap();
        // stand exactly on a node
        let node = view.edge_nodes[start.edge as usize][usize::from(start.mm != 0)];
        // (a fragment may hand it to a larger network nearby)
        prop_assume!(start.off_mm == 0 && (start.mm == 0 || start.mm == view.edge_mm(start.edge)));
        let want = oracle(&view, &elevation, node);
        let mut search = Search::new(view.nodes.len());
        search.outward(&view, seeds_from(&view, &start, 0), u32::MAX >> 1, WALKER);
        for (n, want) in want.iter().enumerate() {
            if want.is_finite() {
                prop_assert!((f64::from(search.mm[n]) - want).abs() < 40.0, "{n}: {} {want}", search.mm[n]);
            } else {
                prop_assert_eq!(search.mm[n], NONE);
            }
        }
        // the way there is the way back of the reversed network
        for n in 0..view.nodes.len() as u32 {
            let goal = view.snap(LonLat::from_e7(view.nodes[n as usize]), &rules().network).unwrap();
            let mut back = Search::new(view.nodes.len());
            back.inward(&view, seeds_toward(&view, &goal, 0), u32::MAX >> 1, WALKER);
            let there = goal_cost(&view, &search, &goal);
            let here = seeds_from(&view, &start, 0).map(|s| back.mm[s.node as usize].saturating_add(s.mm)).min().unwrap();
            if there < NONE >> 1 && start.edge != goal.edge {
                prop_assert!(there.abs_diff(here) <= 4, "{there} {here}");
            }
        }
    }

    #[test]
    fn parts_of_a_street_add_up_and_no_piece_outlasts_its_budget(ways in random_streets(), budget in 1_000u32..900_000) {
        let Some(scene) = scene(&ways) else { return Ok(()) };
        let plain = scene.streets();
        let elevation = heights(|e, n| 300.0 + 80.0 * (e / 350.0).sin() * (n / 280.0).cos());
        let own = walked(&plain, &elevation, HILLY);
        let view = own.view();
        for edge in 0..view.edge_nodes.len() as u32 {
            let length = view.edge_mm(edge);
            let third = length / 3;
            let whole = view.part_mm(edge, 0, length);
            prop_assert_eq!(whole, view.part_mm(edge, 0, third) + view.part_mm(edge, third, length));
            let back = view.part_mm(edge, length, 0);
            prop_assert_eq!(back, view.part_mm(edge, length, third) + view.part_mm(edge, third, 0));
            let (far, low) = (view.ahead(edge, third, budget), view.back(edge, third, budget));
            prop_assert!(far >= third && low <= third && far <= length);
            prop_assert!(view.part_mm(edge, third, far) <= budget && view.part_mm(edge, third, low) <= budget);
            // and a metre more would be too far
            prop_assert!(far + 1000 > length || view.part_mm(edge, third, far + 1000) > budget);
            prop_assert!(low < 1000 || view.part_mm(edge, third, low - 1000) > budget);
        }
        let at = view.snap(LonLat::from_e7(view.nodes[0]), &rules().network).unwrap();
        let mut search = Search::new(view.nodes.len());
        let reached = reach(&view, &mut search, &at, budget, WALKER);
        for p in reached.pieces {
            prop_assert!(p.from_mm < p.to_mm && p.to_mm <= view.edge_mm(p.edge));
        }
    }

    #[test]
    fn without_heights_and_steps_an_effort_is_a_length(ways in random_streets()) {
        let Some(scene) = scene(&ways) else { return Ok(()) };
        let plain = scene.streets();
        let own = walked(&plain, &Elevation::default(), Effort { slope: true, steps_factor: 1.0, no_steps: false });
        let (a, b) = (plain.view(), own.view());
        prop_assert_eq!(a.arcs, b.arcs);
        prop_assert_eq!(a.arc_edge, b.arc_edge);
        // parts of equal length may swap their numbers
        for n in 0..a.nodes.len() {
            let metres = |v: &View| v.components[v.node_component[n] as usize].metres;
            prop_assert!((metres(&a) - metres(&b)).abs() < 0.1);
        }
        prop_assert_eq!(b.along_mm, a.vertex_mm);
        prop_assert_eq!(b.against_mm, a.vertex_mm);
    }
}

fn goal_cost(view: &View, search: &Search, goal: &kayoi::atlas::streets::Snapped) -> u32 {
    seeds_toward(view, goal, 0).map(|s| search.mm[s.node as usize].saturating_add(s.mm)).min().unwrap_or(NONE)
}

fn reached(atlas: &Atlas, raw: RawQuestion) -> (f64, String) {
    let raw = RawQuestion { kind: Some("hospital".into()), ..raw };
    let q = Question::new(&raw, atlas, Day(20_614)).unwrap();
    let answer = coverage(atlas.walked(q.effort), &q).unwrap();
    (answer.total.kinds[0].reached, answer.basis.notes.join("\n"))
}

#[tokio::test]
async fn from_the_elevation_file_to_the_answer() {
    let folder = tempfile::tempdir().unwrap();
    write_city(&folder.path().join("files"), 8000, 3).unwrap();
    let store = kayoi::store::open(folder.path()).await.unwrap();
    let dem = folder.path().join("files/FG-GML-kayoi-sample-DEM.zip");
    let aside = folder.path().join("dem.zip");
    std::fs::rename(&dem, &aside).unwrap();
    import_paths(Some(store.as_ref()), &[folder.path().join("files")]).await.unwrap();
    let minutes = |walker: &str| RawQuestion { minutes: Some(15.0), walker: Some(walker.into()), ..RawQuestion::default() };
    let atlas = load_atlas(store.as_ref(), folder.path()).await.unwrap();
    let (flat, notes) = reached(&atlas, minutes("elderly"));
    assert!(notes.contains("標高のデータがありません"), "{notes}");
    let by_length = RawQuestion { metres: Some(900.0), ..RawQuestion::default() };
    let length = reached(&atlas, by_length.clone());
    // the heights arrive
    let reports = import_paths(Some(store.as_ref()), &[aside]).await.unwrap();
    assert_eq!(reports[0].refused, None);
    let atlas = load_atlas(store.as_ref(), folder.path()).await.unwrap();
    let (hilly, notes) = reached(&atlas, minutes("elderly"));
    assert!(hilly < flat, "{hilly} of {flat}");
    assert!(notes.contains("上りと下り") && notes.contains("階段は同じ長さの平らな道の3倍"), "{notes}");
    // a threshold of length does not feel them, and neither does the definition of 徒歩1分
    assert_eq!(reached(&atlas, by_length), length);
    let (adult, notes) = reached(&atlas, minutes("adult"));
    assert!(adult > flat && notes.contains("この速さの定義では数えません"), "{notes}");
    let (stepless, notes) = reached(&atlas, minutes("stepless"));
    assert!(stepless <= hilly && notes.contains("階段は通りません") && notes.contains("500mまで"), "{notes}");
    // a compiled file that is damaged is made again, with the same answer
    for file in std::fs::read_dir(folder.path().join("compiled")).unwrap().map(|f| f.unwrap().path()) {
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        if ["effort", "walks", "gazetteer"].iter().any(|sort| name.starts_with(sort)) {
            let bytes = std::fs::read(&file).unwrap();
            std::fs::remove_file(&file).unwrap(); // not in place: the file is mapped
            std::fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
        }
    }
    let atlas = load_atlas(store.as_ref(), folder.path()).await.unwrap();
    assert_eq!(reached(&atlas, minutes("elderly")).0, hilly);
    // all of them at once: the same people as one by one
    let raw = RawQuestion { kind: Some("hospital,salon".into()), ..minutes("elderly") };
    let all = by_walker(&atlas, &Question::new(&raw, &atlas, Day(20_614)).unwrap()).unwrap();
    for (i, w) in rules().walker.iter().enumerate() {
        let q = Question::new(&RawQuestion { walker: Some(w.id.clone()), ..raw.clone() }, &atlas, Day(20_614)).unwrap();
        let one = coverage(atlas.walked(q.effort), &q).unwrap();
        for (row, whole) in all.rows.iter().zip(one.rows.iter().chain([&one.total])) {
            assert_eq!((&row.name, row.walkers[i].walker), (&whole.name, w.id.as_str()));
            let pairs = row.walkers[i].kinds.iter().zip(&whole.kinds).map(|(a, b)| (*a, b.reached));
            for (a, b) in pairs.chain([(row.walkers[i].all, whole.all.reached), (row.people, whole.people)]) {
                assert!((a - b).abs() < 1e-6, "{} {}: {a} {b}", w.id, row.name);
            }
        }
    }
    // at the walker's own speed
    let own = RawQuestion { speed: Some(60.0), ..minutes("slow") };
    assert_eq!(reached(&atlas, own).0, hilly);
}
