//! How stops hang on the streets: which stops can be walked to from each junction, and from stop to stop.
//!
//! Distances are millimetres of street whatever the walker, so one compiled file serves every walking speed. Ferries of
//! the street network are not part of a walk to a stop: those with a timetable are lines themselves.

use super::super::flat::{Flat, FlatError, FlatWriter, hash};
use super::super::streets::{FERRY, NONE, Snapped, Streets, View};
use crate::model::{LonLat, TransitRule, rules};
use bytemuck::{Pod, Zeroable};
use std::collections::{BinaryHeap, HashMap};

/// A walk that begins or ends at a stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Walk {
    /// The stop.
    pub stop: u32,
    /// Millimetres.
    pub mm: u32,
}

/// The compiled walks.
#[derive(Clone)]
pub struct Walks {
    flat: Flat,
}

/// The arrays, borrowed for one piece of work.
#[derive(Clone, Copy)]
pub struct WalksView<'a> {
    to_first: &'a [u32],
    to: &'a [Walk],
    from_first: &'a [u32],
    from: &'a [Walk],
    change_first: &'a [u32],
    changes: &'a [Walk],
}

impl<'a> WalksView<'a> {
    const EMPTY: Self = Self { to_first: &[], to: &[], from_first: &[], from: &[], change_first: &[], changes: &[] };

    fn run<T>(first: &[u32], all: &'a [T], i: u32) -> &'a [T] {
        match first.get(i as usize..i as usize + 2) {
            Some([a, b]) => &all[*a as usize..*b as usize],
            _ => &[],
        }
    }

    /// Stops that can be walked to from a junction.
    pub fn stops_from(&self, node: u32) -> &'a [Walk] {
        Self::run(self.to_first, self.to, node)
    }

    /// Stops from which a junction can be walked to.
    pub fn stops_toward(&self, node: u32) -> &'a [Walk] {
        Self::run(self.from_first, self.from, node)
    }

    /// Other stops that can be walked to from a stop, for a change.
    pub fn changes(&self, stop: u32) -> &'a [Walk] {
        Self::run(self.change_first, self.changes, stop)
    }
}

impl Walks {
    /// From a compiled file.
    ///
    /// # Errors
    /// If it is damaged.
    pub fn new(flat: Flat) -> Result<Self, FlatError> {
        let walks = Self { flat };
        walks.try_view()?;
        Ok(walks)
    }

    fn try_view(&self) -> Result<WalksView<'_>, FlatError> {
        let f = &self.flat;
        let (to_first, to) = (f.slice("to_first")?, f.slice("to")?);
        let symmetric = f.slice::<u32>("symmetric")? == [1];
        let (from_first, from) = if symmetric { (to_first, to) } else { (f.slice("from_first")?, f.slice("from")?) };
        Ok(WalksView { to_first, to, from_first, from, change_first: f.slice("change_first")?, changes: f.slice("changes")? })
    }

    /// The arrays.
    pub fn view(&self) -> WalksView<'_> {
        // checked in `new`; the sections cannot change afterwards
        self.try_view().unwrap_or(WalksView::EMPTY)
    }
}

/// A stop on the streets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Joined {
    /// Where it stands.
    pub point: LonLat,
    /// Where that joins the streets.
    pub at: Option<Snapped>,
}

/// The hash a compiled file of walks is known by: everything its content depends on.
pub fn key(stops: &[Joined], streets: &Streets) -> String {
    let points: Vec<[i32; 2]> = stops.iter().map(|s| s.point.to_e7()).collect();
    let rule = serde_json::to_string(&(&rules().network, &rules().transit)).unwrap_or_default();
    hash(&[b"walks-1", streets.hash().as_bytes(), rule.as_bytes(), bytemuck::cast_slice(&points)])
}

/// Compiles the walks of some stops.
pub fn compile(stops: &[Joined], view: &View) -> Vec<u8> {
    use rayon::prelude::*;
    let rule = &rules().transit;
    let limit = (rule.access_metres * 1000.0) as u32;
    let symmetric = std::ptr::eq(view.first_arc, view.first_back);
    let near = NearStops::new(view, stops);
    let of_stop: Vec<Around> = stops
        .par_iter()
        .enumerate()
        .map_init(
            || Bounded::new(view.nodes.len()),
            |search, (i, s)| {
                let Some(at) = s.at else { return Around::default() };
                let mut out = Around::default();
                search.run(view.first_back, view.back_arcs, &ends(view, &at, false), limit);
                out.to = search.reached();
                if !symmetric {
                    search.run(view.first_arc, view.arcs, &ends(view, &at, true), limit);
                    out.from = search.reached();
                }
                // the search now holds distances away from the stop (the same both ways on a symmetric network)
                out.changes = near.changes(view, search, i as u32, &at, rule);
                out
            },
        )
        .collect();
    let nodes = view.nodes.len();
    let (to_first, to) = by_node(nodes, of_stop.iter().map(|a| a.to.as_slice()));
    let mut w = FlatWriter::default();
    w.add("symmetric", &[u32::from(symmetric)]).add("to_first", &to_first).add("to", &to);
    if !symmetric {
        let (from_first, from) = by_node(nodes, of_stop.iter().map(|a| a.from.as_slice()));
        w.add("from_first", &from_first).add("from", &from);
    }
    let mut change_first = vec![0u32];
    let mut changes = Vec::new();
    for a in of_stop {
        changes.extend(a.changes);
        change_first.push(changes.len() as u32);
    }
    w.add("change_first", &change_first).add("changes", &changes);
    w.finish()
}

