//! The reached area as a polygon: near a reached street and nearer to it than to any street not reached.
//!
//! A bitmap in ground metres is filled outwards from reached and unreached street pieces alternately, a word of 64
//! cells at a time, so a river or railway without a crossing is never jumped: the far bank's own streets claim it.
//! Cells that hold both sorts are cut again 8 × 8, one machine word each.

use super::{Piece, Reached};
use crate::atlas::streets::View;
use crate::model::{LonLat, metres_per_degree};
use geo::{Coord, LineString, MultiPolygon, Polygon};
use std::collections::HashMap;

/// Cell side, metres.
const CELL: f64 = 5.0;
/// Sub-cells per side of a mixed cell.
const FINE: i64 = 8;
/// How far from a street the area extends, cells (25 m).
const WIDTH: usize = 5;
/// Holes smaller than this are blocks between reached streets and are filled, square metres.
const FILL_SQUARE_METRES: f64 = 40_000.0;

/// The area around the reached pieces.
pub fn outline(view: &View, reached: &Reached) -> MultiPolygon<f64> {
    let Some(frame) = Frame::around(view, &reached.pieces) else { return MultiPolygon(Vec::new()) };
    let mut inside = Bits::new(&frame);
    let mut outside = Bits::new(&frame);
    reached.pieces.iter().for_each(|p| frame.draw(view, p, CELL, &mut |x, y| inside.set(x, y)));
    let beyond = unreached_near(view, reached, &frame);
    beyond.iter().for_each(|p| frame.draw(view, p, CELL, &mut |x, y| outside.set(x, y)));
    let mixed = inside.both(&outside);
    let fine = refine(view, reached, &beyond, &frame, &mixed);
    mixed.cells().for_each(|(x, y)| {
        inside.clear(x, y);
        outside.clear(x, y);
    });
    grow(&mut inside, &mut outside, &mixed);
    let edges = boundary(&inside, &mixed, &fine);
    polygons(edges, &frame, &outside)
}

/// The bitmap's place on the ground.
struct Frame {
    origin: LonLat,
    east: f64,
    north: f64,
    columns: i64,
    rows: i64,
}

impl Frame {
    fn around(view: &View, pieces: &[Piece]) -> Option<Self> {
        let margin = (WIDTH as f64 + 2.0) * CELL;
        let vertices = pieces.iter().flat_map(|p| line_of(view, p));
        let bounds = crate::model::Bounds::of(vertices.map(LonLat::from_e7));
        if bounds.is_empty() {
            return None;
        }
        let bounds = bounds.grown(margin);
        let (east, north) = metres_per_degree(bounds.center().lat);
        let count = |degrees: f64, unit: f64| (degrees * unit / CELL).ceil() as i64 + 1;
        let (columns, rows) = (count(bounds.east - bounds.west, east), count(bounds.north - bounds.south, north));
        const MAX_CELLS: i64 = 1 << 28; // 80 km across
        (columns * rows <= MAX_CELLS)
            .then_some(Self { origin: LonLat::new(bounds.west, bounds.south), east, north, columns, rows })
    }

    /// Metres from the south-west corner.
    fn metres(&self, p: [i32; 2]) -> (f64, f64) {
        let p = LonLat::from_e7(p);
        ((p.lon - self.origin.lon) * self.east, (p.lat - self.origin.lat) * self.north)
    }

    fn corners(&self) -> ([i32; 2], [i32; 2]) {
        let far = LonLat::new(
            self.origin.lon + self.columns as f64 * CELL / self.east,
            self.origin.lat + self.rows as f64 * CELL / self.north,
        );
        (self.origin.to_e7(), far.to_e7())
    }

    /// Every cell of side `size` a piece passes.
    fn draw(&self, view: &View, piece: &Piece, size: f64, take: &mut dyn FnMut(i64, i64)) {
        let line = line_of(view, piece);
        for pair in line.windows(2) {
            let ((ax, ay), (bx, by)) = (self.metres(pair[0]), self.metres(pair[1]));
            walk_cells((ax / size, ay / size), (bx / size, by / size), take);
        }
    }
}

