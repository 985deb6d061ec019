//! `POST /api/suggestions`: what a resident knows better, without signing in. It waits for a coordinator.

use super::desk::gate::OwnPage;
use super::desk::{Sent, read};
use super::limits::{Visitor, suggestions};
use super::problem::Problem;
use crate::app::{App, now};
use crate::model::{Suggestion, policy};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// What somebody says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// The service it is about, if any.
    #[serde(default)]
    pub service: Option<i64>,
    /// In their words.
    pub text: String,
    /// How to reach them, if they want an answer. Staff only.
    #[serde(default)]
    pub contact: Option<String>,
}

/// `POST /api/suggestions`.
pub async fn send(
    State(app): State<Arc<App>>,
    own: OwnPage,
    visitor: Visitor,
    sent: Sent<Said>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    take(&app, own, &visitor, read(sent)?).await?;
    let words = "お知らせをありがとうございます。担当の者が確かめます。/ Thank you. Somebody will look into it.";
    Ok((StatusCode::CREATED, Json(json!({ "message": words }))))
}

/// Takes it, if there is room.
pub async fn take(app: &App, _: OwnPage, visitor: &Visitor, said: Said) -> Result<(), Problem> {
    let rule = &policy().suggestions;
    let Said { service, text, contact } = said;
    let text = text.trim().to_owned();
    let contact = contact.map(|c| c.trim().to_owned()).filter(|c| !c.is_empty());
    let long = |t: &str, most: usize| t.chars().count() > most;
    if text.is_empty() || long(&text, rule.longest_text) || contact.as_ref().is_some_and(|c| long(c, rule.longest_contact)) {
        let detail = format!(
            "お気づきのことを{}文字までで書いてください。/ Please write up to {} characters.",
            rule.longest_text, rule.longest_text
        );
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "faults", detail));
    }
    if let Some(id) = service {
        let atlas = app.atlas.load();
        if !atlas.sites.services().any(|s| s.id == id) {
            return Err(Problem::missing("そのサービスはありません。/ No such service."));
        }
    }
    suggestions().admit(visitor)?;
    if app.store.suggestions(true).await?.len() >= rule.most_open {
        let detail =
            "いま多くの声が届いていて、受け付けられません。お電話でお知らせください。/ Too many suggestions are waiting.";
        return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "full", detail));
    }
    let suggestion = Suggestion { at: now(), service, text, contact, state: "open".into(), ..Suggestion::default() };
    app.store.suggest(&suggestion).await?;
    Ok(())
}
