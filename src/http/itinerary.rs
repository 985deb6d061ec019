//! `/api/itinerary`: one trip in full, there and, if asked for, home again.

use super::answers::{Asked, Asking};
use super::problem::Problem;
use super::work::compute;
use crate::app::App;
use crate::atlas::Atlas;
use crate::measure::{Errand, itineraries};
use crate::model::LonLat;
use crate::present::itinerary;
use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use std::sync::Arc;

fn end_of(atlas: &Atlas, asking: &Asking) -> Result<(LonLat, Value), Problem> {
    let Some(id) = asking.service else { return Ok((asking.to()?, Value::Null)) };
    let site = atlas.sites.all.iter().find(|s| s.service.id == id);
    let site =
        site.ok_or_else(|| Problem::missing("そのサービスはないか、位置未確定です。/ No such service, or not located."))?;
    Ok((site.point, json!(site.service)))
}

/// Answers.
pub async fn ways(State(app): State<Arc<App>>, asked: Asked) -> Result<Json<Value>, Problem> {
    let asking = Asking::of(asked)?;
    compute(&app, move |atlas| {
        let (from, (to, service)) = (asking.from()?, end_of(atlas, &asking)?);
        let (atlas, question) = asking.on(atlas)?;
        let errand = Errand::new(from, to, asking.at.as_deref(), asking.arrive.as_deref())?;
        let there = itineraries(atlas, &question, &errand)?;
        let mut answer = json!({ "there": itinerary::ways(&there), "service": service, "basis": question.basis(atlas, vec![]) });
        if let Some(home) = errand.back(asking.back.as_deref())? {
            answer["back"] = itinerary::ways(&itineraries(atlas, &question, &home)?);
        }
        Ok(Json(answer))
    })
    .await
}
