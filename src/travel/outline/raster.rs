//! Street pieces drawn into bitmaps, and the bitmaps grown.

use super::super::Piece;
use super::{CELL, FINE, WIDTH};
use crate::atlas::streets::View;
use crate::model::{Bounds, LonLat, metres_per_degree};

/// The bitmap's place on the ground.
pub struct Frame {
    origin: LonLat,
    east: f64,
    north: f64,
    columns: i64,
    rows: i64,
}

impl Frame {
    /// A frame around pieces, with room to grow; nothing if there are none, or if they are too far apart to draw.
    pub fn around(view: &View, pieces: &[Piece]) -> Option<Self> {
        const MAX_CELLS: i64 = 1 << 28; // 80 km across
        let mut bounds = Bounds::EMPTY;
        for p in pieces {
            line_of(view, p, |v| bounds.add(LonLat::from_e7(v)));
        }
        if bounds.is_empty() {
            return None;
        }
        let bounds = bounds.grown((WIDTH as f64 + 2.0) * CELL);
        let (east, north) = metres_per_degree(bounds.center().lat);
        let count = |degrees: f64, unit: f64| (degrees * unit / CELL).ceil() as i64 + 1;
        let (columns, rows) = (count(bounds.east - bounds.west, east), count(bounds.north - bounds.south, north));
        let origin = LonLat::new(bounds.west, bounds.south);
        (columns * rows <= MAX_CELLS).then_some(Self { origin, east, north, columns, rows })
    }

    /// The place some metres from the south-west corner.
    pub fn place(&self, x: f64, y: f64) -> LonLat {
        LonLat::new(self.origin.lon + x / self.east, self.origin.lat + y / self.north)
    }

    /// South-west and north-east corner, 1e-7 degrees.
    pub fn corners(&self) -> ([i32; 2], [i32; 2]) {
        (self.origin.to_e7(), self.place(self.columns as f64 * CELL, self.rows as f64 * CELL).to_e7())
    }

    fn metres(&self, p: [i32; 2]) -> (f64, f64) {
        let p = LonLat::from_e7(p);
        ((p.lon - self.origin.lon) * self.east, (p.lat - self.origin.lat) * self.north)
    }

    /// Every straight part of a piece, in metres.
    fn parts(&self, view: &View, piece: &Piece, mut take: impl FnMut((f64, f64), (f64, f64))) {
        let mut last: Option<(f64, f64)> = None;
        line_of(view, piece, |v| {
            let here = self.metres(v);
            if let Some(before) = last.replace(here) {
                take(before, here);
            }
        });
    }

    /// Every cell of side `size` a piece passes.
    pub fn draw(&self, view: &View, piece: &Piece, size: f64, mut take: impl FnMut(i64, i64)) {
        self.parts(view, piece, |a, b| walk_cells((a.0 / size, a.1 / size), (b.0 / size, b.1 / size), &mut take));
    }
}

/// The vertices of a piece, its cut ends included.
fn line_of(view: &View, piece: &Piece, mut take: impl FnMut([i32; 2])) {
    let range = view.edge_vertices(piece.edge);
    let marks = &view.vertex_mm[range.clone()];
    let (a, b) = (marks.partition_point(|&m| m <= piece.from_mm), marks.partition_point(|&m| m < piece.to_mm));
    take(view.point_at(piece.edge, piece.from_mm));
    (a..b).for_each(|i| take(view.vertices[range.start + i]));
    take(view.point_at(piece.edge, piece.to_mm));
}

/// Cells of unit side that a segment passes (Amanatides & Woo 1987).
fn walk_cells(a: (f64, f64), b: (f64, f64), take: &mut impl FnMut(i64, i64)) {
    let (mut x, mut y) = (a.0.floor() as i64, a.1.floor() as i64);
    let (end_x, end_y) = (b.0.floor() as i64, b.1.floor() as i64);
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let (step_x, step_y) = (if dx > 0.0 { 1 } else { -1 }, if dy > 0.0 { 1 } else { -1 });
    let first = |v: f64, d: f64| match d {
        d if d > 0.0 => (v.floor() + 1.0 - v) / d,
        d if d < 0.0 => (v - v.floor()) / -d,
        _ => f64::INFINITY,
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

/// A bitmap, rows of 64-cell words.
pub struct Bits {
    /// Words, row by row from the south.
    pub words: Vec<u64>,
    /// Words in a row.
    pub stride: usize,
    /// Columns.
    pub columns: i64,
    /// Rows.
    pub rows: i64,
}

impl Bits {
    /// An empty bitmap.
    pub fn new(frame: &Frame) -> Self {
        let stride = (frame.columns as usize).div_ceil(64);
        Self { words: vec![0; stride * frame.rows as usize], stride, columns: frame.columns, rows: frame.rows }
    }

    fn at(&self, x: i64, y: i64) -> Option<(usize, u64)> {
        let inside = (0..self.columns).contains(&x) && (0..self.rows).contains(&y);
        inside.then(|| (y as usize * self.stride + x as usize / 64, 1u64 << (x % 64)))
    }

    /// Sets a cell; one outside the frame is nothing.
    pub fn set(&mut self, x: i64, y: i64) {
        if let Some((word, bit)) = self.at(x, y) {
            self.words[word] |= bit;
        }
    }

    /// True if a cell is set.
    pub fn get(&self, x: i64, y: i64) -> bool {
        self.at(x, y).is_some_and(|(word, bit)| self.words[word] & bit != 0)
    }

    /// Cells set in both.
    pub fn both(&self, other: &Self) -> Self {
        let words = self.words.iter().zip(&other.words).map(|(a, b)| a & b).collect();
        Self { words, ..*self }
    }

    /// Clears the cells of another bitmap.
    pub fn take_out(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(a, b)| *a &= !b);
    }

    /// Set cells in row order.
    pub fn cells(&self) -> impl Iterator<Item = (i64, i64)> + '_ {
        self.words.iter().enumerate().flat_map(move |(i, &w)| {
            let (y, x0) = ((i / self.stride) as i64, (i % self.stride * 64) as i64);
            bits_of(w).map(move |b| (x0 + b, y))
        })
    }

    /// Word `i` moved so that each bit shows its western neighbour.
    pub fn west_of(&self, i: usize) -> u64 {
        self.words[i] << 1 | if i.is_multiple_of(self.stride) { 0 } else { self.words[i - 1] >> 63 }
    }

    /// Word `i` moved so that each bit shows its eastern neighbour.
    pub fn east_of(&self, i: usize) -> u64 {
        self.words[i] >> 1 | if (i + 1).is_multiple_of(self.stride) { 0 } else { self.words[i + 1] << 63 }
    }

    /// The word south of word `i`.
    pub fn south_of(&self, i: usize) -> u64 {
        i.checked_sub(self.stride).map_or(0, |j| self.words[j])
    }

    /// The word north of word `i`.
    pub fn north_of(&self, i: usize) -> u64 {
        self.words.get(i + self.stride).copied().unwrap_or(0)
    }

    fn dilated(&self, out: &mut Vec<u64>) {
        out.clear();
        let around = |i| self.words[i] | self.west_of(i) | self.east_of(i) | self.south_of(i) | self.north_of(i);
        out.extend((0..self.words.len()).map(around));
    }
}

