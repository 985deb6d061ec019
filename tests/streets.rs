//! The street engine against hand-computed networks, an independent oracle, and properties that must hold.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test that cannot go on should stop

mod common;

use common::{Scene, at, oracle, shared, streets, vertex_distances};
use kayoi::atlas::streets::{NONE, View};
use kayoi::ingest;
use kayoi::model::{LonLat, NetworkRule, OsmExtract, RawWay, WayClass, WayFlags, ground_metres, rules};
use kayoi::travel::{Search, Seed, Walker, outline, path_between, reach, seeds_from, seeds_toward};
use proptest::prelude::*;

const WALKER: Walker = Walker { metres_per_minute: 60.0 };

fn rule() -> &'static NetworkRule {
    &rules().network
}

/// Metres of walk between two places, or nothing.
fn walk(view: &View, from: LonLat, to: LonLat) -> Option<f64> {
    let (a, b) = (view.snap(from, rule())?, view.snap(to, rule())?);
    let mut search = Search::new(view.nodes.len());
    path_between(view, &mut search, (from, &a), (to, &b), u32::MAX >> 1, WALKER).map(|p| f64::from(p.mm) / 1000.0)
}

fn near(a: Option<f64>, b: f64) -> bool {
    a.is_some_and(|a| (a - b).abs() < 0.1)
}

fn grid(n: i64, step: i64) -> Scene {
    (0..=n).fold(Scene::default(), |s, k| {
        let row: Vec<_> = (0..=n).map(|i| (i * step, k * step)).collect();
        let column: Vec<_> = (0..=n).map(|i| (k * step, i * step)).collect();
        s.way(&row).way(&column)
    })
}

#[test]
fn a_grid_is_walked_round_the_corners() {
    let s = grid(10, 100).streets();
    let v = s.view();
    assert_eq!(v.nodes.len(), 117); // the four corners are bends, not junctions
    assert!(near(walk(&v, at(0.0, 0.0), at(700.0, 300.0)), 1000.0));
    assert!(near(walk(&v, at(50.0, 0.0), at(50.0, 500.0)), 600.0));
}

#[test]
fn a_ring_is_walked_the_shorter_way() {
    let ring = [(0, 0), (300, 0), (300, 300), (0, 300), (0, 0)];
    let s = Scene::default().way(&ring).streets();
    let v = s.view();
    assert_eq!((v.nodes.len(), v.edge_nodes.len()), (1, 1));
    assert!(near(walk(&v, at(150.0, 0.0), at(0.0, 100.0)), 250.0));
    assert!(near(walk(&v, at(150.0, 0.0), at(300.0, 200.0)), 350.0));
}

#[test]
fn an_island_is_not_reached_and_is_its_own_component() {
    let s = Scene::default().way(&[(0, 0), (3000, 0)]).way(&[(5000, 0), (9000, 0)]).streets();
    let v = s.view();
    assert_eq!(walk(&v, at(100.0, 0.0), at(6000.0, 0.0)), None);
    assert_eq!(v.components.len(), 2);
    assert!((v.components[0].metres - 4000.0).abs() < 1.0 && (v.components[1].metres - 3000.0).abs() < 1.0);
}

#[test]
fn a_bridge_does_not_join_the_road_under_it() {
    let s = Scene::default().way(&[(0, 0), (1000, 0)]).bridge(&[(500, -500), (500, 0), (500, 500)]).streets();
    let v = s.view();
    let (on_road, on_bridge) = (v.snap(at(400.0, 1.0), rule()).unwrap(), v.snap(at(501.0, 300.0), rule()).unwrap());
    assert_ne!(v.edge_component(on_road.edge), v.edge_component(on_bridge.edge));
}

#[test]
fn both_ends_on_one_long_rural_edge() {
    let s = Scene::default().way(&[(0, 0), (2500, 0), (5000, 0)]).streets();
    let v = s.view();
    assert_eq!(v.edge_nodes.len(), 1);
    // 30 m and 40 m off the road are walked too
    assert!(near(walk(&v, at(1000.0, 30.0), at(4000.0, -40.0)), 3070.0));
}

