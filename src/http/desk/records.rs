//! `/api/desk/records`: the records one by one. An edit names the version its author saw (`If-Match`); of two people who change one
//! record the second gets both versions and their merge, and nothing is overwritten.

use super::forms;
use super::gate::Staff;
use super::{Sent, read};
use crate::app::{App, locate_one, today};
use crate::http::problem::{Problem, Queried, asked, no_area};
use crate::http::work::compute;
use crate::model::{Entry, Field, Place, Role, Service, Status, Visibility, faults, kind_by_code, merge_places, policy, tidy};
use crate::store::{Edit, Edited};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A record as somebody wants it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    place: Place,
    /// Why it changes, if they say so.
    #[serde(default)]
    why: Option<String>,
}

/// Why a record goes.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Reason {
    why: Option<String>,
}

/// What somebody made sure of.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Confirmed {
    /// The service, by its register id; every service of the place if none is named.
    service: Option<i64>,
    /// The fields; the whole service if none is named.
    fields: BTreeSet<Field>,
    why: Option<String>,
}

/// Two records that are one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Merging {
    /// The place that goes, and the version seen of it.
    gone: i64,
    gone_version: i64,
    /// The record of the place that stays, services of both in it.
    place: Place,
    #[serde(default)]
    why: Option<String>,
}

/// Services that are somewhere else.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Splitting {
    /// The services that leave, by register id.
    services: BTreeSet<i64>,
    /// Where they go: a new place without services.
    place: Place,
    #[serde(default)]
    why: Option<String>,
}

/// `GET /api/desk/records/{id}`.
pub async fn one(State(app): State<Arc<App>>, staff: Staff, Path(id): Path<i64>) -> Result<Response, Problem> {
    let entry = known(&app, &staff, id).await?;
    shown(&staff, &app, &entry, StatusCode::OK).await
}

/// `POST /api/desk/records`: a new one.
pub async fn create(State(app): State<Arc<App>>, staff: Staff, sent: Sent<Written>) -> Result<Response, Problem> {
    let Written { place, why } = read(sent)?;
    let place = sound(place, &[])?;
    staff.keeps(&app.atlas.load(), place.point)?;
    let summary = format!("「{}」を登録しました", title(&place));
    let edit = Edit { place: 0, version: 0, after: Some(place), merged_into: None };
    let places = keep(&app, &staff, &[edit], &summary, why).await?;
    finish(&app, &staff, places.first().copied().unwrap_or_default(), StatusCode::CREATED).await
}

/// `PUT /api/desk/records/{id}`: the record as it shall be; moving, pausing and ending a service are edits like others.
pub async fn put(
    State(app): State<Arc<App>>,
    staff: Staff,
    Path(id): Path<i64>,
    headers: HeaderMap,
    sent: Sent<Written>,
) -> Result<Response, Problem> {
    let (seen, Written { place, why }) = (version(&headers)?, read(sent)?);
    let (before, base) = (known(&app, &staff, id).await?, app.store.entry_at(id, seen).await?);
    staff.keeps(&app.atlas.load(), before.place.point)?;
    let mut after = place;
    staff.restores(&base.as_ref().unwrap_or(&before).place, &mut after);
    let after = sound(after, &[&before.place])?;
    staff.keeps(&app.atlas.load(), after.point)?;
    if before.version != seen {
        return Err(conflict(&staff, base.as_ref(), &after, &before));
    }
    let summary = format!("「{}」を直しました", title(&after));
    let edit = Edit { place: id, version: seen, after: Some(after.clone()), merged_into: None };
    match keep(&app, &staff, &[edit], &summary, why).await {
        Ok(_) => finish(&app, &staff, id, StatusCode::OK).await,
        // somebody was quicker between our look and our write
        Err(e) => match known(&app, &staff, id).await? {
            now if now.version != seen => Err(conflict(&staff, base.as_ref(), &after, &now)),
            _ => Err(e),
        },
    }
}

