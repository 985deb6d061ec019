//! Walkable ways → compiled network: blocked nodes split, private throughways dropped, chains contracted, nodes ordered.

use super::{Arc, Component, FERRY, NONE, edge_flag, grid, hilbert};
use crate::atlas::flat::FlatWriter;
use crate::model::{LonLat, OsmExtract, RawWay, WayClass, ground_metres};
use std::collections::{HashMap, HashSet};

/// A piece of street between two consecutive nodes of a way.
#[derive(Clone, Copy)]
struct Segment {
    ends: [u32; 2],
    /// [`edge_flag`] bits.
    flags: u8,
    /// Sailing time of the whole way, tenths of a second; a ferry way is one segment chain.
    ferry: u32,
    /// Pace of a car, km/h; 0 on foot.
    pace: u8,
}

/// A contracted edge being built.
struct Edge {
    from: u32,
    to: u32,
    flags: u8,
    ferry: u32,
    pace: u8,
    /// Raw nodes from first to last.
    chain: Vec<u32>,
}

/// Compiles the network of cars: the same, with milliseconds for costs.
pub fn compile_drive(extract: &OsmExtract) -> Vec<u8> {
    let ways = extract.drives.clone();
    compile(&OsmExtract { nodes: extract.nodes.clone(), ways, ..OsmExtract::default() })
}

/// Compiles a network. The result depends on its shape only, not on the order of ways.
pub fn compile(extract: &OsmExtract) -> Vec<u8> {
    let mut positions = extract.nodes.clone();
    let kept = without_private_throughways(extract);
    let segments = segments(&kept, &extract.blocked, &mut positions);
    let edges = contract(&segments, positions.len());
    let (nodes, mut edges) = ordered(edges, &positions);
    edges.sort_by_cached_key(|e| (e.from, e.to, e.chain.iter().map(|&n| positions[n as usize]).collect::<Vec<_>>()));
    write(&nodes, &edges, &positions)
}

/// A private way is kept where it can only be a last leg: its private piece touches the public network at one node.
fn without_private_throughways(extract: &OsmExtract) -> Vec<&RawWay> {
    let mut public = HashSet::new();
    let mut union = Union::new(extract.nodes.len());
    for way in &extract.ways {
        if way.flags.private {
            way.nodes.windows(2).for_each(|w| union.join(w[0], w[1]));
        } else {
            public.extend(way.nodes.iter().copied());
        }
    }
    let mut touches: HashMap<u32, HashSet<u32>> = HashMap::new();
    for &node in extract.ways.iter().filter(|w| w.flags.private).flat_map(|w| &w.nodes) {
        if public.contains(&node) {
            touches.entry(union.root(node)).or_default().insert(node);
        }
    }
    let mut dead_end = |w: &RawWay| touches.get(&union.root(w.nodes[0])).is_none_or(|t| t.len() <= 1);
    extract.ways.iter().filter(|w| !w.flags.private || dead_end(w)).collect()
}

fn segments(ways: &[&RawWay], blocked: &[u32], positions: &mut Vec<[i32; 2]>) -> Vec<Segment> {
    let mut out = Vec::new();
    for way in ways {
        let f = way.flags;
        let bit = |on: bool, bit: u8| if on { bit } else { 0 };
        let flags = bit(!f.no_forward, edge_flag::FORWARD)
            | bit(!f.no_backward, edge_flag::BACKWARD)
            | bit(f.off_ground, edge_flag::OFF_GROUND)
            | bit(way.class == WayClass::Ferry, edge_flag::FERRY)
            | bit(way.class == WayClass::Steps, edge_flag::STEPS);
        // nobody passes a blocked node: each street that meets it ends in a copy of its own
        let mut end = |node: u32| {
            if blocked.binary_search(&node).is_ok() {
                positions.push(positions[node as usize]);
                positions.len() as u32 - 1
            } else {
                node
            }
        };
        if way.class == WayClass::Ferry {
            let ends = [way.nodes[0], way.nodes[way.nodes.len() - 1]];
            out.push(Segment { ends, flags, ferry: way.ferry_seconds.saturating_mul(10).min(FERRY - 1), pace: 0 });
            continue;
        }
        for pair in way.nodes.windows(2) {
            out.push(Segment { ends: [end(pair[0]), end(pair[1])], flags, ferry: 0, pace: way.pace });
        }
    }
    out
}

