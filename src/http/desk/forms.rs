//! The forms in which staff see records. Each takes the [`Staff`] who looks: what their role may not see is left out, and what they
//! could not see is put back when they save.

use super::gate::Staff;
use crate::app::today;
use crate::atlas::Atlas;
use crate::model::{AreaType, Entry, Filed, LonLat, PastChange, Place, Role, Schedule, Service, Visibility, schedule_reading};
use crate::store::Doubt;
use serde_json::{Value, json};

/// Dates shown of a schedule, so that a person sees whether it was understood.
const NEXT_DATES: usize = 3;
/// How far ahead they are looked for, days.
const AHEAD: i32 = 62;

impl Staff {
    /// A place as this person may see it.
    pub fn sees(&self, place: &Place) -> Place {
        let mut seen = place.clone();
        seen.services.retain(|s| self.sees_service(s));
        if self.account().role < Role::Coordinator {
            seen.services.iter_mut().for_each(|s| s.internal = None);
        }
        seen
    }

    /// Whether this person knows of a place at all.
    pub fn knows(&self, place: &Place) -> bool {
        place.services.is_empty() || place.services.iter().any(|s| self.sees_service(s))
    }

    fn sees_service(&self, s: &Service) -> bool {
        s.visibility != Visibility::Internal || self.account().role >= Role::Planner
    }

    /// Puts back what this person could not see when they wrote the record.
    pub fn restores(&self, before: &Place, after: &mut Place) {
        after.services.extend(before.services.iter().filter(|s| !self.sees_service(s)).cloned());
        if self.account().role < Role::Coordinator {
            for s in &mut after.services {
                s.internal = before.services.iter().find(|b| b.id == s.id).and_then(|b| b.internal.clone());
            }
        }
    }
}

/// A line of the desk's table: a service at its place, or a place without any.
pub struct Line<'a> {
    /// The record.
    pub filed: &'a Filed,
    /// The service.
    pub service: Option<&'a Service>,
}

/// The lines of a record this person may see.
pub fn lines<'a>(staff: &Staff, filed: &'a Filed) -> Vec<Line<'a>> {
    let services = &filed.place.services;
    if services.is_empty() {
        return vec![Line { filed, service: None }];
    }
    services.iter().filter(|s| staff.sees_service(s)).map(|s| Line { filed, service: Some(s) }).collect()
}

/// A line as the table shows it.
pub fn row(atlas: &Atlas, line: &Line) -> Value {
    let (place, version) = (&line.filed.place, line.filed.version);
    let mut row = json!({
        "place": place.id, "version": version, "venue": place.name, "address": place.address, "level": place.level,
        "level_ja": place.level.ja(), "located": place.certain_point().is_some(), "point": place.certain_point().map(|p| [p.lon, p.lat]), "home": place.home,
        "district": district(atlas, place.point),
    });
    if let (Some(s), Value::Object(fields)) = (line.service, &mut row) {
        let of_service = json!({
            "service": s.id, "name": s.name, "kind": s.kind, "kind_ja": s.kind.kind().short, "status": s.status,
            "status_ja": s.status.ja(), "schedule": s.schedule_text, "phone": s.phone, "verified_on": s.verified_on,
            "visibility": s.visibility,
        });
        fields.extend(of_service.as_object().cloned().unwrap_or_default());
    }
    row
}

/// The school district a position is in; the smallest area there is, if none.
pub fn district(atlas: &Atlas, point: Option<LonLat>) -> Option<String> {
    let p = point?;
    let of =
        |t: AreaType| atlas.areas.get(&t).and_then(|index| index.at(p).first().map(|i| index.areas[*i as usize].name.clone()));
    of(AreaType::ElementaryDistrict).or_else(|| AreaType::ALL.into_iter().find_map(of))
}