/// Positions of the set bits of a word.
pub fn bits_of(mut word: u64) -> impl Iterator<Item = i64> {
    std::iter::from_fn(move || {
        (word != 0).then(|| {
            let bit = word.trailing_zeros();
            word &= word - 1;
            i64::from(bit)
        })
    })
}

/// Both sorts of cells spread at the same pace; where they meet they stop. A draw goes to the unreached.
pub fn grow(inside: &mut Bits, outside: &mut Bits, mixed: &Bits) {
    let (mut i, mut o) = (Vec::new(), Vec::new());
    for _ in 0..WIDTH {
        inside.dilated(&mut i);
        outside.dilated(&mut o);
        for k in 0..i.len() {
            let free = !(inside.words[k] | outside.words[k] | mixed.words[k]);
            outside.words[k] |= o[k] & free;
            inside.words[k] |= i[k] & free & !o[k];
        }
    }
}

/// The 8 × 8 pictures of mixed cells, in cell order: set where a reached piece is nearer.
pub struct Fine {
    /// Cells, row by row.
    pub cells: Vec<(i64, i64)>,
    /// Their pictures.
    pub words: Vec<u64>,
}

impl Fine {
    /// The picture of a cell.
    pub fn find(&self, cell: (i64, i64)) -> Option<u64> {
        self.position(cell).map(|i| self.words[i])
    }

    fn position(&self, (x, y): (i64, i64)) -> Option<usize> {
        self.cells.binary_search_by_key(&(y, x), |c| (c.1, c.0)).ok()
    }
}

/// Draws the pieces that pass a mixed cell again, eight times finer.
pub fn refine(view: &View, reached: &[Piece], beyond: &[Piece], frame: &Frame, mixed: &Bits) -> Fine {
    let cells: Vec<(i64, i64)> = mixed.cells().collect();
    let mut fine = Fine { words: vec![0; cells.len()], cells };
    let mut unreached = vec![0u64; fine.cells.len()];
    let size = CELL / FINE as f64;
    for (pieces, is_reached) in [(reached, true), (beyond, false)] {
        for piece in pieces {
            frame.parts(view, piece, |a, b| {
                let mut hit = false;
                walk_cells((a.0 / CELL, a.1 / CELL), (b.0 / CELL, b.1 / CELL), &mut |x, y| hit |= mixed.get(x, y));
                if !hit {
                    return;
                }
                walk_cells((a.0 / size, a.1 / size), (b.0 / size, b.1 / size), &mut |x, y| {
                    let cell = (x.div_euclid(FINE), y.div_euclid(FINE));
                    if !mixed.get(cell.0, cell.1) {
                        return;
                    }
                    if let Some(i) = fine.position(cell) {
                        let bit = 1u64 << (y.rem_euclid(FINE) * FINE + x.rem_euclid(FINE));
                        if is_reached { fine.words[i] |= bit } else { unreached[i] |= bit }
                    }
                });
            });
        }
    }
    fine.words.iter_mut().zip(unreached).for_each(|(r, u)| *r = settle(*r, u));
    fine
}

/// Grows both sorts inside one 8 × 8 cell until it is full. A sub-cell holding both is a junction or a cut: reached.
fn settle(mut r: u64, mut u: u64) -> u64 {
    const WEST: u64 = 0x0101_0101_0101_0101;
    let spread = |w: u64| w | (w & !(WEST << 7)) << 1 | (w & !WEST) >> 1 | w << 8 | w >> 8;
    u &= !r;
    while r | u != u64::MAX && r | u != 0 {
        let free = !(r | u);
        let (new_u, new_r) = (spread(u) & free, spread(r) & free);
        u |= new_u & !new_r;
        r |= new_r;
    }
    r
}
