//! `/api/desk/revisions` and the history of a record; anything can be taken back.

use super::forms;
use super::gate::Staff;
use super::{Sent, read};
use crate::app::App;
use crate::http::problem::{Problem, Queried, asked};
use crate::model::Role;
use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// Which revisions.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    before: i64,
}

/// Why one is taken back.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Reason {
    why: Option<String>,
}

/// `GET /api/desk/records/{id}/history`: who, when, why, each field before and after, newest first.
pub async fn of_record(State(app): State<Arc<App>>, staff: Staff, Path(id): Path<i64>) -> Result<Json<Value>, Problem> {
    let entry = app.store.entry(id).await?.filter(|e| staff.knows(&e.place));
    let entry = entry.ok_or_else(|| Problem::missing("その記録はありません。/ No such record."))?;
    let all = app.store.history(id).await?;
    let changes: Vec<Value> = all.iter().map(|c| forms::change(&staff, c)).collect();
    Ok(Json(json!({ "name": entry.place.name, "retired": entry.retired, "merged_into": entry.merged_into, "changes": changes })))
}

/// `GET /api/desk/revisions`: the last fifty before one.
pub async fn revisions(State(app): State<Arc<App>>, staff: Staff, query: Queried<Asked>) -> Result<Json<Value>, Problem> {
    staff.needs(Role::Viewer)?;
    let all = app.store.revisions(asked(query)?.before, 50).await?;
    Ok(Json(json!({ "revisions": all })))
}

/// `POST /api/desk/revisions/{id}/undo`. A coordinator takes back what they did themselves, the others anything.
pub async fn undo(
    State(app): State<Arc<App>>,
    staff: Staff,
    Path(id): Path<i64>,
    sent: Sent<Reason>,
) -> Result<Json<Value>, Problem> {
    let Reason { why } = read(sent)?;
    staff.needs(Role::Coordinator)?;
    if staff.account().role < Role::Planner {
        let missing = || Problem::missing("その改訂はありません。/ No such revision.");
        let revision = app.store.revisions(id + 1, 1).await?.into_iter().find(|r| r.id == id).ok_or_else(missing)?;
        if revision.actor != staff.account().name {
            staff.needs(Role::Planner)?;
        }
    }
    let undone = app.store.undo(id, &staff.author(why)).await?;
    app.written.notify_one();
    Ok(Json(json!(undone)))
}
