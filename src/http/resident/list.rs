//! `/list` and `/embed`: what there is near here.

use super::{ASSETS, Asked, shown};
use crate::app::App;
use crate::measure::{hub, nearby, standing};
use crate::model::GeocodeLevel;
use crate::present::resident::{list as pages, resident};
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use std::sync::Arc;

/// `/list`: from a home, or of a district; without either it leads to where that is asked.
pub async fn list(State(app): State<Arc<App>>, asked: Asked) -> Response {
    let look = asked.look.clone();
    if asked.at.is_empty() && asked.area.is_empty() {
        return Redirect::to(&look.href("/where", &[("want", &asked.want), ("day", &asked.day)])).into_response();
    }
    shown(&app, &look, move |atlas| {
        let mut here = asked.here(atlas)?;
        here.want = here.want.or(resident().choice.first());
        let wish = asked.wish()?;
        let found = match (here.at, here.area) {
            (Some(home), _) => nearby(atlas, home, &wish)?,
            (None, Some((id, _))) => standing(atlas, id, &wish).unwrap_or_default(),
            (None, None) => Default::default(),
        };
        let hub = here.at.or_else(|| here.area.and_then(|a| crate::measure::middle(atlas, a.0))).and_then(|p| hub(atlas, p));
        let level = GeocodeLevel::from_code(&asked.level);
        let coarse = (!asked.level.is_empty() && !level.is_located()).then(|| level.ja());
        let list = pages::List { here, found, hub, today: wish.now.0, map: asked.view == "map", coarse, shown: wish.shown };
        Ok(pages::list(&asked.look, &ASSETS, &list))
    })
    .await
}

/// `/embed`: the list or map of a district inside a page of the city. No cookie is set on any residents' page.
pub async fn embed(State(app): State<Arc<App>>, mut asked: Asked) -> Response {
    asked.look.embed = "1".into();
    list(State(app), asked).await
}