/// The line of a piece.
fn line_of(view: &View, piece: &Piece) -> Vec<[i32; 2]> {
    let range = view.edge_vertices(piece.edge);
    let marks = &view.vertex_mm[range.clone()];
    let (a, b) = (marks.partition_point(|&m| m <= piece.from_mm), marks.partition_point(|&m| m < piece.to_mm));
    let mut line = Vec::with_capacity(b.saturating_sub(a) + 2);
    line.push(view.point_at(piece.edge, piece.from_mm));
    line.extend_from_slice(&view.vertices[range.start + a..(range.start + b).max(range.start + a)]);
    line.push(view.point_at(piece.edge, piece.to_mm));
    line
}

/// Cells of unit side that a segment passes (Amanatides & Woo 1987).
fn walk_cells(a: (f64, f64), b: (f64, f64), take: &mut dyn FnMut(i64, i64)) {
    let (mut x, mut y) = (a.0.floor() as i64, a.1.floor() as i64);
    let (end_x, end_y) = (b.0.floor() as i64, b.1.floor() as i64);
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let (step_x, step_y) = (if dx > 0.0 { 1 } else { -1 }, if dy > 0.0 { 1 } else { -1 });
    let first = |v: f64, d: f64| {
        if d > 0.0 { (v.floor() + 1.0 - v) / d } else if d < 0.0 { (v - v.floor()) / -d } else { f64::INFINITY }
    };
    let (mut tx, mut ty) = (first(a.0, dx), first(a.1, dy));
    let (every_x, every_y) = ((1.0 / dx).abs(), (1.0 / dy).abs());
    take(x, y);
    for _ in 0..(end_x - x).abs() + (end_y - y).abs() {
        if tx < ty {
            x += step_x;
            tx += every_x;
        } else {
            y += step_y;
            ty += every_y;
        }
        take(x, y);
    }
}

/// Streets near the reached ones that are not reached: the rest of cut edges, and every edge never touched.
fn unreached_near(view: &View, reached: &Reached, frame: &Frame) -> Vec<Piece> {
    let mut known: Vec<u32> = reached.pieces.iter().chain(&reached.beyond).map(|p| p.edge).collect();
    known.sort_unstable();
    known.dedup();
    let (low, high) = frame.corners();
    let mut edges: Vec<u32> = view.grid.within(low, high).map(|v| view.edge_of_vertex(v)).collect();
    edges.sort_unstable();
    edges.dedup();
    let new = edges.into_iter().filter(|e| known.binary_search(e).is_err());
    let whole = new.map(|edge| Piece { edge, from_mm: 0, to_mm: view.edge_mm(edge) });
    reached.beyond.iter().copied().chain(whole).collect()
}

/// A bitmap, rows of 64-cell words.
struct Bits {
    words: Vec<u64>,
    stride: usize,
    columns: i64,
    rows: i64,
}

impl Bits {
    fn new(frame: &Frame) -> Self {
        let stride = (frame.columns as usize).div_ceil(64);
        Self { words: vec![0; stride * frame.rows as usize], stride, columns: frame.columns, rows: frame.rows }
    }

    fn at(&self, x: i64, y: i64) -> Option<(usize, u64)> {
        let inside = (0..self.columns).contains(&x) && (0..self.rows).contains(&y);
        inside.then(|| (y as usize * self.stride + x as usize / 64, 1u64 << (x % 64)))
    }

    fn set(&mut self, x: i64, y: i64) {
        if let Some((word, bit)) = self.at(x, y) {
            self.words[word] |= bit;
        }
    }

    fn clear(&mut self, x: i64, y: i64) {
        if let Some((word, bit)) = self.at(x, y) {
            self.words[word] &= !bit;
        }
    }

