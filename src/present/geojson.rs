//! RFC 7946 GeoJSON: longitude first, seven decimals, outer rings counter-clockwise.

use crate::atlas::streets::View;
use crate::atlas::{Atlas, Site};
use crate::measure::Gap;
use crate::model::{Area, Bounds, Cell, LonLat};
use crate::travel::Piece;
use geo::MultiPolygon;
use serde::Serialize;
use serde_json::{Value, json};

/// A degree to seven decimals, about a centimetre.
fn degree(v: f64) -> f64 {
    (v * 1e7).round() / 1e7
}

/// `[lon, lat]`.
pub fn position(p: LonLat) -> Value {
    json!([degree(p.lon), degree(p.lat)])
}

/// A Feature.
pub fn feature(id: Option<i64>, geometry: Value, properties: Value) -> Value {
    let mut f = json!({ "type": "Feature", "geometry": geometry, "properties": properties });
    if let Some(id) = id {
        f["id"] = id.into();
    }
    f
}

/// A FeatureCollection, with what the answer stands on as a foreign member.
pub fn collection(features: Vec<Value>, basis: Option<&impl Serialize>) -> Value {
    let mut c = json!({ "type": "FeatureCollection", "features": features });
    if let Some(basis) = basis {
        c["basis"] = json!(basis);
    }
    c
}

/// A point.
pub fn point(p: LonLat) -> Value {
    json!({ "type": "Point", "coordinates": position(p) })
}

/// A line.
pub fn line(points: &[LonLat]) -> Value {
    json!({ "type": "LineString", "coordinates": points.iter().map(|p| position(*p)).collect::<Vec<_>>() })
}

/// A rectangle.
pub fn rectangle(b: Bounds) -> Value {
    let corner = |lon, lat| position(LonLat::new(lon, lat));
    let ring = [
        corner(b.west, b.south),
        corner(b.east, b.south),
        corner(b.east, b.north),
        corner(b.west, b.north),
        corner(b.west, b.south),
    ];
    json!({ "type": "Polygon", "coordinates": [ring] })
}

/// A multipolygon.
pub fn multi_polygon(m: &MultiPolygon<f64>) -> Value {
    let ring = |r: &geo::LineString<f64>| -> Value { r.coords().map(|c| position(LonLat::new(c.x, c.y))).collect() };
    let polygon = |p: &geo::Polygon<f64>| -> Value { std::iter::once(p.exterior()).chain(p.interiors()).map(ring).collect() };
    json!({ "type": "MultiPolygon", "coordinates": m.iter().map(polygon).collect::<Vec<_>>() })
}

/// Reached street pieces as one MultiLineString.
pub fn pieces(view: &View, pieces: &[Piece]) -> Value {
    let line = |p: &Piece| -> Value {
        let inner = view
            .edge_vertices(p.edge)
            .filter(|&v| (p.from_mm + 1..p.to_mm).contains(&view.vertex_mm[v]))
            .map(|v| view.vertices[v]);
        let ends = [view.point_at(p.edge, p.from_mm), view.point_at(p.edge, p.to_mm)];
        let all = std::iter::once(ends[0]).chain(inner).chain(std::iter::once(ends[1]));
        all.map(|v| position(LonLat::from_e7(v))).collect()
    };
    json!({ "type": "MultiLineString", "coordinates": pieces.iter().map(line).collect::<Vec<_>>() })
}

/// A public service with what the answer says of it.
pub fn site(site: &Site, more: &Value) -> Value {
    let mut properties = json!(site.service);
    properties["kind_ja"] = site.service.kind.kind().short.clone().into();
    if let (Some(p), Some(m)) = (properties.as_object_mut(), more.as_object()) {
        p.extend(m.clone());
    }
    feature(Some(site.service.id), point(site.point), properties)
}

/// An area with its name and type.
pub fn area(a: &Area) -> Value {
    let properties = json!({
        "id": a.id, "name": a.name, "area_type": a.area_type, "code": a.code, "city_code": a.city_code, "approximate": a.approximate,
    });
    feature(Some(a.id), a.geometry.as_ref().map_or(Value::Null, multi_polygon), properties)
}

/// A cell with its people, small numbers withheld.
pub fn cell(c: &Cell, year: Option<u16>) -> Value {
    let shown = |v: Option<f64>| v.filter(|v| *v == 0.0 || *v >= f64::from(crate::model::rules().limits.max_public_count));
    let mut properties = json!({ "code": c.code, "name": c.name });
    for p in c.population.iter().filter(|p| year.is_none_or(|y| y == p.year)) {
        properties[format!("total_{}", p.year)] = json!(shown(p.total));
        if p.aged65.is_some() || p.aged75.is_some() {
            properties[format!("aged65_{}", p.year)] = json!(shown(p.aged65));
            properties[format!("aged75_{}", p.year)] = json!(shown(p.aged75));
        }
    }
    let geometry = c.bounds.map(rectangle).or_else(|| c.centroid.map(point)).unwrap_or(Value::Null);
    feature(Some(c.id), geometry, properties)
}

/// A cell with people left out; a figure too small to publish is given as "fewer than".
pub fn gap(g: &Gap) -> Value {
    let mut properties = json!(g);
    let least = f64::from(crate::model::rules().limits.max_public_count);
    let small = |v: f64| v > 0.0 && v < least;
    // a small number of those who do reach would give away those who do not
    if small(g.people) || small(g.left_out) || small(g.people - g.left_out) {
        properties["left_out"] = Value::Null;
        properties["fewer_than"] = json!(least);
    }
    if small(g.people) {
        properties["people"] = Value::Null;
    }
    feature(None, g.bounds.map_or_else(|| point(g.point), rectangle), properties)
}

/// Bounds of an atlas for TileJSON and OGC extents.
pub fn extent(atlas: &Atlas) -> [f64; 4] {
    let b = atlas.home();
    if b.is_empty() { [122.0, 20.0, 154.0, 46.0] } else { b.to_array() }
}
