//! Vector tiles and their TileJSON.

use super::links::BaseUrl;
use super::problem::Problem;
use super::work::compute;
use crate::app::App;
use crate::model::AreaType;
use crate::present::geojson::extent;
use crate::present::mvt::{self, Address, MAX_ZOOM};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::sync::Arc;

/// What a tile can show.
#[derive(Debug, Clone, Copy)]
enum Layer {
    Base,
    Services,
    Cells,
    Areas(AreaType),
}

impl Layer {
    fn parse(name: &str) -> Result<Self, Problem> {
        match name {
            "base" => Ok(Self::Base),
            "services" => Ok(Self::Services),
            "cells" => Ok(Self::Cells),
            other => AreaType::from_code(other)
                .map(Self::Areas)
                .ok_or_else(|| Problem::missing(format!("地図の層「{other}」はありません。/ No such layer."))),
        }
    }
}

/// `/tiles/{layer}`: TileJSON 3.0 (`.json` may follow the name).
pub async fn tilejson(
    State(app): State<Arc<App>>,
    BaseUrl(base): BaseUrl,
    Path(name): Path<String>,
) -> Result<Json<Value>, Problem> {
    let name = name.trim_end_matches(".json").to_owned();
    let layer = Layer::parse(&name)?;
    compute(&app, move |atlas| {
        let layers: Vec<Value> = match layer {
            Layer::Base => crate::model::BaseLayer::ALL
                .iter()
                .map(|l| json!({ "id": l.name(), "fields": { "class": "String", "name": "String" } }))
                .collect(),
            Layer::Services => vec![json!({ "id": "services", "fields": { "kind": "String", "name": "String" } })],
            Layer::Cells => vec![json!({ "id": "cells", "fields": { "code": "String" } })],
            Layer::Areas(t) => vec![json!({ "id": t.code(), "fields": { "name": "String" } })],
        };
        let bounds = extent(atlas);
        Ok(Json(json!({
            "tilejson": "3.0.0", "name": name, "tiles": [format!("{base}/tiles/{name}/{{z}}/{{x}}/{{y}}?v={}", atlas.revision)],
            "vector_layers": layers, "bounds": if matches!(layer, Layer::Base) { wide(bounds) } else { bounds },
            "center": [(bounds[0] + bounds[2]) / 2.0, (bounds[1] + bounds[3]) / 2.0, 11], "minzoom": 5, "maxzoom": MAX_ZOOM,
            "attribution": "© OpenStreetMap contributors",
        })))
    })
    .await
}

/// The base map reaches as far as its extract, which is wider than the districts.
fn wide([w, s, e, n]: [f64; 4]) -> [f64; 4] {
    [w - 1.0, s - 1.0, e + 1.0, n + 1.0]
}

/// `/tiles/{layer}/{z}/{x}/{y}`: a tile, or 204 where it is empty.
pub async fn tile(
    State(app): State<Arc<App>>,
    Path((name, z, x, y)): Path<(String, String, String, String)>,
) -> Result<Response, Problem> {
    let layer = Layer::parse(&name)?;
    let y = y.trim_end_matches(".mvt").trim_end_matches(".pbf").to_owned();
    let numbers = z.parse().ok().zip(x.parse().ok()).zip(y.parse().ok());
    let at = numbers
        .and_then(|((z, x), y)| Address::new(z, x, y))
        .ok_or_else(|| Problem::missing("その位置のタイルはありません。/ No such tile."))?;
    let bytes = compute(&app, move |atlas| {
        let made = match layer {
            Layer::Base => atlas.base.as_ref().map_or(Ok(Vec::new()), |b| mvt::base(b, at)),
            Layer::Services => mvt::services(atlas, at),
            Layer::Cells => mvt::cells(atlas, 0, at),
            Layer::Areas(t) => mvt::areas(atlas, t, at),
        };
        made.map_err(|e| Problem::internal(&e))
    })
    .await?;
    if bytes.is_empty() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let kind = HeaderValue::from_static("application/vnd.mapbox-vector-tile");
    let keep = HeaderValue::from_static("public, max-age=60, stale-while-revalidate=600");
    Ok(([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, keep)], bytes).into_response())
}