/// `POST /api/desk/records/{id}/confirm`: 確認しました, in one tap. It counts for the version that was seen.
pub async fn confirm(
    State(app): State<Arc<App>>,
    staff: Staff,
    Path(id): Path<i64>,
    headers: HeaderMap,
    sent: Sent<Confirmed>,
) -> Result<Response, Problem> {
    let (seen, Confirmed { service, fields, why }) = (version(&headers)?, read(sent)?);
    let before = known(&app, &staff, id).await?;
    staff.keeps(&app.atlas.load(), before.place.point)?;
    let (mut after, day) = (before.place.clone(), today().to_string());
    let mut found = false;
    for s in after.services.iter_mut().filter(|s| service.is_none_or(|id| s.id == id)) {
        found = true;
        if fields.is_empty() {
            s.verified_on = Some(day.clone());
            s.verified.clear();
        } else {
            s.verified.extend(fields.iter().map(|f| (*f, day.clone())));
        }
    }
    if !found {
        return Err(Problem::missing("そのサービスはこの場所にありません。/ No such service here."));
    }
    let summary = format!("「{}」を確認しました", title(&after));
    let edit = Edit { place: id, version: seen, after: Some(after), merged_into: None };
    keep(&app, &staff, &[edit], &summary, why).await?;
    finish(&app, &staff, id, StatusCode::OK).await
}

