//! `style.json`: the offline base map, drawn quietly. No glyphs and no sprite: labels use the bundled font.

use super::links::BaseUrl;
use super::problem::Problem;
use axum::Json;
use serde_json::Value;

/// The style with absolute addresses.
pub async fn style(BaseUrl(base): BaseUrl) -> Result<Json<Value>, Problem> {
    let text = include_str!("../../data/style.json").replace("{base}", &base);
    serde_json::from_str(&text).map(Json).map_err(|e| Problem::internal(&e))
}
