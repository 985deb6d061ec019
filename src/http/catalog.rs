//! What can be asked here: kinds, area types, population, rules, the extent of the map.

use super::problem::Problem;
use super::work::compute;
use crate::app::{App, today};
use crate::atlas::{Atlas, PopulationSet};
use crate::model::{KindId, StoredDataset, kinds, rules};
use crate::present::geojson::extent;
use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use std::sync::Arc;

/// `/api/catalog`.
pub async fn catalog(State(app): State<Arc<App>>) -> Result<Json<Value>, Problem> {
    compute(&app, |atlas| {
        Ok(Json(json!({
            "revision": atlas.revision,
            "bounds": extent(atlas),
            "kinds": (0..kinds().len()).map(|i| kind(atlas, KindId(i as u8))).collect::<Vec<_>>(),
            "area_types": area_types(atlas),
            "population": atlas.population.iter().map(|(s, _)| population(s)).collect::<Vec<_>>(),
            "rules": rules().rule,
            "walkers": rules().walker,
            "heights": atlas.has_heights(),
            "streets": streets(atlas),
            "transit": transit(atlas),
            "datasets": atlas.datasets.iter().map(dataset).collect::<Vec<_>>(),
            "invented": atlas.datasets.iter().any(|d| d.dataset.key.contains("kayoi_sample")),
            "has_base": atlas.base.is_some(),
        })))
    })
    .await
}

/// A kind with how many running services of it stand near a street.
fn kind(atlas: &Atlas, id: KindId) -> Value {
    let near = atlas.sites.of_kind(id).iter().filter(|s| atlas.sites.all[**s as usize].snapped.is_some()).count();
    let k = id.kind();
    json!({ "code": k.code, "ja": k.ja, "short": k.short, "en": k.en, "group": k.group, "walk": k.walk, "count": near })
}

fn area_types(atlas: &Atlas) -> Vec<Value> {
    let one = |(t, index): (&crate::model::AreaType, &crate::atlas::AreaIndex)| {
        let approximate = index.areas.iter().any(|a| a.approximate);
        json!({ "code": t.code(), "ja": t.ja(), "count": index.areas.len(), "approximate": approximate })
    };
    atlas.areas.iter().map(one).collect()
}

fn population(set: &PopulationSet) -> Value {
    let groups: Vec<Value> = set.groups.iter().map(|g| json!({ "code": g.code(), "ja": g.ja() })).collect();
    json!({ "title": set.title, "years": set.years, "year": set.nearest_year(today().year()), "groups": groups })
}

/// The network: how much there is, and how much of it hangs together.
fn streets(atlas: &Atlas) -> Value {
    let Some(streets) = &atlas.streets else { return Value::Null };
    let v = streets.view();
    let whole: f64 = v.components.iter().map(|c| f64::from(c.metres)).sum();
    let main = v.components.first().map(|c| f64::from(c.metres) / whole);
    let parts = v.components.len();
    json!({ "nodes": v.nodes.len(), "edges": v.edge_nodes.len(), "metres": whole, "components": parts, "main_share": main })
}

/// The timetables: which day is asked about when none is named, and how long they are valid.
fn transit(atlas: &Atlas) -> Value {
    let Some(t) = &atlas.transit else { return Value::Null };
    let now = today();
    let valid = t.common_validity().map(|(a, b)| [a.to_string(), b.to_string()]);
    let demand: Vec<&str> = t.each_feed().flat_map(|f| &f.demand).map(|d| d.name.as_str()).collect();
    let rule = &rules().transit;
    json!({
        "day": t.usual_day(now).to_string(), "valid": valid, "window": rule.window, "demand": demand,
        "operators": t.each_feed().map(|f| f.agency.as_str()).collect::<Vec<_>>(),
    })
}

fn dataset(d: &StoredDataset) -> Value {
    let d = &d.dataset;
    json!({ "title": d.title, "attribution": d.attribution, "vintage": d.vintage, "format": d.format })
}
