//! Rings out of the ways of a multipolygon relation.

use geo::{Contains, Coord, LineString, MultiPolygon, Polygon};
use std::collections::HashMap;

/// Joins ways end to end into closed rings of node ids; what does not close is dropped.
pub fn close(ways: Vec<Vec<i64>>) -> Vec<Vec<i64>> {
    let mut rings = Vec::new();
    let mut open: Vec<Vec<i64>> = Vec::new();
    for way in ways {
        if way.len() >= 4 && way.first() == way.last() {
            rings.push(way)
        } else if way.len() >= 2 {
            open.push(way)
        }
    }
    while let Some(mut chain) = open.pop() {
        while chain.first() != chain.last() {
            let end = chain[chain.len() - 1];
            let Some(i) = open.iter().position(|w| w[0] == end || w[w.len() - 1] == end) else { break };
            let mut next = open.swap_remove(i);
            if next[0] != end {
                next.reverse();
            }
            chain.extend_from_slice(&next[1..]);
        }
        if chain.len() >= 4 && chain.first() == chain.last() {
            rings.push(chain);
        }
    }
    rings
}

/// A multipolygon out of outer and inner rings of node ids; a ring with an unknown node is dropped.
pub fn assemble(outer: Vec<Vec<i64>>, inner: Vec<Vec<i64>>, at: &HashMap<i64, Coord<f64>>) -> MultiPolygon<f64> {
    let line = |ring: Vec<i64>| -> Option<LineString<f64>> {
        ring.iter().map(|id| at.get(id).copied()).collect::<Option<Vec<_>>>().map(LineString)
    };
    let mut polygons: Vec<Polygon<f64>> = close(outer).into_iter().filter_map(line).map(|l| Polygon::new(l, vec![])).collect();
    for hole in close(inner).into_iter().filter_map(line) {
        let Some(first) = hole.0.first().copied() else { continue };
        if let Some(p) = polygons.iter_mut().find(|p| p.contains(&geo::Point(first))) {
            p.interiors_push(hole);
        }
    }
    MultiPolygon(polygons)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_in_any_direction_close_into_one_ring() {
        let rings = close(vec![vec![1, 2, 3], vec![5, 4, 3], vec![5, 6, 1], vec![7, 8]]);
        assert_eq!(rings.len(), 1);
        assert_eq!(rings[0].len(), 7);
    }
}
