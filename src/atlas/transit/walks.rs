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
    hash(&[b"walks-2", streets.hash().as_bytes(), rule.as_bytes(), bytemuck::cast_slice(&points)])
}

/// Compiles the walks of some stops.
pub fn compile(stops: &[Joined], view: &View) -> Vec<u8> {
    let symmetric = is_symmetric(view);
    let of_stop = arounds(stops, 0, view, true);
    write(view.nodes.len(), symmetric, &WalksView::EMPTY, 0, &of_stop)
}

/// The walks of `stops`, of which all but the last ones are compiled already: the same bytes as compiling all again.
pub fn extend(old: &Walks, known: usize, stops: &[Joined], view: &View) -> Vec<u8> {
    let symmetric = is_symmetric(view);
    let mut of_stop = arounds(stops, known, view, true);
    // the new stops know their changes to the old ones; the old ones must learn theirs to the new
    let back = if symmetric { None } else { Some(arounds(stops, known, view, false)) };
    let mut learnt: Vec<Vec<Walk>> = vec![Vec::new(); known];
    for (i, a) in back.as_ref().unwrap_or(&of_stop).iter().enumerate() {
        for w in a.changes.iter().filter(|w| (w.stop as usize) < known) {
            learnt[w.stop as usize].push(Walk { stop: (known + i) as u32, mm: w.mm });
        }
    }
    let old = old.view();
    let old_stops = (0..known as u32).map(|s| {
        let mut changes: Vec<Walk> = old.changes(s).iter().chain(&learnt[s as usize]).copied().collect();
        changes.sort_unstable_by_key(|w| (w.mm, w.stop));
        Around { changes, ..Around::default() }
    });
    let mut all: Vec<Around> = old_stops.collect();
    all.append(&mut of_stop);
    write(view.nodes.len(), symmetric, &old, known, &all)
}

fn is_symmetric(view: &View) -> bool {
    std::ptr::eq(view.first_arc, view.first_back)
}

/// What lies around the stops from one on. `away`: changes away from them; else toward them.
fn arounds(stops: &[Joined], from: usize, view: &View, away: bool) -> Vec<Around> {
    use rayon::prelude::*;
    let rule = &rules().transit;
    let limit = (rule.access_metres * 1000.0) as u32;
    let symmetric = is_symmetric(view);
    let near = NearStops::new(view, stops, away);
    stops[from..]
        .par_iter()
        .enumerate()
        .map_init(
            || Bounded::new(view.nodes.len()),
            |search, (i, s)| {
                let Some(at) = s.at else { return Around::default() };
                let mut out = Around::default();
                let own = (from + i) as u32;
                search.run(view.first_back, view.back_arcs, &view.arriving(&at).collect::<Vec<_>>(), limit);
                out.to = search.reached();
                if !away {
                    out.changes = near.changes(view, search, own, &at, rule);
                    return out;
                }
                if !symmetric {
                    search.run(view.first_arc, view.arcs, &view.leaving(&at).collect::<Vec<_>>(), limit);
                    out.from = search.reached();
                }
                // the search now holds distances away from the stop (the same both ways on a symmetric network)
                out.changes = near.changes(view, search, own, &at, rule);
                out
            },
        )
        .collect()
}

/// Writes walks: those of a compiled file for its stops, and those found around others. Changes are always given anew.
fn write(nodes: usize, symmetric: bool, old: &WalksView, known: usize, of_stop: &[Around]) -> Vec<u8> {
    let new = &of_stop[known..];
    let (to_first, to) = by_node(nodes, old.to_first, old.to, known, new.iter().map(|a| a.to.as_slice()));
    let mut w = FlatWriter::default();
    w.add("symmetric", &[u32::from(symmetric)]).add("to_first", &to_first).add("to", &to);
    if !symmetric {
        let (from_first, from) = by_node(nodes, old.from_first, old.from, known, new.iter().map(|a| a.from.as_slice()));
        w.add("from_first", &from_first).add("from", &from);
    }
    let mut change_first = vec![0u32];
    let mut changes = Vec::new();
    for a in of_stop {
        changes.extend_from_slice(&a.changes);
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

/// Walks by node, nearest stop first: those compiled already, and those of stops from `known` on.
fn by_node<'a>(
    nodes: usize,
    old_first: &[u32],
    old: &[Walk],
    known: usize,
    lists: impl Iterator<Item = &'a [(u32, u32)]> + Clone,
) -> (Vec<u32>, Vec<Walk>) {
    let mut first = vec![0u32; nodes + 1];
    for n in 0..nodes.min(old_first.len().saturating_sub(1)) {
        first[n + 1] = old_first[n + 1] - old_first[n];
    }
    let mut touched = vec![false; nodes];
    lists.clone().flatten().for_each(|(n, _)| {
        first[*n as usize + 1] += 1;
        touched[*n as usize] = true;
    });
    (0..nodes).for_each(|i| first[i + 1] += first[i]);
    let mut fill = first.clone();
    let mut all = vec![Walk { stop: 0, mm: 0 }; first[nodes] as usize];
    for n in 0..nodes.min(old_first.len().saturating_sub(1)) {
        let run = &old[old_first[n] as usize..old_first[n + 1] as usize];
        all[fill[n] as usize..fill[n] as usize + run.len()].copy_from_slice(run);
        fill[n] += run.len() as u32;
    }
    for (i, list) in lists.enumerate() {
        for &(node, mm) in list {
            all[fill[node as usize] as usize] = Walk { stop: (known + i) as u32, mm };
            fill[node as usize] += 1;
        }
    }
    for n in (0..nodes).filter(|n| touched[*n]) {
        all[first[n] as usize..first[n + 1] as usize].sort_unstable_by_key(|w| (w.mm, w.stop));
    }
    (first, all)
}

/// Stops by the junctions at the ends of their edges.
struct NearStops<'a> {
    stops: &'a [Joined],
    away: bool,
    by_node: HashMap<u32, Vec<(u32, u32)>>,
    by_edge: HashMap<u32, Vec<u32>>,
}

impl<'a> NearStops<'a> {
    /// Ends of the stops as they are walked to (`away` from others), or from.
    fn new(view: &View, stops: &'a [Joined], away: bool) -> Self {
        let (mut by_node, mut by_edge): (HashMap<u32, Vec<_>>, HashMap<u32, Vec<_>>) = Default::default();
        for (i, at) in stops.iter().enumerate().filter_map(|(i, s)| Some((i as u32, s.at?))) {
            by_edge.entry(at.edge).or_default().push(i);
            let mut hang = |(node, mm)| by_node.entry(node).or_default().push((i, mm));
            if away { view.arriving(&at).for_each(&mut hang) } else { view.leaving(&at).for_each(&mut hang) }
        }
        Self { stops, away, by_node, by_edge }
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
            if let Some(mm) = if self.away { view.beside(at, &to) } else { view.beside(&to, at) } {
                offer(stop, mm);
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
