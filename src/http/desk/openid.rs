//! `/api/desk/openid`: to the office's identity provider and back. What fails leads back to the door of the desk, which says so.

use super::super::limits::{Visitor, sign_ins};
use super::super::links::BaseUrl;
use super::super::problem::Problem;
use super::gate::cookie;
use super::session::{cookie_of, secure, set_cookie};
use crate::app::App;
use crate::app::openid::{Away, OpenId, OpenIdError};
use axum::Json;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// Holds what the browser keeps while somebody is away.
const AWAY: &str = "kayoi_away";
/// Seconds somebody may be away.
const LONGEST: u32 = 600;

/// What the provider sends back with somebody: a code, or an error that is told as a refusal.
#[derive(Deserialize)]
pub struct Back {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
}

/// `GET /api/desk/doors`: the ways to sign in.
pub async fn doors(State(app): State<Arc<App>>) -> Json<Value> {
    Json(json!({ "password": true, "openid": app.openid.is_some() }))
}

/// `GET /api/desk/openid`: to the provider.
pub async fn leave(State(app): State<Arc<App>>, BaseUrl(base): BaseUrl, visitor: Visitor) -> Result<Response, Problem> {
    sign_ins().admit(&visitor)?;
    match provider(&app)?.leave(&way_back(&base)).await {
        Ok((url, away)) => led(&url, &[away_cookie(&away.text(), LONGEST, &base)]),
        Err(e) => led(&door(&e), &[]),
    }
}

/// `GET /api/desk/openid/back`: from the provider.
pub async fn back(
    State(app): State<Arc<App>>,
    BaseUrl(base): BaseUrl,
    visitor: Visitor,
    headers: HeaderMap,
    Query(back): Query<Back>,
) -> Result<Response, Problem> {
    sign_ins().admit(&visitor)?;
    let gone = away_cookie("", 0, &base);
    let Some(away) = cookie(&headers, AWAY).as_deref().and_then(Away::read) else {
        return led("/desk?sign_in=again", &[gone]);
    };
    let answer = (back.code.as_str(), back.state.as_str());
    let provider = provider(&app)?;
    match provider.come_back(app.store.as_ref(), away, answer, &way_back(&base), jiff::Timestamp::now()).await {
        Ok(token) => led("/desk", &[gone, cookie_of(&token, &base)]),
        Err(e) => led(&door(&e), &[gone]),
    }
}

fn provider(app: &App) -> Result<&Arc<OpenId>, Problem> {
    app.openid.as_ref().ok_or_else(|| Problem::missing("庁内の認証サーバは設定されていません。/ No identity provider."))
}

/// The door of the desk, with why nobody came in; the log of the server knows more.
fn door(e: &OpenIdError) -> String {
    let why = match e {
        OpenIdError::Account(_) => "unknown",
        OpenIdError::Answer(_) => "again",
        OpenIdError::Provider { .. } => "unreachable",
    };
    tracing::warn!("{e}");
    format!("/desk?sign_in={why}")
}

fn way_back(base: &str) -> String {
    format!("{base}/api/desk/openid/back")
}

/// `Lax`: it has to come along when the provider sends somebody back.
fn away_cookie(text: &str, age: u32, base: &str) -> String {
    format!("{AWAY}={text}; Path=/api/desk/openid; HttpOnly; SameSite=Lax; Max-Age={age}{}", secure(base))
}

fn led(to: &str, cookies: &[String]) -> Result<Response, Problem> {
    let mut response = Redirect::to(to).into_response();
    cookies.iter().try_for_each(|c| set_cookie(&mut response, c))?;
    Ok(response)
}
