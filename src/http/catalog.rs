//! What can be asked here: kinds, area types, population, rules, the extent of the map.

use super::problem::Problem;
use super::work::compute;
use crate::app::{App, this_year};
use crate::model::rules;
use crate::present::geojson::extent;
use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use std::sync::Arc;

/// `/api/catalog`.
pub async fn catalog(State(app): State<Arc<App>>) -> Result<Json<Value>, Problem> {
    compute(&app, |atlas| {
        let of = |id: usize| atlas.sites.of_kind(crate::model::KindId(id as u8));
        let kinds: Vec<Value> = crate::model::kinds()
            .iter()
            .enumerate()
            .map(|(i, k)| {
                let near = of(i).iter().filter(|s| atlas.sites.all[**s as usize].snapped.is_some()).count();
                json!({ "code": k.code, "ja": k.ja, "short": k.short, "en": k.en, "group": k.group, "walk": k.walk, "count": near })
            })
            .collect();
        let areas: Vec<Value> = atlas.areas.iter().map(|(t, index)| json!({ "code": t.code(), "ja": t.ja(), "count": index.areas.len(), "approximate": index.areas.iter().any(|a| a.approximate) })).collect();
        let population: Vec<Value> = atlas.population.iter().map(|(s, _)| json!({ "title": s.title, "years": s.years, "year": s.nearest_year(this_year()), "groups": s.groups.iter().map(|g| json!({"code": g.code(), "ja": g.ja()})).collect::<Vec<_>>() })).collect();
        let components: Value = atlas.streets.as_ref().map_or(Value::Null, |s| {
            let v = s.view();
            let whole: f64 = v.components.iter().map(|c| f64::from(c.metres)).sum();
            json!({ "nodes": v.nodes.len(), "edges": v.edge_nodes.len(), "metres": whole, "components": v.components.len(), "main_share": v.components.first().map(|c| f64::from(c.metres) / whole) })
        });
        let datasets: Vec<Value> = atlas.datasets.iter().map(|d| json!({ "title": d.dataset.title, "attribution": d.dataset.attribution, "vintage": d.dataset.vintage, "format": d.dataset.format })).collect();
        let invented = atlas.datasets.iter().any(|d| d.dataset.title.contains("架空") || d.dataset.key.contains("kayoi-sample"));
        Ok(Json(json!({
            "revision": atlas.revision, "bounds": extent(atlas), "kinds": kinds, "area_types": areas, "population": population,
            "rules": rules().rule, "speeds": rules().speed, "streets": components, "datasets": datasets, "invented": invented,
            "has_base": atlas.base.is_some(),
        })))
    })
    .await
}
