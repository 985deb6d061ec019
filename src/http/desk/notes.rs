//! Notes of a district: strengths and troubles, findings on their way up and answers on their way down, an officer's ratings.

use super::gate::Staff;
use super::{Sent, read};
use crate::app::{App, today};
use crate::atlas::Atlas;
use crate::http::problem::{Problem, area_id, no_area};
use crate::http::work::compute;
use crate::measure::{Suggested, middle, ratings};
use crate::model::{Note, NoteKind, Role, policy};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// What somebody writes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    kind: NoteKind,
    #[serde(default)]
    text: String,
    /// The view of a finding, or the indicator of a rating.
    #[serde(default)]
    about: Option<String>,
    /// The mark of a rating.
    #[serde(default)]
    value: Option<String>,
    /// The finding that is raised or answered.
    #[serde(default)]
    parent: Option<i64>,
}

/// `GET /api/desk/areas/{id}/notes`.
pub async fn list(State(app): State<Arc<App>>, staff: Staff, Path(id): Path<String>) -> Result<Json<Value>, Problem> {
    staff.needs(Role::Viewer)?;
    let area = area_id(&id)?;
    let notes = app.store.notes(area).await?;
    let suggested = compute(&app, move |atlas| Ok(suggested(atlas, area))).await?;
    let p = policy();
    Ok(Json(json!({ "notes": notes, "levels": p.level, "marks": p.ratings.marks, "ratings": suggested })))
}

/// What the numbers suggest for a district; nothing where they cannot.
fn suggested(atlas: &Atlas, area: i64) -> Vec<Value> {
    let Some((index, at)) = atlas.area(area) else { return Vec::new() };
    let name = &index.areas[at as usize].name;
    let all = ratings(atlas, today()).unwrap_or_default();
    let one = |s: &Suggested| {
        let row = s.of(name)?;
        Some(json!({ "code": s.rule.code, "ja": s.rule.ja, "rating": row.rating, "with": row.with, "all": row.all }))
    };
    all.iter().filter_map(one).collect()
}

/// `POST /api/desk/areas/{id}/notes`.
pub async fn add(
    State(app): State<Arc<App>>,
    staff: Staff,
    Path(id): Path<String>,
    sent: Sent<Written>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let (area, written) = (area_id(&id)?, read(sent)?);
    let atlas = app.atlas.load();
    if atlas.area(area).is_none() {
        return Err(no_area());
    }
    match written.kind {
        // what the levels above decide is written by who answers for the whole
        NoteKind::Answer | NoteKind::Rating => staff.needs(Role::Planner)?,
        _ => staff.keeps(&atlas, middle(&atlas, area))?,
    }
    let notes = app.store.notes(area).await?;
    let note = checked(written, area, &notes, staff.author(None))?;
    let id = app.store.note(&note).await?;
    Ok((StatusCode::CREATED, Json(json!({ "id": id }))))
}

fn checked(w: Written, area: i64, notes: &[Note], author: crate::store::Author) -> Result<Note, Problem> {
    let fault = |words: &str| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "faults", words.to_owned());
    let longest = policy().suggestions.longest_text;
    let text = w.text.trim().to_owned();
    // a step upward may go without a word, everything else says something
    if (text.is_empty() && w.kind != NoteKind::Raised) || text.chars().count() > longest {
        return Err(fault(&format!("{longest}文字までで書いてください。/ Please write up to {longest} characters.")));
    }
    let about = w.about.map(|a| a.trim().to_owned()).filter(|a| !a.is_empty());
    if about.as_ref().is_some_and(|a| a.chars().count() > policy().limits.longest_view) {
        return Err(fault("画面のアドレスが長すぎます。/ The view's address is too long."));
    }
    let of_plan = |a: &String| a.starts_with("/plan") && !a.starts_with("/plan/");
    if w.kind == NoteKind::Finding && !about.as_ref().is_none_or(of_plan) {
        return Err(fault("画面は /plan?… のアドレスで示してください。/ The view must be an address of /plan."));
    }
    let threaded = matches!(w.kind, NoteKind::Raised | NoteKind::Answer);
    let parent = w.parent.filter(|_| threaded);
    if threaded && !notes.iter().any(|n| Some(n.id) == parent && n.kind == NoteKind::Finding) {
        return Err(fault("その気づきはありません。/ No such finding."));
    }
    let value = match w.kind {
        NoteKind::Rating => {
            let mark = w.value.filter(|v| policy().ratings.marks.contains(v));
            Some(mark.ok_or_else(|| fault("評価は ◎ 〇 △ から選んでください。/ Choose one of ◎ 〇 △."))?)
        }
        NoteKind::Raised => {
            let steps = notes.iter().filter(|n| n.kind == NoteKind::Raised && n.parent == parent).count();
            let level = policy().level.get(steps).ok_or_else(|| fault("もう市まで上がっています。/ It has reached the city."))?;
            Some(level.code.clone())
        }
        _ => None,
    };
    Ok(Note { id: 0, at: author.at, actor: author.actor, area, kind: w.kind, text, about, value, parent })
}

/// `DELETE /api/desk/notes/{id}`: by who wrote it, or a planner.
pub async fn withdraw(State(app): State<Arc<App>>, staff: Staff, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    let gone = || Problem::missing("その書きこみはありません。/ No such note.");
    let id: i64 = id.parse().map_err(|_| gone())?;
    let note = app.store.notes(0).await?.into_iter().find(|n| n.id == id).ok_or_else(gone)?;
    if note.actor != staff.account().name {
        staff.needs(Role::Planner)?;
    }
    staff.needs(Role::Coordinator)?;
    if app.store.withdraw(id, &staff.author(None)).await? { Ok(StatusCode::NO_CONTENT) } else { Err(gone()) }
}
