//! The questions: reach, isochrone, nearest, coverage, gaps, services of a district.

use super::problem::{Problem, Queried, area_id, no_area};
use super::work::compute;
use crate::app::{App, today};
use crate::atlas::Atlas;
use crate::measure::{self, Question, RawQuestion};
use crate::model::{KindId, LonLat, Status, policy, rules};
use crate::present::geojson;
use crate::present::small_counts::masked;
use crate::travel::{Search, outline, path_between, reach_from};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// A question in a URL, or why it cannot be read.
pub type Asked = Queried<Asking>;

/// A question in a URL.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asking {
    from: Option<String>,
    to: Option<String>,
    /// Register id of the service to go to.
    pub(super) service: Option<i64>,
    /// Departure of one trip.
    pub(super) at: Option<String>,
    /// Departure of the way home.
    pub(super) back: Option<String>,
    area: Option<i64>,
    limit: Option<usize>,
    kind: Option<String>,
    minutes: Option<String>,
    metres: Option<String>,
    rule: Option<String>,
    walker: Option<String>,
    speed: Option<String>,
    area_type: Option<String>,
    year: Option<String>,
    group: Option<String>,
    by: Option<String>,
    day: Option<String>,
    depart: Option<String>,
    stat: Option<String>,
    registered: Option<String>,
    age: Option<String>,
    booked: Option<String>,
    roundtrip: Option<String>,
    longest_walk: Option<String>,
    pub(super) arrive: Option<String>,
    stay: Option<String>,
    home_within: Option<String>,
    population: Option<String>,
}

impl Asking {
    pub(super) fn of(asked: Asked) -> Result<Self, Problem> {
        super::problem::asked(asked)
    }

    pub(super) fn question(&self, atlas: &Atlas) -> Result<Question, Problem> {
        fn number<T: std::str::FromStr>(name: &str, text: &Option<String>) -> Result<Option<T>, Problem> {
            let parse = |t: &String| {
                t.parse::<T>().map_err(|_| {
                    Problem::bad_request(
                        "not_a_number",
                        format!("{name}「{t}」を数値として読めません。/ {name} is not a number."),
                    )
                })
            };
            text.as_ref().filter(|t| !t.is_empty()).map(parse).transpose()
        }
        let raw = RawQuestion {
            kind: self.kind.clone(),
            minutes: number("minutes", &self.minutes)?,
            metres: number("metres", &self.metres)?,
            rule: self.rule.clone(),
            walker: self.walker.clone(),
            speed: number("speed", &self.speed)?,
            area_type: self.area_type.clone(),
            year: number("year", &self.year)?,
            group: self.group.clone(),
            by: self.by.clone(),
            day: self.day.clone(),
            depart: self.depart.clone(),
            stat: self.stat.clone(),
            registered: self.registered.as_deref().map(|v| !matches!(v, "false" | "0" | "no")),
            age: number("age", &self.age)?,
            booked: self.booked.clone(),
            roundtrip: self.roundtrip.as_deref().map(|v| !matches!(v, "false" | "0" | "no")),
            longest_walk: number("longest_walk", &self.longest_walk)?,
            arrive: self.arrive.clone(),
            stay: number("stay", &self.stay)?,
            home_within: number("home_within", &self.home_within)?,
            population: self.population.clone(),
        };
        Ok(Question::new(&raw, atlas, today())?)
    }

    /// The question, and the picture its walker sees.
    pub(super) fn on<'a>(&self, atlas: &'a Atlas) -> Result<(&'a Atlas, Question), Problem> {
        let q = self.question(atlas)?;
        Ok((atlas.walked(q.effort), q))
    }

    pub(super) fn from(&self) -> Result<LonLat, Problem> {
        position("from", self.from.as_deref())
    }

    pub(super) fn to(&self) -> Result<LonLat, Problem> {
        position("to", self.to.as_deref())
    }
}