    fn get(&self, x: i64, y: i64) -> bool {
        self.at(x, y).is_some_and(|(word, bit)| self.words[word] & bit != 0)
    }

    fn both(&self, other: &Self) -> Self {
        let words = self.words.iter().zip(&other.words).map(|(a, b)| a & b).collect();
        Self { words, ..*self }
    }

    fn cells(&self) -> impl Iterator<Item = (i64, i64)> + '_ {
        self.words.iter().enumerate().filter(|(_, w)| **w != 0).flat_map(move |(i, &w)| {
            let (y, x0) = ((i / self.stride) as i64, (i % self.stride * 64) as i64);
            (0..64).filter(move |b| w >> b & 1 == 1).map(move |b| (x0 + b, y))
        })
    }

    /// The four neighbours of every set cell, and the cells themselves.
    fn dilated(&self) -> Vec<u64> {
        let (n, stride) = (self.words.len(), self.stride);
        let word = |i: usize, left: bool| -> u64 {
            // the bit carried over from the neighbouring word of the same row
            if left { if i % stride > 0 { self.words[i - 1] >> 63 } else { 0 } } else if i % stride + 1 < stride { self.words[i + 1] << 63 } else { 0 }
        };
        (0..n)
            .map(|i| {
                let w = self.words[i];
                let up = if i >= stride { self.words[i - stride] } else { 0 };
                let down = if i + stride < n { self.words[i + stride] } else { 0 };
                w | w << 1 | word(i, true) | w >> 1 | word(i, false) | up | down
            })
            .collect()
    }
}

/// Both sorts of cells spread at the same pace; where they meet they stop. A draw goes to the unreached.
fn grow(inside: &mut Bits, outside: &mut Bits, mixed: &Bits) {
    for _ in 0..WIDTH {
        let (i, o) = (inside.dilated(), outside.dilated());
        for k in 0..inside.words.len() {
            let taken = inside.words[k] | outside.words[k] | mixed.words[k];
            outside.words[k] |= o[k] & !taken;
            inside.words[k] |= i[k] & !taken & !o[k];
        }
    }
}

/// The 8 × 8 picture of each mixed cell: set where a reached piece is nearer.
fn refine(view: &View, reached: &Reached, beyond: &[Piece], frame: &Frame, mixed: &Bits) -> HashMap<(i64, i64), u64> {
    let mut both: HashMap<(i64, i64), (u64, u64)> = mixed.cells().map(|c| (c, (0, 0))).collect();
    let crosses = |p: &Piece| {
        let mut hit = false;
        frame.draw(view, p, CELL, &mut |x, y| hit |= mixed.get(x, y));
        hit
    };
    let mut paint = |pieces: &[Piece], reached: bool| {
        for piece in pieces.iter().filter(|p| crosses(p)) {
            frame.draw(view, piece, CELL / FINE as f64, &mut |x, y| {
                if let Some((r, u)) = both.get_mut(&(x.div_euclid(FINE), y.div_euclid(FINE))) {
                    let bit = 1u64 << (y.rem_euclid(FINE) * FINE + x.rem_euclid(FINE));
                    if reached { *r |= bit } else { *u |= bit }
                }
            });
        }
    };
    paint(&reached.pieces, true);
    paint(beyond, false);
    both.into_iter().map(|(cell, (r, u))| (cell, settle(r, u))).collect()
}

/// Grows both sorts inside one 8 × 8 cell until it is full.
fn settle(mut r: u64, mut u: u64) -> u64 {
    const LEFT: u64 = 0x0101_0101_0101_0101;
    let spread = |w: u64| w | (w & !(LEFT << 7)) << 1 | (w & !LEFT) >> 1 | w << 8 | w >> 8;
    u &= !r; // a sub-cell holding both is a junction or a cut: the reached side owns it
    while r | u != u64::MAX && r | u != 0 {
        let free = !(r | u);
        let (new_u, new_r) = (spread(u) & free, spread(r) & free);
        u |= new_u & !new_r;
        r |= new_r;
    }
    r
}