#[derive(Default)]
struct Around {
    to: Vec<(u32, u32)>,
    from: Vec<(u32, u32)>,
    changes: Vec<Walk>,
}

/// Walks by node, nearest stop first.
fn by_node<'a>(nodes: usize, lists: impl Iterator<Item = &'a [(u32, u32)]> + Clone) -> (Vec<u32>, Vec<Walk>) {
    let mut first = vec![0u32; nodes + 1];
    lists.clone().flatten().for_each(|(n, _)| first[*n as usize + 1] += 1);
    (0..nodes).for_each(|i| first[i + 1] += first[i]);
    let mut fill = first.clone();
    let mut all = vec![Walk { stop: 0, mm: 0 }; first[nodes] as usize];
    for (stop, list) in lists.enumerate() {
        for &(node, mm) in list {
            all[fill[node as usize] as usize] = Walk { stop: stop as u32, mm };
            fill[node as usize] += 1;
        }
    }
    for n in 0..nodes {
        all[first[n] as usize..first[n + 1] as usize].sort_unstable_by_key(|w| (w.mm, w.stop));
    }
    (first, all)
}

/// Nodes at the ends of a stop's edge with the walk to them (`leaving`) or from them.
fn ends(view: &View, at: &Snapped, leaving: bool) -> Vec<(u32, u32)> {
    let [from, to] = view.edge_nodes[at.edge as usize];
    let rest = view.edge_mm(at.edge) - at.mm;
    let (to_from, to_to) =
        if leaving { (view.backward(at.edge), view.forward(at.edge)) } else { (view.forward(at.edge), view.backward(at.edge)) };
    let a = to_from.then_some((from, at.off_mm + at.mm));
    let b = to_to.then_some((to, at.off_mm + rest));
    a.into_iter().chain(b).collect()
}

/// Stops by the junctions at the ends of their edges.
struct NearStops<'a> {
    stops: &'a [Joined],
    by_node: HashMap<u32, Vec<(u32, u32)>>,
    by_edge: HashMap<u32, Vec<u32>>,
}

impl<'a> NearStops<'a> {
    fn new(view: &View, stops: &'a [Joined]) -> Self {
        let (mut by_node, mut by_edge): (HashMap<u32, Vec<_>>, HashMap<u32, Vec<_>>) = Default::default();
        for (i, at) in stops.iter().enumerate().filter_map(|(i, s)| Some((i as u32, s.at?))) {
            by_edge.entry(at.edge).or_default().push(i);
            for (node, mm) in ends(view, &at, false) {
                by_node.entry(node).or_default().push((i, mm));
            }
        }
        Self { stops, by_node, by_edge }
    }

    fn changes(&self, view: &View, search: &Bounded, own: u32, at: &Snapped, rule: &TransitRule) -> Vec<Walk> {
        let limit = (rule.change_metres * 1000.0) as u32;
        let mut best: HashMap<u32, u32> = HashMap::new();
        let mut offer = |stop: u32, mm: u32| {
            if stop != own && mm <= limit {
                let known = best.entry(stop).or_insert(mm);
                *known = (*known).min(mm);
            }
        };
        for &node in &search.touched {
            for &(stop, mm) in self.by_node.get(&node).into_iter().flatten() {
                offer(stop, search.mm[node as usize].saturating_add(mm));
            }
        }
        for &stop in self.by_edge.get(&at.edge).into_iter().flatten() {
            let Some(to) = self.stops[stop as usize].at else { continue };
            let allowed = if to.mm >= at.mm { view.forward(at.edge) } else { view.backward(at.edge) };
            if allowed {
                offer(stop, at.mm.abs_diff(to.mm) + at.off_mm + to.off_mm);
            }
        }
        let mut list: Vec<Walk> = best.into_iter().map(|(stop, mm)| Walk { stop, mm }).collect();
        list.sort_unstable_by_key(|w| (w.mm, w.stop));
        list
    }
}

/// A bounded Dijkstra over plain streets. The engine's own search lives a storey above and knows walkers and ferries;
/// this one runs once per stop at compile time.
struct Bounded {
    mm: Vec<u32>,
    touched: Vec<u32>,
}

impl Bounded {
    fn new(nodes: usize) -> Self {
        Self { mm: vec![NONE; nodes], touched: Vec::new() }
    }

    fn run(&mut self, first: &[u32], arcs: &[super::super::streets::Arc], seeds: &[(u32, u32)], limit: u32) {
        self.touched.drain(..).for_each(|n| self.mm[n as usize] = NONE);
        let mut queue = BinaryHeap::new();
        let offer = |mm_of: &mut Vec<u32>, touched: &mut Vec<u32>, queue: &mut BinaryHeap<_>, node: u32, mm: u32| {
            let known = mm_of[node as usize];
            if mm <= limit && mm < known {
                if known == NONE {
                    touched.push(node);
                }
                mm_of[node as usize] = mm;
                queue.push((std::cmp::Reverse(mm), node));
            }
        };
        seeds.iter().for_each(|&(n, mm)| offer(&mut self.mm, &mut self.touched, &mut queue, n, mm));
        while let Some((std::cmp::Reverse(mm), node)) = queue.pop() {
            if self.mm[node as usize] != mm {
                continue;
            }
            for arc in &arcs[first[node as usize] as usize..first[node as usize + 1] as usize] {
                if arc.cost & FERRY == 0 {
                    offer(&mut self.mm, &mut self.touched, &mut queue, arc.head, mm + arc.cost);
                }
            }
        }
    }

    fn reached(&self) -> Vec<(u32, u32)> {
        self.touched.iter().map(|&n| (n, self.mm[n as usize])).collect()
    }
}
