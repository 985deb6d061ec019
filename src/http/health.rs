//! Is it alive, is it ready.

use super::problem::Problem;
use crate::app::App;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// The process answers.
pub async fn alive() -> &'static str {
    "ok"
}

/// The register answers and tells its revision and the atlas's; 503 once the server is about to stop.
pub async fn ready(State(app): State<Arc<App>>) -> Result<Json<Value>, Problem> {
    if app.leaving.load(Ordering::Relaxed) {
        let words = "このサーバーはまもなく止まります。/ This server is about to stop.";
        return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "leaving", words));
    }
    let register = app.store.revision().await.map_err(|e| Problem::internal(&e))?;
    Ok(Json(json!({ "revision": register, "atlas": app.atlas.load().revision })))
}
