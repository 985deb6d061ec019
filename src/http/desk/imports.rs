//! `POST /api/desk/imports?name=…`: a list dropped on the page. Without `commit` it is read and compared with the register, row by row,
//! and nothing is kept, not even the file: the page sends it again to commit it.

use super::gate::Staff;
use crate::app::import::{compiled_parts, foresee, refused, report_of};
use crate::app::{App, Locating, locate, today};
use crate::atlas::{Atlas, hash};
use crate::http::problem::{Problem, Queried, asked};
use crate::http::work::compute;
use crate::ingest::{self, Hints, Reading, Refusal};
use crate::model::{FileReport, Role};
use crate::store::{Author, Compiled, Delivery};
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// What is asked beside the file.
#[derive(Deserialize)]
pub struct Asked {
    /// Name of the file: next year's list of the same name is the next edition of the same dataset.
    name: String,
    /// Keep it.
    #[serde(default)]
    commit: bool,
    /// What its columns mean, JSON: heading → field, `*kind` → the kind of every row.
    #[serde(default)]
    columns: Option<String>,
    /// The revision the comparison was made with.
    #[serde(default)]
    revision: Option<i64>,
}

/// Takes a file, or says what taking it would do.
pub async fn import(
    State(app): State<Arc<App>>,
    staff: Staff,
    query: Queried<Asked>,
    content: Bytes,
) -> Result<Json<Value>, Problem> {
    staff.needs(Role::Coordinator)?;
    let asked = asked(query)?;
    let name = file_name(&asked.name)?;
    let said = said_columns(asked.columns.as_deref())?;
    let now = app.store.revision().await?;
    if asked.commit && asked.revision.is_some_and(|seen| seen != now) {
        let detail =
            "見比べたあとに登録簿が変わりました。もう一度見比べてください。/ The register has changed since you compared.";
        return Err(Problem::new(StatusCode::PRECONDITION_FAILED, "stale", detail));
    }
    let mappings = app.store.mappings().await?;
    let sha256 = hash(&[&content]);
    let read = {
        let (path, said, mappings) = (PathBuf::from(&name), said.clone(), mappings.clone());
        compute(&app, move |atlas| {
            let readings = read_with(&path, &content, mappings, &said);
            let foreseen: Vec<Option<Locating>> = readings.iter().flatten().map(|r| foresee(atlas, r)).collect();
            let compiled: Vec<Vec<Compiled>> = readings.iter().flatten().map(compiled_parts).collect();
            Ok((readings, foreseen, compiled))
        })
        .await?
    };
    let (readings, foreseen, compiled) = match read {
        (Ok(readings), foreseen, compiled) => (readings, foreseen, compiled),
        (Err(refusal), ..) => return Ok(Json(left(&name, &refusal))),
    };
    may_take(&app, &staff, &readings).await?;
    let author = staff.author(None);
    let (mut reports, mut revisions) = (Vec::new(), Vec::new());
    for (reading, compiled) in readings.iter().zip(&compiled) {
        let mut report = report_of(name.clone(), reading);
        let (dataset, batch, findings) = (&reading.dataset, &reading.batch, &reading.findings.list);
        let delivery = Delivery { dataset, sha256: &sha256, file: &name, batch, compiled, findings };
        let outcome = match asked.commit {
            true => app.store.deliver(delivery, &author).await?,
            false => app.store.preview(delivery, &author).await?,
        };
        revisions.extend(outcome.revision);
        report.outcome = Some(outcome);
        reports.push(report);
    }
    let located = if asked.commit { Some(settled(&app, &readings, &said, &author).await?) } else { None };
    Ok(Json(answer(
        &reports,
        &foreseen,
        json!({ "committed": asked.commit, "revision": now, "revisions": revisions, "located": located }),
    )))
}

/// After a commit: the columns are remembered, the addresses looked up.
async fn settled(app: &App, readings: &[Reading], said: &BTreeMap<String, String>, author: &Author) -> Result<Locating, Problem> {
    for reading in readings.iter().filter(|_| !said.is_empty()) {
        let headings: Vec<&String> = reading.findings.columns.iter().map(|c| &c.0).collect();
        app.store.save_mapping(&json!(headings).to_string(), said, author).await?;
    }
    let located = locate(app.store.as_ref(), &app.data, author).await?;
    app.written.notify_one();
    Ok(located)
}

/// Streets and timetables take minutes and a progress bar.
fn read_with(
    path: &std::path::Path,
    content: &[u8],
    mappings: ingest::Mappings,
    said: &BTreeMap<String, String>,
) -> Result<Vec<Reading>, Refusal> {
    let hints = Hints { today: today(), mappings };
    let first = ingest::read_bytes(path, content, &hints);
    let headings = match &first {
        Ok(readings) => readings.iter().map(|r| r.findings.columns.iter().map(|c| c.0.clone()).collect()).collect(),
        Err(refusal) => vec![refusal.headings.clone()],
    };
    let readings = if said.is_empty() {
        first?
    } else {
        let told = headings.iter().map(|h: &Vec<String>| (json!(h).to_string(), said.clone()));
        ingest::read_bytes(path, content, &Hints { mappings: hints.mappings.into_iter().chain(told).collect(), ..hints })?
    };
    if readings.iter().any(|r| r.batch.osm.is_some()) {
        let message = "道路のファイルは、サーバーで kayoi import を使って取り込んでください。";
        return Err(Refusal::new("command_line", message));
    }
    Ok(readings)
}

/// A coordinator of named areas brings lists of places in them, and no list that somebody else keeps elsewhere.
async fn may_take(app: &App, staff: &Staff, readings: &[Reading]) -> Result<(), Problem> {
    if staff.account().role > Role::Coordinator || staff.account().areas.is_empty() {
        return Ok(());
    }
    let (atlas, desk): (Arc<Atlas>, _) = (app.atlas.load_full(), app.desk().await?);
    for reading in readings {
        let only_places = reading.batch.places.len() == reading.batch.len();
        if !only_places {
            staff.needs(Role::Planner)?;
        }
        reading.batch.places.iter().try_for_each(|p| staff.keeps(&atlas, p.point))?;
        if let Some(known) = app.store.dataset(&reading.dataset.key).await? {
            desk.records.iter().filter(|f| f.dataset == known.id).try_for_each(|f| staff.keeps(&atlas, f.place.point))?;
        }
    }
    Ok(())
}

fn answer(reports: &[FileReport], foreseen: &[Option<Locating>], more: Value) -> Value {
    let mut answer = more;
    answer["reports"] = json!(reports);
    answer["addresses"] = json!(foreseen);
    answer["fields"] = json!(ingest::fields());
    answer
}

/// A file that could not be read: what it says, and its headings for a person to explain.
fn left(name: &str, refusal: &Refusal) -> Value {
    let report = refused(name.to_owned(), refusal.code, &refusal.message);
    answer(&[report], &[], json!({ "committed": false, "headings": refusal.headings }))
}

/// The last part of a path: a browser may send one, and it names a dataset.
fn file_name(text: &str) -> Result<String, Problem> {
    let name = text.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    if name.is_empty() || name.chars().count() > 200 || name.chars().any(char::is_control) {
        return Err(Problem::bad_request("bad_name", "ファイルの名前を付けてください。/ A file name is needed."));
    }
    Ok(name.to_owned())
}

fn said_columns(text: Option<&str>) -> Result<BTreeMap<String, String>, Problem> {
    let unreadable = |_| Problem::bad_request("bad_columns", "列の意味（columns）を読めません。/ Unreadable columns.");
    text.map_or(Ok(BTreeMap::new()), |t| serde_json::from_str(t).map_err(unreadable))
}
