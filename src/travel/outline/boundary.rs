//! The boundary of a bitmap as rings of corners, coarse and fine cells together. Inside is on the left.

use super::FINE;
use super::raster::{Bits, Fine, bits_of};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A corner of the fine grid.
pub type Corner = (i64, i64);

/// Directions east, north, west, south: a bit each.
const STEPS: [Corner; 4] = [(1, 0), (0, 1), (-1, 0), (0, -1)];

/// Of a cell: the neighbour across each side, the corner its boundary edge starts from, and that edge's direction.
const SIDES: [(Corner, Corner, u8); 4] = [((0, -1), (0, 0), 0), ((1, 0), (1, 0), 1), ((0, 1), (1, 1), 2), ((-1, 0), (0, 1), 3)];

/// Multiplies: corners are small numbers and nobody chooses them to collide.
#[derive(Default)]
struct Mixer(u64);

impl Hasher for Mixer {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|b| self.write_i64(i64::from(*b)));
    }

    fn write_i64(&mut self, v: i64) {
        self.0 = (self.0.rotate_left(5) ^ v as u64).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
}

/// Edges leaving each corner, a bit per direction: long ones between coarse corners, short ones around fine cells.
struct Edges {
    coarse: Vec<u8>,
    width: i64,
    fine: HashMap<Corner, u8, BuildHasherDefault<Mixer>>,
}

impl Edges {
    /// Directions leaving a corner: long and short.
    fn at(&self, (x, y): Corner) -> (u8, u8) {
        let whole = x % FINE == 0 && y % FINE == 0;
        let coarse = if whole { self.coarse.get((y / FINE * self.width + x / FINE) as usize).copied().unwrap_or(0) } else { 0 };
        (coarse, self.fine.get(&(x, y)).copied().unwrap_or(0))
    }

    /// Takes the edge in a direction away and returns where it leads.
    fn follow(&mut self, (x, y): Corner, direction: usize, long: bool) -> Corner {
        let (dx, dy) = STEPS[direction];
        let bit = 1u8 << direction;
        if long {
            self.coarse[(y / FINE * self.width + x / FINE) as usize] &= !bit;
            return (x + dx * FINE, y + dy * FINE);
        }
        if let Some(mask) = self.fine.get_mut(&(x, y)) {
            *mask &= !bit;
        }
        (x + dx, y + dy)
    }
}

/// The rings around the set cells: shells counter-clockwise, holes clockwise.
pub fn rings(inside: &Bits, mixed: &Bits, fine: &Fine) -> Vec<Vec<Corner>> {
    let width = inside.columns + 1;
    let mut edges = Edges { coarse: vec![0; (width * (inside.rows + 1)) as usize], width, fine: HashMap::default() };
    coarse_edges(inside, mixed, fine, &mut edges);
    fine_edges(inside, fine, &mut edges);
    let mut out = Vec::new();
    for i in 0..edges.coarse.len() {
        while edges.coarse[i] != 0 {
            let at = i as i64;
            out.extend(trace(&mut edges, (at % width * FINE, at / width * FINE)));
        }
    }
    let mut starts: Vec<Corner> = edges.fine.iter().filter(|(_, m)| **m != 0).map(|(c, _)| *c).collect();
    starts.sort_unstable();
    for start in starts {
        while edges.at(start).1 != 0 {
            out.extend(trace(&mut edges, start));
        }
    }
    out
}

/// Sides of coarse cells, a word of cells at a time; a side shared with a mixed cell is walked in fine steps.
fn coarse_edges(inside: &Bits, mixed: &Bits, fine: &Fine, edges: &mut Edges) {
    for i in 0..inside.words.len() {
        let w = inside.words[i];
        if w == 0 {
            continue;
        }
        let (y, x0) = ((i / inside.stride) as i64, (i % inside.stride * 64) as i64);
        let here = [inside.south_of(i), inside.east_of(i), inside.north_of(i), inside.west_of(i)];
        let touching = [mixed.south_of(i), mixed.east_of(i), mixed.north_of(i), mixed.west_of(i)];
        for (side, &((dx, dy), (cx, cy), direction)) in SIDES.iter().enumerate() {
            for bit in bits_of(w & !here[side] & !touching[side]) {
                let corner = (y + cy) * edges.width + x0 + bit + cx;
                edges.coarse[corner as usize] |= 1 << direction;
            }
            for bit in bits_of(w & touching[side]) {
                let cell = (x0 + bit, y);
                let picture = fine.find((cell.0 + dx, cell.1 + dy)).unwrap_or(0);
                let (sx, sy) = STEPS[usize::from(direction)];
                for k in 0..FINE {
                    let from = ((cell.0 + cx) * FINE + sx * k, (cell.1 + cy) * FINE + sy * k);
                    // the fine cell just across: a step runs along the side, so only the other coordinate moves over it
                    let along = (from.0.min(from.0 + sx), from.1.min(from.1 + sy));
                    let across = match (dx, dy) {
                        (1, _) => (from.0, along.1),
                        (-1, _) => (from.0 - 1, along.1),
                        (_, 1) => (along.0, from.1),
                        _ => (along.0, from.1 - 1),
                    };
                    let set = picture >> (across.1.rem_euclid(FINE) * FINE + across.0.rem_euclid(FINE)) & 1 == 1;
                    if !set {
                        *edges.fine.entry(from).or_default() |= 1 << direction;
                    }
                }
            }
        }
    }
}

/// Sides of the fine cells of mixed cells.
fn fine_edges(inside: &Bits, fine: &Fine, edges: &mut Edges) {
    for (&(cx, cy), &picture) in fine.cells.iter().zip(&fine.words) {
        let set = |x: i64, y: i64| {
            let cell = (x.div_euclid(FINE), y.div_euclid(FINE));
            let of = |w: u64| w >> (y.rem_euclid(FINE) * FINE + x.rem_euclid(FINE)) & 1 == 1;
            if cell == (cx, cy) { of(picture) } else { fine.find(cell).map_or_else(|| inside.get(cell.0, cell.1), of) }
        };
        for bit in bits_of(picture) {
            let (x, y) = (cx * FINE + bit % FINE, cy * FINE + bit / FINE);
            for ((dx, dy), (ox, oy), direction) in SIDES {
                if !set(x + dx, y + dy) {
                    *edges.fine.entry((x + ox, y + oy)).or_default() |= 1 << direction;
                }
            }
        }
    }
}

/// One ring from a corner, turning left where two areas touch so that they stay apart; corners of straight runs left out.
fn trace(edges: &mut Edges, start: Corner) -> Option<Vec<Corner>> {
    let mut ring = Vec::new();
    let mut at = start;
    let mut heading: Option<usize> = None;
    loop {
        let (long, short) = edges.at(at);
        // left, straight, right; from the start any
        let choice = match heading {
            Some(h) => [(h + 1) % 4, h, (h + 3) % 4].into_iter().find(|d| (long | short) >> d & 1 == 1),
            None => (0..4).find(|d| (long | short) >> d & 1 == 1),
        };
        let Some(direction) = choice else { break };
        if heading != Some(direction) {
            ring.push(at);
        }
        at = edges.follow(at, direction, long >> direction & 1 == 1);
        heading = Some(direction);
        if at == start {
            break;
        }
    }
    // the start lies in the middle of a straight run if the ring came home the way it left
    if ring.len() > 4 && ring.len() % 2 == 1 {
        ring.remove(0);
    }
    (ring.len() >= 4).then_some(ring)
}