/// A corner of the fine grid.
type Corner = (i64, i64);

/// Directed boundary edges, inside on the left, keyed by their start.
fn boundary(inside: &Bits, mixed: &Bits, fine: &HashMap<(i64, i64), u64>) -> HashMap<Corner, Vec<Corner>> {
    let mut next: HashMap<Corner, Vec<Corner>> = HashMap::new();
    let mut add = |a: Corner, b: Corner| next.entry(a).or_default().push(b);
    // a side is emitted by the cell on its inside; neighbours without a fine picture need one coarse edge
    let sides: [(i64, i64, [Corner; 2]); 4] =
        [(0, -1, [(0, 0), (1, 0)]), (1, 0, [(1, 0), (1, 1)]), (0, 1, [(1, 1), (0, 1)]), (-1, 0, [(0, 1), (0, 0)])];
    let sub = |x: i64, y: i64| -> bool {
        let cell = (x.div_euclid(FINE), y.div_euclid(FINE));
        match fine.get(&cell) {
            Some(w) => w >> (y.rem_euclid(FINE) * FINE + x.rem_euclid(FINE)) & 1 == 1,
            None => inside.get(cell.0, cell.1),
        }
    };
    for (x, y) in inside.cells() {
        for (dx, dy, [a, b]) in sides {
            let neighbour = (x + dx, y + dy);
            if mixed.get(neighbour.0, neighbour.1) {
                // walk the side in fine steps
                for i in 0..FINE {
                    let along = |c: Corner, k: i64| ((x + c.0) * FINE + (b.0 - a.0) * k, (y + c.1) * FINE + (b.1 - a.1) * k);
                    let (from, to) = (along(a, i), along(a, i + 1));
                    let inner = (from.0.min(to.0) - i64::from(dx == 1) , from.1.min(to.1) - i64::from(dy == 1));
                    if !sub(inner.0 + dx, inner.1 + dy) {
                        add(from, to);
                    }
                }
            } else if !inside.get(neighbour.0, neighbour.1) {
                let at = |c: Corner| ((x + c.0) * FINE, (y + c.1) * FINE);
                add(at(a), at(b));
            }
        }
    }
    for (&(cx, cy), &w) in fine {
        for bit in (0..64i64).filter(|b| w >> b & 1 == 1) {
            let (x, y) = (cx * FINE + bit % FINE, cy * FINE + bit / FINE);
            for (dx, dy, [a, b]) in sides {
                if !sub(x + dx, y + dy) {
                    add((x + a.0, y + a.1), (x + b.0, y + b.1));
                }
            }
        }
    }
    next
}

/// Links edges into rings, turning left at a touching corner so that areas stay apart.
fn rings(mut next: HashMap<Corner, Vec<Corner>>) -> Vec<Vec<Corner>> {
    let mut starts: Vec<Corner> = next.keys().copied().collect();
    starts.sort_unstable();
    let mut rings = Vec::new();
    for start in starts {
        while next.get(&start).is_some_and(|v| !v.is_empty()) {
            let mut ring = vec![start];
            let mut at = start;
            let mut direction = (0i64, 0i64);
            loop {
                let Some(ways) = next.get_mut(&at).filter(|w| !w.is_empty()) else { break };
                let turn = |to: &Corner| {
                    let d = ((to.0 - at.0).signum(), (to.1 - at.1).signum());
                    direction.0 * d.1 - direction.1 * d.0 // 1 left, 0 straight, -1 right
                };
                let best = (0..ways.len()).max_by_key(|&i| turn(&ways[i])).unwrap_or(0);
                let to = ways.swap_remove(best);
                direction = ((to.0 - at.0).signum(), (to.1 - at.1).signum());
                at = to;
                if at == start {
                    break;
                }
                ring.push(at);
            }
            if ring.len() >= 4 {
                rings.push(straightened(ring));
            }
        }
    }
    rings
}

