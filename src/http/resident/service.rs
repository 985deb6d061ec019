//! `/service/{id}`: one service, how to get there, and a word from somebody who knows better.

use super::{ASSETS, Asked, missing, shown, sorry};
use crate::app::{App, now_in_japan};
use crate::atlas::Atlas;
use crate::http::desk::gate::OwnPage;
use crate::http::limits::Visitor;
use crate::http::links::BaseUrl;
use crate::http::problem::Problem;
use crate::http::suggestions::{Said, take};
use crate::http::work::compute;
use crate::measure::{Near, Next, hub, meetings, one, outing, walk_path};
use crate::model::policy;
use crate::present::qr::Qr;
use crate::present::resident::detail::{Detail, detail, stay};
use crate::present::resident::walk_picture;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use std::sync::Arc;

fn number(id: &str, asked: &Asked) -> Result<i64, Problem> {
    id.parse().map_err(|_| missing(&asked.look))
}

fn near<'a>(atlas: &'a Atlas, id: i64, asked: &Asked) -> Result<Near<'a>, Problem> {
    one(atlas, id, asked.home()?, &asked.wish()?)?.ok_or_else(|| missing(&asked.look))
}

/// The page.
pub async fn service(State(app): State<Arc<App>>, BaseUrl(base): BaseUrl, Path(id): Path<String>, asked: Asked) -> Response {
    let look = asked.look.clone();
    shown(&app, &look, move |atlas| {
        let id = number(&id, &asked)?;
        let near = near(atlas, id, &asked)?;
        let here = asked.here(atlas)?;
        let (today, _) = now_in_japan();
        let stay = stay(&near.next, here.day, today);
        let outing = here
            .at
            .zip(near.point)
            .zip(stay)
            .map(|((home, to), stay)| outing(atlas, home, to, &stay, today).map(|o| (stay, o)).map_err(|e| e.message));
        let dates = match near.next {
            Next::Meets(_) => meetings(near.service, today, today.plus(policy().calendar.ahead_days)).unwrap_or_default(),
            _ => Vec::new(),
        };
        let link = format!("{base}/service/{id}");
        let qr = Qr::new(&link).map_or_else(String::new, |q| q.svg());
        let fresh = policy().verify.is_fresh(near.service.verified_on.as_deref(), today);
        let hub = here.at.or(near.point).and_then(|p| hub(atlas, p));
        let d = Detail { near, dates, here, outing, hub, link, qr, fresh, thanks: asked.thanks == "1" };
        Ok(detail(&asked.look, &ASSETS, &d))
    })
    .await
}

/// `/service/{id}/walk.svg`: the walk there on the streets.
pub async fn walk(State(app): State<Arc<App>>, Path(id): Path<String>, asked: Asked) -> Result<Response, Problem> {
    compute(&app, move |atlas| {
        let near = near(atlas, number(&id, &asked)?, &asked)?;
        let none = || Problem::missing("歩く道が分かりません。/ The walk is not known.");
        let (home, to) = asked.home()?.zip(near.point).ok_or_else(none)?;
        let path = walk_path(atlas, home, to).ok_or_else(none)?;
        let text = walk_picture(atlas.base.as_ref(), home, to, &path);
        Ok(([(header::CONTENT_TYPE, "image/svg+xml")], text).into_response())
    })
    .await
}

/// What somebody wrote on the page.
#[derive(Deserialize)]
pub struct Written {
    #[serde(default)]
    text: String,
    #[serde(default)]
    contact: String,
}

/// `POST /service/{id}`: what is wrong with it.
pub async fn say(
    State(app): State<Arc<App>>,
    own: OwnPage,
    visitor: Visitor,
    Path(id): Path<String>,
    asked: Asked,
    sent: Result<Form<Written>, FormRejection>,
) -> Response {
    let back = format!("/service/{id}");
    let written = sent.map(|f| f.0).unwrap_or(Written { text: String::new(), contact: String::new() });
    let said = number(&id, &asked).map(|id| Said { service: Some(id), text: written.text, contact: Some(written.contact) });
    let taken = match said {
        Ok(said) => take(&app, own, &visitor, said).await,
        Err(e) => Err(e),
    };
    let own = [("at", &asked.at), ("area", &asked.area), ("want", &asked.want), ("day", &asked.day)];
    let kept: Vec<(&str, &str)> = own.iter().map(|(k, v)| (*k, v.as_str())).chain([("thanks", "1")]).collect();
    taken.map_or_else(|e| sorry(&asked.look, &e), |()| Redirect::to(&asked.look.href(&back, &kept)).into_response())
}
