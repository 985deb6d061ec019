//! The engine's own side of `make bench`: times on a network, and the network itself for the rivals to work on.
//!
//! `cargo bench --bench engine -- NETWORK OUT [--pbf FILE] [--data DIR]`: NETWORK is `grid` or `pbf`; OUT receives
//! raw arrays (nodes, edges, facilities, distances) and `kayoi.json` with medians in seconds.

#![allow(clippy::expect_used)] // a bench that cannot run has nothing better to do than say so

use kayoi::atlas::streets::{NONE, View, compile};
use kayoi::atlas::{Flat, Streets, write_whole};
use kayoi::ingest::{self, Input};
use kayoi::measure::{Question, RawQuestion, coverage, nearest_of};
use kayoi::model::{LonLat, OsmExtract, RawWay, WayClass, WayFlags, ground_metres, kind_by_code, metres_per_degree};
use kayoi::travel::{Piece, Search, Seed, Walker, outline, reach};
use rayon::prelude::*;
use serde_json::{Value, json};
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Instant;

const WALKER: Walker = Walker { metres_per_minute: 60.0 };
const LIMIT: u32 = 1_800_000;

/// Seconds of the runs, ascending.
fn times<T>(runs: usize, mut work: impl FnMut() -> T) -> Vec<f64> {
    let mut seconds: Vec<f64> = (0..runs)
        .map(|_| {
            let start = Instant::now();
            black_box(work());
            start.elapsed().as_secs_f64()
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    seconds
}

fn median<T>(runs: usize, work: impl FnMut() -> T) -> f64 {
    times(runs, work)[runs / 2]
}

/// The jittered lattice of the published comparison: 447 × 447 nodes, 80 m apart, ±15 m.
fn grid() -> OsmExtract {
    const N: u32 = 447;
    let (east, north) = metres_per_degree(32.8);
    let mut state = 1u64;
    let mut jitter = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / f64::from(1u32 << 31) * 30.0 - 15.0
    };
    let mut out = OsmExtract::default();
    for i in 0..N * N {
        let (x, y) = (f64::from(i % N) * 80.0 + jitter(), f64::from(i / N) * 80.0 + jitter());
        out.nodes.push(LonLat::new(130.5 + x / east, 32.6 + y / north).to_e7());
        out.ids.push(i64::from(i));
    }
    let mut way = |nodes: Vec<u32>| {
        out.ways.push(RawWay { nodes, class: WayClass::Minor, flags: WayFlags::default(), ferry_seconds: 0, pace: 0 })
    };
    for k in 0..N {
        way((0..N).map(|i| k * N + i).collect());
        way((0..N).map(|i| i * N + k).collect());
    }
    out
}

fn put<T: bytemuck::Pod>(out: &Path, name: &str, values: &[T]) {
    std::fs::write(out.join(name), bytemuck::cast_slice::<T, u8>(values)).expect("the bench folder is writable");
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let [network, out, rest @ ..] = args.as_slice() else {
        eprintln!("usage: engine grid|pbf OUT [--pbf FILE] [--data DIR]");
        return;
    };
    let option = |name: &str| rest.iter().position(|a| a == name).and_then(|i| rest.get(i + 1)).map(PathBuf::from);
    let out = PathBuf::from(out);
    std::fs::create_dir_all(&out).expect("the bench folder can be made");
    let mut report = json!({ "network": network });
    let start = Instant::now();
    let extract = match option("--pbf") {
        Some(file) if network == "pbf" => ingest::read(&Input::File(file), kayoi::model::Day(20_614))
            .expect("a readable extract")
            .remove(0)
            .batch
            .osm
            .expect("streets"),
        _ => grid(),
    };
    report["read"] = json!(start.elapsed().as_secs_f64());
    let bytes = compile(&extract);
    report["compile"] = json!(median(3, || compile(&extract)));
    let path = out.join("streets.kyf");
    write_whole(&path, &bytes).expect("the bench folder is writable");
    report["map"] = json!(median(9, || Streets::new(Flat::open(&path).expect("just written"), String::new()).expect("sound")));
    drop(extract);
    let streets = Streets::new(Flat::open(&path).expect("just written"), String::new()).expect("sound");
    let view = streets.view();
    report["nodes"] = json!(view.nodes.len());
    report["edges"] = json!(view.edge_nodes.len());
    searches(&view, &out, &mut report);
    isochrones(&view, &mut report);
    report["straight_error"] = json!(straight_error());
    if let Some(data) = option("--data") {
        city(&data, &mut report);
    }
    std::fs::write(out.join("kayoi.json"), report.to_string()).expect("the bench folder is writable");
}

fn searches(view: &View, out: &Path, report: &mut Value) {
    let n = view.nodes.len();
    let pick = |k: usize| ((k as u64 * 2_654_435_761) % n as u64) as u32;
    let facilities: Vec<u32> = (0..1000).map(pick).collect();
    let table: Vec<u32> = (0..200).map(|k| pick(k + 5000)).collect();
    let seed = |node: u32| Seed { node, mm: 0, source: 0 };
    let mut search = Search::new(n);
    report["t1"] = json!(median(15, || search.inward(view, facilities.iter().map(|f| seed(*f)), LIMIT, WALKER)));
    put(out, "nearest_mm.u32", &search.mm);
    report["t2"] = json!(median(5, || {
        facilities
            .par_chunks(facilities.len().div_ceil(rayon::current_num_threads()))
            .map(|part| {
                let (mut search, mut counts) = (Search::new(n), vec![0u32; n]);
                for f in part {
                    search.inward(view, std::iter::once(seed(*f)), LIMIT, WALKER);
                    search.touched.iter().for_each(|t| counts[*t as usize] += 1);
                }
                counts
            })
            .reduce(|| vec![0u32; n], |a, b| a.iter().zip(&b).map(|(x, y)| x + y).collect())
    }));
    let row = |search: &mut Search, from: u32| -> Vec<u32> {
        search.outward(view, std::iter::once(seed(from)), NONE >> 1, WALKER);
        table.iter().map(|t| search.mm[*t as usize]).collect()
    };
    report["t4"] = json!(median(5, || table.par_iter().map_init(|| Search::new(n), |s, f| row(s, *f)).collect::<Vec<_>>()));
    let from = table[0];
    search.outward(view, std::iter::once(seed(from)), NONE >> 1, WALKER);
    put(out, "from_first_mm.u32", &search.mm);
    put(out, "nodes.f64", &view.nodes.iter().flat_map(|p| [f64::from(p[0]) * 1e-7, f64::from(p[1]) * 1e-7]).collect::<Vec<_>>());
    put(out, "edges.u32", view.edge_nodes);
    put(out, "metres.f64", &(0..view.edge_nodes.len() as u32).map(|e| f64::from(view.edge_mm(e)) / 1000.0).collect::<Vec<_>>());
    put(out, "facilities.u32", &facilities);
    put(out, "table.u32", &table);
}

/// 30 minutes from 200 places: time for pieces and polygon, and the share of on-network points on the wrong side.
fn isochrones(view: &View, report: &mut Value) {
    use geo::{BoundingRect, Contains};
    let rule = &kayoi::model::rules().network;
    let mut search = Search::new(view.nodes.len());
    let mut seconds = Vec::new();
    let (mut inside, mut inside_wrong, mut outside, mut outside_wrong) = (0u32, 0u32, 0u32, 0u32);
    for k in 0..200u64 {
        let node = view.nodes[((k * 40_503 + 17) % view.nodes.len() as u64) as usize];
        let Some(at) = view.snap(LonLat::from_e7(node), rule) else { continue };
        let start = Instant::now();
        let reached = reach(view, &mut search, &at, LIMIT, WALKER);
        let area = outline(view, &reached);
        seconds.push(start.elapsed().as_secs_f64());
        if k >= 40 {
            continue;
        }
        let Some(bounds) = area.bounding_rect() else { continue };
        let at_piece =
            |p: &Piece, t: f64| LonLat::from_e7(view.point_at(p.edge, p.from_mm + (f64::from(p.to_mm - p.from_mm) * t) as u32));
        let holds = |p: LonLat| area.contains(&geo::Point::new(p.lon, p.lat));
        // points spread evenly over street length, reached and not, as many as the street is long
        let spread = |pieces: &[Piece], take: &mut dyn FnMut(LonLat)| {
            for p in pieces {
                let count = f64::from(p.to_mm - p.from_mm) / 20_000.0;
                (0..count as u32).for_each(|i| take(at_piece(p, (f64::from(i) + 0.5) / count)));
            }
        };
        spread(&reached.pieces, &mut |p| {
            inside += 1;
            inside_wrong += u32::from(!holds(p));
        });
        let mut known: Vec<u32> = reached.pieces.iter().map(|p| p.edge).collect();
        known.sort_unstable();
        let (low, high) =
            (LonLat::new(bounds.min().x, bounds.min().y).to_e7(), LonLat::new(bounds.max().x, bounds.max().y).to_e7());
        let mut edges: Vec<u32> = view.grid.within(low, high).map(|v| view.edge_of_vertex(v)).collect();
        edges.sort_unstable();
        edges.dedup();
        let beyond: Vec<Piece> = reached.beyond.iter().copied().filter(|p| known.binary_search(&p.edge).is_ok()).collect();
        let never = edges.into_iter().filter(|e| known.binary_search(e).is_err()).map(|edge| Piece {
            edge,
            from_mm: 0,
            to_mm: view.edge_mm(edge),
        });
        spread(&beyond.into_iter().chain(never).collect::<Vec<_>>(), &mut |p| {
            outside += 1;
            outside_wrong += u32::from(holds(p));
        });
    }
    seconds.sort_by(f64::total_cmp);
    report["t5_p50"] = json!(seconds[seconds.len() / 2]);
    report["t5_p95"] = json!(seconds[seconds.len() * 95 / 100]);
    report["t5_inside_wrong"] = json!(f64::from(inside_wrong) / f64::from(inside.max(1)));
    report["t5_outside_wrong"] = json!(f64::from(outside_wrong) / f64::from(outside.max(1)));
}

/// Greatest relative error of a straight distance up to 3 km, against the geodesic.
fn straight_error() -> f64 {
    use geo::{Distance, Geodesic, Point};
    let mut worst: f64 = 0.0;
    for i in 0..2000 {
        let a = LonLat::new(128.0 + f64::from(i % 17), 24.0 + f64::from(i % 22));
        let b = LonLat::new(a.lon + f64::from(i % 31 - 15) * 1e-3, a.lat + f64::from(i % 29 - 14) * 1e-3 + 1e-5);
        let exact = Geodesic.distance(Point::new(a.lon, a.lat), Point::new(b.lon, b.lat));
        worst = worst.max((ground_metres(a, b) - exact).abs() / exact);
    }
    worst
}

/// Questions over an imported city.
fn city(data: &Path, report: &mut Value) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let start = Instant::now();
    let atlas = runtime.block_on(async {
        let store = kayoi::store::open(data).await.expect("an imported city");
        kayoi::app::load_atlas(store.as_ref(), data).await.expect("an atlas")
    });
    report["open"] = json!(start.elapsed().as_secs_f64());
    let demand = atlas.population[0].1.view();
    report["demand_points"] = json!(demand.points.len());
    let hospital = kind_by_code("hospital").expect("a kind");
    report["coverage_one"] =
        json!(median(15, || nearest_of(&atlas, &demand, atlas.sites.of_kind(hospital), LIMIT, WALKER, false)));
    let raw = RawQuestion {
        kind: Some("hospital,clinic,shop,finance,pharmacy".into()),
        minutes: Some(30.0),
        area_type: Some("elementary_district".into()),
        ..RawQuestion::default()
    };
    let question = Question::new(&raw, &atlas, kayoi::model::Day(20_614)).expect("a sound question");
    report["coverage_whole"] = json!(median(9, || serde_json::to_vec(&coverage(&atlas, &question).expect("an answer"))));
}