/// A record to work on: the place, its version, how its days and its address are understood.
pub fn entry(staff: &Staff, atlas: &Atlas, e: &Entry, doubts: &[Doubt]) -> Value {
    let place = staff.sees(&e.place);
    let dataset = atlas.datasets.iter().find(|d| d.id == e.dataset);
    json!({
        "version": e.version,
        "dataset": dataset.map(|d| &d.dataset.title),
        "edited": e.source.is_some(),
        "listed": e.source.as_ref().map(|p| staff.sees(p)),
        "located_by_address": e.located_by.is_some(),
        "merged_into": e.merged_into,
        "retired": e.retired,
        "district": district(atlas, place.point),
        "schedules": place.services.iter().map(understood).collect::<Vec<_>>(),
        "candidates": candidates(atlas, &place),
        "doubts": doubts.iter().filter(|d| d.place == place.id).collect::<Vec<_>>(),
        "place": place,
    })
}

/// How the days of a service are understood.
pub fn understood(s: &Service) -> Value {
    match schedule_reading(s) {
        None => json!({ "key": s.key, "said": false }),
        Some(Err(why)) => json!({ "key": s.key, "said": true, "unclear": why }),
        Some(Ok(schedule)) => json!({ "key": s.key, "said": true, "hours": schedule.text(), "next": next_dates(&schedule) }),
    }
}

fn next_dates(schedule: &Schedule) -> Vec<String> {
    let from = today();
    let words = |d: crate::model::Day| format!("{}({})", d.date().strftime("%-m/%-d"), d.weekday_ja());
    schedule.days(from, from.plus(AHEAD)).take(NEXT_DATES).map(words).collect()
}

/// Where the address of a place without a certain position may be.
fn candidates(atlas: &Atlas, place: &Place) -> Vec<Value> {
    let (Some(g), Some(address), None) = (&atlas.gazetteer, place.address.as_deref(), place.certain_point()) else {
        return Vec::new();
    };
    let words = |l: &crate::atlas::Located| json!({ "point": [l.point.lon, l.point.lat], "address": l.address, "level": l.level, "level_ja": l.level.ja() });
    g.find(address).candidates().iter().map(words).collect()
}

/// A change as the history tells it: who, when, why, and each field before and after.
pub fn change(staff: &Staff, past: &PastChange) -> Value {
    let (before, after) = (past.before.as_ref().map(|e| staff.sees(&e.place)), past.after.as_ref().map(|e| staff.sees(&e.place)));
    let fields = match (&before, &after) {
        (Some(b), Some(a)) => differences("", &json!(b), &json!(a)),
        _ => Vec::new(),
    };
    let what = match (&before, &after) {
        (None, _) => "登録",
        (_, None) => "終了・統合",
        _ => "変更",
    };
    json!({ "revision": past.revision, "what": what, "fields": fields })
}

/// Fields that differ, by path; services by their keys.
fn differences(path: &str, before: &Value, after: &Value) -> Vec<Value> {
    if before == after {
        return Vec::new();
    }
    let by_key = |list: &[Value]| -> serde_json::Map<String, Value> {
        list.iter().map(|s| (s["key"].as_str().unwrap_or_default().to_owned(), s.clone())).collect()
    };
    match (before, after) {
        (Value::Array(b), Value::Array(a)) if path == "services" => differences_of("サービス", &by_key(b), &by_key(a)),
        (Value::Object(b), Value::Object(a)) if path != "point" => differences_of(path, b, a),
        _ => vec![json!({ "path": path, "before": before, "after": after })],
    }
}

fn differences_of(path: &str, before: &serde_json::Map<String, Value>, after: &serde_json::Map<String, Value>) -> Vec<Value> {
    let names = before.keys().chain(after.keys().filter(|k| !before.contains_key(*k)));
    let inner = |name: &String| if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
    let at = |o: &serde_json::Map<String, Value>, name: &String| o.get(name).cloned().unwrap_or(Value::Null);
    names.flat_map(|name| differences(&inner(name), &at(before, name), &at(after, name))).collect()
}
