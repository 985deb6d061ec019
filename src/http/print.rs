//! Paper over HTTP: the sheets of a district, and answers with their Basis. PDF to look at, to save or to send to a printer.

use super::answers::{Asked, Asking};
use super::desk::gate::Staff;
use super::links::BaseUrl;
use super::problem::{Problem, Queried, area_id, asked};
use super::scenarios::body;
use super::work::compute;
use crate::app::paper::{ForStaff, Order, Sheet, print};
use crate::app::{App, today};
use crate::measure::{self, Scenario};
use crate::model::{Day, Role};
use crate::present::paper::{PaperError, Report, Size, report};
use crate::present::small_counts::masked;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use clap::ValueEnum;
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

impl From<PaperError> for Problem {
    fn from(e: PaperError) -> Self {
        match e {
            PaperError::Nothing(words) => Self::missing(words),
            e => Self::internal(&e),
        }
    }
}

/// How a sheet is wanted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    /// `a3` or `a4`.
    size: String,
    /// `YYYY-MM`, of a calendar.
    month: String,
}

fn order(file: &str, wanted: &Wanted, base: String) -> Result<Order, Problem> {
    let unknown =
        || Problem::missing("その紙はありません。map.pdf, karte.pdf, booklet.pdf, calendar.pdf のどれかです。/ No such sheet.");
    let sheet = file.strip_suffix(".pdf").and_then(|n| Sheet::from_str(n, true).ok()).ok_or_else(unknown)?;
    let bad = || Problem::bad_request("bad_month", "月は 2026-12 のように書いてください。/ Write the month as 2026-12.");
    let month = match wanted.month.as_str() {
        "" => today().first_of_month(),
        m => Day::month(m).ok_or_else(bad)?,
    };
    let size = if wanted.size.eq_ignore_ascii_case("a4") { Size::A4 } else { Size::A3 };
    Ok(Order { size, month, url: Some(base), ..Order::new(sheet, today()) })
}

fn pdf(bytes: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, "application/pdf")], bytes).into_response()
}

/// `GET /api/areas/{id}/print/{file}`: what the public may see.
pub async fn public(
    State(app): State<Arc<App>>,
    BaseUrl(base): BaseUrl,
    Path((id, file)): Path<(String, String)>,
    wanted: Queried<Wanted>,
) -> Result<Response, Problem> {
    let (id, order) = (area_id(&id)?, order(&file, &asked(wanted)?, base)?);
    compute(&app, move |atlas| Ok(pdf(print(atlas, id, &order, None)?))).await
}

/// `GET /api/desk/areas/{id}/print/{file}`: what staff may see; the sheet says so.
pub async fn staff(
    State(app): State<Arc<App>>,
    staff: Staff,
    BaseUrl(base): BaseUrl,
    Path((id, file)): Path<(String, String)>,
    wanted: Queried<Wanted>,
) -> Result<Response, Problem> {
    staff.needs(Role::Viewer)?;
    let (id, order) = (area_id(&id)?, order(&file, &asked(wanted)?, base)?);
    let inside = ForStaff { records: app.desk().await?.records.clone(), notes: app.store.notes(id).await? };
    compute(&app, move |atlas| Ok(pdf(print(atlas, id, &order, Some(&inside))?))).await
}

/// `GET /api/coverage/report.pdf`: the ranked table with its map and its Basis.
pub async fn coverage(State(app): State<Arc<App>>, asked: Asked) -> Result<Response, Problem> {
    let asked = Asking::of(asked)?;
    compute(&app, move |atlas| {
        let (atlas, q) = asked.on(atlas)?;
        let answer = masked(json!(measure::coverage(atlas, &q)?));
        Ok(pdf(report(&Report {
            atlas,
            area_type: q.area_type,
            group: q.group,
            answer: &answer,
            scenario: None,
            today: today(),
        })?))
    })
    .await
}

/// `POST /api/whatif/report.pdf`: what some changes would change, with its map and its Basis.
pub async fn what_if(
    State(app): State<Arc<App>>,
    asked: Asked,
    changes: Result<Json<Scenario>, JsonRejection>,
) -> Result<Response, Problem> {
    let (asked, scenario) = (Asking::of(asked)?, body(changes)?);
    compute(&app, move |atlas| {
        let (atlas, q) = asked.on(atlas)?;
        let answer = masked(json!(measure::what_if(atlas, &q, &scenario)?));
        Ok(pdf(report(&Report {
            atlas,
            area_type: q.area_type,
            group: q.group,
            answer: &answer,
            scenario: Some(&scenario),
            today: today(),
        })?))
    })
    .await
}
