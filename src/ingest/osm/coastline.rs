//! The sea, closed from `natural=coastline` ways at the edge of the extract.
//! A coastline way has land on its left and water on its right (OpenStreetMap convention).

use geo::{Area, Contains, Coord, LineString, MultiPolygon, Polygon};

/// A rectangle: west, south, east, north.
type Frame = [f64; 4];

/// The sea inside a frame, from directed coastline chains.
pub fn sea(ways: Vec<Vec<Coord<f64>>>, frame: Frame) -> MultiPolygon<f64> {
    if ways.is_empty() {
        return MultiPolygon(Vec::new());
    }
    let (closed, open): (Vec<_>, Vec<_>) = join(ways).into_iter().partition(|c| c.len() >= 4 && c.first() == c.last());
    let mut seas = close_at_edge(open, frame);
    let mut islands = Vec::new();
    for ring in closed {
        let polygon = Polygon::new(LineString(ring), vec![]);
        // land on the left: counter-clockwise is an island, clockwise an enclosed water
        if polygon.signed_area() > 0.0 { islands.push(polygon) } else { seas.push(polygon) }
    }
    if seas.is_empty() && !islands.is_empty() {
        let [w, s, e, n] = frame;
        seas.push(Polygon::new(LineString::from(vec![(w, s), (e, s), (e, n), (w, n), (w, s)]), vec![]));
    }
    for island in islands {
        let inside = island.exterior().0[0];
        if let Some(sea) = seas.iter_mut().find(|p| p.contains(&geo::Point(inside))) {
            sea.interiors_push(island.exterior().clone());
        }
    }
    MultiPolygon(seas)
}

/// Chains ways end to start, keeping their direction.
fn join(mut ways: Vec<Vec<Coord<f64>>>) -> Vec<Vec<Coord<f64>>> {
    ways.retain(|w| w.len() >= 2);
    let mut chains: Vec<Vec<Coord<f64>>> = Vec::new();
    while let Some(mut chain) = ways.pop() {
        loop {
            let (start, end) = (chain[0], chain[chain.len() - 1]);
            if start == end {
                break;
            }
            if let Some(i) = ways.iter().position(|w| w[0] == end) {
                chain.extend_from_slice(&ways.swap_remove(i)[1..]);
            } else if let Some(i) = ways.iter().position(|w| w[w.len() - 1] == start) {
                let mut before = ways.swap_remove(i);
                before.extend_from_slice(&chain[1..]);
                chain = before;
            } else {
                break;
            }
        }
        chains.push(chain);
    }
    chains
}

/// Rings of sea: each open chain walked backwards (water on the left), then counter-clockwise along the frame to the next.
fn close_at_edge(open: Vec<Vec<Coord<f64>>>, frame: Frame) -> Vec<Polygon<f64>> {
    let around = 4.0;
    let mut chains: Vec<(f64, f64, Vec<Coord<f64>>)> = open
        .into_iter()
        .map(|mut c| {
            c.reverse();
            (position(c[0], frame), position(c[c.len() - 1], frame), c)
        })
        .collect();
    let mut seas = Vec::new();
    while let Some((first, mut at, mut ring)) = chains.pop() {
        loop {
            let ahead = |p: f64| (p - at).rem_euclid(around);
            let next =
                chains.iter().enumerate().min_by(|a, b| ahead(a.1.0).total_cmp(&ahead(b.1.0))).map(|(i, c)| (i, ahead(c.0)));
            let home = ahead(first);
            match next {
                Some((i, distance)) if distance < home => {
                    let (from, to, more) = chains.swap_remove(i);
                    walk_edge(&mut ring, at, from, frame);
                    ring.extend(more);
                    at = to;
                }
                _ => {
                    walk_edge(&mut ring, at, first, frame);
                    break;
                }
            }
        }
        seas.push(Polygon::new(LineString(ring), vec![]));
    }
    seas
}

/// Position along the frame, counter-clockwise from the south-west corner, one unit a side.
fn position(c: Coord<f64>, [w, s, e, n]: Frame) -> f64 {
    let (x, y) = (((c.x - w) / (e - w)).clamp(0.0, 1.0), ((c.y - s) / (n - s)).clamp(0.0, 1.0));
    let sides = [(y, x), (1.0 - x, 1.0 + y), (1.0 - y, 2.0 + (1.0 - x)), (x, 3.0 + (1.0 - y))];
    sides.into_iter().min_by(|a, b| a.0.total_cmp(&b.0)).map_or(0.0, |s| s.1)
}

fn on_edge(p: f64, [w, s, e, n]: Frame) -> Coord<f64> {
    let (side, t) = (p.rem_euclid(4.0).trunc(), p.rem_euclid(1.0));
    match side as u8 {
        0 => Coord { x: w + t * (e - w), y: s },
        1 => Coord { x: e, y: s + t * (n - s) },
        2 => Coord { x: e - t * (e - w), y: n },
        _ => Coord { x: w, y: n - t * (n - s) },
    }
}

fn walk_edge(ring: &mut Vec<Coord<f64>>, from: f64, to: f64, frame: Frame) {
    let to = if to < from { to + 4.0 } else { to };
    ring.push(on_edge(from, frame));
    let mut corner = from.floor() + 1.0;
    while corner < to {
        ring.push(on_edge(corner, frame));
        corner += 1.0;
    }
    ring.push(on_edge(to, frame));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(points: &[(f64, f64)]) -> Vec<Coord<f64>> {
        points.iter().map(|&(x, y)| Coord { x, y }).collect()
    }

    const FRAME: Frame = [0.0, 0.0, 10.0, 10.0];

    #[test]
    fn a_west_coast_in_two_ways_leaves_the_west_to_the_sea() {
        // land in the east: walking south along the coast has it on the left
        let sea = sea(vec![way(&[(4.0, 10.0), (4.0, 5.0)]), way(&[(4.0, 5.0), (4.0, 0.0)])], FRAME);
        assert!((sea.unsigned_area() - 40.0).abs() < 1e-9, "{}", sea.unsigned_area());
        assert!(sea.contains(&geo::Point::new(1.0, 5.0)) && !sea.contains(&geo::Point::new(8.0, 5.0)));
    }

    #[test]
    fn an_island_is_a_hole_and_alone_it_makes_the_frame_sea() {
        let island = way(&[(2.0, 2.0), (3.0, 2.0), (3.0, 3.0), (2.0, 3.0), (2.0, 2.0)]);
        assert!((sea(vec![island.clone()], FRAME).unsigned_area() - 99.0).abs() < 1e-9);
        let coast = way(&[(4.0, 10.0), (4.0, 0.0)]);
        assert!((sea(vec![coast, island], FRAME).unsigned_area() - 39.0).abs() < 1e-9);
    }

    #[test]
    fn two_coasts_make_a_strait() {
        let west = way(&[(3.0, 0.0), (3.0, 10.0)]); // land in the west
        let east = way(&[(7.0, 10.0), (7.0, 0.0)]); // land in the east
        let sea = sea(vec![west, east], FRAME);
        assert_eq!(sea.0.len(), 1);
        assert!((sea.unsigned_area() - 40.0).abs() < 1e-9);
    }
}
