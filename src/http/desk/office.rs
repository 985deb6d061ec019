//! What residents said is decided on, what was handed out is noted.

use super::gate::Staff;
use super::{Sent, read};
use crate::app::App;
use crate::http::problem::Problem;
use crate::model::{Publication, Role, policy};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// A decision on a suggestion.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    taken: bool,
    #[serde(default)]
    reply: Option<String>,
}

/// Something handed out.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandedOut {
    what: String,
    recipient: String,
    #[serde(default)]
    note: Option<String>,
}

/// `GET /api/desk/suggestions`: all of them, decided or not.
pub async fn suggestions(State(app): State<Arc<App>>, staff: Staff) -> Result<Json<Value>, Problem> {
    staff.needs(Role::Viewer)?;
    Ok(Json(json!({ "suggestions": app.store.suggestions(false).await? })))
}

/// `POST /api/desk/suggestions/{id}`.
pub async fn decide(
    State(app): State<Arc<App>>,
    staff: Staff,
    Path(id): Path<i64>,
    sent: Sent<Decision>,
) -> Result<StatusCode, Problem> {
    staff.needs(Role::Coordinator)?;
    let Decision { taken, reply } = read(sent)?;
    let state = if taken { "taken" } else { "declined" };
    if app.store.decide(id, state, &staff.account().name, reply.as_deref()).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    let detail = "その声は、もうほかの人が決めました。/ Somebody else has decided on it.";
    Err(Problem::new(StatusCode::CONFLICT, "decided", detail))
}

/// `GET /api/desk/publications`.
pub async fn publications(State(app): State<Arc<App>>, staff: Staff) -> Result<Json<Value>, Problem> {
    staff.needs(Role::Viewer)?;
    Ok(Json(json!({ "publications": app.store.publications().await? })))
}

/// `POST /api/desk/publications`: notes that something was handed out: what, to whom, of which revision.
pub async fn publish(State(app): State<Arc<App>>, staff: Staff, sent: Sent<HandedOut>) -> Result<StatusCode, Problem> {
    staff.needs(Role::Coordinator)?;
    let h = read(sent)?;
    let most = policy().limits.longest_field;
    let fits = |t: &str| (1..=most).contains(&t.trim().chars().count());
    if !fits(&h.what) || !fits(&h.recipient) || h.note.as_ref().is_some_and(|n| n.chars().count() > most) {
        let detail = format!("「何を」と「だれに」を{most}文字までで書いてください。/ Say what and to whom.");
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "faults", detail));
    }
    let author = staff.author(None);
    let publication = Publication {
        id: 0,
        at: author.at,
        actor: author.actor,
        what: h.what.trim().into(),
        recipient: h.recipient.trim().into(),
        revision: app.store.revision().await?,
        note: h.note.map(|n| n.trim().to_owned()).filter(|n| !n.is_empty()),
    };
    app.store.publish(&publication).await?;
    Ok(StatusCode::CREATED)
}
