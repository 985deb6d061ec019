//! The reached area as a polygon: near a reached street and nearer to it than to any street not reached.
//!
//! A bitmap in ground metres is filled outwards from reached and unreached street pieces at the same pace, a word of 64
//! cells at a time, so a river or railway without a crossing is never jumped: the far bank's own streets claim it.
//! Cells that hold both sorts are cut again 8 × 8, one machine word each, so that a street is cut where it is cut.

mod boundary;
mod raster;

use super::{Piece, Reached};
use crate::atlas::streets::View;
use boundary::{Corner, rings};
use geo::{Coord, LineString, MultiPolygon, Polygon};
use raster::{Bits, Frame};

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
    let (mut inside, mut outside) = (Bits::new(&frame), Bits::new(&frame));
    let beyond = unreached_near(view, reached, &frame);
    reached.pieces.iter().for_each(|p| frame.draw(view, p, CELL, |x, y| inside.set(x, y)));
    beyond.iter().for_each(|p| frame.draw(view, p, CELL, |x, y| outside.set(x, y)));
    let mixed = inside.both(&outside);
    let fine = raster::refine(view, &reached.pieces, &beyond, &frame, &mixed);
    inside.take_out(&mixed);
    outside.take_out(&mixed);
    raster::grow(&mut inside, &mut outside, &mixed);
    polygons(rings(&inside, &mixed, &fine), &frame, &outside)
}

/// Streets near the reached ones that are not reached: the rest of cut edges, and every edge never touched.
fn unreached_near(view: &View, reached: &Reached, frame: &Frame) -> Vec<Piece> {
    let mut known = vec![0u64; view.edge_nodes.len().div_ceil(64)];
    let mut is_new = |edge: u32| {
        let (word, bit) = (edge as usize / 64, 1u64 << (edge % 64));
        let new = known[word] & bit == 0;
        known[word] |= bit;
        new
    };
    for piece in reached.pieces.iter().chain(&reached.beyond) {
        is_new(piece.edge);
    }
    let (low, high) = frame.corners();
    let edges = view.grid.within(low, high).map(|v| view.edge_of_vertex(v)).filter(|e| is_new(*e));
    let whole = edges.map(|edge| Piece { edge, from_mm: 0, to_mm: view.edge_mm(edge) });
    reached.beyond.iter().copied().chain(whole).collect()
}

fn twice_area(ring: &[Corner]) -> i64 {
    (0..ring.len()).map(|i| (ring[i], ring[(i + 1) % ring.len()])).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum()
}

/// Least and greatest corner.
fn extent(ring: &[Corner]) -> (Corner, Corner) {
    let start = ((i64::MAX, i64::MAX), (i64::MIN, i64::MIN));
    ring.iter().fold(start, |(l, h), c| ((l.0.min(c.0), l.1.min(c.1)), (h.0.max(c.0), h.1.max(c.1))))
}

/// Rings → polygons in degrees; small blocks between reached streets are filled.
fn polygons(rings: Vec<Vec<Corner>>, frame: &Frame, outside: &Bits) -> MultiPolygon<f64> {
    let (shells, holes): (Vec<_>, Vec<_>) = rings.into_iter().partition(|r| twice_area(r) > 0);
    let fine = CELL / FINE as f64;
    let degrees = |ring: &[Corner]| {
        let coord = |c: &Corner| {
            let p = frame.place(c.0 as f64 * fine, c.1 as f64 * fine);
            Coord { x: p.lon, y: p.lat }
        };
        LineString(ring.iter().chain(ring.first()).map(coord).collect())
    };
    let mut out: Vec<_> = shells
        .into_iter()
        .map(|ring| {
            let polygon = Polygon::new(degrees(&ring), vec![]);
            (twice_area(&ring), extent(&ring), ring, polygon)
        })
        .collect();
    out.sort_unstable_by_key(|s| s.0);
    for hole in holes {
        let square_metres = -(twice_area(&hole) as f64) / 2.0 * fine * fine;
        if square_metres < FILL_SQUARE_METRES && !holds_street(&hole, outside) {
            continue;
        }
        // the smallest shell around it is its own
        if let Some((.., polygon)) = out.iter_mut().find(|(_, extent, shell, _)| surrounds(shell, extent, &hole)) {
            polygon.interiors_push(degrees(&hole));
        }
    }
    MultiPolygon(out.into_iter().map(|s| s.3).collect())
}

/// True if an unreached street runs inside a hole.
fn holds_street(hole: &[Corner], outside: &Bits) -> bool {
    let (low, high) = extent(hole);
    let (columns, rows) = (low.0 / FINE..=high.0 / FINE, low.1 / FINE..=high.1 / FINE);
    rows.into_iter()
        .any(|y| columns.clone().any(|x| outside.get(x, y) && winds(hole, 1, x * FINE + FINE / 2, y * FINE + FINE / 2)))
}

fn surrounds(shell: &[Corner], (low, high): &(Corner, Corner), hole: &[Corner]) -> bool {
    let (a, b) = (hole[0], hole[1]);
    if a.0 < low.0 || a.0 > high.0 || a.1 < low.1 || a.1 > high.1 {
        return false;
    }
    // half a fine cell to the left of the hole's first edge lies inside its shell; doubled coordinates keep the half exact
    let (dx, dy) = ((b.0 - a.0).signum(), (b.1 - a.1).signum());
    winds(shell, 2, a.0 * 2 + dx - dy, a.1 * 2 + dy + dx)
}

/// Even-odd test with the ring scaled up; the point is never on an edge, and every edge that straddles it is vertical.
fn winds(ring: &[Corner], scale: i64, x: i64, y: i64) -> bool {
    let straddles = |(a, b): (Corner, Corner)| (a.1 * scale > y) != (b.1 * scale > y) && x < a.0 * scale;
    (0..ring.len()).filter(|&i| straddles((ring[i], ring[(i + 1) % ring.len()]))).count() % 2 == 1
}
