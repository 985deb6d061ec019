//! The residents' pages. What is asked for is in the address, so that a page can be sent on; a typed address never is.

mod asked;
mod list;
mod service;
mod wherefrom;

pub use list::{embed, list};
pub use service::{say, service, walk};
pub use wherefrom::{find, wherefrom};

use super::assets;
use super::problem::Problem;
use super::work::compute;
use crate::app::App;
use crate::atlas::Atlas;
use crate::present::resident::{Assets, Look, door::door as door_page, page, texts};
use asked::Asked;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use maud::{Markup, html};
use std::sync::{Arc, LazyLock};

static ASSETS: LazyLock<Assets> = LazyLock::new(|| {
    let (script, styles) = assets::entry("src/resident/main.ts");
    Assets { styles, script }
});

/// `/`: the door.
pub async fn door(asked: Asked) -> Html<String> {
    Html(door_page(&asked.look, &ASSETS).into_string())
}

/// A page made off the async threads, or in words why there is none.
async fn shown(app: &App, look: &Look, make: impl FnOnce(&Atlas) -> Result<Markup, Problem> + Send + 'static) -> Response {
    match compute(app, make).await {
        Ok(markup) => Html(markup.into_string()).into_response(),
        Err(problem) => sorry(look, &problem),
    }
}

/// What went wrong, as a page with a way on.
fn sorry(look: &Look, problem: &Problem) -> Response {
    let t = texts();
    let body = html! {
        h1 { (look.say(&t.trouble)) }
        p.trouble role="alert" { (problem.words(look.english())) }
        p { a.large href=(look.href("/", &[])) { (look.say(&t.back_to_door)) } }
    };
    let whole = page(look, &ASSETS, &look.plain(&t.trouble, &[]), None, &body);
    (problem.status(), Html(whole.into_string())).into_response()
}

fn missing(look: &Look) -> Problem {
    Problem::missing(look.plain(&texts().missing, &[]))
}

fn unreadable(look: &Look) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "bad_query", look.plain(&texts().bad, &[]))
}

/// Pages inside the page of a city lead to pages that may stand there too: all that say so in their address, for the sites named when
/// the server was started.
pub async fn framed(State(app): State<Arc<App>>, asked: Asked, request: Request, next: Next) -> Response {
    let inside = request.uri().path() == "/embed" || Look::on(&asked.look.embed);
    let mut response = next.run(request).await;
    let policy = super::router::content_policy(&app.frames.join(" "));
    if let Some(value) = header::HeaderValue::from_str(&policy).ok().filter(|_| inside) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, value);
    }
    response
}
