//! `/api/search?q=…`: public services by name, reading, hall, address and kind, as people type them.

use super::problem::{Problem, Queried, asked};
use super::work::compute;
use crate::app::App;
use crate::model::PublicService;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// Most results of one search.
const MOST: usize = 100;

/// What is searched for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    q: String,
    limit: Option<usize>,
}

/// Services that fit every word, best first.
pub async fn search(State(app): State<Arc<App>>, query: Queried<Wanted>) -> Result<Json<Value>, Problem> {
    let wanted = asked(query)?;
    compute(&app, move |atlas| {
        let found = atlas.words().search(&wanted.q);
        let line = |s: &PublicService| {
            let mut line = json!(s);
            line["kind_ja"] = json!(s.kind.kind().short);
            line["position"] = json!(s.point.map(|p| [p.lon, p.lat]));
            line
        };
        let shown = found.iter().take(wanted.limit.unwrap_or(20).min(MOST));
        let services: Vec<Value> = shown.filter_map(|f| atlas.sites.service(f.index)).map(line).collect();
        Ok(Json(json!({ "total": found.len(), "services": services })))
    })
    .await
}
