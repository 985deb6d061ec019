//! Nothing staff-only reaches the public: every public route is walked in every format, and what it answers, unpacked, is searched
//! for what was hidden.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test that cannot go on should stop

use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt;
use kayoi::app::{App, accounts, load_atlas};
use kayoi::commands::{import_paths, write_city};
use kayoi::http::router;
use kayoi::model::{
    Field, GeocodeLevel, LonLat, Note, NoteKind, Place, Publication, Role, Service, Suggestion, Visibility, ground_metres,
    kind_by_code,
};
use kayoi::store::{Author, Edit, Edited, Store, open};
use serde_json::json;
use std::io::Read;
use std::sync::Arc;
use tower::ServiceExt;

/// Every hidden text has this in it.
const MARK: &str = "もれてはならない";
const PHONE: &str = "0999876543";
const DASHED: &str = "099-987-6543";

struct Hidden {
    app: Arc<App>,
    home: LonLat,
    home_service: i64,
    /// The service whose fields are hidden, though it is public itself.
    shown: i64,
    _dir: tempfile::TempDir,
}

fn service(key: &str, name: &str) -> Service {
    Service::new(key, kind_by_code("salon").unwrap(), name)
}

async fn add(store: &dyn Store, place: Place) -> i64 {
    let edit = Edit { place: 0, version: 0, after: Some(place), merged_into: None };
    let author = Author { why: Some(MARK.into()), ..Author::new(format!("{MARK}編集者"), "2026-11-21T00:00:00Z") };
    match store.edit(&[edit], MARK, &author).await.unwrap() {
        Edited::Done { places, .. } => places[0],
        other => panic!("{other:?}"),
    }
}

/// A city in which somebody hid something in every place there is for it.
async fn city() -> Hidden {
    let dir = tempfile::tempdir().unwrap();
    let (files, data) = (dir.path().join("files"), dir.path().join("data"));
    write_city(&files, 4_000, 1).unwrap();
    let store = open(&data).await.unwrap();
    import_paths(Some(store.as_ref()), &[files]).await.unwrap();
    let middle = load_atlas(store.as_ref(), &data).await.unwrap().sites.all[0].point;
    let near = |east: f64| LonLat::new(middle.lon + east, middle.lat + 0.000_123);
    let at = |name: &str, point, services| Place {
        name: name.into(),
        address: Some("架空県かよい市架空本町一丁目1番1号".into()),
        point: Some(point),
        level: GeocodeLevel::Surveyed,
        services,
        ..Place::default()
    };
    // whole services for staff and for the inner circle, alone and beside a public one
    let with = |key: &str, name: &str, visibility| Service { visibility, ..service(key, name) };
    add(store.as_ref(), at(&format!("{MARK}会場"), near(0.001), vec![with("a", &format!("{MARK}相談会"), Visibility::Staff)]))
        .await;
    let beside = vec![service("b", "ひらかれた会"), with("c", &format!("{MARK}内部会"), Visibility::Internal)];
    add(store.as_ref(), at("ひらかれた会場", near(0.002), beside)).await;
    // a public service with hidden fields, a liaison sheet and columns of its list
    let mut shown = service("d", "項目をかくした会");
    shown.phone = Some(DASHED.into());
    shown.fee = Some(format!("{MARK}円"));
    shown.schedule_text = Some(format!("第2火曜 10時〜11時 {MARK}"));
    shown.pickup = Some(MARK.into());
    shown.booking = Some(MARK.into());
    shown.url = Some(format!("https://example.jp/{MARK}"));
    shown.serves = Some(MARK.into());
    shown.hidden =
        [Field::Phone, Field::Fee, Field::ScheduleText, Field::Pickup, Field::Booking, Field::Url, Field::Serves].into();
    shown.staff.insert("doctor".into(), format!("{MARK}医師"));
    shown.internal = Some(json!({ "代表者": format!("{MARK}太郎") }).to_string());
    let place = add(store.as_ref(), at("項目の会場", near(0.003), vec![shown])).await;
    let shown = store.entry(place).await.unwrap().unwrap().place.services[0].id;
    // a home that takes guests, and one that no longer does
    let home = near(0.004_321);
    let mut house = at(&format!("{MARK}方"), home, vec![service("e", "お茶の間サロン")]);
    (house.home, house.kana) = (true, Some(MARK.into()));
    house.address = Some(format!("架空県かよい市架空本町一丁目2番3号 {MARK}様方"));
    let place = add(store.as_ref(), house.clone()).await;
    let home_service = store.entry(place).await.unwrap().unwrap().place.services[0].id;
    house.services.clear();
    house.facility = Some("community_centre".into());
    add(store.as_ref(), house).await;
    // what is no record
    accounts::put_account(store.as_ref(), &format!("{MARK}さん"), Some("a-long-password"), Role::Admin, vec![]).await.unwrap();
    let said =
        Suggestion { at: "2026-11-21T00:00:00Z".into(), text: MARK.into(), contact: Some(MARK.into()), ..Suggestion::default() };
    store.suggest(&said).await.unwrap();
    let area = store.contents().await.unwrap().areas[0].1.id;
    for kind in [NoteKind::Good, NoteKind::Bad, NoteKind::Finding] {
        let (at, actor, text) = ("2026-11-21T00:00:00Z".into(), MARK.into(), MARK.into());
        store.note(&Note { id: 0, at, actor, area, kind, text, about: None, value: None, parent: None }).await.unwrap();
    }
    store.publish(&Publication { what: MARK.into(), recipient: MARK.into(), ..Publication::default() }).await.unwrap();
    store.audit(&Author::new(MARK, "2026-11-21T00:00:00Z"), MARK, MARK).await.unwrap();
    let atlas = load_atlas(store.as_ref(), &data).await.unwrap();
    Hidden { app: Arc::new(App::new(store, atlas, data, None)), home, home_service, shown, _dir: dir }
}

