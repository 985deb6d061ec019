//! Walking along a part of one edge: what it costs, and how far a budget goes.

use super::{Snapped, View};

impl View<'_> {
    /// Cost between two offsets of an edge in the direction from the first to the second, whether or not that is allowed.
    pub fn part_mm(&self, edge: u32, from: u32, to: u32) -> u32 {
        if to >= from {
            self.cost_at(self.along_mm, edge, to) - self.cost_at(self.along_mm, edge, from)
        } else {
            self.cost_at(self.against_mm, edge, from) - self.cost_at(self.against_mm, edge, to)
        }
    }

    /// Junctions one can leave a place by, with the walk to them.
    pub fn leaving(&self, at: &Snapped) -> impl Iterator<Item = (u32, u32)> + use<> {
        let [from, to] = self.edge_nodes[at.edge as usize];
        let back = self.backward(at.edge).then(|| (from, at.off_mm + self.part_mm(at.edge, at.mm, 0)));
        let on = self.forward(at.edge).then(|| (to, at.off_mm + self.part_mm(at.edge, at.mm, self.edge_mm(at.edge))));
        back.into_iter().chain(on)
    }

    /// Junctions one can come to a place from, with the walk from them.
    pub fn arriving(&self, at: &Snapped) -> impl Iterator<Item = (u32, u32)> + use<> {
        let [from, to] = self.edge_nodes[at.edge as usize];
        let on = self.forward(at.edge).then(|| (from, at.off_mm + self.part_mm(at.edge, 0, at.mm)));
        let back = self.backward(at.edge).then(|| (to, at.off_mm + self.part_mm(at.edge, self.edge_mm(at.edge), at.mm)));
        on.into_iter().chain(back)
    }

    /// From one place to another on the same edge without leaving it, off-road legs included; nothing if they are on two, or
    /// the street may not be walked that way.
    pub fn beside(&self, a: &Snapped, b: &Snapped) -> Option<u32> {
        let allowed = a.mm == b.mm || if b.mm > a.mm { self.forward(a.edge) } else { self.backward(a.edge) };
        (a.edge == b.edge && allowed).then(|| self.part_mm(a.edge, a.mm, b.mm) + a.off_mm + b.off_mm)
    }

    /// The offset reached from another with a budget, toward the second node.
    pub fn ahead(&self, edge: u32, from: u32, budget: u32) -> u32 {
        self.offset_at(self.along_mm, edge, self.cost_at(self.along_mm, edge, from).saturating_add(budget))
    }

    /// The offset reached from another with a budget, toward the first node.
    pub fn back(&self, edge: u32, from: u32, budget: u32) -> u32 {
        let cost = self.cost_at(self.against_mm, edge, from);
        let left = cost.saturating_sub(budget);
        // rounded up, so that no piece is longer than its budget
        let offset = self.offset_at(self.against_mm, edge, left);
        if self.cost_at(self.against_mm, edge, offset) < left { (offset + 1).min(from) } else { offset }
    }

    /// On a network of lengths the cost of an offset is the offset.
    fn is_length(&self, costs: &[u32]) -> bool {
        std::ptr::eq(costs, self.vertex_mm)
    }

    fn cost_at(&self, costs: &[u32], edge: u32, mm: u32) -> u32 {
        if self.is_length(costs) {
            mm
        } else {
            between(&self.vertex_mm[self.edge_vertices(edge)], &costs[self.edge_vertices(edge)], mm)
        }
    }

    fn offset_at(&self, costs: &[u32], edge: u32, cost: u32) -> u32 {
        let range = self.edge_vertices(edge);
        let known = if self.is_length(costs) { cost } else { between(&costs[range.clone()], &self.vertex_mm[range], cost) };
        known.min(self.edge_mm(edge))
    }
}

/// The value that belongs to `x` on the line through pairs of rising numbers; beyond the ends the end.
fn between(xs: &[u32], ys: &[u32], x: u32) -> u32 {
    let after = xs.partition_point(|v| *v <= x).clamp(1, xs.len() - 1);
    let (x0, x1, y0, y1) = (xs[after - 1], xs[after], ys[after - 1], ys[after]);
    if x >= x1 || x1 == x0 {
        return if x >= x1 { y1 } else { y0 };
    }
    y0 + (u64::from(y1 - y0) * u64::from(x.max(x0) - x0) / u64::from(x1 - x0)) as u32
}
