//! `/api/desk/queue`: what waits for a person today. Doubts of imports, places without a position, records that may be one, what
//! residents said, and what nobody has verified for a year: the most important first.

use super::forms;
use super::gate::Staff;
use crate::app::{App, Desk, today};
use crate::atlas::Atlas;
use crate::http::problem::{Problem, Queried, asked};
use crate::http::work::compute;
use crate::measure::{Known, Twins, fresh_areas, oldest_group, to_verify, twins};
use crate::model::{AreaType, Filed, Place, Role, Status, StoredDataset, Suggestion, policy};
use crate::store::Doubt;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Tasks of one sort shown at once.
const SHOWN: usize = 20;

/// What is asked.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// Only the records of an area.
    area: Option<i64>,
    /// Tasks of each sort to leave out at the beginning.
    offset: usize,
}

/// `GET /api/desk/queue`.
pub async fn queue(State(app): State<Arc<App>>, staff: Staff, query: Queried<Asked>) -> Result<Json<Value>, Problem> {
    staff.needs(Role::Viewer)?;
    let asked = asked(query)?;
    let (desk, doubts, apart) = (app.desk().await?, app.store.doubts().await?, app.store.apart().await?);
    let (suggestions, datasets) = (app.store.suggestions(true).await?, app.store.datasets().await?);
    compute(&app, move |atlas| {
        let view = View { staff: &staff, atlas, desk: &desk, asked: &asked };
        let mine: Vec<&Filed> = desk.records.iter().map(AsRef::as_ref).filter(|f: &&Filed| view.is_mine(&f.place)).collect();
        let kept = |d: &&StoredDataset| policy().verify.own_formats.contains(&d.dataset.format);
        let lists: BTreeSet<i64> = datasets.iter().filter(kept).map(|d| d.id).collect();
        let own: Vec<&Filed> = mine.iter().filter(|f| lists.contains(&f.dataset)).copied().collect();
        Ok(Json(json!({
            "revision": desk.revision,
            "records": mine.len(),
            "from_others": mine.len() - own.len(),
            "suggestion": view.suggestions(&suggestions),
            "doubtful": view.doubtful(&doubts),
            "unlocated": view.unlocated(&mine, &lists),
            "alike": view.alike(&mine, &lists, &apart),
            "verify": view.verify(&own),
            "people_ja": oldest_group(atlas).map(|g| g.ja()),
            "verify_days": policy().verify.days,
            "fresh": view.fresh(&own),
        })))
    })
    .await
}

struct View<'a> {
    staff: &'a Staff,
    atlas: &'a Atlas,
    desk: &'a Desk,
    asked: &'a Asked,
}

