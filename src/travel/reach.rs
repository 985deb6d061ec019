//! What can be reached on foot from one place: street pieces cut at the exact remaining budget, from both ends.

use super::{Search, Seed, Walker, seeds_from};
use crate::atlas::streets::{NONE, Snapped, View, edge_flag};
use std::collections::BTreeMap;

/// A piece of an edge, millimetres from its first node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// The edge.
    pub edge: u32,
    /// Where it begins.
    pub from_mm: u32,
    /// Where it ends.
    pub to_mm: u32,
}

/// A reached network.
#[derive(Debug, Default)]
pub struct Reached {
    /// Pieces reached; two of one edge never overlap.
    pub pieces: Vec<Piece>,
    /// Pieces of the touched edges that are not reached.
    pub beyond: Vec<Piece>,
}

impl Reached {
    /// Metres of street reached.
    pub fn metres(&self) -> f64 {
        self.pieces.iter().map(|p| f64::from(p.to_mm - p.from_mm)).sum::<f64>() / 1000.0
    }
}

/// Everything within `limit` millimetres of walk from a snapped place. Leaves the distances in `search`.
pub fn reach(view: &View, search: &mut Search, at: &Snapped, limit: u32, walker: Walker) -> Reached {
    reach_from(view, search, &[(*at, 0)], limit, walker)
}

/// As [`reach`], from several places at each of which some millimetres are used up already: stops a bus has brought one to.
pub fn reach_from(view: &View, search: &mut Search, starts: &[(Snapped, u32)], limit: u32, walker: Walker) -> Reached {
    let seeds = starts
        .iter()
        .flat_map(|(at, used)| seeds_from(view, at, 0).map(|s| Seed { mm: s.mm.saturating_add(*used), ..s }).collect::<Vec<_>>());
    search.outward(view, seeds, limit, walker);
    let mut on_edge: BTreeMap<u32, Vec<(Snapped, u32)>> = BTreeMap::new();
    starts.iter().for_each(|s| on_edge.entry(s.0.edge).or_default().push(*s));
    let mut out = Reached::default();
    for &node in &search.touched {
        let arcs = view.first_arc[node as usize] as usize..view.first_arc[node as usize + 1] as usize;
        for &edge in &view.arc_edge[arcs] {
            let [from, to] = view.edge_nodes[edge as usize];
            // each edge once: from its first node if that was reached, else from its second
            let mine = if search.mm[from as usize] != NONE { from == node } else { to == node };
            if mine && !on_edge.contains_key(&edge) {
                cut(view, search, edge, limit, &[], &mut out);
            }
        }
    }
    on_edge.iter().for_each(|(edge, here)| cut(view, search, *edge, limit, here, &mut out));
    out
}

fn cut(view: &View, search: &Search, edge: u32, limit: u32, starts: &[(Snapped, u32)], out: &mut Reached) {
    if view.edge_flags[edge as usize] & edge_flag::FERRY != 0 {
        return;
    }
    let [from, to] = view.edge_nodes[edge as usize];
    let length = view.edge_mm(edge);
    let left = |node: u32| limit.saturating_sub(search.mm[node as usize]);
    let mut spans: Vec<(u32, u32)> = Vec::with_capacity(2 + starts.len());
    if view.forward(edge) && search.mm[from as usize] != NONE {
        spans.push((0, view.ahead(edge, 0, left(from))));
    }
    if view.backward(edge) && search.mm[to as usize] != NONE {
        spans.push((view.back(edge, length, left(to)), length));
    }
    for (at, used) in starts {
        let Some(budget) = limit.checked_sub(at.off_mm.saturating_add(*used)) else { continue };
        let low = if view.backward(edge) { view.back(edge, at.mm, budget) } else { at.mm };
        let high = if view.forward(edge) { view.ahead(edge, at.mm, budget) } else { at.mm };
        spans.push((low, high));
    }
    spans.sort_unstable();
    let mut done = 0;
    let mut open: Option<(u32, u32)> = None;
    for &(a, b) in spans.iter() {
        match &mut open {
            Some((_, end)) if a <= *end => *end = (*end).max(b),
            _ => {
                if let Some((x, y)) = open.replace((a, b)) {
                    push(edge, x, y, &mut done, out);
                }
            }
        }
    }
    if let Some((x, y)) = open {
        push(edge, x, y, &mut done, out);
    }
    if done < length {
        out.beyond.push(Piece { edge, from_mm: done, to_mm: length });
    }
}

fn push(edge: u32, from_mm: u32, to_mm: u32, done: &mut u32, out: &mut Reached) {
    if from_mm > *done {
        out.beyond.push(Piece { edge, from_mm: *done, to_mm: from_mm });
    }
    if to_mm > from_mm {
        out.pieces.push(Piece { edge, from_mm, to_mm });
    }
    *done = to_mm;
}
