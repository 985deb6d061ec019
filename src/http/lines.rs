//! `/api/lines`: the lines of the timetables, and where one of them calls.

use super::problem::{Problem, Queried, asked};
use super::work::compute;
use crate::app::App;
use crate::atlas::transit::FeedFile;
use crate::model::Route;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;

/// Which line; all if none is named.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    line: Option<String>,
    operator: Option<String>,
}

/// The lines in feed order, or one of them with its stops.
pub async fn lines(State(app): State<Arc<App>>, query: Queried<Wanted>) -> Result<Json<Value>, Problem> {
    let wanted = asked(query)?;
    compute(&app, move |atlas| {
        let feeds: Vec<&FeedFile> = atlas.transit.iter().flat_map(|t| &t.feeds).collect();
        let Some(line) = &wanted.line else {
            return Ok(Json(json!({ "lines": feeds.iter().flat_map(|f| all(f)).collect::<Vec<_>>() })));
        };
        let of_operator = |f: &&&FeedFile| wanted.operator.as_ref().is_none_or(|o| &f.feed.agency == o);
        let found = feeds.iter().filter(of_operator).find_map(|f| {
            let at = f.feed.routes.iter().position(|r| &r.id == line || &r.name == line)?;
            Some(one(f, at))
        });
        found.map(Json).ok_or_else(|| Problem::missing("その路線はありません。/ No such line."))
    })
    .await
}

fn all(file: &FeedFile) -> Vec<Value> {
    let mut trips = vec![0usize; file.feed.routes.len()];
    file.feed.trips.iter().for_each(|t| trips[t.route as usize] += 1);
    let line = |(r, trips): (&Route, usize)| json!({ "operator": file.feed.agency, "id": r.id, "name": r.name, "vehicle": r.vehicle_ja(), "trips": trips });
    file.feed.routes.iter().zip(trips).filter(|l| l.1 > 0).map(line).collect()
}

/// A line with the stops of the way most of its trips go; of two ways as usual the one with more stops.
fn one(file: &FeedFile, route: usize) -> Value {
    let mut ways: HashMap<Vec<u32>, usize> = HashMap::new();
    for trip in (0..file.feed.trips.len()).filter(|t| file.feed.trips[*t].route as usize == route) {
        *ways.entry(file.trip_times(trip).iter().map(|c| c.stop).collect()).or_default() += 1;
    }
    let usual = ways.into_iter().max_by_key(|(stops, trips)| (*trips, stops.len(), std::cmp::Reverse(stops.clone())));
    let stop = |s: &u32| {
        let s = &file.feed.stops[*s as usize];
        json!({ "id": s.id, "name": s.name, "at": s.point.map(|p| [p.lon, p.lat]) })
    };
    let stops: Vec<Value> = usual.iter().flat_map(|(stops, _)| stops).map(stop).collect();
    let r = &file.feed.routes[route];
    json!({ "operator": file.feed.agency, "id": r.id, "name": r.name, "vehicle": r.vehicle_ja(), "stops": stops })
}
