//! Every route of Kayoi.

use super::{
    address, answers, assets, cache, calendar, catalog, desk, export, health, itinerary, lines, ogc, pages, print, problem,
    resident, scenarios, search, style, suggestions, tiles,
};
use crate::app::App;
use crate::model::policy;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware;
use axum::routing::{delete, get, post, put};
use std::sync::Arc;
use std::time::Duration;
use tower_http::CompressionLevel;
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
/// Longest an import may take.
const MAX_IMPORT_TIME: Duration = Duration::from_secs(600);

/// Nothing from outside, nothing inline; `frames` are other sites whose pages may show this one inside theirs.
pub(super) fn content_policy(frames: &str) -> String {
    let rest = "default-src 'self'; img-src 'self' data: blob:; worker-src 'self' blob:; style-src 'self'; font-src 'self'; \
                connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'";
    format!("{rest} {frames}").trim_end().to_owned()
}

/// The routes over an app.
pub fn router(app: Arc<App>) -> Router {
    let bounded = |routes: Router<Arc<App>>, body: usize, time: Duration| {
        routes
            .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, time))
            .layer(DefaultBodyLimit::disable())
            .layer(RequestBodyLimitLayer::new(body))
    };
    let framed = middleware::from_fn_with_state(app.clone(), resident::framed);
    bounded(residents(), MAX_BODY, MAX_TIME)
        .layer(framed)
        .merge(bounded(public(), MAX_BODY, MAX_TIME))
        .merge(bounded(staff(), MAX_BODY, MAX_TIME).layer(header("cache-control", "no-store")))
        .merge(bounded(imports(), policy().limits.largest_upload, MAX_IMPORT_TIME).layer(header("cache-control", "no-store")))
        .fallback(problem::not_found)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(middleware::from_fn(cache::conditional))
        .layer(CompressionLayer::new().gzip(true).quality(CompressionLevel::Fastest))
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(SetResponseHeaderLayer::if_not_present(CONTENT_SECURITY_POLICY, HeaderValue::from_str(&content_policy("")).ok()))
        .layer(header("x-content-type-options", "nosniff"))
        .layer(header("referrer-policy", "same-origin"))
        .layer(TraceLayer::new_for_http().make_span_with(span))
        .with_state(app)
}

/// What the log says of a request: its path; what stands after the ? may tell where somebody lives.
fn span(request: &Request) -> tracing::Span {
    tracing::debug_span!("request", method = %request.method(), path = request.uri().path())
}

fn header(name: &'static str, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::overriding(HeaderName::from_static(name), HeaderValue::from_static(value))
}

/// The residents' pages.
fn residents() -> Router<Arc<App>> {
    Router::new()
        .route("/", get(resident::door))
        .route("/where", get(resident::wherefrom).post(resident::find))
        .route("/list", get(resident::list))
        .route("/embed", get(resident::embed))
        .route("/service/{id}", get(resident::service).post(resident::say))
        .route("/service/{id}/walk.svg", get(resident::walk))
}

/// What anybody may ask: answers are made from the atlas, which holds nothing but the public side.
fn public() -> Router<Arc<App>> {
    Router::new()
        // planners and coordinators
        .route("/plan", get(pages::plan))
        .route("/desk", get(pages::desk))
        .route("/icon.svg", get(pages::icon))
        .route("/assets/{*path}", get(assets::serve))
        // questions
        .route("/api/catalog", get(catalog::catalog))
        .route("/api/search", get(search::search))
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
        .route("/api/lines", get(lines::lines))
        .route("/api/areas", get(answers::areas))
        .route("/api/areas/{id}/services", get(answers::area_services))
        .route("/api/areas/{id}/calendar.ics", get(calendar::of_area))
        .route("/api/areas/{id}/month", get(calendar::month))
        .route("/api/areas/{id}/print/{file}", get(print::public))
        .route("/api/services/{id}/calendar.ics", get(calendar::of_service))
        .route("/api/services/{id}/dates", get(calendar::dates))
        .route("/api/export/{file}", get(export::list))
        .route("/api/suggestions", post(suggestions::send))
        .route("/api/whatif", post(scenarios::what_if))
        .route("/api/coverage/report.pdf", get(print::coverage))
        .route("/api/whatif/report.pdf", post(print::what_if))
        .route("/api/siting", post(scenarios::siting))
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
}

/// What staff do, behind the gate.
fn staff() -> Router<Arc<App>> {
    use desk::{accounts, history, notes, office, openid, queue, records, session};
    Router::new()
        // who
        .route("/api/desk/session", get(session::who).post(session::open).delete(session::close))
        .route("/api/desk/doors", get(openid::doors))
        .route("/api/desk/openid", get(openid::leave))
        .route("/api/desk/openid/back", get(openid::back))
        .route("/api/desk/password", put(session::password))
        .route("/api/desk/accounts", get(accounts::list))
        .route("/api/desk/accounts/{name}", put(accounts::put).delete(accounts::disable))
        .route("/api/desk/audit", get(accounts::audit))
        // records
        .route("/api/desk/queue", get(queue::queue))
        .route("/api/desk/records", get(records::list).post(records::create))
        .route("/api/desk/records/{id}", get(records::one).put(records::put).delete(records::retire))
        .route("/api/desk/records/{id}/confirm", post(records::confirm))
        .route("/api/desk/records/{id}/merge", post(records::merge))
        .route("/api/desk/records/{id}/split", post(records::split))
        .route("/api/desk/records/{id}/apart/{other}", post(records::apart))
        .route("/api/desk/records/{id}/history", get(history::of_record))
        // what was done
        .route("/api/desk/revisions", get(history::revisions))
        .route("/api/desk/revisions/{id}/undo", post(history::undo))
        // what people who know a district say
        .route("/api/desk/areas/{id}/notes", get(notes::list).post(notes::add))
        .route("/api/desk/notes/{id}", delete(notes::withdraw))
        // residents and paper
        .route("/api/desk/suggestions", get(office::suggestions))
        .route("/api/desk/suggestions/{id}", post(office::decide))
        .route("/api/desk/areas/{id}/print/{file}", get(print::staff))
        .route("/api/desk/plan.xlsx", get(export::action_plan))
        .route("/api/desk/public.zip", get(export::public_bundle))
        .route("/api/desk/publications", get(office::publications).post(office::publish))
        // scenarios are what an office considers, not what it says
        .route("/api/scenarios", get(scenarios::list))
        .route("/api/scenarios/compare", get(scenarios::compare))
        .route("/api/scenarios/{name}", put(scenarios::save).delete(scenarios::remove))
}

/// Lists dropped on the desk.
fn imports() -> Router<Arc<App>> {
    Router::new().route("/api/desk/imports", post(desk::imports::import))
}