impl View<'_> {
    /// Theirs, and of the area asked about; what has no position is everybody's.
    fn is_mine(&self, place: &Place) -> bool {
        let inside = |id: i64| place.point.is_none_or(|p| self.atlas.lies_in(id, p));
        self.staff.knows(place) && self.asked.area.is_none_or(inside) && self.staff.covers(self.atlas, place.point)
    }

    /// How many there are, and those shown, told by `task`.
    fn some<T>(&self, all: &[T], task: impl Fn(&T) -> Value) -> Value {
        let shown: Vec<Value> = all.iter().skip(self.asked.offset).take(SHOWN).map(task).collect();
        json!({ "total": all.len(), "tasks": shown })
    }

    /// A record in a line.
    fn brief(&self, f: &Filed) -> Value {
        let seen = self.staff.sees(&f.place);
        let services: Vec<Value> = seen
            .services
            .iter()
            .map(|s| json!({ "id": s.id, "name": s.name, "kind_ja": s.kind.kind().short, "status_ja": s.status.ja(), "schedule": s.schedule_text, "phone": s.phone }))
            .collect();
        json!({
            "place": seen.id, "version": f.version, "name": seen.name, "address": seen.address, "services": services,
            "district": forms::district(self.atlas, seen.point),
        })
    }

    /// What imports were not sure of, by record, in the order they came.
    fn doubtful(&self, doubts: &[Doubt]) -> Value {
        let mut order = Vec::new();
        let mut of_place: BTreeMap<i64, Vec<&Doubt>> = BTreeMap::new();
        for d in doubts {
            let list = of_place.entry(d.place).or_default();
            if list.is_empty() {
                order.push(d.place);
            }
            list.push(d);
        }
        let mine: Vec<(&Filed, &Vec<&Doubt>)> = order
            .iter()
            .filter_map(|id| Some((self.desk.place(*id)?, of_place.get(id)?)))
            .filter(|(f, _)| self.is_mine(&f.place))
            .collect();
        self.some(&mine, |(f, doubts)| json!({ "record": self.brief(f), "doubts": doubts }))
    }

    /// Running services whose place nobody knows to the block, those of our own lists first.
    fn unlocated(&self, mine: &[&Filed], lists: &BTreeSet<i64>) -> Value {
        let lost = |f: &&Filed| f.place.certain_point().is_none() && f.place.services.iter().any(|s| s.status != Status::Ended);
        let mut all: Vec<&Filed> = mine.iter().copied().filter(lost).collect();
        all.sort_by_key(|f| !lists.contains(&f.dataset));
        self.some(&all, |f| json!({ "record": self.brief(f), "level_ja": f.place.level.ja() }))
    }

    /// Records that may be one, one of them at least of our own lists: that two lists of the state name one clinic is no news.
    fn alike(&self, mine: &[&Filed], lists: &BTreeSet<i64>, apart: &BTreeSet<(i64, i64)>) -> Value {
        let known: Vec<Known> = mine
            .iter()
            .flat_map(|f| {
                let point = f.place.certain_point();
                let running = f.place.services.iter().filter(|s| s.status != Status::Ended && s.kind.kind().walk);
                running.map(move |s| Known { id: s.id, kind: s.kind, name: &s.name, phone: s.phone.as_deref(), point })
            })
            .collect();
        let mut seen = BTreeSet::new();
        let pair = |t: Twins| {
            let [a, b] = [self.desk.of_service(t.ids[0])?, self.desk.of_service(t.ids[1])?];
            let ids = (a.place.id.min(b.place.id), a.place.id.max(b.place.id));
            // one official number in two lists is one service already
            let number = |f: &Filed, id: i64| f.place.services.iter().find(|s| s.id == id).and_then(|s| s.reference.clone());
            let same_number = number(a, t.ids[0]).is_some_and(|n| number(b, t.ids[1]) == Some(n));
            let ours = lists.contains(&a.dataset) || lists.contains(&b.dataset);
            let proposed = ours && ids.0 != ids.1 && !same_number && !apart.contains(&ids) && seen.insert(ids);
            proposed.then_some((a, b, t))
        };
        let all: Vec<(&Filed, &Filed, Twins)> = twins(&known).into_iter().filter_map(pair).collect();
        self.some(&all, |(a, b, t)| {
            json!({ "records": [self.brief(a), self.brief(b)], "why": t.alike.ja(), "metres": t.metres.map(f64::round) })
        })
    }

    /// What nobody made sure of for the policy's days.
    fn verify(&self, own: &[&Filed]) -> Value {
        self.some(&to_verify(self.atlas, own, today()), |t| {
            let record = self.desk.place(t.place).map(|f| self.brief(f));
            json!({ "record": record, "service": t.service, "verified_on": t.verified_on, "people": t.people.map(f64::round) })
        })
    }

    /// How fresh the records are, by 日常生活圏域 where there are some, else by school district.
    fn fresh(&self, mine: &[&Filed]) -> Value {
        let types = [AreaType::LivingArea, AreaType::JuniorHighDistrict, AreaType::ElementaryDistrict];
        let area_type = types.into_iter().find(|t| self.atlas.areas.contains_key(t)).unwrap_or(AreaType::Ward);
        json!({ "area_type_ja": area_type.ja(), "rows": fresh_areas(self.atlas, mine, area_type, today()) })
    }

    /// What residents said and nobody answered.
    fn suggestions(&self, all: &[Suggestion]) -> Value {
        let of = |s: &Suggestion| s.service.and_then(|id| self.desk.of_service(id));
        let mine: Vec<&Suggestion> = all.iter().filter(|s| of(s).is_none_or(|f| self.is_mine(&f.place))).collect();
        self.some(&mine, |s| json!({ "suggestion": s, "record": of(s).map(|f| self.brief(f)) }))
    }
}
