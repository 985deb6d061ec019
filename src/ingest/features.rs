//! GeoJSON and shapefiles → features with text properties and WGS84 geometry.

use super::{Refusal, position, source, table, text};
use crate::model::LonLat;
use geo::{Geometry, MapCoords};
use std::io::Cursor;
use std::path::Path;

/// A feature with its 1-based number in the file.
#[derive(Debug, Clone)]
pub struct Feature {
    /// 1-based number.
    pub row: usize,
    /// Id of a GeoJSON feature, if it has one.
    pub id: Option<String>,
    /// Properties in file order; null and empty are left out.
    pub properties: Vec<(String, String)>,
    /// Geometry, longitude first.
    pub geometry: Option<Geometry<f64>>,
}

impl Feature {
    /// The value of a property.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.properties.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

/// Reads a GeoJSON document (a FeatureCollection, or one feature per line).
pub fn from_geojson(content: &str) -> Result<Vec<Feature>, Refusal> {
    let broken = |e: &dyn std::fmt::Display| {
        Refusal::new(
            "broken_geojson",
            format!("GeoJSONとして読めません（{e}）。ファイルが途中で切れていないか確認してください。"),
        )
    };
    let document: geojson::GeoJson = content.parse().map_err(|e: geojson::Error| broken(&e))?;
    let geojson::GeoJson::FeatureCollection(collection) = document else {
        return Err(Refusal::new("not_features", "GeoJSONですが、FeatureCollection ではありません。"));
    };
    let tokyo = is_tokyo_crs(collection.foreign_members.as_ref().and_then(|m| m.get("crs")))?;
    Ok(collection.features.into_iter().enumerate().map(|(i, f)| of_geojson(i + 1, f, tokyo)).collect())
}

fn is_tokyo_crs(crs: Option<&serde_json::Value>) -> Result<bool, Refusal> {
    let Some(name) = crs.and_then(|c| c.pointer("/properties/name")).and_then(|n| n.as_str()) else { return Ok(false) };
    let geographic = ["CRS84", "4326", "6668", "6697", "4612", "9057"];
    match name {
        n if geographic.iter().any(|g| n.ends_with(g)) => Ok(false),
        n if n.ends_with("4301") => Ok(true),
        other => Err(Refusal::new(
            "projected",
            format!("座標系 {other} には対応していません。緯度経度（JGD2011 または WGS84）で出力し直してください。"),
        )),
    }
}

fn of_geojson(row: usize, feature: geojson::Feature, tokyo: bool) -> Feature {
    let properties = feature.properties.into_iter().flatten().filter_map(|(k, v)| Some((k, plain(&v)?))).collect();
    let geometry = feature.geometry.and_then(|g| Geometry::<f64>::try_from(g).ok());
    let id = feature.id.map(|id| match id {
        geojson::feature::Id::String(s) => s,
        geojson::feature::Id::Number(n) => n.to_string(),
    });
    Feature { row, id, properties, geometry: geometry.map(|g| to_wgs84(g, tokyo)) }
}

fn plain(value: &serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::Null => None,
        serde_json::Value::String(s) => text::value(s),
        other => Some(other.to_string()),
    }
}

fn to_wgs84(geometry: Geometry<f64>, tokyo: bool) -> Geometry<f64> {
    if !tokyo {
        return geometry;
    }
    geometry.map_coords(|c| {
        let p = position::from_tokyo_datum(LonLat::new(c.x, c.y));
        geo::Coord { x: p.lon, y: p.lat }
    })
}

/// Reads a shapefile with its companions lying beside it.
pub fn from_shapefile(path: &Path, shp: &[u8]) -> Result<Vec<Feature>, Refusal> {
    let part = |extension: &str| source::sibling(path, extension).and_then(|p| std::fs::read(p).ok());
    let Some(dbf) = part("dbf") else {
        return Err(Refusal::new("no_dbf", "属性表（.dbf）が見つかりません。.shp と同じ場所に .dbf と .shx を置いてください。"));
    };
    let projection = part("prj").map(|p| String::from_utf8_lossy(&p).into_owned()).unwrap_or_default();
    from_shapefile_parts(shp, &dbf, &projection)
}

/// Reads a shapefile from its parts; `projection` is the text of the `.prj`, empty if there is none.
pub fn from_shapefile_parts(shp: &[u8], dbf: &[u8], projection: &str) -> Result<Vec<Feature>, Refusal> {
    if projection.starts_with("PROJCS") {
        return Err(Refusal::new("projected", "平面直角座標などの投影座標です。緯度経度（JGD2011）で出力し直してください。"));
    }
    let tokyo = projection.contains("Tokyo");
    let broken = |e: &dyn std::fmt::Display| Refusal::new("broken_shapefile", format!("シェープファイルを読めません（{e}）。"));
    let mut reader = shapefile::ShapeReader::new(Cursor::new(shp)).map_err(|e| broken(&e))?;
    let (names, records) = table::read_dbf(dbf)?;
    let mut features = Vec::new();
    for (i, (shape, record)) in reader.iter_shapes().zip(records).enumerate() {
        let shape = shape.map_err(|e| broken(&e))?;
        let properties = names.iter().cloned().zip(record).filter(|(_, v)| !v.is_empty()).collect();
        let geometry = Geometry::<f64>::try_from(shape).ok().map(|g| to_wgs84(g, tokyo));
        features.push(Feature { row: i + 1, id: None, properties, geometry });
    }
    Ok(features)
}