fn position(name: &str, text: Option<&str>) -> Result<LonLat, Problem> {
    let text = text.unwrap_or_default();
    let bad = || {
        Problem::bad_request(
            "bad_position",
            format!("{name}「{text}」は 経度,緯度 の形で指定してください。例: {name}=130.7,32.8 / {name} must be lon,lat."),
        )
    };
    let p = LonLat::parse(text).ok_or_else(bad)?;
    if !p.in_japan() {
        let message = format!(
            "{name} が日本の外を指しています。経度,緯度の順か確かめてください。/ {name} lies outside Japan; is it lon,lat?"
        );
        return Err(Problem::bad_request("position_abroad", message));
    }
    Ok(p)
}

fn geo_json(value: &Value) -> Response {
    ([(header::CONTENT_TYPE, "application/geo+json")], value.to_string()).into_response()
}

fn off_street() -> Problem {
    let metres = rules().network.snap_limit_metres;
    Problem::new(
        axum::http::StatusCode::UNPROCESSABLE_ENTITY,
        "no_street",
        format!("{metres}m以内に歩ける道がありません。/ No walkable street within {metres} m."),
    )
}

/// `/api/reach`: services within reach of a place.
pub async fn reach(State(app): State<Arc<App>>, asked: Asked) -> Result<Response, Problem> {
    let asked = Asking::of(asked)?;
    compute(&app, move |atlas| {
        let (from, (atlas, q)) = (asked.from()?, asked.on(atlas)?);
        let found = measure::around(atlas, from, &q).ok_or_else(off_street)?;
        let limits = &policy().limits;
        let kept = found.iter().take(asked.limit.unwrap_or(limits.usual_reach).min(limits.most_reach));
        let feature = |r: &measure::Reachable| {
            let minutes = (q.walker.minutes(r.mm) * 10.0).round() / 10.0;
            geojson::site(
                r.site,
                &json!({ "metres": f64::from(r.mm) / 1000.0, "minutes": minutes, "straight_metres": r.straight.round() }),
            )
        };
        Ok(geo_json(&geojson::collection(
            kept.map(feature).collect(),
            Some(&q.basis(atlas, one_departure(&q).into_iter().collect())),
        )))
    })
    .await
}

/// One place is asked about one departure; a demand taxi is not part of it.
fn one_departure(q: &Question) -> Option<String> {
    let trip = q.when.as_ref()?;
    let at = crate::model::clock((trip.window.from / 1000) as u32);
    Some(format!("この答えは{at}ちょうどに出た場合で、時間帯の統計とデマンドタクシーは使いません。"))
}

/// `/api/isochrone`: the reached area, and the reached street pieces.
pub async fn isochrone(State(app): State<Arc<App>>, asked: Asked) -> Result<Response, Problem> {
    let asked = Asking::of(asked)?;
    compute(&app, move |atlas| {
        let (from, (atlas, q)) = (asked.from()?, asked.on(atlas)?);
        let no_streets = || {
            Problem::new(
                axum::http::StatusCode::CONFLICT,
                "no_streets",
                "道路が取り込まれていません。OpenStreetMapの .osm.pbf を取り込んでください。/ No streets have been imported.",
            )
        };
        let streets = atlas.streets.as_ref().ok_or_else(no_streets)?;
        let view = streets.view();
        let at = view.snap(from, &rules().network).ok_or_else(off_street)?;
        let mut search = Search::new(view.nodes.len());
        let starts = measure::brought(atlas, &q, &at);
        let reached = reach_from(&view, &mut search, &starts, q.budget_mm(), q.walker);
        let area = outline(&view, &reached);
        let of_area = json!({
            "what": "area",
            "minutes": q.walker.minutes(q.budget_mm()),
            "street_metres": reached.metres().round(),
            "off_street_metres": f64::from(at.off_mm) / 1000.0,
        });
        let features = vec![
            geojson::feature(None, geojson::multi_polygon(&area), of_area),
            geojson::feature(None, geojson::pieces(&view, &reached.pieces), json!({ "what": "streets" })),
        ];
        let mut notes = vec!["範囲は、届いた道から25m以内で、届かない道より近い所です。".into()];
        notes.extend(one_departure(&q));
        Ok(geo_json(&geojson::collection(features, Some(&q.basis(atlas, notes)))))
    })
    .await
}

