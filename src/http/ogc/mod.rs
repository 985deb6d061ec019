//! OGC API Features part 1: core, OpenAPI 3.0, GeoJSON. What GDAL and QGIS read.

mod items;
mod openapi;

pub use items::{item, items};
pub use openapi::api;

use super::links::BaseUrl;
use super::problem::Problem;
use super::work::compute;
use crate::app::App;
use crate::atlas::Atlas;
use crate::model::AreaType;
use crate::present::geojson::extent;
use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};
use std::sync::Arc;

const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

/// Conformance classes that are really served.
const CONFORMS: [&str; 3] = [
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
];

/// A collection of features.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Collection {
    /// Located public services.
    Services,
    /// Population cells of the dataset preferred.
    Cells,
    /// Areas of a type.
    Areas(AreaType),
}

impl Collection {
    /// Those that hold something.
    fn all(atlas: &Atlas) -> Vec<Self> {
        let cells = (!atlas.population.is_empty()).then_some(Self::Cells);
        std::iter::once(Self::Services).chain(cells).chain(atlas.areas.keys().map(|t| Self::Areas(*t))).collect()
    }

    fn find(atlas: &Atlas, id: &str) -> Result<Self, Problem> {
        let missing = || Problem::missing(format!("コレクション「{id}」はありません。/ No such collection."));
        Self::all(atlas).into_iter().find(|c| c.id() == id).ok_or_else(missing)
    }

    fn id(self) -> &'static str {
        match self {
            Self::Services => "services",
            Self::Cells => "cells",
            Self::Areas(t) => t.code(),
        }
    }

    fn title(self, atlas: &Atlas) -> String {
        match self {
            Self::Services => "サービス / services".into(),
            Self::Cells => atlas.population.first().map_or_else(String::new, |p| p.0.title.clone()),
            Self::Areas(t) => format!("{} / {}", t.ja(), t.code()),
        }
    }

    fn describe(self, atlas: &Atlas, base: &str) -> Value {
        let here = format!("{base}/ogc/collections/{}", self.id());
        json!({
            "id": self.id(), "title": self.title(atlas), "description": self.title(atlas), "itemType": "feature",
            "extent": { "spatial": { "bbox": [self.extent(atlas)], "crs": CRS84 } },
            "crs": [CRS84], "storageCrs": CRS84,
            "links": [
                { "href": here, "rel": "self", "type": "application/json", "title": self.title(atlas) },
                { "href": format!("{here}/items"), "rel": "items", "type": "application/geo+json", "title": self.title(atlas) },
            ],
        })
    }

    fn extent(self, atlas: &Atlas) -> [f64; 4] {
        let b = match self {
            Self::Services => crate::model::Bounds::of(atlas.sites.all.iter().map(|s| s.point)),
            Self::Cells => crate::model::Bounds::of(
                atlas.population.iter().take(1).flat_map(|p| p.0.cells.iter().filter_map(|c| c.centroid)),
            )
            .grown(1000.0),
            Self::Areas(_) => return extent(atlas),
        };
        if b.is_empty() { extent(atlas) } else { b.to_array() }
    }
}

fn link(href: String, rel: &str, kind: &str, title: &str) -> Value {
    json!({ "href": href, "rel": rel, "type": kind, "title": title })
}

/// The landing page.
pub async fn landing(BaseUrl(base): BaseUrl) -> Json<Value> {
    Json(json!({
        "title": "通い Kayoi", "description": "歩いて30分で、だれが何に届くか。",
        "links": [
            link(format!("{base}/ogc"), "self", "application/json", "This document"),
            link(format!("{base}/ogc/api"), "service-desc", "application/vnd.oai.openapi+json;version=3.0", "API definition"),
            link(format!("{base}/ogc/conformance"), "conformance", "application/json", "Conformance classes"),
            link(format!("{base}/ogc/collections"), "data", "application/json", "Collections"),
            link(format!("{base}/plan"), "alternate", "text/html", "地図"),
        ],
    }))
}

/// What is conformed to.
pub async fn conformance() -> Json<Value> {
    Json(json!({ "conformsTo": CONFORMS }))
}

/// All collections.
pub async fn collections(State(app): State<Arc<App>>, BaseUrl(base): BaseUrl) -> Result<Json<Value>, Problem> {
    compute(&app, move |atlas| {
        let all: Vec<Value> = Collection::all(atlas).into_iter().map(|c| c.describe(atlas, &base)).collect();
        Ok(Json(json!({ "links": [link(format!("{base}/ogc/collections"), "self", "application/json", "Collections")], "collections": all })))
    })
    .await
}

/// One collection.
pub async fn collection(
    State(app): State<Arc<App>>,
    BaseUrl(base): BaseUrl,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    compute(&app, move |atlas| Ok(Json(Collection::find(atlas, &id)?.describe(atlas, &base)))).await
}