/// The public routes as `router.rs` lists them, with their methods.
fn public_routes() -> Vec<(String, bool)> {
    let source = include_str!("../src/http/router.rs");
    let of = |function: &str| {
        let from = source.find(function).unwrap();
        &source[from..from + source[from..].find("\n}").unwrap()]
    };
    let routes = ["fn residents()", "fn public()"].into_iter().flat_map(|f| of(f).split(".route(\"").skip(1));
    routes.map(|r| (r.split('"').next().unwrap().to_owned(), r.split_once('"').unwrap().1.starts_with(", post"))).collect()
}

/// Whether a path is of a route.
fn is_of(path: &str, route: &str) -> bool {
    let (path, route) = (path.split('?').next().unwrap(), route);
    let (a, b): (Vec<&str>, Vec<&str>) = (path.split('/').collect(), route.split('/').collect());
    let wild = b.iter().any(|s| s.starts_with("{*"));
    (wild || a.len() == b.len()) && b.iter().zip(&a).all(|(r, p)| r.starts_with('{') || r == p)
}

/// Paths to ask, in every format and with every parameter that changes what is shown.
fn paths(h: &Hidden) -> Vec<(String, Option<String>)> {
    let atlas = h.app.atlas.load();
    let (from, near) = (atlas.sites.all[0].point, h.home);
    let mut all: Vec<String> = Vec::new();
    let mut get = |p: String| all.push(p);
    for p in [
        "/",
        "/plan",
        "/desk",
        "/api/catalog",
        "/api/lines",
        "/api/scenarios",
        "/ogc",
        "/ogc/",
        "/ogc/api",
        "/ogc/conformance",
        "/ogc/collections",
    ] {
        get(p.into());
    }
    let wants: Vec<&str> = kayoi::present::resident::resident().choice.iter().map(|c| c.code.as_str()).collect();
    for p in [from, near] {
        let at = format!("{:.4},{:.4}", p.lon, p.lat);
        for want in &wants {
            get(format!("/list?at={at}&want={want}&n=200"));
            get(format!("/list?at={at}&want={want}&n=200&view=map&lang=en&day=2026-12-01"));
            get(format!("/embed?at={at}&want={want}&n=200&kana=1"));
        }
        for id in 0..h.shown + 20 {
            get(format!("/service/{id}?at={at}"));
            get(format!("/service/{id}/walk.svg?at={at}"));
        }
    }
    for area in atlas.areas.values().flat_map(|i| &i.areas) {
        get(format!("/list?area={}&want=move&n=200", area.id));
    }
    for p in ["/where", "/where?want=ask&kana=1", "/icon.svg"] {
        get(p.into());
    }
    for p in ["/style.json", "/healthz", "/readyz", "/assets/none.js"] {
        get(p.into());
    }
    for p in [from, near] {
        let at = format!("{},{}", p.lon, p.lat);
        for question in ["reach", "isochrone", "nearest", "itinerary"] {
            get(format!("/api/{question}?from={at}&to={at}&minutes=60&at=10:00"));
            get(format!("/api/{question}?from={at}&minutes=60&kind=salon&by=transit&service={}", h.home_service));
        }
    }
    get("/api/coverage/report.pdf?kind=salon&minutes=5&group=aged75".into());
    for question in ["coverage", "walkers", "gaps", "indicators", "providers", "areas"] {
        get(format!("/api/{question}?kind=salon&minutes=5&area_type=elementary_district&group=aged75"));
        get(format!("/api/{question}?kind=salon,home_care&minutes=30&area_type=neighbourhood"));
    }
    for area in atlas.areas.values().flat_map(|i| &i.areas) {
        get(format!("/api/areas/{}/services?minutes=60&kind=salon", area.id));
        get(format!("/api/areas/{}/calendar.ics?kind=salon", area.id));
        get(format!("/api/areas/{}/month?kind=salon", area.id));
        for sheet in ["map", "karte", "booklet", "calendar"] {
            get(format!("/api/areas/{}/print/{sheet}.pdf?size=a4", area.id));
        }
    }
    // every service id there can be, public or not
    for id in 0..h.shown + 20 {
        get(format!("/api/services/{id}/dates"));
        get(format!("/api/services/{id}/calendar.ics"));
    }
    for words in [MARK, "サロン", "会", "架空本町一丁目", DASHED] {
        let encoded: String = words.bytes().map(|b| format!("%{b:02X}")).collect();
        get(format!("/api/search?q={encoded}&limit=100"));
    }
    for extension in ["csv", "xlsx", "geojson", "gpkg", "shp.zip", "fgb", "hsds.json", "ods.zip"] {
        get(format!("/api/export/services.{extension}"));
        get(format!("/api/export/services.{extension}?kind=salon,home_care,hub"));
    }
    let areas = atlas.areas.keys().map(|t| t.code());
    let layers: Vec<&str> = ["services", "cells"].into_iter().chain(areas).collect();
    for c in &layers {
        get(format!("/ogc/collections/{c}"));
        for f in ["", "?limit=10000", "?f=html&limit=10000", "?f=csv&limit=10000"] {
            get(format!("/ogc/collections/{c}/items{f}"));
        }
        for id in 0..h.shown + 20 {
            get(format!("/ogc/collections/{c}/items/{id}"));
        }
        get(format!("/tiles/{c}"));
    }
    for layer in layers.iter().chain(&["base"]) {
        get(format!("/tiles/{layer}"));
        for z in [10, 12, 14, 16, 18] {
            let n = f64::from(1u32 << z);
            let x = ((near.lon + 180.0) / 360.0 * n) as u32;
            let lat = near.lat.to_radians();
            let y = ((1.0 - (lat.tan() + 1.0 / lat.cos()).ln() / std::f64::consts::PI) / 2.0 * n) as u32;
            get(format!("/tiles/{layer}/{z}/{x}/{y}"));
        }
    }
    let mut asked: Vec<(String, Option<String>)> = all.into_iter().map(|p| (p, None)).collect();
    let kind = "?kind=salon&minutes=30&area_type=elementary_district";
    let point = [near.lon, near.lat];
    asked.push((
        format!("/api/whatif{kind}"),
        Some(json!({ "name": "x", "changes": [{ "change": "add_service", "kind": "salon", "at": point }] }).to_string()),
    ));
    asked.push((
        format!("/api/whatif/report.pdf{kind}"),
        Some(json!({ "name": "x", "changes": [{ "change": "add_service", "kind": "salon", "at": point }] }).to_string()),
    ));
    asked.push((format!("/api/siting{kind}"), Some(json!({ "k": 1 }).to_string())));
    asked.push(("/api/address".into(), Some(json!({ "address": format!("架空本町一丁目2番3号 {MARK}") }).to_string())));
    asked.push(("/api/suggestions".into(), Some(json!({ "text": "水曜になりました" }).to_string())));
    asked
}