/// Joins segments through nodes where exactly two of the same sort meet.
fn contract(segments: &[Segment], nodes: usize) -> Vec<Edge> {
    let mut first = vec![0u32; nodes + 1];
    segments.iter().flat_map(|s| s.ends).for_each(|n| first[n as usize + 1] += 1);
    (0..nodes).for_each(|i| first[i + 1] += first[i]);
    let mut fill = first.clone();
    let mut at = vec![0u32; segments.len() * 2];
    for (i, s) in segments.iter().enumerate() {
        for n in s.ends {
            at[fill[n as usize] as usize] = i as u32;
            fill[n as usize] += 1;
        }
    }
    let around = |n: u32| &at[first[n as usize] as usize..first[n as usize + 1] as usize];
    let plain = edge_flag::FORWARD | edge_flag::BACKWARD;
    let joins = |n: u32| match *around(n) {
        [a, b] if a != b => {
            let (a, b) = (segments[a as usize], segments[b as usize]);
            a.flags == b.flags && a.pace == b.pace && a.flags & plain == plain && a.flags & edge_flag::FERRY == 0
        }
        _ => false,
    };
    let mut used = vec![false; segments.len()];
    let mut edges = Vec::new();
    let mut walk = |start: u32, segment: u32, used: &mut Vec<bool>| {
        let mut chain = vec![start];
        let (mut node, mut s) = (start, segment);
        loop {
            used[s as usize] = true;
            let ends = segments[s as usize].ends;
            node = if ends[0] == node { ends[1] } else { ends[0] };
            chain.push(node);
            if node == start || !joins(node) {
                break;
            }
            let [a, b] = *around(node) else { break };
            s = if a == s { b } else { a };
            if used[s as usize] {
                break;
            }
        }
        let (s, reversed) = (segments[segment as usize], segments[segment as usize].ends[0] != start);
        let mut flags = s.flags;
        let one_way = flags & (edge_flag::FORWARD | edge_flag::BACKWARD);
        if reversed && one_way != (edge_flag::FORWARD | edge_flag::BACKWARD) {
            flags ^= edge_flag::FORWARD | edge_flag::BACKWARD;
        }
        edges.push(Edge { from: start, to: node, flags, ferry: s.ferry, pace: s.pace, chain });
    };
    for n in 0..nodes as u32 {
        if !joins(n) {
            for &s in around(n) {
                if !used[s as usize] {
                    walk(n, s, &mut used);
                }
            }
        }
    }
    // what is left are rings without a junction: any node of theirs opens them
    for i in 0..segments.len() {
        if !used[i] {
            walk(segments[i].ends[0], i as u32, &mut used);
        }
    }
    edges
}

/// Junctions in Hilbert order, and edges speaking of them by their new numbers.
fn ordered(mut edges: Vec<Edge>, positions: &[[i32; 2]]) -> (Vec<[i32; 2]>, Vec<Edge>) {
    edges.retain(|e| e.chain.len() >= 2);
    let mut junctions: Vec<u32> = edges.iter().flat_map(|e| [e.from, e.to]).collect();
    junctions.sort_unstable();
    junctions.dedup();
    let (mut low, mut high) = ([i32::MAX; 2], [i32::MIN; 2]);
    for &n in &junctions {
        for k in 0..2 {
            low[k] = low[k].min(positions[n as usize][k]);
            high[k] = high[k].max(positions[n as usize][k]);
        }
    }
    let scale = |v: i32, k: usize| {
        let span = (i64::from(high[k]) - i64::from(low[k])).max(1);
        ((i64::from(v) - i64::from(low[k])) * 65_535 / span) as u32
    };
    let key = |n: u32| {
        let p = positions[n as usize];
        (hilbert::index(scale(p[0], 0), scale(p[1], 1)), p)
    };
    junctions.sort_by_cached_key(|&n| key(n));
    let mut number = vec![NONE; positions.len()];
    junctions.iter().enumerate().for_each(|(i, &n)| number[n as usize] = i as u32);
    for e in &mut edges {
        (e.from, e.to) = (number[e.from as usize], number[e.to as usize]);
        if e.from > e.to {
            std::mem::swap(&mut e.from, &mut e.to);
            e.chain.reverse();
            let ways = e.flags & 3;
            e.flags = e.flags & !3 | if ways == 3 { 3 } else { ways ^ 3 };
        }
    }
    (junctions.iter().map(|&n| positions[n as usize]).collect(), edges)
}

