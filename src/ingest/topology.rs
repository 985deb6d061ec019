//! Polygons made fit for use: rings oriented as RFC 7946 asks, bow-ties untangled, parts of one area put together.

use super::Findings;
use super::features::Feature;
use crate::model::Severity;
use geo::orient::{Direction, Orient};
use geo::{Area as _, BooleanOps, Geometry, MultiPolygon, Polygon, Validation};

/// The polygons of a feature, mended; nothing if it has none.
pub fn polygons(feature: &Feature, findings: &mut Findings) -> Option<MultiPolygon<f64>> {
    let raw = match feature.geometry.clone()? {
        Geometry::Polygon(p) => MultiPolygon(vec![p]),
        Geometry::MultiPolygon(m) => m,
        _ => return None,
    };
    let finite = |p: &Polygon<f64>| p.exterior().coords().all(|c| c.x.is_finite() && c.y.is_finite());
    if !raw.iter().all(finite) {
        return None;
    }
    let mended = if raw.is_valid() {
        raw
    } else {
        let message = "図形の辺が交差しているか向きが乱れていたため、整えて登録しました。";
        findings.say(Severity::Note, feature.row, "geometry", "", "polygon_mended", message);
        raw.union(&MultiPolygon::new(Vec::new()))
    };
    let oriented = mended.orient(Direction::Default);
    (oriented.unsigned_area() > 0.0).then_some(oriented)
}

/// One multipolygon out of the parts of an area, without joining what only touches.
pub fn gather(parts: Vec<MultiPolygon<f64>>) -> MultiPolygon<f64> {
    MultiPolygon(parts.into_iter().flatten().collect())
}

/// One multipolygon out of overlapping or adjoining parts.
pub fn dissolve(parts: &[MultiPolygon<f64>]) -> MultiPolygon<f64> {
    let all: Vec<&Polygon<f64>> = parts.iter().flatten().collect();
    geo::unary_union(all).orient(Direction::Default)
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::wkt;

    fn feature(g: impl Into<Geometry<f64>>) -> Feature {
        Feature { row: 1, id: None, properties: vec![], geometry: Some(g.into()) }
    }

    #[test]
    fn a_bow_tie_becomes_two_triangles_and_is_reported() {
        let mut findings = Findings::default();
        let tie = wkt!(POLYGON((0. 0.,2. 2.,2. 0.,0. 2.,0. 0.)));
        let m = polygons(&feature(tie), &mut findings).unwrap();
        assert!((m.unsigned_area() - 2.0).abs() < 1e-6 && findings.list.len() == 1);
    }

    #[test]
    fn a_clockwise_ring_is_turned() {
        let m = polygons(&feature(wkt!(POLYGON((0. 0.,0. 1.,1. 1.,1. 0.,0. 0.)))), &mut Findings::default()).unwrap();
        assert!(m.signed_area() > 0.0);
    }

    #[test]
    fn a_flat_polygon_is_nothing() {
        assert!(polygons(&feature(wkt!(POLYGON((0. 0.,1. 1.,0. 0.)))), &mut Findings::default()).is_none());
    }
}