#[test]
fn a_dead_end_is_walked_in_and_out() {
    let s = Scene::default()
        .way(&[(0, 0), (500, 0), (1000, 0)])
        .way(&[(500, 0), (500, 400)])
        .way(&[(1000, 0), (1000, 400)])
        .streets();
    assert!(near(walk(&s.view(), at(500.0, 400.0), at(1000.0, 400.0)), 1300.0));
}

#[test]
fn a_one_way_escalator_goes_one_way() {
    let up = WayFlags { no_backward: true, ..WayFlags::default() };
    let s = Scene::default()
        .way(&[(0, 0), (0, 1000), (100, 1000)])
        .way(&[(0, 0), (100, 0), (100, 1000)])
        .way_with(&[(0, 0), (50, 500), (100, 1000)], WayClass::Steps, up, 0)
        .streets();
    let v = s.view();
    let slope = 2.0 * 50f64.hypot(500.0);
    assert!(near(walk(&v, at(0.0, 0.0), at(100.0, 1000.0)), slope));
    assert!(near(walk(&v, at(100.0, 1000.0), at(0.0, 0.0)), 1100.0));
    // the reversed search agrees
    let (a, b) = (v.snap(at(0.0, 0.0), rule()).unwrap(), v.snap(at(100.0, 1000.0), rule()).unwrap());
    let mut back = Search::new(v.nodes.len());
    back.inward(&v, seeds_toward(&v, &b, 0), u32::MAX >> 1, WALKER);
    let best = seeds_from(&v, &a, 0).map(|s| s.mm + back.mm[s.node as usize]).min().unwrap();
    assert!((f64::from(best) / 1000.0 - slope).abs() < 0.1);
}

#[test]
fn a_gated_node_is_a_dead_end_from_both_sides() {
    let open = Scene::default().way(&[(0, 0), (500, 0), (1000, 0)]).way(&[(0, 0), (0, 800), (1000, 800), (1000, 0)]);
    assert!(near(walk(&open.streets().view(), at(400.0, 0.0), at(600.0, 0.0)), 200.0));
    let gated = open.blocked((500, 0)).streets();
    assert!(near(walk(&gated.view(), at(400.0, 0.0), at(600.0, 0.0)), 400.0 + 800.0 + 1000.0 + 800.0 + 400.0));
}

#[test]
fn a_private_way_is_a_last_leg_and_no_shortcut() {
    let private = WayFlags { private: true, ..WayFlags::default() };
    let around = Scene::default().way(&[(0, 0), (0, 800), (1000, 800), (1000, 0)]);
    let through = around.clone().way_with(&[(0, 0), (1000, 0)], WayClass::Minor, private, 0).streets();
    assert!(near(walk(&through.view(), at(0.0, 10.0), at(1000.0, 10.0)), 2580.0));
    let drive = around.way_with(&[(0, 0), (-300, 0)], WayClass::Minor, private, 0).streets();
    assert!(near(walk(&drive.view(), at(-300.0, 0.0), at(0.0, 100.0)), 400.0));
}

#[test]
fn a_ferry_takes_its_time_whatever_the_walker() {
    let s = Scene::default()
        .way(&[(0, 0), (1000, 0)])
        .way_with(&[(1000, 0), (4000, 0)], WayClass::Ferry, WayFlags::default(), 600)
        .way(&[(4000, 0), (5000, 0)])
        .streets();
    let v = s.view();
    for speed in [48.0, 60.0, 80.0] {
        let walker = Walker { metres_per_minute: speed };
        let mut search = Search::new(v.nodes.len());
        let from = v.snap(at(0.0, 0.0), rule()).unwrap();
        search.outward(&v, seeds_from(&v, &from, 0), u32::MAX >> 1, walker);
        let far = search.mm.iter().copied().max().unwrap();
        assert!((walker.minutes(far) - (2000.0 / speed + 10.0)).abs() < 0.01, "{speed}");
    }
    // nobody boards in the middle of the sea
    assert!(v.snap(at(2500.0, 5.0), rule()).is_none());
}