/// The text of a PDF, as a reader of screens or a search engine has it.
fn words_of(pdf: &[u8]) -> Vec<u8> {
    let path = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(path.path(), pdf).unwrap();
    let done = std::process::Command::new("pdftotext").args(["-raw", path.path().to_str().unwrap(), "-"]).output().unwrap();
    assert!(done.status.success(), "pdftotext (poppler-utils): {}", String::from_utf8_lossy(&done.stderr));
    // lines are broken where they are full
    done.stdout.into_iter().filter(|b| !b.is_ascii_whitespace()).collect()
}

/// What is inside: zips, workbooks and PDFs are opened.
fn opened(bytes: Vec<u8>) -> Vec<Vec<u8>> {
    if bytes.starts_with(b"%PDF") {
        return vec![words_of(&bytes), bytes];
    }
    let Ok(mut zip) = zip::ZipArchive::new(std::io::Cursor::new(&bytes)) else { return vec![bytes] };
    let mut parts = Vec::new();
    for i in 0..zip.len() {
        let mut part = Vec::new();
        zip.by_index(i).unwrap().read_to_end(&mut part).unwrap();
        parts.push(part);
    }
    parts
}

#[tokio::test]
async fn nothing_hidden_reaches_the_public() {
    let h = city().await;
    let (routes, asked) = (public_routes(), paths(&h));
    assert!(routes.len() > 35);
    for (route, post) in &routes {
        assert!(asked.iter().any(|(p, body)| body.is_some() == *post && is_of(p, route)), "no path of {route} is walked");
    }
    // written as numbers in JSON, CSV and KML, to a metre
    let place = [format!("{:.5}", h.home.lon), format!("{:.5}", h.home.lat)];
    let (mut answered, mut found) = (0, 0);
    for (path, body) in asked {
        let echoed = path.contains(&place[0]) || path.contains(&h.home.lon.to_string()) || body.is_some();
        let request = Request::builder().uri(&path).header("host", "127.0.0.1:1").header("content-type", "application/json");
        let request = request.method(if body.is_some() { "POST" } else { "GET" });
        // what is asked is not leaked by being said again
        let said = body.as_ref().is_some_and(|b| b.contains(MARK));
        let response = router(h.app.clone()).oneshot(request.body(Body::from(body.unwrap_or_default())).unwrap()).await.unwrap();
        let status = response.status();
        assert!(!status.is_server_error(), "{status} {path}");
        answered += usize::from(status.is_success());
        for part in opened(response.into_body().collect().await.unwrap().to_bytes().to_vec()) {
            let text = String::from_utf8_lossy(&part);
            for secret in [MARK, PHONE, DASHED, "argon2", "a-long-password"] {
                assert!(!text.contains(secret) || (said && secret == MARK), "{secret} in {path}");
            }
            assert!(echoed || !(text.contains(&place[0]) && text.contains(&place[1])), "the home itself in {path}");
            found += usize::from(text.contains("お茶の間サロン"));
        }
    }
    assert!(answered > 200 && found > 8, "the walk sees what is public: {answered} answers, the home's salon in {found}");
    // what tiles, answers and exports are made of
    let atlas = h.app.atlas.load();
    let told = atlas.sites.services().find(|s| s.id == h.home_service).unwrap();
    assert!(
        told.point.is_some_and(|p| ground_metres(p, h.home) > 1.0) && told.address.as_deref().is_some_and(|a| !a.contains('番'))
    );
    assert!(atlas.facilities.iter().all(|f| f.point.is_none_or(|p| ground_metres(p, h.home) > 1.0)));
    assert!(atlas.sites.all.iter().all(|s| ground_metres(s.point, h.home) > 1.0));
}

