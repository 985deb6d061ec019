//! `/api/itinerary`: one trip in full, there and, if asked for, home again.

use super::answers::{Asked as Query, Asking};
use super::problem::Problem;
use super::work::compute;
use crate::app::App;
use crate::atlas::Atlas;
use crate::measure::{Asked, itineraries};
use crate::model::{LonLat, parse_clock};
use crate::present::itinerary;
use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use std::sync::Arc;

fn clock(name: &str, text: Option<&str>) -> Result<Option<i32>, Problem> {
    let read = |t: &str| {
        let message = format!("{name}「{t}」は 9:30 の形で指定してください。/ {name} must be H:MM.");
        parse_clock(t).map(|s| s as i32 * 1000).ok_or_else(|| Problem::bad_request("bad_time", message))
    };
    text.filter(|t| !t.is_empty()).map(read).transpose()
}

fn end_of(atlas: &Atlas, asking: &Asking) -> Result<(LonLat, Value), Problem> {
    let Some(id) = asking.service else { return Ok((asking.to()?, Value::Null)) };
    let site = atlas.sites.all.iter().find(|s| s.service.id == id);
    let site =
        site.ok_or_else(|| Problem::missing("そのサービスはないか、位置未確定です。/ No such service, or not located."))?;
    Ok((site.point, json!(site.service)))
}

/// Answers.
pub async fn ways(State(app): State<Arc<App>>, asked: Query) -> Result<Json<Value>, Problem> {
    let asking = Asking::of(asked)?;
    compute(&app, move |atlas| {
        let (from, (to, service)) = (asking.from()?, end_of(atlas, &asking)?);
        let (atlas, question) = asking.on(atlas)?;
        let leave = clock("at", asking.at.as_deref())?;
        let arrive = clock("arrive", asking.arrive.as_deref())?;
        let (at, arrive_by) = match (leave, arrive) {
            (Some(t), _) => (t, false),
            (None, Some(t)) => (t, true),
            (None, None) => (9 * 3_600_000, false),
        };
        let there = itineraries(atlas, &question, &Asked { from, to, at, arrive_by })?;
        let mut answer = json!({ "there": itinerary::ways(&there), "service": service, "basis": question.basis(atlas, vec![]) });
        if let Some(at) = clock("back", asking.back.as_deref())? {
            let back = itineraries(atlas, &question, &Asked { from: to, to: from, at, arrive_by: false })?;
            answer["back"] = itinerary::ways(&back);
        }
        Ok(Json(answer))
    })
    .await
}