#[test]
fn nothing_near_is_unsnapped_and_a_fragment_gives_way_to_a_network() {
    let s =
        Scene::default().way(&[(0, 0), (3000, 0)]).way(&[(1000, 100), (1050, 100)]).way(&[(1000, 900), (1050, 900)]).streets();
    let v = s.view();
    assert!(v.snap(at(1500.0, 5000.0), rule()).is_none());
    // 60 m from a 50 m fragment, 160 m from the street: the street
    assert_eq!(v.edge_component(v.snap(at(1025.0, 160.0), rule()).unwrap().edge), 0);
    // 60 m from a fragment, 840 m from the street: the fragment, so that an island keeps its people
    assert_ne!(v.edge_component(v.snap(at(1025.0, 840.0), rule()).unwrap().edge), 0);
}

#[test]
fn edges_are_cut_exactly_and_from_both_ends() {
    // a loop 1,500 m round from the start: 400 m each way leaves 700 m in the middle
    let s = Scene::default().way(&[(0, 0), (-2500, 0)]).way(&[(0, 0), (500, 0), (250, 433), (0, 0)]).streets();
    let v = s.view();
    let from = v.snap(at(0.0, 0.0), rule()).unwrap();
    let mut search = Search::new(v.nodes.len());
    let reached = reach(&v, &mut search, &from, 400_000, WALKER);
    assert!((reached.metres() - 1200.0).abs() < 0.5, "{}", reached.metres());
    let gap: f64 = reached
        .beyond
        .iter()
        .filter(|p| p.from_mm > 0 && p.to_mm < v.edge_mm(p.edge))
        .map(|p| f64::from(p.to_mm - p.from_mm) / 1000.0)
        .sum();
    assert!((gap - 700.0).abs() < 1.0, "{gap}");
}

#[test]
fn the_outline_holds_what_is_reached_and_does_not_jump_the_river() {
    // two banks 24 m apart, joined by one bridge 1,500 m away
    let bank = |y: i64| (0..=15).map(|k| (k * 100, y)).collect::<Vec<_>>();
    let mut scene = Scene::default().way(&bank(0)).way(&bank(24)).bridge(&[(1500, 0), (1500, 12), (1500, 24)]);
    for k in 1..15 {
        scene = scene.way(&[(k * 100, 0), (k * 100, -300)]).way(&[(k * 100, 24), (k * 100, 324)]);
    }
    let s = scene.streets();
    let v = s.view();
    let from = v.snap(at(50.0, 0.0), rule()).unwrap();
    let mut search = Search::new(v.nodes.len());
    let reached = reach(&v, &mut search, &from, 800_000, WALKER);
    let area = outline(&v, &reached);
    use geo::Contains;
    let holds = |p: LonLat| area.contains(&geo::Point::new(p.lon, p.lat));
    assert!(holds(at(400.0, 0.0)) && holds(at(300.0, -200.0)) && holds(at(845.0, 0.0)));
    assert!(!holds(at(855.0, 0.0)), "past the cut");
    for x in [60.0, 300.0, 555.0, 800.0] {
        assert!(!holds(at(x, 24.0)) && !holds(at(x, 20.0)), "the far bank at {x}");
    }
    use geo::Validation;
    assert!(area.is_valid());
}

fn kumamoto() -> OsmExtract {
    let input = ingest::Input::File(shared("kumamoto/osm/kumamoto-reconstructed.osm.pbf"));
    ingest::read(&input, kayoi::model::Day(20_614)).unwrap().remove(0).batch.osm.unwrap()
}

#[test]
fn every_vertex_of_kumamoto_is_within_a_decimetre_of_the_oracle() {
    let extract = kumamoto();
    let s = streets(&extract);
    let v = s.view();
    let start = extract.nodes.iter().position(|p| *p == v.nodes[v.nodes.len() / 2]).unwrap() as u32;
    let truth = oracle(&extract, start);
    let mut search = Search::new(v.nodes.len());
    let seed = Seed { node: v.nodes.len() as u32 / 2, mm: 0, source: 0 };
    search.outward(&v, std::iter::once(seed), u32::MAX >> 1, WALKER);
    let mine = vertex_distances(&v, &search.mm);
    let mut compared = 0;
    // two raw nodes at one spot on different levels share a key: the nearer counts
    let mut nearest = std::collections::HashMap::new();
    for (p, d) in extract.nodes.iter().zip(&truth) {
        let best = nearest.entry(*p).or_insert(f64::INFINITY);
        *best = f64::min(*best, *d);
    }
    for (p, d) in nearest {
        match mine.get(&p) {
            Some(&mm) if d.is_finite() => {
                assert!((f64::from(mm) / 1000.0 - d).abs() < 0.1, "{p:?}: {mm} mm, oracle {d} m");
                compared += 1;
            }
            Some(&mm) => assert!(mm >= NONE >> 1 || mm == NONE, "{p:?} is unreachable for the oracle"),
            None => {}
        }
    }
    assert!(compared > 600_000, "{compared}");
}