/// `/api/nearest`: why — the nearest of each kind from a place, with the walk there, and whose cell and districts it is in.
pub async fn nearest(State(app): State<Arc<App>>, asked: Asked) -> Result<Response, Problem> {
    let asked = Asking::of(asked)?;
    compute(&app, move |atlas| {
        let (from, (atlas, q)) = (asked.from()?, asked.on(atlas)?);
        let mut q = q.on_foot();
        let limit = q.limit_mm;
        q.limit_mm = q.far_mm();
        let found = measure::around(atlas, from, &q).ok_or_else(off_street)?;
        let mut kinds = q.kinds.clone();
        if kinds.is_empty() {
            for r in &found {
                if !kinds.contains(&r.site.service.kind) {
                    kinds.push(r.site.service.kind);
                }
            }
        }
        let mut features = Vec::new();
        for kind in &kinds {
            let Some(best) = found.iter().find(|r| r.site.service.kind == *kind) else { continue };
            let within = best.mm <= limit;
            let more = json!({
                "metres": f64::from(best.mm) / 1000.0,
                "minutes": q.walker.minutes(best.mm),
                "straight_metres": best.straight.round(),
                "within": within,
            });
            let mut f = geojson::site(best.site, &more);
            if let Some(line) = walk(atlas, from, best, &q) {
                f["geometry"] = line;
            }
            features.push(f);
        }
        let mut answer = geojson::collection(features, None::<&()>);
        q.limit_mm = limit;
        answer["basis"] = json!(q.basis(atlas, vec![]));
        answer["here"] = here(atlas, from, &q);
        let reached = |k: &&KindId| found.iter().any(|r| r.site.service.kind == **k);
        answer["none"] = kinds.iter().filter(|k| !reached(k)).map(|k| json!(k)).collect();
        Ok(geo_json(&answer))
    })
    .await
}

fn walk(atlas: &Atlas, from: LonLat, to: &measure::Reachable, q: &Question) -> Option<Value> {
    let view = atlas.streets.as_ref()?.view();
    let (a, b) = (view.snap(from, &rules().network)?, to.site.snapped?);
    let mut search = Search::new(view.nodes.len());
    let path = path_between(&view, &mut search, (from, &a), (to.site.point, &b), to.mm, q.walker)?;
    Some(geojson::line(&path.line))
}

/// Which cell and districts a place lies in, and how many people live in the cell.
fn here(atlas: &Atlas, p: LonLat, q: &Question) -> Value {
    let mut areas = Vec::new();
    for (area_type, index) in atlas.areas.iter() {
        for area in index.at(p).into_iter().map(|i| &index.areas[i as usize]) {
            areas.push(json!({ "area_type": area_type, "type_ja": area_type.ja(), "id": area.id, "name": area.name }));
        }
    }
    let cell = q.population.map(|i| &atlas.population[i].0).and_then(|set| {
        let i = set
            .cells
            .iter()
            .position(|c| c.bounds.is_some_and(|b| (b.west..b.east).contains(&p.lon) && (b.south..b.north).contains(&p.lat)))?;
        let people = set.people(q.year, q.group).of_cell[i];
        let least = f64::from(rules().limits.max_public_count);
        let shown = if people == 0.0 || people >= least { json!(people.round()) } else { Value::Null };
        Some(json!({ "code": set.cells[i].code, "id": set.cells[i].id, "people": shown, "fewer_than": least }))
    });
    json!({ "areas": areas, "cell": cell, "address": atlas.gazetteer.as_ref().and_then(|g| g.near(p)) })
}

/// `/api/coverage`: one row per area.
pub async fn coverage(State(app): State<Arc<App>>, asked: Asked) -> Result<Json<Value>, Problem> {
    let asked = Asking::of(asked)?;
    compute(&app, move |atlas| {
        let (atlas, q) = asked.on(atlas)?;
        Ok(Json(masked(json!(measure::coverage(atlas, &q)?))))
    })
    .await
}

