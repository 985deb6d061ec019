//! `/api/desk/session`: sign in, who am I, sign out; a new password.

use super::super::limits::{Visitor, sign_ins};
use super::super::links::BaseUrl;
use super::super::problem::Problem;
use super::gate::{COOKIE, OwnPage, Staff};
use super::{Sent, read};
use crate::app::accounts::Token;
use crate::app::{App, accounts};
use crate::model::{Account, policy};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// Name and password.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    name: String,
    password: String,
}

/// The old password and the new one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    old: String,
    new: String,
}

/// `POST /api/desk/session`.
pub async fn open(
    State(app): State<Arc<App>>,
    BaseUrl(base): BaseUrl,
    _: OwnPage,
    visitor: Visitor,
    sent: Sent<SignIn>,
) -> Result<Response, Problem> {
    sign_ins().admit(&visitor)?;
    let SignIn { name, password } = read(sent)?;
    let (token, account) = accounts::sign_in(app.store.as_ref(), &name, &password, jiff::Timestamp::now()).await?;
    answer(&app, &account, &cookie_of(&token, &base))
}

/// The cookie of a session.
pub(super) fn cookie_of(token: &Token, base: &str) -> String {
    let age = policy().sign_in.session_hours * 3600;
    format!("{COOKIE}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={age}{}", token.text(), secure(base))
}

/// A cookie made over TLS does not travel without it.
pub(super) fn secure(base: &str) -> &'static str {
    if base.starts_with("https:") { "; Secure" } else { "" }
}

/// `GET /api/desk/session`: who is signed in, and what the desk needs to know.
pub async fn who(State(app): State<Arc<App>>, staff: Staff) -> Json<Value> {
    Json(words(&app, staff.account()))
}

/// `DELETE /api/desk/session`.
pub async fn close(State(app): State<Arc<App>>, staff: Staff) -> Result<Response, Problem> {
    app.store.close_session(staff.session()).await?;
    app.store.audit(&staff.author(None), "signed_out", "").await?;
    let gone = format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
    let mut response = StatusCode::NO_CONTENT.into_response();
    set_cookie(&mut response, &gone)?;
    Ok(response)
}

/// `PUT /api/desk/password`: every session of the account ends, this one too.
pub async fn password(State(app): State<Arc<App>>, staff: Staff, sent: Sent<NewPassword>) -> Result<StatusCode, Problem> {
    let NewPassword { old, new } = read(sent)?;
    accounts::change_password(app.store.as_ref(), staff.account(), &old, &new).await?;
    app.store.audit(&staff.author(None), "password_changed", "").await?;
    Ok(StatusCode::NO_CONTENT)
}

fn words(app: &App, account: &Account) -> Value {
    let atlas = app.atlas.load();
    let named = |id: &i64| {
        let name = atlas.area(*id).map(|(index, a)| index.areas[a as usize].name.clone());
        json!({ "id": id, "name": name })
    };
    json!({
        "name": account.name, "role": account.role, "role_ja": account.role.ja(),
        "areas": account.areas.iter().map(named).collect::<Vec<_>>(),
        "staff_fields": policy().staff_field,
        "limits": { "name": policy().limits.longest_name, "field": policy().limits.longest_field, "upload": policy().limits.largest_upload },
    })
}

fn answer(app: &App, account: &Account, cookie: &str) -> Result<Response, Problem> {
    let mut response = Json(words(app, account)).into_response();
    set_cookie(&mut response, cookie)?;
    Ok(response)
}

pub(super) fn set_cookie(response: &mut Response, cookie: &str) -> Result<(), Problem> {
    let value = HeaderValue::from_str(cookie).map_err(|e| Problem::internal(&e))?;
    response.headers_mut().append(header::SET_COOKIE, value);
    Ok(())
}