#[test]
fn snapping_is_the_nearest_segment_by_brute_force() {
    let extract = kumamoto();
    let s = streets(&extract);
    let v = s.view();
    let whole = NetworkRule { small_component_metres: 0.0, ..rule().clone() };
    for i in 0..300u32 {
        let node = LonLat::from_e7(v.nodes[(i as usize * 7919) % v.nodes.len()]);
        let p = LonLat::new(node.lon + f64::from(i % 17) * 2e-4 - 1.6e-3, node.lat + f64::from(i % 13) * 2e-4 - 1.2e-3);
        let found = v.snap(p, &whole).map(|s| f64::from(s.off_mm) / 1000.0);
        let (east, north) = kayoi::model::metres_per_degree(p.lat);
        let mut best = f64::INFINITY;
        for edge in 0..v.edge_nodes.len() as u32 {
            let range = v.edge_vertices(edge);
            for w in v.vertices[range].windows(2) {
                let local = |q: [i32; 2]| ((f64::from(q[0]) * 1e-7 - p.lon) * east, (f64::from(q[1]) * 1e-7 - p.lat) * north);
                let (a, b) = (local(w[0]), local(w[1]));
                let (dx, dy) = (b.0 - a.0, b.1 - a.1);
                let t = if dx == 0.0 && dy == 0.0 { 0.0 } else { (-(a.0 * dx + a.1 * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0) };
                best = best.min((a.0 + t * dx).hypot(a.1 + t * dy));
            }
        }
        match found {
            Some(d) => assert!((d - best).abs() < 0.02, "{p:?}: {d} against {best}"),
            None => assert!(best > whole.snap_limit_metres - 1.0, "{p:?}: {best}"),
        }
    }
}

/// A random connected-ish network on a small lattice with diagonal shortcuts.
fn network() -> impl Strategy<Value = Scene> {
    proptest::collection::vec(((0i64..7, 0i64..7), (0i64..7, 0i64..7), 1i64..40), 6..40).prop_map(|lines| {
        lines.into_iter().filter(|(a, b, _)| a != b).fold(Scene::default().way(&[(0, 0), (900, 0)]), |s, (a, b, bend)| {
            let (p, q) = ((a.0 * 150, a.1 * 150), (b.0 * 150, b.1 * 150));
            s.way(&[p, ((p.0 + q.0) / 2 + bend, (p.1 + q.1) / 2 - bend), q])
        })
    })
}

fn distances(extract: &OsmExtract, from: LonLat) -> (std::collections::HashMap<[i32; 2], u32>, f64) {
    let s = streets(extract);
    let v = s.view();
    let rule = NetworkRule { small_component_metres: 0.0, ..rule().clone() };
    let at = v.snap(from, &rule).unwrap();
    let mut search = Search::new(v.nodes.len());
    let reached = reach(&v, &mut search, &at, 700_000, WALKER).metres();
    search.outward(&v, seeds_from(&v, &at, 0), u32::MAX >> 1, WALKER);
    let mut vertices = vertex_distances(&v, &search.mm);
    // along the street one stands on no junction is passed: an isolated ring is one edge, wherever it was opened
    for i in v.edge_vertices(at.edge) {
        let direct = at.mm.abs_diff(v.vertex_mm[i]) + at.off_mm;
        vertices.entry(v.vertices[i]).and_modify(|mm| *mm = (*mm).min(direct));
    }
    (vertices, reached)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn random_networks_agree_with_the_oracle(scene in network(), pick in 0usize..1000) {
        let extract = scene.build();
        let s = streets(&extract);
        let v = s.view();
        let node = pick % v.nodes.len();
        let start = extract.nodes.iter().position(|p| *p == v.nodes[node]).unwrap() as u32;
        let truth = oracle(&extract, start);
        let mut search = Search::new(v.nodes.len());
        search.outward(&v, std::iter::once(Seed { node: node as u32, mm: 0, source: 0 }), u32::MAX >> 1, WALKER);
        let mine = vertex_distances(&v, &search.mm);
        for (p, d) in extract.nodes.iter().zip(&truth) {
            let mm = mine[p];
            if d.is_finite() { prop_assert!((f64::from(mm) / 1000.0 - d).abs() < 0.1) } else { prop_assert!(mm >= NONE >> 1) }
        }
    }

    #[test]
    fn cutoffs_bound_exactly_what_is_reached(scene in network(), limit in 100_000u32..1_500_000) {
        let extract = scene.build();
        let s = streets(&extract);
        let v = s.view();
        let from = v.snap(at(10.0, 3.0), rule()).unwrap();
        let mut search = Search::new(v.nodes.len());
        let less = reach(&v, &mut search, &from, limit, WALKER).metres();
        let more = reach(&v, &mut search, &from, limit + 50_000, WALKER).metres();
        prop_assert!(more >= less - 1e-6, "monotone in the cutoff");
        // a bounded search finds the same distances as an unbounded one
        search.outward(&v, seeds_from(&v, &from, 0), limit, WALKER);
        let bounded = search.mm.clone();
        search.outward(&v, seeds_from(&v, &from, 0), u32::MAX >> 1, WALKER);
        for (b, w) in bounded.iter().zip(&search.mm) {
            prop_assert_eq!(*b, if *w <= limit { *w } else { NONE });
        }
        let walked = |speed: f64| Walker { metres_per_minute: speed }.mm_in(20.0);
        prop_assert!(walked(80.0) > walked(60.0) && walked(60.0) > walked(48.0));
    }

    #[test]
    fn walks_are_symmetric_and_obey_the_triangle(scene in network(), xs in proptest::array::uniform6(0f64..900.0)) {
        let s = streets(&scene.build());
        let v = s.view();
        let [a, b, c] = [at(xs[0], xs[1]), at(xs[2], xs[3]), at(xs[4], xs[5])];
        let (ab, ba) = (walk(&v, a, b), walk(&v, b, a));
        prop_assert_eq!(ab.map(|m| (m * 1000.0).round()), ba.map(|m| (m * 1000.0).round()));
        if let (Some(ab), Some(bc), Some(ac)) = (ab, walk(&v, b, c), walk(&v, a, c)) {
            // both walks over b go to its spot on the street and off it again
            prop_assert!(ac <= ab + bc + 0.01);
        }
        if let Some(ab) = ab {
            prop_assert!(ab >= ground_metres(a, b) - 0.01, "no walk is shorter than the straight line");
        }
    }

    #[test]
    fn splitting_and_reordering_change_nothing(scene in network(), seed in 0usize..1000) {
        let extract = scene.build();
        let (before, reached) = distances(&extract, at(20.0, 5.0));
        let mut other = scene.build();
        // ways split at every second vertex, in another order, some turned round
        let mut ways: Vec<RawWay> = Vec::new();
        for (i, w) in other.ways.iter().enumerate() {
            for pair in w.nodes.windows(2) {
                let mut nodes = pair.to_vec();
                if (i + seed) % 3 == 0 { nodes.reverse() }
                ways.push(RawWay { nodes, ..w.clone() });
            }
        }
        let turn = seed % ways.len();
        ways.rotate_left(turn);
        other.ways = ways;
        let (after, reached_after) = distances(&other, at(20.0, 5.0));
        prop_assert!((reached - reached_after).abs() < 0.05, "{} {}", reached, reached_after);
        for (p, mm) in &before {
            let again = after[p];
            prop_assert!(mm.abs_diff(again) <= 5 || *mm >= NONE >> 1 && again >= NONE >> 1, "{:?} {} {}", p, mm, again);
        }
    }
}
