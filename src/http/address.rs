//! `POST /api/address`: where an address is. The address comes in the body: typed addresses have no place in URLs and logs.

use super::problem::Problem;
use super::work::compute;
use crate::app::App;
use crate::atlas::Located;
use crate::present::geojson::position;
use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// Longest address read, characters.
const MAX_LENGTH: usize = 200;

/// What is asked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    address: String,
}

/// Answers with every place the address may be, best first; none if no list knows the town.
pub async fn find(State(app): State<Arc<App>>, wanted: Result<Json<Wanted>, JsonRejection>) -> Result<Json<Value>, Problem> {
    let unreadable = |e: JsonRejection| {
        Problem::bad_request("bad_body", format!("住所を {{\"address\": \"…\"}} の形で送ってください。/ {}", e.body_text()))
    };
    let Json(wanted) = wanted.map_err(unreadable)?;
    if wanted.address.chars().count() > MAX_LENGTH {
        let message = format!("住所は{MAX_LENGTH}文字までにしてください。/ At most {MAX_LENGTH} characters.");
        return Err(Problem::bad_request("too_long", message));
    }
    compute(&app, move |atlas| {
        let missing =
            || Problem::missing("住所の一覧が取り込まれていません。地図か区域の一覧から選んでください。/ No addresses here.");
        let found = atlas.gazetteer.as_ref().ok_or_else(missing)?.find(&wanted.address).candidates();
        Ok(Json(json!({ "candidates": found.iter().map(words).collect::<Vec<_>>() })))
    })
    .await
}

fn words(l: &Located) -> Value {
    json!({ "position": position(l.point), "level": l.level, "level_ja": l.level.ja(), "address": l.address, "building": l.rest })
}