#[tokio::test]
async fn the_bundle_for_the_citys_server_holds_the_public_side_and_its_report_only_numbers() {
    let h = city().await;
    let bytes = kayoi::app::export::public_bundle(
        h.app.store.as_ref(),
        h.app.atlas.load_full(),
        kayoi::model::AreaType::ElementaryDistrict,
    )
    .await
    .unwrap();
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(&bytes)).unwrap();
    let names: Vec<String> = (0..zip.len()).map(|i| zip.by_index(i).unwrap().name().unwrap().into_owned()).collect();
    assert!(names.contains(&"public/index.html".to_owned()) && names.contains(&"report.txt".to_owned()));
    for name in names {
        let mut part = Vec::new();
        zip.by_name(&name).unwrap().read_to_end(&mut part).unwrap();
        for inner in opened(part) {
            let text = String::from_utf8_lossy(&inner);
            assert!(!text.contains(MARK) && !text.contains(DASHED), "{name}");
            if name == "report.txt" {
                for line in
                    ["関係者だけ）: 1件", "内部だけ）: 1件", "個人宅（おおよその区画と町名だけを公開）: 1件", "「電話番号」: 1件"]
                {
                    assert!(text.contains(line), "{line}\n{text}");
                }
            }
            if name == "public/index.html" {
                assert!(text.contains("お茶の間サロン") && !text.contains("<script"));
            }
        }
    }
}
