//! Every route of Kayoi.

use super::{
    address, answers, assets, cache, calendar, catalog, health, itinerary, ogc, pages, problem, scenarios, style, tiles,
};
use crate::app::App;
use axum::Router;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware;
use axum::routing::{get, post, put};
use std::sync::Arc;
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

/// Largest request body, bytes: a scenario with zones drawn in detail.
const MAX_BODY: usize = 1 << 20;
/// Longest a request may take.
const MAX_TIME: Duration = Duration::from_secs(60);
/// Nothing from outside, nothing inline.
const CSP: &str = "default-src 'self'; img-src 'self' data: blob:; worker-src 'self' blob:; style-src 'self'; font-src 'self'; \
                   connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'self'; form-action 'self'";

/// The routes over an app.
pub fn router(app: Arc<App>) -> Router {
    let header = |name: &'static str, value: &'static str| {
        SetResponseHeaderLayer::overriding(HeaderName::from_static(name), HeaderValue::from_static(value))
    };
    Router::new()
        // people
        .route("/", get(pages::door))
        .route("/plan", get(pages::plan))
        .route("/desk", get(pages::desk))
        .route("/assets/{*path}", get(assets::serve))
        // questions
        .route("/api/catalog", get(catalog::catalog))
        .route("/api/address", post(address::find))
        .route("/api/reach", get(answers::reach))
        .route("/api/isochrone", get(answers::isochrone))
        .route("/api/nearest", get(answers::nearest))
        .route("/api/coverage", get(answers::coverage))
        .route("/api/walkers", get(answers::walkers))
        .route("/api/gaps", get(answers::gaps))
        .route("/api/providers", get(answers::providers))
        .route("/api/indicators", get(answers::indicators))
        .route("/api/itinerary", get(itinerary::ways))
        .route("/api/areas", get(answers::areas))
        .route("/api/areas/{id}/services", get(answers::area_services))
        .route("/api/areas/{id}/calendar.ics", get(calendar::of_area))
        .route("/api/services/{id}/calendar.ics", get(calendar::of_service))
        .route("/api/services/{id}/dates", get(calendar::dates))
        .route("/api/whatif", post(scenarios::what_if))
        .route("/api/siting", post(scenarios::siting))
        .route("/api/scenarios", get(scenarios::list))
        .route("/api/scenarios/compare", get(scenarios::compare))
        .route("/api/scenarios/{name}", put(scenarios::save).delete(scenarios::remove))
        // OGC API Features
        .route("/ogc", get(ogc::landing))
        .route("/ogc/", get(ogc::landing))
        .route("/ogc/api", get(ogc::api))
        .route("/ogc/conformance", get(ogc::conformance))
        .route("/ogc/collections", get(ogc::collections))
        .route("/ogc/collections/{id}", get(ogc::collection))
        .route("/ogc/collections/{id}/items", get(ogc::items))
        .route("/ogc/collections/{id}/items/{fid}", get(ogc::item))
        // maps
        .route("/style.json", get(style::style))
        .route("/tiles/{layer}", get(tiles::tilejson))
        .route("/tiles/{layer}/{z}/{x}/{y}", get(tiles::tile))
        // machines
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .fallback(problem::not_found)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(middleware::from_fn(cache::conditional))
        .layer(CompressionLayer::new().gzip(true))
        .layer(TimeoutLayer::with_status_code(axum::http::StatusCode::GATEWAY_TIMEOUT, MAX_TIME))
        .layer(RequestBodyLimitLayer::new(MAX_BODY))
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(header("content-security-policy", CSP))
        .layer(header("x-content-type-options", "nosniff"))
        .layer(header("referrer-policy", "same-origin"))
        .layer(TraceLayer::new_for_http())
        .with_state(app)
}
