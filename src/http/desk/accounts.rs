//! `/api/desk/accounts`, `/api/desk/audit`: who may sign in, and what they did. For administrators.

use super::gate::Staff;
use super::{Sent, read};
use crate::app::{App, accounts};
use crate::http::problem::Problem;
use crate::model::{Account, Role};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// An account as it shall be.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    role: Role,
    #[serde(default)]
    areas: Vec<i64>,
    /// A new password; the old one stays if none is given.
    #[serde(default)]
    password: Option<String>,
}

fn words(a: &Account) -> Value {
    json!({ "name": a.name, "role": a.role, "role_ja": a.role.ja(), "areas": a.areas, "disabled": a.disabled, "locked_until": a.locked_until })
}

/// `GET /api/desk/accounts`.
pub async fn list(State(app): State<Arc<App>>, staff: Staff) -> Result<Json<Value>, Problem> {
    staff.needs(Role::Admin)?;
    let all = app.store.accounts().await?;
    Ok(Json(json!({ "accounts": all.iter().map(words).collect::<Vec<_>>() })))
}

/// `PUT /api/desk/accounts/{name}`.
pub async fn put(
    State(app): State<Arc<App>>,
    staff: Staff,
    Path(name): Path<String>,
    sent: Sent<Wanted>,
) -> Result<Json<Value>, Problem> {
    staff.needs(Role::Admin)?;
    let w = read(sent)?;
    if name == staff.account().name && w.role != Role::Admin {
        return Err(Problem::new(StatusCode::CONFLICT, "own_account", "自分の管理の権限は外せません。/ Not your own role."));
    }
    let account = accounts::put_account(app.store.as_ref(), &name, w.password.as_deref(), w.role, w.areas).await?;
    app.store.audit(&staff.author(None), "account_put", &format!("{name} {}", w.role.code())).await?;
    Ok(Json(words(&account)))
}

/// `DELETE /api/desk/accounts/{name}`: out of use; its sessions end, its name stays in the history.
pub async fn disable(State(app): State<Arc<App>>, staff: Staff, Path(name): Path<String>) -> Result<StatusCode, Problem> {
    staff.needs(Role::Admin)?;
    if name == staff.account().name {
        return Err(Problem::new(StatusCode::CONFLICT, "own_account", "自分の利用は止められません。/ Not your own account."));
    }
    accounts::disable(app.store.as_ref(), &name).await?;
    app.store.audit(&staff.author(None), "account_disabled", &name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /api/desk/audit`.
pub async fn audit(State(app): State<Arc<App>>, staff: Staff) -> Result<Json<Value>, Problem> {
    staff.needs(Role::Admin)?;
    Ok(Json(json!({ "lines": app.store.audits(200).await? })))
}
