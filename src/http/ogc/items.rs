//! The features of a collection: limit, bbox, datetime; paged by id.

use super::{Collection, link};
use crate::app::App;
use crate::atlas::Atlas;
use crate::http::links::BaseUrl;
use crate::http::problem::Problem;
use crate::http::work::compute;
use crate::model::{Bounds, LonLat};
use crate::present::geojson;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use geo::BoundingRect;
use serde_json::{Value, json};
use std::sync::Arc;

/// Features on a page if nothing is asked.
pub const DEFAULT_LIMIT: usize = 1000;
/// Most features on a page; a larger wish is cut to this.
pub const MAX_LIMIT: usize = 10_000;

/// What a page asks for.
#[derive(Debug, Default, PartialEq)]
struct Page {
    limit: Option<usize>,
    bbox: Option<[f64; 4]>,
    /// Features after this id: the cursor of a `next` link.
    after: i64,
}

impl Page {
    /// Unknown parameters are refused, as the standard asks.
    fn parse(query: &[(String, String)]) -> Result<Self, Problem> {
        let mut page = Self::default();
        for (name, value) in query {
            match name.as_str() {
                "limit" => {
                    let n: usize = value.parse().map_err(|_| bad("limit", value))?;
                    page.limit = Some(n.clamp(1, MAX_LIMIT));
                    if n == 0 {
                        return Err(bad("limit", value));
                    }
                }
                "bbox" => page.bbox = Some(bbox(value).ok_or_else(|| bad("bbox", value))?),
                "datetime" => datetime(value).then_some(()).ok_or_else(|| bad("datetime", value))?,
                "after" => page.after = value.parse().map_err(|_| bad("after", value))?,
                other => {
                    return Err(Problem::bad_request(
                        "unknown_parameter",
                        format!("パラメーター「{other}」は使えません。/ Unknown parameter."),
                    ));
                }
            }
        }
        Ok(page)
    }
}

fn bad(name: &str, value: &str) -> Problem {
    Problem::bad_request("bad_parameter", format!("{name}「{value}」を読めません。/ Cannot read {name}."))
}

/// Four or six numbers; heights are ignored.
fn bbox(text: &str) -> Option<[f64; 4]> {
    let n: Vec<f64> = text.split(',').map(|t| t.trim().parse::<f64>().ok().filter(|v| v.is_finite())).collect::<Option<_>>()?;
    let [w, s, e, n] = match n[..] {
        [w, s, e, n] | [w, s, _, e, n, _] => [w, s, e, n],
        _ => return None,
    };
    (s <= n).then_some([w, s, e, n])
}

/// An instant or an interval, open ends as `..` or nothing. Our features carry no time, so all of them match.
fn datetime(text: &str) -> bool {
    let instant = |t: &str| {
        let date = t.get(..10).unwrap_or(t);
        let shape = date.len() == 10
            && date.chars().enumerate().all(|(i, c)| if i == 4 || i == 7 { c == '-' } else { c.is_ascii_digit() });
        shape && (t.len() == 10 || t.as_bytes().get(10) == Some(&b'T'))
    };
    let end = |t: &str| t.is_empty() || t == ".." || instant(t);
    match text.split_once('/') {
        Some((a, b)) => end(a) && end(b) && !(a.is_empty() && b.is_empty()),
        None => instant(text),
    }
}

/// A feature, its id, and a box to test.
type Entry<'a> = (i64, Bounds, Box<dyn Fn() -> Value + 'a>);

fn entries(atlas: &Atlas, collection: Collection) -> Vec<Entry<'_>> {
    let mut all: Vec<Entry> = match collection {
        Collection::Services => atlas
            .sites
            .all
            .iter()
            .map(|s| {
                (s.service.id, Bounds::of([s.point]), Box::new(move || geojson::site(s, &json!({}))) as Box<dyn Fn() -> Value>)
            })
            .collect(),
        Collection::Cells => atlas
            .population
            .iter()
            .take(1)
            .flat_map(|p| &p.0.cells)
            .map(|c| {
                (
                    c.id,
                    c.bounds.or(c.centroid.map(|p| Bounds::of([p]))).unwrap_or(Bounds::EMPTY),
                    Box::new(move || geojson::cell(c, None)) as Box<dyn Fn() -> Value>,
                )
            })
            .collect(),
        Collection::Areas(t) => atlas
            .areas
            .get(&t)
            .iter()
            .flat_map(|index| &index.areas)
            .map(|a| {
                let rect = a.geometry.as_ref().and_then(BoundingRect::bounding_rect);
                let b = rect.map_or(Bounds::EMPTY, |r| {
                    Bounds::of([LonLat::new(r.min().x, r.min().y), LonLat::new(r.max().x, r.max().y)])
                });
                (a.id, b, Box::new(move || geojson::area(a)) as Box<dyn Fn() -> Value>)
            })
            .collect(),
    };
    all.sort_by_key(|e| e.0);
    all
}

