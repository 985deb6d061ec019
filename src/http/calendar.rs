//! When services meet: the next dates of one, and iCalendar feeds of a service and of the services of a district.

use super::answers::{Asked, Asking};
use super::problem::{Problem, Queried, area_id, asked, no_area};
use super::work::compute;
use crate::app::{App, now, today};
use crate::atlas::Atlas;
use crate::measure::{Meeting, meetings, month as month_of};
use crate::model::{Day, KindId, PublicService, Status, clock, holiday, kind_by_code, policy};
use crate::present::ical::calendar;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

type Answer = Result<Response, Problem>;

fn missing() -> Problem {
    Problem::missing("そのサービスはありません。/ No such service.")
}

/// Any public service, located or not.
fn service(atlas: &Atlas, id: &str) -> Result<PublicService, Problem> {
    let id: i64 = id.parse().map_err(|_| missing())?;
    let found = atlas.sites.services().find(|s| s.id == id && s.status != Status::Ended);
    found.cloned().ok_or_else(missing)
}

/// `/api/services/{id}/dates`: the next dates in words, or why they are not known.
pub async fn dates(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<Json<Value>, Problem> {
    compute(&app, move |atlas| {
        let s = service(atlas, &id)?;
        let date = |m: &Meeting| {
            let hours = m.hours.map(|(a, b)| format!(" {}～{}", clock(a), clock(b))).unwrap_or_default();
            let day = m.day.date().strftime("%-m/%-d");
            json!({
                "date": m.day.to_string(), "from": m.hours.map(|h| clock(h.0)), "to": m.hours.map(|h| clock(h.1)),
                "ja": format!("{day}({}){hours}", m.day.weekday_ja()),
            })
        };
        let (list, unclear) = match meetings(&s, today(), today().plus(policy().calendar.ahead_days)) {
            Ok(all) => (all.iter().take(policy().calendar.listed).map(date).collect(), None),
            Err(why) => (Vec::new(), Some(why)),
        };
        Ok(Json(json!({ "service": s, "dates": list, "unclear": unclear, "paused": s.status == Status::Paused })))
    })
    .await
}

fn file(text: String) -> Response {
    ([(header::CONTENT_TYPE, "text/calendar; charset=utf-8")], text).into_response()
}

/// `/api/services/{id}/calendar.ics`.
pub async fn of_service(State(app): State<Arc<App>>, Path(id): Path<String>) -> Answer {
    compute(&app, move |atlas| {
        let s = service(atlas, &id)?;
        let unclear =
            |why: &str| Problem::missing(format!("開催日が分かりません（{why}）。電話で確かめてください。/ Dates unknown."));
        let all = meetings(&s, today(), today().plus(policy().calendar.ahead_days)).map_err(unclear)?;
        Ok(file(calendar(&s.name, &all, &now())))
    })
    .await
}

/// The public services of a district that are wanted, and its name.
fn inside<'a>(atlas: &'a Atlas, id: &str, wanted: impl Fn(KindId) -> bool) -> Result<(&'a str, Vec<&'a PublicService>), Problem> {
    let (index, area) = atlas.area(area_id(id)?).ok_or_else(no_area)?;
    let services = atlas.standing(index, area).map(|s| &s.service).filter(|s| wanted(s.kind));
    Ok((&index.areas[area as usize].name, services.collect()))
}

/// `/api/areas/{id}/calendar.ics`: the services of some kinds that stand in a district.
pub async fn of_area(State(app): State<Arc<App>>, Path(id): Path<String>, asked: Asked) -> Answer {
    let asked = Asking::of(asked)?;
    compute(&app, move |atlas| {
        let kinds = asked.question(atlas)?.kinds;
        let (name, services) = inside(atlas, &id, |k| if kinds.is_empty() { k.kind().walk } else { kinds.contains(&k) })?;
        // those whose days are not known cannot be in a calendar; the list of the district shows them
        let (from, to) = (today(), today().plus(policy().calendar.ahead_days));
        let mut all: Vec<Meeting> = services.into_iter().flat_map(|s| meetings(s, from, to).unwrap_or_default()).collect();
        all.sort_by_key(|m| (m.day, m.hours, m.service.id));
        Ok(file(calendar(name, &all, &now())))
    })
    .await
}

/// Which month.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Month {
    /// `YYYY-MM`; this month if none is named.
    month: Option<String>,
    kind: Option<String>,
}

/// `/api/areas/{id}/month?month=2026-12&kind=…`: what meets in a district, day by day, and whose days are not known.
pub async fn month(State(app): State<Arc<App>>, Path(id): Path<String>, query: Queried<Month>) -> Result<Json<Value>, Problem> {
    let query = asked(query)?;
    let unreadable = || Problem::bad_request("bad_month", "月は 2026-12 のように書いてください。/ Write the month as 2026-12.");
    let first = match query.month.as_deref() {
        None | Some("") => today().first_of_month(),
        Some(m) => Day::month(m).ok_or_else(unreadable)?,
    };
    let codes = query.kind.unwrap_or_default();
    let unknown = || Problem::bad_request("unknown_kind", "その種別はありません。/ Unknown kind.");
    let codes = codes.split(',').filter(|c| !c.is_empty());
    let kinds: Vec<KindId> = codes.map(|c| kind_by_code(c).ok_or_else(unknown)).collect::<Result<_, _>>()?;
    compute(&app, move |atlas| {
        let tells = |k| if kinds.is_empty() { policy().calendar.tells(k) } else { kinds.contains(&k) };
        let (name, services) = inside(atlas, &id, tells)?;
        let found = month_of(services.into_iter(), first);
        let meeting = |m: &Meeting| {
            let at = |i: usize| m.hours.map(|h| clock([h.0, h.1][i]));
            json!({ "id": m.service.id, "name": m.service.name, "venue": m.service.venue, "kind_ja": m.service.kind.kind().short, "from": at(0), "to": at(1) })
        };
        let days: Vec<Value> = (first.0..first.next_month().0)
            .map(Day)
            .map(|d| {
                let of_day: Vec<Value> = found.meetings.iter().filter(|m| m.day == d).map(meeting).collect();
                json!({ "date": d.to_string(), "weekday": d.weekday(), "weekday_ja": d.weekday_ja(), "holiday": holiday(d), "meetings": of_day })
            })
            .collect();
        let unclear = |(s, why): &(&PublicService, &str)| json!({ "id": s.id, "name": s.name, "schedule": s.schedule, "why": why });
        let unclear: Vec<Value> = found.unclear.iter().map(unclear).collect();
        Ok(Json(json!({ "area": name, "month": first.to_string()[..7], "days": days, "unclear": unclear })))
    })
    .await
}
