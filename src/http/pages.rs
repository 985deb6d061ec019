//! The doors for planners and coordinators.

use super::assets;
use super::problem::Problem;
use axum::response::Response;

/// `/plan`: the planner's page.
pub async fn plan() -> Result<Response, Problem> {
    assets::file("index.html")
}

/// `/icon.svg`.
pub async fn icon() -> Result<Response, Problem> {
    assets::file("icon.svg")
}

/// `/desk`: the coordinators' page.
pub async fn desk() -> Result<Response, Problem> {
    assets::file("desk.html")
}
