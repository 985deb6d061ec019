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
        city(&data, &out, &mut report);
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

/// T6, T7: 1,224 places, one departure and sixty, walk and timetable; the places are written for the rival.
fn matrices(atlas: &kayoi::atlas::Atlas, out: &Path, report: &mut Value) {
    use kayoi::travel::transit::{Rider, matrix};
    const PLACES: usize = 1224;
    let (Some(streets), Some(transit)) = (&atlas.streets, &atlas.transit) else { return };
    let view = streets.view();
    let demand = atlas.population[0].1.view();
    // places near a stop of the timetable, spread over the demand points
    let near = |p: &&kayoi::atlas::demand::DemandPoint| {
        p.edge != NONE && p.node.iter().any(|n| *n != NONE && !transit.walks.view().stops_from(*n).is_empty())
    };
    let all: Vec<_> = demand.points.iter().filter(near).collect();
    let places: Vec<_> = (0..PLACES).map(|k| all[(k * 2_654_435_761) % all.len()]).collect();
    let flat: Vec<f64> = places.iter().flat_map(|p| p.point.map(|v| f64::from(v) * 1e-7)).collect();
    put(out, "places.f64", &flat);
    let at: Vec<kayoi::atlas::streets::Snapped> =
        places.iter().map(|p| kayoi::atlas::streets::Snapped { edge: p.edge, mm: p.mm, off_mm: p.off_mm }).collect();
    // the rival walks 1.4 m/s and cannot do otherwise
    let rider = Rider { rides: 3, change_ms: 0, ..Rider::new(Walker { metres_per_minute: 84.0 }) };
    let day = transit.day(kayoi::model::Day(20_614));
    let (walk, horizon) = (84 * 30 * 1000, 7_200_000);
    let (leave, minute) = (14 * 3_600_000, 60_000);
    report["t6"] = json!(median(3, || {
        matrix(transit, &view, &day, &rider, &at, &[leave], walk, horizon, |_, times| {
            std::hint::black_box(times);
        });
    }));
    let sample = std::sync::Mutex::new(vec![0u32; PLACES * PLACES]);
    matrix(transit, &view, &day, &rider, &at, &[leave], walk, horizon, |o, times| {
        sample.lock().expect("no thread fails")[o * PLACES..(o + 1) * PLACES].copy_from_slice(&times[0]);
    });
    put(out, "matrix_ms.u32", &sample.into_inner().expect("no thread fails"));
    let departures: Vec<i32> = (0..60).map(|m| leave + m * minute).collect();
    let start = Instant::now();
    matrix(transit, &view, &day, &rider, &at, &departures, walk, horizon, |_, times| {
        let mut column = vec![0u32; times.len()];
        for t in 0..PLACES {
            column.iter_mut().zip(times).for_each(|(c, row)| *c = row[t]);
            column.sort_unstable();
            std::hint::black_box((column[2], column[29], column[56]));
        }
    });
    report["t7"] = json!(start.elapsed().as_secs_f64());
    let stop_times: usize = transit.feeds.iter().map(|f| f.times().len()).sum();
    report["stop_times"] = json!(stop_times);
    report["day_bytes_per_stop_time"] = json!(
        (day.connections.len() * size_of::<kayoi::atlas::transit::Connection>()
            + day.table(transit).patterns.iter().map(|p| p.times.len() * 8).sum::<usize>()
            + stop_times * size_of::<kayoi::model::StopTime>()) as f64
            / stop_times as f64
    );
}

/// T9: twenty demand zones, every cell to every service; T10: what-ifs against the whole computation.
fn journeys(atlas: &kayoi::atlas::Atlas, report: &mut Value) {
    use kayoi::measure::{Change, Scenario, changed, times_to_kind, what_if};
    let hospital = kind_by_code("hospital").expect("a kind");
    let ask = |atlas: &kayoi::atlas::Atlas, by: &str, kind: &str| {
        let raw = RawQuestion {
            kind: Some(kind.into()),
            by: Some(by.into()),
            day: Some("2026-06-10".into()),
            minutes: Some(30.0),
            area_type: Some("elementary_district".into()),
            ..RawQuestion::default()
        };
        Question::new(&raw, atlas, kayoi::model::Day(20_614)).expect("a sound question")
    };
    let q = ask(atlas, "transit", "hospital");
    report["best_minutes"] = json!(median(3, || times_to_kind(atlas, &q, hospital)));
    let middle = atlas.home().center();
    let square = |k: usize| {
        let (x, y) = (middle.lon - 0.1 + 0.04 * (k % 5) as f64, middle.lat - 0.08 + 0.04 * (k / 5) as f64);
        vec![vec![vec![[x, y], [x + 0.02, y], [x + 0.02, y + 0.015], [x, y + 0.015], [x, y]]]]
    };
    let zone = |k: usize| Change::AddZone {
        name: format!("区域{k}"),
        area: square(k),
        to: vec![[middle.lon, middle.lat], [middle.lon + 0.02, middle.lat]],
        days: "毎日".into(),
        from: "8:00".into(),
        until: "17:00".into(),
    };
    let scenario = Scenario { name: "zones".into(), changes: (0..20).map(zone).collect() };
    let with_zones = changed(atlas, &scenario).expect("zones fit");
    let taxi = ask(&with_zones, "taxi", "hospital");
    times_to_kind(&with_zones, &taxi, hospital);
    let cells = with_zones.population[0].0.cells.len();
    let whole = median(3, || times_to_kind(&with_zones, &taxi, hospital));
    report["t9_whole"] = json!(whole);
    report["t9_per_origin"] = json!(whole / cells as f64);
    let near = [middle.lon + 0.03, middle.lat + 0.02];
    let add = Scenario {
        name: "add".into(),
        changes: vec![Change::AddService { kind: "hospital".into(), at: near, name: None, schedule: None, capacity: None }],
    };
    let walk = ask(atlas, "walk", "hospital");
    coverage(atlas, &walk).expect("an answer");
    report["t10_walk"] = json!(median(5, || coverage(&changed(atlas, &add).expect("sound"), &walk).expect("an answer")));
    report["t10_walk_both"] = json!(median(5, || what_if(atlas, &walk, &add).expect("an answer")));
    let line = Scenario {
        name: "line".into(),
        changes: vec![Change::AddLine {
            name: "新線".into(),
            stops: (0..12).map(|i| [middle.lon - 0.06 + 0.01 * f64::from(i), middle.lat]).collect(),
            first: "7:00".into(),
            last: "19:00".into(),
            every_minutes: 20.0,
            pace: None,
        }],
    };
    report["t10_transit"] = json!(median(3, || coverage(&changed(atlas, &line).expect("sound"), &q).expect("an answer")));
}

/// Questions over an imported city.
fn city(data: &Path, out: &Path, report: &mut Value) {
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
    matrices(&atlas, out, report);
    journeys(&atlas, report);
    if let Some(gazetteer) = &atlas.gazetteer {
        let written: Vec<&str> = atlas.sites.all.iter().filter_map(|s| s.service.address.as_deref()).collect();
        let all: Vec<&str> = written.iter().cycle().take(100_000).copied().collect();
        let wall = median(5, || all.par_iter().map(|a| gazetteer.find(a)).collect::<Vec<_>>());
        report["addresses_per_second"] = json!(all.len() as f64 / wall);
    }
}