/// `DELETE /api/desk/records/{id}`: the record goes; the history keeps it.
pub async fn retire(
    State(app): State<Arc<App>>,
    staff: Staff,
    Path(id): Path<i64>,
    headers: HeaderMap,
    sent: Sent<Reason>,
) -> Result<StatusCode, Problem> {
    let (seen, Reason { why }) = (version(&headers)?, read(sent)?);
    let before = known(&app, &staff, id).await?;
    staff.keeps(&app.atlas.load(), before.place.point)?;
    if staff.sees(&before.place).services.len() < before.place.services.len() {
        return Err(Problem::forbidden(
            "not_allowed",
            "この場所には、あなたに見えない記録があります。管理の方に頼んでください。/ Not allowed.",
        ));
    }
    let edit = Edit { place: id, version: seen, after: None, merged_into: None };
    keep(&app, &staff, &[edit], &format!("「{}」を終了にしました", title(&before.place)), why).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /api/desk/records/{id}/merge`: another place becomes part of this one.
pub async fn merge(
    State(app): State<Arc<App>>,
    staff: Staff,
    Path(id): Path<i64>,
    headers: HeaderMap,
    sent: Sent<Merging>,
) -> Result<Response, Problem> {
    let (seen, m) = (version(&headers)?, read(sent)?);
    if m.gone == id {
        return Err(Problem::bad_request(
            "same_record",
            "同じ記録どうしは統合できません。/ A record cannot be merged with itself.",
        ));
    }
    let (stays, goes) = (known(&app, &staff, id).await?, known(&app, &staff, m.gone).await?);
    for e in [&stays, &goes] {
        staff.keeps(&app.atlas.load(), e.place.point)?;
    }
    let mut after = m.place;
    staff.restores(&stays.place, &mut after);
    staff.restores(&goes.place, &mut after);
    let after = sound(after, &[&stays.place, &goes.place])?;
    let summary = format!("「{}」に「{}」を統合しました", title(&after), title(&goes.place));
    let edits = [
        Edit { place: id, version: seen, after: Some(after), merged_into: None },
        Edit { place: m.gone, version: m.gone_version, after: None, merged_into: Some(id) },
    ];
    keep(&app, &staff, &edits, &summary, m.why).await?;
    finish(&app, &staff, id, StatusCode::OK).await
}

/// `POST /api/desk/records/{id}/split`: some services of this place are somewhere else.
pub async fn split(
    State(app): State<Arc<App>>,
    staff: Staff,
    Path(id): Path<i64>,
    headers: HeaderMap,
    sent: Sent<Splitting>,
) -> Result<Response, Problem> {
    let (seen, s) = (version(&headers)?, read(sent)?);
    let before = known(&app, &staff, id).await?;
    staff.keeps(&app.atlas.load(), before.place.point)?;
    let mut stays = before.place.clone();
    let (leave, rest): (Vec<_>, Vec<_>) = stays.services.into_iter().partition(|x| s.services.contains(&x.id));
    if leave.is_empty() || leave.len() != s.services.len() {
        return Err(Problem::bad_request(
            "no_services",
            "分けるサービスを、この場所から選んでください。/ Choose services of this place.",
        ));
    }
    stays.services = rest;
    let own = sound(Place { services: leave, ..s.place }, &[&before.place])?;
    staff.keeps(&app.atlas.load(), own.point)?;
    let summary = format!("「{}」から「{}」を分けました", title(&stays), title(&own));
    let edits = [
        Edit { place: id, version: seen, after: Some(stays), merged_into: None },
        Edit { place: 0, version: 0, after: Some(own), merged_into: None },
    ];
    let places = keep(&app, &staff, &edits, &summary, s.why).await?;
    finish(&app, &staff, places.get(1).copied().unwrap_or(id), StatusCode::CREATED).await
}

/// `POST /api/desk/records/{id}/apart/{other}`: they look alike and are not one.
pub async fn apart(
    State(app): State<Arc<App>>,
    staff: Staff,
    Path((id, other)): Path<(i64, i64)>,
) -> Result<StatusCode, Problem> {
    for id in [id, other] {
        staff.keeps(&app.atlas.load(), known(&app, &staff, id).await?.place.point)?;
    }
    app.store.keep_apart(id, other, &staff.author(None)).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn known(app: &App, staff: &Staff, id: i64) -> Result<Entry, Problem> {
    let gone = |e: &Entry| {
        let words = match e.merged_into {
            Some(into) => format!("この記録は {into} 番に統合されました。/ Merged into {into}."),
            None => "この記録は終了しました。履歴から戻せます。/ This record has ended.".into(),
        };
        Problem::new(StatusCode::GONE, "gone", words).with("merged_into", json!(e.merged_into))
    };
    let entry = app.store.entry(id).await?.filter(|e| staff.knows(&e.place));
    let entry = entry.ok_or_else(|| Problem::missing("その記録はありません。/ No such record."))?;
    if entry.retired.is_some() { Err(gone(&entry)) } else { Ok(entry) }
}

/// The version somebody saw, from `If-Match`.
fn version(headers: &HeaderMap) -> Result<i64, Problem> {
    let needed = || {
        let detail = "どの版を見て直したか（If-Match）を付けてください。/ Say which version you saw (If-Match).";
        Problem::new(StatusCode::PRECONDITION_REQUIRED, "no_version", detail)
    };
    let text = headers.get(header::IF_MATCH).and_then(|v| v.to_str().ok()).ok_or_else(needed)?;
    text.trim().trim_matches('"').parse().map_err(|_| needed())
}

/// A record as it is kept, or what is wrong with it. Register ids of services are those of the places named, or none.
fn sound(mut place: Place, of: &[&Place]) -> Result<Place, Problem> {
    tidy(&mut place);
    if place.name.is_empty() {
        place.name = place.services.first().map(|s| s.name.clone()).unwrap_or_default();
    }
    let ours: BTreeSet<i64> = of.iter().flat_map(|p| &p.services).map(|s| s.id).collect();
    let mut keys: BTreeSet<String> = place.services.iter().filter(|s| s.id != 0).map(|s| s.key.clone()).collect();
    for s in &mut place.services {
        if s.id != 0 && !ours.contains(&s.id) {
            let detail = "ほかの場所のサービスが入っています。統合を使ってください。/ A service of another place; use merge.";
            return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "foreign_service", detail));
        }
        if s.id == 0 {
            // new here: a key nothing else at this place has
            let fresh = (1..).map(|n| format!("office-{n}")).find(|k| !keys.contains(k)).unwrap_or_default();
            keys.insert(fresh.clone());
            s.key = fresh;
        }
    }
    let wrong = faults(&place, today());
    if wrong.is_empty() {
        return Ok(place);
    }
    let detail = wrong.iter().map(|f| f.ja.as_str()).collect::<Vec<_>>().join(" ");
    Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "faults", detail).with("faults", json!(wrong)))
}

/// What a record is called in the history, which everybody at the desk reads.
fn title(place: &Place) -> String {
    let open: Vec<&Service> = place.services.iter().filter(|s| s.visibility != Visibility::Internal).collect();
    match open.as_slice() {
        [] if !place.services.is_empty() => "内部の記録".to_owned(),
        [one] => one.name.clone(),
        _ => place.name.clone(),
    }
}

async fn keep(app: &App, staff: &Staff, edits: &[Edit], summary: &str, why: Option<String>) -> Result<Vec<i64>, Problem> {
    match app.store.edit(edits, summary, &staff.author(why)).await? {
        Edited::Done { places, .. } => {
            app.written.notify_one();
            Ok(places)
        }
        Edited::Same => Ok(edits.iter().map(|e| e.place).collect()),
        Edited::Stale(now) => Err(stale().with("version", json!(now.version)).with("place", json!(staff.sees(&now.place)))),
    }
}

fn stale() -> Problem {
    let detail = "ほかの人が先にこの記録を直しました。見直してから、もう一度保存してください。/ Somebody else changed this record meanwhile.";
    Problem::new(StatusCode::PRECONDITION_FAILED, "stale", detail)
}

/// Both versions and what they were before, brought together as far as they do not contradict each other.
fn conflict(staff: &Staff, base: Option<&Entry>, mine: &Place, theirs: &Entry) -> Problem {
    let base = base.map_or(&theirs.place, |b| &b.place);
    let (base, mine, other) = (staff.sees(base), staff.sees(mine), staff.sees(&theirs.place));
    let (merged, conflicts) = merge_places(&base, &mine, &other);
    let both = json!({ "base": base, "mine": mine, "theirs": other, "merged": merged, "conflicts": conflicts });
    stale().with("version", json!(theirs.version)).with("merge", both)
}

/// The record after a change, its address looked up.
async fn finish(app: &App, staff: &Staff, id: i64, status: StatusCode) -> Result<Response, Problem> {
    let entry = known(app, staff, id).await?;
    if entry.place.point.is_some() {
        return shown(staff, app, &entry, status).await;
    }
    let atlas = app.atlas.load_full();
    locate_one(app.store.as_ref(), &atlas, &entry.place, &staff.author(None)).await?;
    app.written.notify_one();
    shown(staff, app, &known(app, staff, id).await?, status).await
}

async fn shown(staff: &Staff, app: &App, entry: &Entry, status: StatusCode) -> Result<Response, Problem> {
    let doubts = app.store.doubts().await?;
    let mut response = (status, Json(forms::entry(staff, &app.atlas.load(), entry, &doubts))).into_response();
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{}\"", entry.version)) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    Ok(response)
}

/// What the desk's table asks.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    q: String,
    kind: Option<String>,
    status: Option<Status>,
    area: Option<i64>,
    /// `unlocated`, `staff`, `home`.
    only: Option<String>,
    offset: usize,
    limit: Option<usize>,
}

/// `GET /api/desk/records`: the table of the desk, found by words, filtered, page by page.
pub async fn list(State(app): State<Arc<App>>, staff: Staff, wanted: Queried<Wanted>) -> Result<Json<Value>, Problem> {
    let wanted = asked(wanted)?;
    staff.needs(Role::Viewer)?;
    let desk = app.desk().await?;
    compute(&app, move |atlas| {
        let order: Vec<usize> = match wanted.q.trim() {
            "" => (0..desk.records.len()).collect(),
            text => desk.search(text).into_iter().map(|f| f.index).collect(),
        };
        let area = wanted.area.map(|id| atlas.area(id));
        let area = match area {
            Some(None) => return Err(no_area()),
            other => other.flatten(),
        };
        let inside = |p: &Place| area.is_none_or(|(index, a)| p.point.is_some_and(|p| index.contains(a, p)));
        let kind = wanted.kind.as_deref().map(kind_by_code);
        if kind == Some(None) {
            return Err(Problem::bad_request("unknown_kind", "その種別はありません。/ Unknown kind."));
        }
        let (kind, only) = (kind.flatten(), wanted.only.as_deref());
        let fits = |p: &Place, s: Option<&Service>| {
            let special = match only {
                Some("unlocated") => p.certain_point().is_none(),
                Some("staff") => s.is_some_and(|s| s.visibility != Visibility::Public),
                Some("home") => p.home,
                _ => true,
            };
            let of_kind = kind.is_none_or(|k| s.is_some_and(|s| s.kind == k));
            special && of_kind && wanted.status.is_none_or(|w| s.is_some_and(|s| s.status == w))
        };
        let near = order.iter().map(|i| &desk.records[*i]).filter(|f| inside(&f.place));
        let fit: Vec<forms::Line> =
            near.flat_map(|f| forms::lines(&staff, f)).filter(|l| fits(&l.filed.place, l.service)).collect();
        let shown = fit.iter().skip(wanted.offset).take(wanted.limit.unwrap_or(100).min(policy().limits.most_records));
        let rows: Vec<Value> = shown.map(|line| forms::row(atlas, line)).collect();
        Ok(Json(json!({ "revision": desk.revision, "total": fit.len(), "offset": wanted.offset, "rows": rows })))
    })
    .await
}
