//! Street segments by place: a packed grid in the compiled file, and the nearest point on an edge.
//!
//! A packed grid maps straight from the compiled file and needs no building when a city is opened; the R-trees of the
//! atlas index what changes: services and areas.

use super::{GridFrame, NONE, View, edge_flag};
use crate::model::{LonLat, NetworkRule, metres_per_degree};

/// Segments by place. An item is the vertex a segment starts from.
#[derive(Clone, Copy)]
pub struct Grid<'a> {
    /// Where the grid lies.
    pub frame: GridFrame,
    /// First item of each cell, row by row from the south-west, and one past the end.
    pub first_item: &'a [u32],
    /// Segments, by the vertex they start from.
    pub items: &'a [u32],
}

/// A place joined to the network.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Snapped {
    /// The edge.
    pub edge: u32,
    /// Millimetres from the first node of the edge.
    pub mm: u32,
    /// Millimetres from the place to the edge, straight.
    pub off_mm: u32,
}

impl Grid<'_> {
    fn cell(&self, column: i64, row: i64) -> &[u32] {
        let f = &self.frame;
        if column < 0 || row < 0 || column >= i64::from(f.columns) || row >= i64::from(f.rows) {
            return &[];
        }
        let i = (row * i64::from(f.columns) + column) as usize;
        &self.items[self.first_item[i] as usize..self.first_item[i + 1] as usize]
    }

    /// Column and row of a position, which may lie outside.
    fn at(&self, p: [i32; 2]) -> (i64, i64) {
        let f = &self.frame;
        let axis = |v: i32, low: i32, size: i32| (i64::from(v) - i64::from(low)).div_euclid(i64::from(size.max(1)));
        (axis(p[0], f.west, f.width), axis(p[1], f.south, f.height))
    }

    /// Every segment whose cell touches a box given by two corners; may repeat.
    pub fn within(&self, low: [i32; 2], high: [i32; 2]) -> impl Iterator<Item = u32> + '_ {
        let ((c0, r0), (c1, r1)) = (self.at(low), self.at(high));
        let (c0, r0) = (c0.max(0), r0.max(0));
        let (c1, r1) = (c1.min(i64::from(self.frame.columns) - 1), r1.min(i64::from(self.frame.rows) - 1));
        (r0..=r1).flat_map(move |r| (c0..=c1).flat_map(move |c| self.cell(c, r).iter().copied()))
    }
}

/// Squared metres from the origin to a segment given in metres around it, and how far along it the nearest point lies (0 to 1).
fn to_segment(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length2 = dx * dx + dy * dy;
    let t = if length2 > 0.0 { (-(a.0 * dx + a.1 * dy) / length2).clamp(0.0, 1.0) } else { 0.0 };
    let (x, y) = (a.0 + t * dx, a.1 + t * dy);
    (x * x + y * y, t)
}

impl View<'_> {
    /// The nearest point on an edge, preferring a usable network to a fragment; nothing beyond the limit of the rule.
    pub fn snap(&self, p: LonLat, rule: &NetworkRule) -> Option<Snapped> {
        if self.grid.frame.columns == 0 {
            return None;
        }
        let (east, north) = metres_per_degree(p.lat);
        let here = p.to_e7();
        let (column, row) = self.grid.at(here);
        let f = &self.grid.frame;
        let step = (f64::from(f.width) * 1e-7 * east).min(f64::from(f.height) * 1e-7 * north);
        // squared metres, vertex, position along the segment: any network, and usable networks only
        let mut any = (rule.snap_limit_metres * rule.snap_limit_metres, NONE, 0.0);
        let mut usable = (rule.snap_limit_metres * rule.snap_limit_metres, NONE, 0.0);
        let rings = (rule.snap_limit_metres / step).ceil() as i64 + 1;
        for ring in 0..=rings {
            // everything nearer than this has been seen
            let seen = (ring as f64 - 1.0).max(0.0) * step;
            let enough = usable.1 != NONE && usable.0 <= seen * seen;
            let fragment_only = any.1 != NONE && any.0 <= seen * seen && seen > rule.snap_metres;
            if enough || fragment_only {
                break;
            }
            self.ring_cells(column, row, ring, |vertex| {
                let (a, b) = (self.vertices[vertex as usize], self.vertices[vertex as usize + 1]);
                let local = |q: [i32; 2]| {
                    ((f64::from(q[0]) - f64::from(here[0])) * 1e-7 * east, (f64::from(q[1]) - f64::from(here[1])) * 1e-7 * north)
                };
                let (d2, t) = to_segment(local(a), local(b));
                let better = |best: &(f64, u32, f64)| d2 < best.0 || d2 == best.0 && vertex < best.1;
                if !better(&any) && !better(&usable) {
                    return;
                }
                if better(&any) {
                    any = (d2, vertex, t);
                }
                if better(&usable) && self.is_usable(self.edge_of_vertex(vertex), rule) {
                    usable = (d2, vertex, t);
                }
            });
        }
        let near = usable.1 != NONE && usable.0 <= rule.snap_metres * rule.snap_metres;
        let best = if near { usable } else { any };
        (best.1 != NONE).then(|| {
            let (from, to) = (self.vertex_mm[best.1 as usize], self.vertex_mm[best.1 as usize + 1]);
            let mm = from + (f64::from(to - from) * best.2).round() as u32;
            Snapped { edge: self.edge_of_vertex(best.1), mm, off_mm: (best.0.sqrt() * 1000.0).round() as u32 }
        })
    }

    fn is_usable(&self, edge: u32, rule: &NetworkRule) -> bool {
        f64::from(self.components[self.edge_component(edge) as usize].metres) >= rule.small_component_metres
    }

    fn ring_cells(&self, column: i64, row: i64, ring: i64, mut take: impl FnMut(u32)) {
        for r in row - ring..=row + ring {
            let edge_row = r == row - ring || r == row + ring;
            let stride = if edge_row || ring == 0 { 1 } else { 2 * ring };
            let mut c = column - ring;
            while c <= column + ring {
                self.grid.cell(c, r).iter().for_each(|&v| take(v));
                c += stride;
            }
        }
    }
}

