//! When services meet: the next dates of one, and iCalendar feeds of a service and of the services of a district.

use super::answers::{Asked, Asking};
use super::problem::Problem;
use super::work::compute;
use crate::app::{App, now, today};
use crate::atlas::Atlas;
use crate::model::{Day, PublicService, Schedule, Status, clock};
use crate::present::ical::{Meeting, calendar};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::sync::Arc;

/// How far ahead a calendar reaches, days.
const AHEAD: i32 = 120;
/// Dates listed at once.
const LISTED: usize = 20;

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

/// Meetings from a day on; none while a service is paused. Nothing where its days are not known.
fn meetings(s: &PublicService, from: Day) -> Result<Vec<Meeting<'_>>, &'static str> {
    if s.status != Status::Active {
        return Ok(Vec::new());
    }
    let words = s.schedule.as_deref().ok_or("開催日の記載がありません")?;
    let schedule = Schedule::from_words(words).map_err(|e| e.ja())?;
    let of_day = |day: Day| -> Vec<Meeting<'_>> {
        if !schedule.is_timed() {
            return vec![Meeting { service: s, day, hours: None }];
        }
        schedule.on(day).into_iter().map(|hours| Meeting { service: s, day, hours: Some(hours) }).collect()
    };
    Ok(schedule.days(from, from.plus(AHEAD)).flat_map(of_day).collect())
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
        let (list, unclear) = match meetings(&s, today()) {
            Ok(all) => (all.iter().take(LISTED).map(date).collect(), None),
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
        let all = meetings(&s, today()).map_err(unclear)?;
        Ok(file(calendar(&s.name, &all, &now())))
    })
    .await
}

/// `/api/areas/{id}/calendar.ics`: the services of some kinds that stand in a district.
pub async fn of_area(State(app): State<Arc<App>>, Path(id): Path<String>, asked: Asked) -> Answer {
    let asked = Asking::of(asked)?;
    let nowhere = || Problem::missing("その区域はありません。/ No such area.");
    let id: i64 = id.parse().map_err(|_| nowhere())?;
    compute(&app, move |atlas| {
        let kinds = asked.question(atlas)?.kinds;
        let (index, area) = atlas.areas.values().find_map(|i| Some((i, i.find(id)?))).ok_or_else(nowhere)?;
        let wanted = |s: &&PublicService| if kinds.is_empty() { s.kind.kind().walk } else { kinds.contains(&s.kind) };
        let inside = atlas.sites.all.iter().filter(|s| index.contains(area, s.point)).map(|s| &s.service).filter(wanted);
        // those whose days are not known cannot be in a calendar; the list of the district shows them
        let mut all: Vec<Meeting> = inside.flat_map(|s| meetings(s, today()).unwrap_or_default()).collect();
        all.sort_by_key(|m| (m.day, m.hours, m.service.id));
        Ok(file(calendar(&index.areas[area as usize].name, &all, &now())))
    })
    .await
}