fn write(nodes: &[[i32; 2]], edges: &[Edge], positions: &[[i32; 2]]) -> Vec<u8> {
    let mut first_vertex = vec![0u32];
    let (mut vertices, mut vertex_mm, mut costs, mut lengths) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for e in edges {
        let mut metres = 0.0;
        let mut last: Option<[i32; 2]> = None;
        for &n in &e.chain {
            let p = positions[n as usize];
            metres += last.map_or(0.0, |l| ground_metres(LonLat::from_e7(l), LonLat::from_e7(p)));
            vertices.push(p);
            vertex_mm.push((metres * 1000.0).round() as u32);
            last = Some(p);
        }
        lengths.push(metres as f32);
        costs.push(match e.pace {
            _ if e.flags & edge_flag::FERRY != 0 => FERRY | e.ferry,
            0 => (metres * 1000.0).round() as u32,
            pace => super::drive_ms(metres * 1000.0, pace),
        });
        first_vertex.push(vertices.len() as u32);
    }
    let flags: Vec<u8> = edges.iter().map(|e| e.flags).collect();
    let ends: Vec<[u32; 2]> = edges.iter().map(|e| [e.from, e.to]).collect();
    let symmetric = flags.iter().all(|f| f & 3 == 3);
    let (node_component, components) = components(&ends, &flags, nodes.len(), &lengths);
    let (first_arc, out, arc_edge) = split(&arcs(&ends, &flags, &costs, &costs), nodes.len());
    let (frame, grid_first, grid_items) = grid::build(&vertices, &first_vertex, &flags);
    let mut w = FlatWriter::default();
    w.add("symmetric", &[u32::from(symmetric)]).add("nodes", nodes);
    w.add("first_arc", &first_arc).add("arcs", &out).add("arc_edge", &arc_edge);
    if !symmetric {
        let turned: Vec<u8> = flags.iter().map(|f| turned(*f)).collect();
        let (first_back, back, _) = split(&arcs(&ends, &turned, &costs, &costs), nodes.len());
        w.add("first_back", &first_back).add("back_arcs", &back);
    }
    w.add("edge_nodes", &ends);
    w.add("edge_pace", &edges.iter().map(|e| e.pace).collect::<Vec<_>>());
    w.add("first_vertex", &first_vertex).add("edge_flags", &flags);
    w.add("vertices", &vertices).add("vertex_mm", &vertex_mm);
    let edge_of = |e: usize| std::iter::repeat_n(e as u32, (first_vertex[e + 1] - first_vertex[e]) as usize);
    w.add("vertex_edge", &(0..edges.len()).flat_map(edge_of).collect::<Vec<_>>());
    w.add("node_component", &node_component).add("components", &components);
    w.add("grid_frame", &[frame]).add("grid_first", &grid_first).add("grid_items", &grid_items);
    w.finish()
}

/// The flags of an edge on the reversed network.
pub(super) fn turned(flags: u8) -> u8 {
    flags & !3 | (flags & edge_flag::FORWARD) << 1 | (flags & edge_flag::BACKWARD) >> 1
}

/// Arcs by tail; `there` is the cost from the first node of an edge to its second, `back` the other way.
pub(super) fn arcs(ends: &[[u32; 2]], flags: &[u8], there: &[u32], back: &[u32]) -> Vec<(u32, Arc, u32)> {
    let mut list = Vec::with_capacity(ends.len() * 2);
    for (i, &[from, to]) in ends.iter().enumerate() {
        if flags[i] & edge_flag::FORWARD != 0 {
            list.push((from, Arc { head: to, cost: there[i] }, i as u32));
        }
        if flags[i] & edge_flag::BACKWARD != 0 && from != to {
            list.push((to, Arc { head: from, cost: back[i] }, i as u32));
        }
    }
    list.sort_unstable_by_key(|(tail, arc, edge)| (*tail, arc.cost, arc.head, *edge));
    list
}

/// First arc of each node and one past the end, the arcs, and their edges.
pub(super) fn split(list: &[(u32, Arc, u32)], nodes: usize) -> (Vec<u32>, Vec<Arc>, Vec<u32>) {
    let mut first = vec![0u32; nodes + 1];
    list.iter().for_each(|(tail, _, _)| first[*tail as usize + 1] += 1);
    (0..nodes).for_each(|i| first[i + 1] += first[i]);
    (first, list.iter().map(|a| a.1).collect(), list.iter().map(|a| a.2).collect())
}

/// What hangs together; an edge open neither way joins nothing.
pub(super) fn components(ends: &[[u32; 2]], flags: &[u8], nodes: usize, lengths: &[f32]) -> (Vec<u32>, Vec<Component>) {
    let mut union = Union::new(nodes);
    let open = |i: &usize| flags[*i] & 3 != 0;
    (0..ends.len()).filter(open).for_each(|i| union.join(ends[i][0], ends[i][1]));
    let mut of_root: HashMap<u32, Component> = HashMap::new();
    for n in 0..nodes as u32 {
        of_root.entry(union.root(n)).or_insert(Component { nodes: 0, edges: 0, metres: 0.0 }).nodes += 1;
    }
    for i in (0..ends.len()).filter(open) {
        if let Some(c) = of_root.get_mut(&union.root(ends[i][0])) {
            c.edges += 1;
            c.metres += if flags[i] & edge_flag::FERRY == 0 { lengths[i] } else { 0.0 };
        }
    }
    let mut roots: Vec<(u32, Component)> = of_root.into_iter().collect();
    roots.sort_by(|a, b| b.1.metres.total_cmp(&a.1.metres).then(a.0.cmp(&b.0)));
    let number: HashMap<u32, u32> = roots.iter().enumerate().map(|(i, (root, _))| (*root, i as u32)).collect();
    let labels = (0..nodes as u32).map(|n| number[&union.root(n)]).collect();
    (labels, roots.into_iter().map(|(_, c)| c).collect())
}

/// Disjoint sets with path halving.
struct Union(Vec<u32>);

impl Union {
    fn new(n: usize) -> Self {
        Self((0..n as u32).collect())
    }

    fn root(&mut self, mut n: u32) -> u32 {
        while self.0[n as usize] != n {
            self.0[n as usize] = self.0[self.0[n as usize] as usize];
            n = self.0[n as usize];
        }
        n
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b) as usize] = a.min(b);
    }
}
