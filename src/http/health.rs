//! Is it alive, is it ready.

use super::problem::Problem;
use crate::app::App;
use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use std::sync::Arc;

/// The process answers.
pub async fn alive() -> &'static str {
    "ok"
}

/// The register answers, and the atlas is of its revision.
pub async fn ready(State(app): State<Arc<App>>) -> Result<Json<Value>, Problem> {
    let register = app.store.revision().await.map_err(|e| Problem::internal(&e))?;
    Ok(Json(json!({ "revision": register, "atlas": app.atlas.load().revision })))
}