/// Builds the grid: about one segment a cell, so that a look is a handful of segments.
pub(super) fn build(vertices: &[[i32; 2]], first_vertex: &[u32], flags: &[u8]) -> (GridFrame, Vec<u32>, Vec<u32>) {
    let (mut low, mut high) = ([i32::MAX; 2], [i32::MIN; 2]);
    for v in vertices {
        for k in 0..2 {
            low[k] = low[k].min(v[k]);
            high[k] = high[k].max(v[k]);
        }
    }
    if vertices.len() < 2 {
        return (GridFrame { west: 0, south: 0, width: 1, height: 1, columns: 0, rows: 0 }, vec![0], vec![]);
    }
    let middle = (f64::from(low[1]) + f64::from(high[1])) / 2.0 * 1e-7;
    let (east, north) = metres_per_degree(middle);
    let span = |k: usize, unit: f64| (f64::from(high[k]) - f64::from(low[k])) * 1e-7 * unit;
    let area = span(0, east).max(1.0) * span(1, north).max(1.0);
    let metres = (area / vertices.len() as f64).sqrt().clamp(30.0, 1000.0);
    let (width, height) = ((metres / east * 1e7).ceil() as i32, (metres / north * 1e7).ceil() as i32);
    let count = |k: usize, size: i32| ((i64::from(high[k]) - i64::from(low[k])) / i64::from(size) + 1) as u32;
    let frame = GridFrame { west: low[0], south: low[1], width, height, columns: count(0, width), rows: count(1, height) };
    let cells = frame.columns as usize * frame.rows as usize;
    let mut placed: Vec<(u32, u32)> = Vec::with_capacity(vertices.len() * 2);
    for edge in 0..flags.len() {
        if flags[edge] & edge_flag::FERRY != 0 || flags[edge] & 3 == 0 {
            continue; // nobody steps onto a ferry in the middle of the sea, nor onto a street that is shut
        }
        for v in first_vertex[edge]..first_vertex[edge + 1] - 1 {
            cells_of(&frame, vertices[v as usize], vertices[v as usize + 1], |cell| placed.push((cell, v)));
        }
    }
    let mut first = vec![0u32; cells + 1];
    placed.iter().for_each(|(cell, _)| first[*cell as usize + 1] += 1);
    (0..cells).for_each(|i| first[i + 1] += first[i]);
    let mut fill = first.clone();
    let mut items = vec![0u32; placed.len()];
    for (cell, v) in placed {
        items[fill[cell as usize] as usize] = v;
        fill[cell as usize] += 1;
    }
    (frame, first, items)
}

/// The cells a segment passes: row by row, the columns it spans there.
fn cells_of(frame: &GridFrame, a: [i32; 2], b: [i32; 2], mut take: impl FnMut(u32)) {
    let (a, b) = if a[1] <= b[1] { (a, b) } else { (b, a) };
    let unit = |v: i32, low: i32, size: i32| (f64::from(v) - f64::from(low)) / f64::from(size);
    let (ax, ay) = (unit(a[0], frame.west, frame.width), unit(a[1], frame.south, frame.height));
    let (bx, by) = (unit(b[0], frame.west, frame.width), unit(b[1], frame.south, frame.height));
    let x_at = |y: f64| if by > ay { ax + (bx - ax) * ((y - ay) / (by - ay)).clamp(0.0, 1.0) } else { ax };
    for row in ay.floor() as i64..=by.floor() as i64 {
        let (mut x0, mut x1) = (x_at(row as f64), x_at(row as f64 + 1.0));
        if by.floor() == ay.floor() {
            (x0, x1) = (ax, bx);
        }
        for column in x0.min(x1).floor() as i64..=x0.max(x1).floor() as i64 {
            let (c, r) = (column.clamp(0, i64::from(frame.columns) - 1), row.clamp(0, i64::from(frame.rows) - 1));
            take((r * i64::from(frame.columns) + c) as u32);
        }
    }
}
