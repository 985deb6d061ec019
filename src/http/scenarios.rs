//! `/api/whatif`, `/api/siting` and the saved scenarios.

use super::answers::{Asked, Asking};
use super::desk::gate::Staff;
use super::problem::Problem;
use super::work::compute;
use crate::app::App;
use crate::measure::{self, Aim, Candidate, Scenario};
use crate::model::Role;
use crate::present::small_counts::masked;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// Longest name of a scenario, characters.
const MAX_NAME: usize = 80;
/// Most scenarios compared at once.
const MAX_COMPARED: usize = 12;

type Body<T> = Result<Json<T>, JsonRejection>;

/// A body, or why it cannot be read.
pub(super) fn body<T>(body: Body<T>) -> Result<T, Problem> {
    let explain = |e: JsonRejection| {
        Problem::bad_request(
            "bad_body",
            format!("送られた内容を読めません。変更（changes）の書き方を確かめてください。/ {}", e.body_text()),
        )
    };
    body.map(|b| b.0).map_err(explain)
}

/// `POST /api/whatif`: the question in the address, the changes in the body.
pub async fn what_if(State(app): State<Arc<App>>, asked: Asked, changes: Body<Scenario>) -> Result<Json<Value>, Problem> {
    let (asked, scenario) = (Asking::of(asked)?, body(changes)?);
    compute(&app, move |atlas| {
        let (atlas, q) = asked.on(atlas)?;
        Ok(Json(masked(json!(measure::what_if(atlas, &q, &scenario)?))))
    })
    .await
}

/// What a siting asks beside its question.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SitingBody {
    /// How many.
    k: usize,
    /// What is wanted.
    #[serde(default)]
    aim: Aim,
    /// Where they may go; the public rooms of the register if none is named.
    #[serde(default)]
    candidates: Vec<Candidate>,
}

/// `POST /api/siting`.
pub async fn siting(State(app): State<Arc<App>>, asked: Asked, wanted: Body<SitingBody>) -> Result<Json<Value>, Problem> {
    let (asked, wanted) = (Asking::of(asked)?, body(wanted)?);
    compute(&app, move |atlas| {
        let (atlas, q) = asked.on(atlas)?;
        let candidates = if wanted.candidates.is_empty() { measure::public_rooms(atlas) } else { wanted.candidates };
        Ok(Json(json!(measure::siting(atlas, &q, &candidates, wanted.k, wanted.aim)?)))
    })
    .await
}

/// `GET /api/scenarios`: all saved ones.
pub async fn list(State(app): State<Arc<App>>, staff: Staff) -> Result<Json<Value>, Problem> {
    staff.needs(Role::Viewer)?;
    let all = app.store.scenarios().await?;
    Ok(Json(json!({ "scenarios": all })))
}

/// `PUT /api/scenarios/{name}`: saves one; the changes are tried on the current picture first.
pub async fn save(
    State(app): State<Arc<App>>,
    staff: Staff,
    Path(name): Path<String>,
    changes: Body<Scenario>,
) -> Result<StatusCode, Problem> {
    staff.needs(Role::Planner)?;
    if name.trim().is_empty() || name.chars().count() > MAX_NAME {
        return Err(Problem::bad_request("bad_name", format!("名前は1～{MAX_NAME}文字にしてください。/ Bad name.")));
    }
    let scenario = Scenario { name, ..body(changes)? };
    let scenario = compute(&app, move |atlas| {
        measure::changed(atlas, &scenario)?;
        Ok(scenario)
    })
    .await?;
    app.store.save_scenario(&scenario.name, &json!(scenario).to_string(), &staff.author(None)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE /api/scenarios/{name}`.
pub async fn remove(State(app): State<Arc<App>>, staff: Staff, Path(name): Path<String>) -> Result<StatusCode, Problem> {
    staff.needs(Role::Planner)?;
    let gone = app.store.remove_scenario(&name).await?;
    if gone {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::missing("そのシナリオはありません。/ No such scenario."))
    }
}

/// `GET /api/scenarios/compare`: the same question of every saved scenario, side by side.
pub async fn compare(State(app): State<Arc<App>>, staff: Staff, asked: Asked) -> Result<Json<Value>, Problem> {
    staff.needs(Role::Viewer)?;
    let asked = Asking::of(asked)?;
    let all = app.store.scenarios().await?;
    compute(&app, move |atlas| {
        let (atlas, q) = asked.on(atlas)?;
        let mut rows = Vec::new();
        for (name, text) in all.iter().take(MAX_COMPARED).map(|s| (&s.name, &s.body)) {
            // a scenario may name a service that has gone since: it says so beside the others
            let answer = serde_json::from_value::<Scenario>(text.clone())
                .map_err(|e| e.to_string())
                .and_then(|s| measure::what_if(atlas, &q, &s).map_err(|e| e.message));
            rows.push(match answer {
                Ok(a) => json!({ "name": name, "total": a.rows.last(), "changed_areas": a.rows.len().saturating_sub(1) }),
                Err(why) => json!({ "name": name, "error": why }),
            });
        }
        let before = measure::coverage(atlas, &q)?;
        Ok(Json(json!({ "now": before.total, "scenarios": rows, "left_out": all.len().saturating_sub(MAX_COMPARED), "basis": before.basis })))
    })
    .await
}