fn meets(b: &Bounds, wanted: &Option<[f64; 4]>) -> bool {
    wanted.is_none_or(|[w, s, e, n]| {
        // west beyond east crosses the antimeridian: two boxes
        let boxes = if w <= e { vec![(w, e)] } else { vec![(w, 180.0), (-180.0, e)] };
        boxes.into_iter().any(|(west, east)| b.intersects(&Bounds { west, south: s, east, north: n }))
    })
}

fn geo_json(value: &Value) -> Response {
    ([(header::CONTENT_TYPE, "application/geo+json")], value.to_string()).into_response()
}

/// `/ogc/collections/{id}/items`.
pub async fn items(
    State(app): State<Arc<App>>,
    BaseUrl(base): BaseUrl,
    Path(id): Path<String>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let page = Page::parse(&query)?;
    compute(&app, move |atlas| {
        let collection = Collection::find(atlas, &id)?;
        let all = entries(atlas, collection);
        let matched: Vec<&Entry> = all.iter().filter(|e| meets(&e.1, &page.bbox)).collect();
        let limit = page.limit.unwrap_or(DEFAULT_LIMIT);
        let rest = &matched[matched.partition_point(|e| e.0 <= page.after)..];
        let shown = &rest[..rest.len().min(limit)];
        let here = format!("{base}/ogc/collections/{}/items", collection.id());
        let bbox = page.bbox.map(|b| format!("&bbox={}", b.map(|v| v.to_string()).join(","))).unwrap_or_default();
        let address = |after: i64| {
            format!("{here}?limit={limit}{bbox}{}", if after > 0 { format!("&after={after}") } else { String::new() })
        };
        let mut links = vec![
            link(address(page.after), "self", "application/geo+json", "This page"),
            link(format!("{base}/ogc/collections/{}", collection.id()), "collection", "application/json", "Collection"),
        ];
        if rest.len() > shown.len() {
            links.push(link(address(shown.last().map_or(0, |e| e.0)), "next", "application/geo+json", "Next page"));
        }
        let mut value = geojson::collection(shown.iter().map(|e| e.2()).collect(), None::<&()>);
        value["links"] = json!(links);
        value["numberMatched"] = json!(matched.len());
        value["numberReturned"] = json!(shown.len());
        Ok(geo_json(&value))
    })
    .await
}

/// `/ogc/collections/{id}/items/{fid}`.
pub async fn item(
    State(app): State<Arc<App>>,
    BaseUrl(base): BaseUrl,
    Path((id, fid)): Path<(String, String)>,
) -> Result<Response, Problem> {
    compute(&app, move |atlas| {
        let collection = Collection::find(atlas, &id)?;
        let wanted: Option<i64> = fid.parse().ok();
        let all = entries(atlas, collection);
        let found = wanted
            .and_then(|w| all.iter().find(|e| e.0 == w))
            .ok_or_else(|| Problem::missing(format!("地物「{fid}」はありません。/ No such feature.")))?;
        let mut value = found.2();
        let home = format!("{base}/ogc/collections/{}", collection.id());
        value["links"] = json!([
            link(format!("{home}/items/{fid}"), "self", "application/geo+json", "This feature"),
            link(home, "collection", "application/json", "Collection")
        ]);
        Ok(geo_json(&value))
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_as_gdal_and_qgis_send_them() {
        let ask = |pairs: &[(&str, &str)]| {
            Page::parse(&pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect::<Vec<_>>())
        };
        let open = ("datetime", "0000-01-01T00:00:00Z/9999-12-31T00:00:00Z");
        let p = ask(&[("limit", "20"), ("bbox", "130.5,32.7,130.8,32.9"), open]).unwrap();
        assert_eq!(p, Page { limit: Some(20), bbox: Some([130.5, 32.7, 130.8, 32.9]), after: 0 });
        for ok in ["2020-01-01", "../2020-01-01", "2020-01-01/..", "/2020-01-01", "2020-01-01T00:00:00Z/"] {
            assert!(datetime(ok), "{ok}");
        }
        let wrong = [("limit", "abc"), ("limit", "0"), ("limit", "-1"), ("bbox", "1,2,3"), ("bbox", "a,b,c,d")];
        for bad in wrong.into_iter().chain([("datetime", "yesterday"), ("colour", "red")]) {
            assert!(ask(&[bad]).is_err(), "{bad:?}");
        }
        assert_eq!(ask(&[("limit", "999999")]).unwrap().limit, Some(MAX_LIMIT));
    }
}
