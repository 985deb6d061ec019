//! `/api/export/services.{csv,xlsx,geojson,gpkg,shp.zip,fgb,hsds.json,ods.zip}`: the public list as a file;
//! `/api/desk/public.zip`: what a city puts on its web server, with the report of what was withheld.

use super::answers::{Asked, Asking};
use super::desk::gate::Staff;
use super::problem::Problem;
use super::work::compute;
use crate::app::{App, export, today};
use crate::model::Role;
use crate::present::export::{ExportError, Form, services};
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

const GEOPACKAGE: &str = "application/geopackage+sqlite3";

/// The list as a file.
pub async fn list(State(app): State<Arc<App>>, Path(file): Path<String>, asked: Asked) -> Result<Response, Problem> {
    let asked = Asking::of(asked)?;
    let unknown = || Problem::missing("その形式では書き出せません。/ No such format.");
    let extension = file.strip_prefix("services.").ok_or_else(unknown)?.to_owned();
    if extension == "gpkg" {
        let rows = compute(&app, move |atlas| {
            let q = asked.question(atlas)?;
            Ok(export::geopackage_rows(atlas, &q.kinds, q.area_type)?)
        });
        let bytes = export::geopackage(&rows.await?, &app.data).await?;
        return Ok(download(&file, GEOPACKAGE, bytes));
    }
    let form = Form::of_extension(&extension).ok_or_else(unknown)?;
    compute(&app, move |atlas| {
        let q = asked.question(atlas)?;
        let bytes = services(atlas, &q.kinds, q.area_type, form, &today().to_string())?;
        Ok(download(&file, form.media_type(), bytes))
    })
    .await
}

/// The bundle for the city's web server.
pub async fn public_bundle(State(app): State<Arc<App>>, staff: Staff, asked: Asked) -> Result<Response, Problem> {
    staff.needs(Role::Coordinator)?;
    let atlas = app.atlas.load_full();
    let area_type = Asking::of(asked)?.question(&atlas)?.area_type;
    let bytes = export::public_bundle(app.store.as_ref(), atlas, area_type).await?;
    Ok(download("kayoi-public.zip", "application/zip", bytes))
}

/// `/api/desk/plan.xlsx`: the action-plan sheet with what officers rated.
pub async fn action_plan(State(app): State<Arc<App>>, staff: Staff) -> Result<Response, Problem> {
    staff.needs(Role::Viewer)?;
    let bytes = export::action_plan(app.store.as_ref(), app.atlas.load_full()).await?;
    Ok(download("kayoi-plan.xlsx", Form::Xlsx.media_type(), bytes))
}

fn download(name: &str, media_type: &'static str, bytes: Vec<u8>) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    if let Ok(disposition) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    response
}

impl From<ExportError> for Problem {
    fn from(e: ExportError) -> Self {
        match e {
            ExportError::Empty => Self::new(StatusCode::CONFLICT, "empty", format!("{e} / Nothing to export.")),
            ExportError::Failed(_) => Self::internal(&e),
        }
    }
}