/// Without the corners in the middle of a straight run.
fn straightened(ring: Vec<Corner>) -> Vec<Corner> {
    let n = ring.len();
    let keep = |i: usize| {
        let (a, b, c) = (ring[(i + n - 1) % n], ring[i], ring[(i + 1) % n]);
        (b.0 - a.0) * (c.1 - b.1) != (b.1 - a.1) * (c.0 - b.0)
    };
    (0..n).filter(|&i| keep(i)).map(|i| ring[i]).collect()
}

fn twice_area(ring: &[Corner]) -> i64 {
    (0..ring.len()).map(|i| (ring[i], ring[(i + 1) % ring.len()])).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum()
}

/// Rings → polygons in degrees; small blocks between reached streets are filled.
fn polygons(next: HashMap<Corner, Vec<Corner>>, frame: &Frame, outside: &Bits) -> MultiPolygon<f64> {
    let (shells, holes): (Vec<_>, Vec<_>) = rings(next).into_iter().partition(|r| twice_area(r) > 0);
    let fine = CELL / FINE as f64;
    let degrees = |ring: &[Corner]| {
        let coord = |c: &Corner| Coord { x: frame.origin.lon + c.0 as f64 * fine / frame.east, y: frame.origin.lat + c.1 as f64 * fine / frame.north };
        LineString(ring.iter().chain(ring.first()).map(coord).collect())
    };
    let mut out: Vec<(Vec<Corner>, Polygon<f64>)> = shells.into_iter().map(|r| (r.clone(), Polygon::new(degrees(&r), vec![]))).collect();
    for hole in holes {
        let square_metres = -(twice_area(&hole) as f64) / 2.0 * fine * fine;
        if square_metres < FILL_SQUARE_METRES && !holds_street(&hole, outside) {
            continue;
        }
        // the hole's first edge runs along its shell: a point just outside the hole lies in that shell
        let owner = out.iter_mut().filter(|(shell, _)| surrounds(shell, &hole)).min_by_key(|(shell, _)| twice_area(shell));
        if let Some((_, polygon)) = owner {
            polygon.interiors_push(degrees(&hole));
        }
    }
    MultiPolygon(out.into_iter().map(|(_, p)| p).collect())
}

/// True if an unreached street runs inside a hole.
fn holds_street(hole: &[Corner], outside: &Bits) -> bool {
    let (mut low, mut high) = ((i64::MAX, i64::MAX), (i64::MIN, i64::MIN));
    for c in hole {
        low = (low.0.min(c.0), low.1.min(c.1));
        high = (high.0.max(c.0), high.1.max(c.1));
    }
    let (x0, x1, y0, y1) = (low.0 / FINE, high.0 / FINE, low.1 / FINE, high.1 / FINE);
    (y0..=y1).any(|y| (x0..=x1).any(|x| outside.get(x, y) && winds(hole, x * FINE + FINE / 2, y * FINE + FINE / 2)))
}

fn surrounds(shell: &[Corner], hole: &[Corner]) -> bool {
    // half a fine cell to the side of the hole's first edge, outside the hole
    let (a, b) = (hole[0], hole[1]);
    let (dx, dy) = ((b.0 - a.0).signum(), (b.1 - a.1).signum());
    // doubled coordinates keep the half exact; the inside of the area is on the left
    let point = (a.0 * 2 + dx - dy, a.1 * 2 + dy + dx);
    let doubled: Vec<Corner> = shell.iter().map(|c| (c.0 * 2, c.1 * 2)).collect();
    winds(&doubled, point.0, point.1)
}

/// Even-odd test; the point is never on an edge.
fn winds(ring: &[Corner], x: i64, y: i64) -> bool {
    let mut inside = false;
    for i in 0..ring.len() {
        let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
        if (a.1 > y) != (b.1 > y) && x < a.0 {
            inside = !inside; // every edge that straddles y is vertical
        }
    }
    inside
}
