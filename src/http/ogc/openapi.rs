//! The API definition, OpenAPI 3.0: one literal path per collection, as GDAL and QGIS look for it.

use super::Collection;
use super::items::{DEFAULT_LIMIT, MAX_LIMIT};
use crate::app::App;
use crate::http::links::BaseUrl;
use crate::http::problem::Problem;
use crate::http::work::compute;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// `/ogc/api`.
pub async fn api(State(app): State<Arc<App>>, BaseUrl(base): BaseUrl) -> Result<Response, Problem> {
    compute(&app, move |atlas| {
        let ids: Vec<&'static str> = Collection::all(atlas).into_iter().map(Collection::id).collect();
        let document = document(&base, &ids);
        Ok(([(header::CONTENT_TYPE, "application/vnd.oai.openapi+json;version=3.0")], document.to_string()).into_response())
    })
    .await
}

fn document(base: &str, collections: &[&str]) -> Value {
    let ok = |kind: &str, words: &str| json!({ "200": { "description": words, "content": { kind: { "schema": { "type": "object" } } } }, "default": { "$ref": "#/components/responses/problem" } });
    let mut paths = Map::new();
    for (path, id, words) in [
        ("/", "landing", "Landing page"),
        ("/api", "api", "API definition"),
        ("/conformance", "conformance", "Conformance classes"),
        ("/collections", "collections", "Collections"),
    ] {
        paths.insert(
            path.into(),
            json!({ "get": { "operationId": id, "summary": words, "responses": ok("application/json", words) } }),
        );
    }
    for id in collections {
        paths.insert(format!("/collections/{id}"), json!({ "get": { "operationId": format!("describe_{id}"), "summary": "Collection", "responses": ok("application/json", "Collection") } }));
        let parameters = json!([{ "$ref": "#/components/parameters/limit" }, { "$ref": "#/components/parameters/bbox" }, { "$ref": "#/components/parameters/datetime" }, { "$ref": "#/components/parameters/after" }]);
        paths.insert(format!("/collections/{id}/items"), json!({ "get": { "operationId": format!("items_{id}"), "summary": "Features", "parameters": parameters, "responses": ok("application/geo+json", "Features") } }));
        let fid = json!([{ "name": "fid", "in": "path", "required": true, "schema": { "type": "integer" } }]);
        paths.insert(format!("/collections/{id}/items/{{fid}}"), json!({ "get": { "operationId": format!("item_{id}"), "summary": "Feature", "parameters": fid, "responses": ok("application/geo+json", "Feature") } }));
    }
    json!({
        "openapi": "3.0.3",
        "info": { "title": "通い Kayoi", "version": env!("CARGO_PKG_VERSION") },
        "servers": [{ "url": format!("{base}/ogc") }],
        "paths": paths,
        "components": {
            "parameters": {
                "limit": { "name": "limit", "in": "query", "required": false, "style": "form", "explode": false, "schema": { "type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT } },
                "bbox": { "name": "bbox", "in": "query", "required": false, "style": "form", "explode": false, "schema": { "type": "array", "minItems": 4, "maxItems": 6, "items": { "type": "number" } } },
                "datetime": { "name": "datetime", "in": "query", "required": false, "style": "form", "explode": false, "schema": { "type": "string" } },
                "after": { "name": "after", "in": "query", "required": false, "style": "form", "explode": false, "schema": { "type": "integer" } },
            },
            "responses": { "problem": { "description": "Problem (RFC 9457)", "content": { "application/problem+json": { "schema": { "type": "object" } } } } },
        },
    })
}
