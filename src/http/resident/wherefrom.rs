//! `/where`: near where?

use super::asked::rounded;
use super::{ASSETS, Asked, shown};
use crate::app::App;
use crate::atlas::{Atlas, Gazetteer};
use crate::http::work::compute;
use crate::model::AreaType;
use crate::present::resident::Here;
use crate::present::resident::wherefrom::{Choices, Typed, wherefrom as page_of};
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use std::sync::Arc;

/// Longest address read, characters.
const LONGEST: usize = 200;

/// What was typed.
#[derive(Deserialize)]
pub struct Sent {
    #[serde(default)]
    address: String,
}

/// `GET /where`.
pub async fn wherefrom(State(app): State<Arc<App>>, asked: Asked) -> Response {
    let look = asked.look.clone();
    shown(&app, &look, move |atlas| Ok(page_of(&asked.look, &ASSETS, &asked.here(atlas)?, &choices(atlas), &Typed::Nothing)))
        .await
}

/// `POST /where`: leads to the list of the address, whose position is rounded first; else asks again.
pub async fn find(State(app): State<Arc<App>>, asked: Asked, sent: Result<Form<Sent>, FormRejection>) -> Response {
    let look = asked.look.clone();
    let address: String = sent.map(|f| f.0.address).unwrap_or_default().trim().chars().take(LONGEST).collect();
    let answer = compute(&app, move |atlas| {
        let here = asked.here(atlas)?;
        let mut all = atlas.gazetteer.as_ref().map(|g| g.find(&address).candidates()).unwrap_or_default();
        if let [one] = all.as_slice() {
            let level = if one.level.is_located() { "" } else { one.level.code() };
            let here = Here { at: Some(rounded(one.point)), area: None, ..here };
            return Ok(Redirect::to(&here.href(&asked.look, "/list", &[("level", level)])).into_response());
        }
        let typed = match all.is_empty() {
            true => Typed::Unknown(&address),
            false => {
                all.iter_mut().for_each(|l| l.point = rounded(l.point));
                Typed::Several(all)
            }
        };
        let page = page_of(&asked.look, &ASSETS, &here, &choices(atlas), &typed);
        Ok(axum::response::Html(page.into_string()).into_response())
    })
    .await;
    answer.unwrap_or_else(|problem| super::sorry(&look, &problem))
}

/// Districts by municipality, and an address as one is written here.
fn choices(atlas: &Atlas) -> Choices<'_> {
    let types = [AreaType::ElementaryDistrict, AreaType::JuniorHighDistrict, AreaType::LivingArea, AreaType::Ward];
    let index = types.iter().find_map(|t| atlas.areas.get(t).filter(|i| i.areas.iter().any(|a| a.geometry.is_some())));
    let cities = atlas.areas.get(&AreaType::Ward).map(|i| i.areas.as_slice()).unwrap_or_default();
    let mut districts: Vec<(String, Vec<(i64, &str)>)> = Vec::new();
    for a in index.into_iter().flat_map(|i| &i.areas).filter(|a| a.geometry.is_some() && a.id > 0) {
        let city = cities
            .iter()
            .find(|c| c.city_code.is_some() && c.city_code == a.city_code)
            .map(|c| c.name.clone())
            .unwrap_or_default();
        match districts.iter_mut().find(|(name, _)| *name == city) {
            Some((_, list)) => list.push((a.id, &a.name)),
            None => districts.push((city, vec![(a.id, &a.name)])),
        }
    }
    districts.iter_mut().for_each(|(_, list)| list.sort_by_key(|d| d.1));
    Choices { districts, example: atlas.gazetteer.as_ref().map(Gazetteer::example) }
}
