//! What tests share: scenes of streets laid out in metres, a slow obvious oracle, the real files, a city in a folder.
#![allow(dead_code)]

pub mod timetable;

use kayoi::atlas::streets::{NONE, View, compile};
use kayoi::atlas::{Flat, Streets};
use kayoi::model::{LonLat, OsmExtract, RawWay, WayClass, WayFlags, ground_metres, metres_per_degree};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::path::PathBuf;

/// Where scenes are laid out.
pub const ORIGIN: LonLat = LonLat::new(130.7, 32.8);

/// A position some metres east and north of the origin.
pub fn at(east: f64, north: f64) -> LonLat {
    let (x, y) = metres_per_degree(ORIGIN.lat);
    LonLat::new(ORIGIN.lon + east / x, ORIGIN.lat + north / y)
}

/// Positions, class, flags and sailing time of one street.
pub type Street = (Vec<(i64, i64)>, WayClass, WayFlags, u32);

/// Streets laid out in metres.
#[derive(Debug, Default, Clone)]
pub struct Scene {
    pub extract: Vec<Street>,
    pub blocked: Vec<(i64, i64)>,
    /// Levels: a coordinate on another level is another node.
    levels: HashMap<usize, i64>,
}

impl Scene {
    /// A street through whole-metre positions; equal positions are the same node.
    pub fn way(mut self, points: &[(i64, i64)]) -> Self {
        self.extract.push((points.to_vec(), WayClass::Minor, WayFlags::default(), 0));
        self
    }

    pub fn way_with(mut self, points: &[(i64, i64)], class: WayClass, flags: WayFlags, ferry_seconds: u32) -> Self {
        self.extract.push((points.to_vec(), class, flags, ferry_seconds));
        self
    }

    /// A street that meets the others only at its ends, e.g. a bridge over them.
    pub fn bridge(mut self, points: &[(i64, i64)]) -> Self {
        self.levels.insert(self.extract.len(), self.levels.len() as i64 + 1);
        self.extract.push((points.to_vec(), WayClass::Minor, WayFlags { off_ground: true, ..WayFlags::default() }, 0));
        self
    }

    pub fn blocked(mut self, p: (i64, i64)) -> Self {
        self.blocked.push(p);
        self
    }

    pub fn build(&self) -> OsmExtract {
        let mut out = OsmExtract::default();
        let mut number: HashMap<(i64, i64, i64), u32> = HashMap::new();
        for (i, (points, class, flags, ferry_seconds)) in self.extract.iter().enumerate() {
            let level = self.levels.get(&i).copied().unwrap_or(0);
            let last = points.len() - 1;
            let mut nodes = Vec::new();
            for (k, &(x, y)) in points.iter().enumerate() {
                let level = if k == 0 || k == last { 0 } else { level };
                nodes.push(*number.entry((x, y, level)).or_insert_with(|| {
                    out.nodes.push(at(x as f64, y as f64).to_e7());
                    out.ids.push(out.nodes.len() as i64);
                    out.nodes.len() as u32 - 1
                }));
            }
            out.ways.push(RawWay { nodes, class: *class, flags: *flags, ferry_seconds: *ferry_seconds, pace: 0 });
        }
        out.blocked = self.blocked.iter().map(|&(x, y)| number[&(x, y, 0)]).collect();
        out.blocked.sort_unstable();
        out
    }

    pub fn streets(&self) -> Streets {
        streets(&self.build())
    }
}

/// A compiled network.
pub fn streets(extract: &OsmExtract) -> Streets {
    Streets::new(Flat::from_bytes(&compile(extract)).unwrap(), "test".into()).unwrap()
}

/// Shortest distances in metres from one raw node to every raw node, edge by edge on the uncontracted graph: the
/// textbook Dijkstra, written apart from the engine. Knows two-way streets only.
pub fn oracle(extract: &OsmExtract, start: u32) -> Vec<f64> {
    let mut next: Vec<Vec<(u32, f64)>> = vec![Vec::new(); extract.nodes.len()];
    for way in &extract.ways {
        for pair in way.nodes.windows(2) {
            let (a, b) = (pair[0], pair[1]);
            let metres = ground_metres(LonLat::from_e7(extract.nodes[a as usize]), LonLat::from_e7(extract.nodes[b as usize]));
            next[a as usize].push((b, metres));
            next[b as usize].push((a, metres));
        }
    }
    let mut best = vec![f64::INFINITY; extract.nodes.len()];
    best[start as usize] = 0.0;
    // non-negative floats order like their bits
    let mut queue = BinaryHeap::from([(Reverse(0u64), start)]);
    while let Some((Reverse(bits), node)) = queue.pop() {
        if f64::from_bits(bits) > best[node as usize] {
            continue;
        }
        for &(to, metres) in &next[node as usize] {
            let total = best[node as usize] + metres;
            if total < best[to as usize] {
                best[to as usize] = total;
                queue.push((Reverse(total.to_bits()), to));
            }
        }
    }
    best
}

/// Millimetres to each vertex of the compiled network, from node distances.
pub fn vertex_distances(view: &View, node_mm: &[u32]) -> HashMap<[i32; 2], u32> {
    let mut out: HashMap<[i32; 2], u32> = HashMap::new();
    for edge in 0..view.edge_nodes.len() as u32 {
        let [from, to] = view.edge_nodes[edge as usize];
        let length = view.edge_mm(edge);
        for v in view.edge_vertices(edge) {
            let mm = view.vertex_mm[v];
            let a = node_mm[from as usize].saturating_add(mm);
            let b = node_mm[to as usize].saturating_add(length - mm);
            let best = out.entry(view.vertices[v]).or_insert(NONE);
            *best = (*best).min(a.min(b));
        }
    }
    out
}

/// An invented city in a folder of its own, its addresses looked up; the folder lives as long as it is held.
pub async fn invented(people: u32) -> (tempfile::TempDir, std::sync::Arc<dyn kayoi::store::Store>) {
    let dir = tempfile::tempdir().unwrap();
    let (files, data) = (dir.path().join("files"), dir.path().join("data"));
    kayoi::commands::write_city(&files, people, 1).unwrap();
    let store = kayoi::store::open(&data).await.unwrap();
    kayoi::commands::import_paths(Some(store.as_ref()), &[files]).await.unwrap();
    let author = kayoi::store::Author::new("test", "2026-11-21T00:00:00Z");
    kayoi::app::locate(store.as_ref(), &data, &author).await.unwrap();
    (dir, store)
}

/// A folder of the real files. A checkout without them fails here and says so.
pub fn shared(path: &str) -> PathBuf {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let found = root.join(path);
    assert!(found.exists(), "this test reads real files that are not part of the project: {} is missing", found.display());
    found
}
