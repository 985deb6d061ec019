//! The walk itself: the line from one place to another, found again from the distances of a search.

use super::{Search, Walker, seeds_toward};
use crate::atlas::streets::{NONE, Snapped, View};
use crate::model::LonLat;

/// A walk.
#[derive(Debug, Clone)]
pub struct Path {
    /// Millimetres, off-road legs included.
    pub mm: u32,
    /// The line, longitude first, from the first place to the second.
    pub line: Vec<LonLat>,
}

/// The shortest walk between two places, or nothing within the limit.
pub fn path_between(
    view: &View,
    search: &mut Search,
    (from, from_at): (LonLat, &Snapped),
    (to, to_at): (LonLat, &Snapped),
    limit: u32,
    walker: Walker,
) -> Option<Path> {
    let direct = view.beside(from_at, to_at);
    search.inward(view, seeds_toward(view, to_at, 0), limit, walker);
    let by_nodes = super::seeds_from(view, from_at, 0)
        .filter(|s| search.mm[s.node as usize] != NONE)
        .map(|s| (s.mm.saturating_add(search.mm[s.node as usize]), s.node))
        .min();
    let mut line = vec![from];
    let mm = match (direct, by_nodes) {
        (Some(d), n) if n.is_none_or(|(m, _)| d <= m) => {
            stretch(view, from_at.edge, from_at.mm, to_at.mm, &mut line);
            d
        }
        (_, Some((mm, node))) => {
            leave(view, from_at, node, &mut line);
            let end = descend(view, search, node, &mut line)?;
            arrive(view, to_at, end, &mut line);
            mm
        }
        (_, None) => return None,
    };
    line.push(to);
    (mm <= limit).then_some(Path { mm, line })
}

/// Appends the line of an edge between two offsets.
fn stretch(view: &View, edge: u32, from_mm: u32, to_mm: u32, line: &mut Vec<LonLat>) {
    let range = view.edge_vertices(edge);
    let (low, high) = (from_mm.min(to_mm), from_mm.max(to_mm));
    let inner: Vec<[i32; 2]> =
        range.filter(|&v| (low + 1..high).contains(&view.vertex_mm[v])).map(|v| view.vertices[v]).collect();
    line.push(LonLat::from_e7(view.point_at(edge, from_mm)));
    let inner = inner.into_iter().map(LonLat::from_e7);
    if from_mm <= to_mm {
        line.extend(inner)
    } else {
        line.extend(inner.rev())
    }
    line.push(LonLat::from_e7(view.point_at(edge, to_mm)));
}

fn leave(view: &View, at: &Snapped, node: u32, line: &mut Vec<LonLat>) {
    let first = view.edge_nodes[at.edge as usize][0] == node;
    stretch(view, at.edge, at.mm, if first { 0 } else { view.edge_mm(at.edge) }, line);
}

fn arrive(view: &View, at: &Snapped, node: u32, line: &mut Vec<LonLat>) {
    let first = view.edge_nodes[at.edge as usize][0] == node;
    stretch(view, at.edge, if first { 0 } else { view.edge_mm(at.edge) }, at.mm, line);
}

/// Walks downhill in remaining distance until a seed is reached; returns its node.
fn descend(view: &View, search: &Search, mut node: u32, line: &mut Vec<LonLat>) -> Option<u32> {
    for _ in 0..view.nodes.len() {
        let here = search.mm[node as usize];
        let arcs = view.first_arc[node as usize] as usize..view.first_arc[node as usize + 1] as usize;
        let next = arcs
            .filter(|&i| view.arcs[i].head != node)
            .filter(|&i| search.mm[view.arcs[i].head as usize].checked_add(view.arcs[i].cost) == Some(here))
            .min_by_key(|&i| search.mm[view.arcs[i].head as usize]);
        let Some(i) = next else { return Some(node) };
        let (edge, length) = (view.arc_edge[i], view.edge_mm(view.arc_edge[i]));
        let from_first = view.edge_nodes[edge as usize][0] == node;
        if from_first {
            stretch(view, edge, 0, length, line)
        } else {
            stretch(view, edge, length, 0, line)
        }
        node = view.arcs[i].head;
    }
    None
}
