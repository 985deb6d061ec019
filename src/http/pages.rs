//! The doors for the three persons.

use super::assets;
use super::problem::Problem;
use axum::response::{Html, Response};

/// `/plan`: the planner's page.
pub async fn plan() -> Result<Response, Problem> {
    assets::file("index.html")
}

/// `/`: the residents' door. Their own page comes next; until then it says so and leads on.
pub async fn door() -> Html<&'static str> {
    Html(include_str!("../../web/door.html"))
}

/// `/desk`: the coordinators' page.
pub async fn desk() -> Result<Response, Problem> {
    assets::file("desk.html")
}