/// `/api/walkers`: the same threshold for every walker, side by side.
pub async fn walkers(State(app): State<Arc<App>>, asked: Asked) -> Result<Json<Value>, Problem> {
    let asked = Asking::of(asked)?;
    compute(&app, move |atlas| Ok(Json(masked(json!(measure::by_walker(atlas, &asked.question(atlas)?)?))))).await
}

/// `/api/indicators`: every indicator of a plan, or why it is missing.
pub async fn indicators(State(app): State<Arc<App>>, asked: Asked) -> Result<Json<Value>, Problem> {
    let asked = Asking::of(asked)?;
    compute(&app, move |atlas| {
        let q = asked.question(atlas)?;
        Ok(Json(masked(json!({ "indicators": measure::indicators(atlas, &q, today()) }))))
    })
    .await
}

/// `/api/providers`: which homes the bases of a kind reach by car.
pub async fn providers(State(app): State<Arc<App>>, asked: Asked) -> Result<Json<Value>, Problem> {
    let asked = Asking::of(asked)?;
    compute(&app, move |atlas| {
        let (atlas, q) = asked.on(atlas)?;
        Ok(Json(masked(json!(measure::provider_reach(atlas, &q)?))))
    })
    .await
}

/// `/api/gaps`: the cells that do not reach, GeoJSON.
pub async fn gaps(State(app): State<Arc<App>>, asked: Asked) -> Result<Response, Problem> {
    let asked = Asking::of(asked)?;
    compute(&app, move |atlas| {
        let (atlas, q) = asked.on(atlas)?;
        let answer = measure::gaps(atlas, &q, asked.area)?;
        let kept = answer.cells.iter().take(asked.limit.unwrap_or(20_000).min(50_000));
        let mut value = geojson::collection(kept.map(geojson::gap).collect(), Some(&answer.basis));
        value["people"] = json!(answer.people);
        value["cells"] = json!(answer.cells.len());
        Ok(geo_json(&value))
    })
    .await
}

/// `/api/areas`: the areas of a type, GeoJSON.
pub async fn areas(State(app): State<Arc<App>>, asked: Asked) -> Result<Response, Problem> {
    let asked = Asking::of(asked)?;
    compute(&app, move |atlas| {
        let q = asked.question(atlas)?;
        let features =
            atlas.areas.get(&q.area_type).map(|index| index.areas.iter().map(geojson::area).collect()).unwrap_or_default();
        Ok(geo_json(&geojson::collection(features, None::<&()>)))
    })
    .await
}

/// `/api/areas/{id}/services`: what the people of a district reach, GeoJSON.
pub async fn area_services(State(app): State<Arc<App>>, Path(id): Path<String>, asked: Asked) -> Result<Response, Problem> {
    let asked = Asking::of(asked)?;
    let id = area_id(&id)?;
    compute(&app, move |atlas| {
        let (atlas, q) = asked.on(atlas)?;
        let mut q = q.on_foot();
        q.area_type = atlas.area(id).map(|(index, a)| index.areas[a as usize].area_type).ok_or_else(no_area)?;
        let answer = measure::area_services(atlas, &q, id)?;
        let least = f64::from(rules().limits.max_public_count);
        let few = answer.people > 0.0 && answer.people < least;
        let feature = |s: &measure::ServiceShare| {
            let site = &atlas.sites.all[s.site as usize];
            let (reached, share) = ((!few).then_some(s.reached), s.share.filter(|_| !few));
            geojson::site(
                site,
                &json!({ "reached": reached, "share": share, "nearest_metres": s.nearest_metres, "inside": s.inside }),
            )
        };
        let mut value = geojson::collection(answer.services.iter().map(feature).collect(), Some(&answer.basis));
        value["area"] = json!({ "id": id, "name": answer.area, "people": (!few).then_some(answer.people) });
        value["unlocated"] = json!(
            atlas
                .sites
                .unlocated
                .iter()
                .filter(|s| s.status == Status::Active && (q.kinds.is_empty() || q.kinds.contains(&s.kind)))
                .count()
        );
        Ok(geo_json(&value))
    })
    .await
}
