//! The server as its clients see it: problems explained, answers that agree, OGC as GDAL reads it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test that cannot go on should stop

mod common;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use kayoi::app::{App, load_atlas};
use kayoi::commands::{import_paths, write_city};
use kayoi::http::router;
use kayoi::store::open;
use serde_json::Value;
use std::process::Command;
use std::sync::Arc;
use tower::ServiceExt;

/// A server over a small invented city; the folder lives as long as it does.
struct City {
    app: Arc<App>,
    _dir: tempfile::TempDir,
}

struct Answer {
    status: StatusCode,
    kind: String,
    etag: Option<String>,
    bytes: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&self.bytes)))
    }
}

impl City {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let files = dir.path().join("files");
        write_city(&files, 20_000, 1).unwrap();
        let data = dir.path().join("data");
        let store = open(&data).await.unwrap();
        import_paths(Some(store.as_ref()), &[files]).await.unwrap();
        let atlas = load_atlas(store.as_ref(), &data).await.unwrap();
        Self { app: Arc::new(App::new(store, atlas, data, None)), _dir: dir }
    }

    async fn get(&self, path: &str) -> Answer {
        self.get_with(path, None).await
    }

    async fn get_with(&self, path: &str, etag: Option<&str>) -> Answer {
        let mut request = Request::get(path).header("host", "127.0.0.1:1");
        if let Some(tag) = etag {
            request = request.header(header::IF_NONE_MATCH, tag);
        }
        let response = router(self.app.clone()).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let text = |n: header::HeaderName| response.headers().get(n).map(|v| v.to_str().unwrap().to_owned());
        let (status, kind, etag) = (response.status(), text(header::CONTENT_TYPE).unwrap_or_default(), text(header::ETAG));
        Answer { status, kind, etag, bytes: response.into_body().collect().await.unwrap().to_bytes().to_vec() }
    }

    fn home(&self) -> String {
        let p = self.app.atlas.load().sites.all[0].point;
        format!("{},{}", p.lon, p.lat)
    }
}

#[tokio::test]
async fn bad_questions_get_problems_and_the_server_stays_up() {
    let city = City::new().await;
    let from = city.home();
    let cases = [
        (format!("/api/reach?from={from}&minutes=0"), 400, "threshold_out_of_range"),
        (format!("/api/reach?from={from}&minutes=1e9"), 400, "threshold_out_of_range"),
        (format!("/api/reach?from={from}&minutes=abc"), 400, "not_a_number"),
        ("/api/reach?from=abc".into(), 400, "bad_position"),
        ("/api/reach".into(), 400, "bad_position"),
        ("/api/reach?from=NaN,NaN".into(), 400, "position_abroad"),
        ("/api/reach?from=-8.24389,53.41291".into(), 400, "position_abroad"),
        ("/api/reach?from=32.8,130.7".into(), 400, "position_abroad"),
        ("/api/reach?from=141.35,43.06".into(), 422, "no_street"),
        (format!("/api/isochrone?from={from}&kind=castle"), 400, "unknown_kind"),
        (format!("/api/reach?from={from}&speed=9999"), 400, "speed_out_of_range"),
        (format!("/api/reach?from={from}&by=rocket"), 400, "unknown_value"),
        ("/api/coverage".into(), 400, "no_kind"),
        ("/api/coverage?kind=clinic&area_type=galaxy".into(), 400, "unknown_value"),
        ("/api/coverage?kind=clinic&area_type=living_area".into(), 409, "no_areas"),
        ("/api/coverage?kind=clinic&year=99999999".into(), 400, "not_a_number"),
        ("/api/gaps?kind=clinic&area=999999".into(), 404, "no_such_area"),
        ("/api/areas/999999/services".into(), 404, "not_found"),
        ("/api/areas/x/services".into(), 404, "not_found"),
        ("/api/areas/x/month".into(), 404, "not_found"),
        ("/api/areas/1/month?month=12".into(), 400, "bad_month"),
        ("/api/areas/1/month?kind=castle".into(), 400, "unknown_kind"),
        ("/api/search?q=x&limit=many".into(), 400, "bad_query"),
        ("/api/export/services.doc".into(), 404, "not_found"),
        ("/api/export/areas.csv".into(), 404, "not_found"),
        ("/api/export/services.csv?kind=castle".into(), 400, "unknown_kind"),
        ("/tiles/base/99/0/0".into(), 404, "not_found"),
        ("/tiles/moon/1/0/0".into(), 404, "not_found"),
        ("/assets/../Cargo.toml".into(), 404, "not_found"),
        ("/nowhere".into(), 404, "not_found"),
    ];
    for (path, status, code) in cases {
        let a = city.get(&path).await;
        assert_eq!((a.status.as_u16(), a.kind.as_str()), (status, "application/problem+json"), "{path}");
        let v = a.json();
        assert_eq!(v["code"], code, "{path}");
        assert!(v["detail"].as_str().unwrap().chars().any(|c| c > '\u{3000}'), "Japanese first: {path}");
    }
    assert_eq!(city.get("/healthz").await.bytes, b"ok");
    assert_eq!(city.get("/readyz").await.status, 200);
}

#[tokio::test]
async fn answers_agree_with_each_other_and_carry_their_basis() {
    let city = City::new().await;
    let coverage = city.get("/api/coverage?kind=clinic&minutes=20&group=aged75").await.json();
    let gaps = city.get("/api/gaps?kind=clinic&minutes=20&group=aged75").await;
    assert_eq!(gaps.kind, "application/geo+json");
    let gaps = gaps.json();
    let total = &coverage["total"];
    let missing = total["people"].as_f64().unwrap() - total["kinds"][0]["reached"].as_f64().unwrap();
    assert!((missing - gaps["people"].as_f64().unwrap()).abs() < 1e-6);
    for answer in [&coverage["basis"], &gaps["basis"]] {
        assert!(answer["revision"].as_i64().unwrap() > 0 && !answer["data"].as_array().unwrap().is_empty());
        assert!(answer["population"].as_str().unwrap().contains("75歳以上") && answer["unverified"] == true);
    }
    for row in coverage["rows"].as_array().unwrap() {
        let k = &row["kinds"][0];
        if let (Some(low), Some(share), Some(high)) = (k["low"].as_f64(), k["share"].as_f64(), k["high"].as_f64()) {
            assert!(low <= share + 1e-9 && share <= high + 1e-9);
        }
    }
    let from = city.home();
    let reach = city.get(&format!("/api/reach?from={from}&minutes=90")).await.json();
    let minutes: Vec<f64> =
        reach["features"].as_array().unwrap().iter().map(|f| f["properties"]["minutes"].as_f64().unwrap()).collect();
    assert!(!minutes.is_empty() && minutes.is_sorted() && minutes.iter().all(|m| *m <= 90.0));
    let nearest = city.get(&format!("/api/nearest?from={from}&kind=clinic&minutes=90")).await.json();
    let best = reach["features"].as_array().unwrap().iter().find(|f| f["properties"]["kind"] == "clinic").unwrap();
    assert_eq!(nearest["features"][0]["properties"]["metres"], best["properties"]["metres"]);
    assert_eq!(nearest["features"][0]["geometry"]["type"], "LineString");
    let area = city.get("/api/areas?area_type=elementary_district").await.json();
    let id = area["features"][0]["id"].as_i64().unwrap();
    let services = city.get(&format!("/api/areas/{id}/services?kind=clinic&minutes=20&group=aged75")).await.json();
    assert!(services["area"]["people"].as_f64().unwrap() > 0.0);
}

#[tokio::test]
async fn small_counts_and_internal_columns_stay_inside() {
    let city = City::new().await;
    let gaps = city.get("/api/gaps?kind=hub&minutes=5&group=aged75").await.json();
    let features = gaps["features"].as_array().unwrap();
    let few = features.iter().filter(|f| f["properties"]["fewer_than"].is_number());
    assert!(few.clone().count() > 0 && few.clone().all(|f| f["properties"]["left_out"].is_null()));
    for f in features {
        let (people, out) = (f["properties"]["people"].as_f64(), f["properties"]["left_out"].as_f64());
        let small = |v: Option<f64>| v.is_some_and(|v| v > 0.0 && v < 5.0);
        assert!(!small(people) && !small(out), "{f}");
        assert!(!small(people.zip(out).map(|(p, o)| p - o)), "those who reach are as few: {f}");
    }
    let from = city.home();
    for path in [
        format!("/api/reach?from={from}&minutes=60"),
        "/ogc/collections/services/items".into(),
        "/ogc/collections/cells/items".into(),
    ] {
        let text = String::from_utf8(city.get(&path).await.bytes).unwrap();
        assert!(!text.contains("internal") && !text.contains("担当校区"), "{path}");
    }
}

#[tokio::test]
async fn etags_spare_the_second_answer() {
    let city = City::new().await;
    for path in ["/api/coverage?kind=clinic", "/ogc/collections", "/style.json"] {
        let first = city.get(path).await;
        let tag = first.etag.unwrap();
        let second = city.get_with(path, Some(&tag)).await;
        assert_eq!((second.status, second.bytes.len()), (StatusCode::NOT_MODIFIED, 0), "{path}");
    }
}

#[tokio::test]
async fn ogc_api_features_core() {
    let city = City::new().await;
    let landing = city.get("/ogc").await.json();
    let href = |rel: &str| {
        landing["links"].as_array().unwrap().iter().find(|l| l["rel"] == rel).unwrap_or_else(|| panic!("{rel}"))["href"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    for rel in ["self", "service-desc", "conformance", "data"] {
        assert!(href(rel).starts_with("http://127.0.0.1:1/"), "absolute: {rel}");
    }
    let api = city.get("/ogc/api").await;
    assert_eq!(api.kind, "application/vnd.oai.openapi+json;version=3.0");
    let api = api.json();
    assert!(api["openapi"].as_str().unwrap().starts_with("3.0"));
    assert_eq!(api["components"]["parameters"]["limit"]["schema"]["maximum"], 10_000);
    let collections = city.get("/ogc/collections").await.json();
    let ids: Vec<&str> = collections["collections"].as_array().unwrap().iter().map(|c| c["id"].as_str().unwrap()).collect();
    for id in ["services", "cells", "elementary_district", "demand_zone", "function_induction"] {
        assert!(ids.contains(&id), "{id} in {ids:?}");
        assert!(api["paths"][format!("/collections/{id}/items")].is_object());
    }
    // pages follow one another and hold every feature once
    let mut seen = std::collections::HashSet::new();
    let mut path = "/ogc/collections/services/items?limit=17".to_owned();
    let matched = loop {
        let page = city.get(&path).await;
        assert_eq!(page.kind, "application/geo+json");
        let page = page.json();
        assert_eq!(page["numberReturned"].as_u64().unwrap() as usize, page["features"].as_array().unwrap().len());
        for f in page["features"].as_array().unwrap() {
            assert!(seen.insert(f["id"].as_i64().unwrap()));
        }
        match page["links"].as_array().unwrap().iter().find(|l| l["rel"] == "next") {
            Some(next) => path = next["href"].as_str().unwrap().trim_start_matches("http://127.0.0.1:1").to_owned(),
            None => break page["numberMatched"].as_u64().unwrap(),
        }
    };
    assert_eq!(seen.len() as u64, matched);
    let one = city.get(&format!("/ogc/collections/services/items/{}", seen.iter().next().unwrap())).await.json();
    assert_eq!(one["type"], "Feature");
    let few = city.get("/ogc/collections/services/items?bbox=132.39,31.29,132.40,31.30").await.json();
    assert!(few["numberMatched"].as_u64().unwrap() < matched);
    for bad in ["limit=abc", "bbox=1,2,3", "colour=red", "datetime=soon"] {
        assert_eq!(city.get(&format!("/ogc/collections/services/items?{bad}")).await.status, 400, "{bad}");
    }
    assert_eq!(city.get("/ogc/collections/none/items").await.status, 404);
    assert_eq!(city.get("/ogc/collections/services/items/0").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn gdal_lists_pages_and_filters() {
    let city = City::new().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("OAPIF:http://{}/ogc", listener.local_addr().unwrap());
    let server = tokio::spawn(axum::serve(listener, router(city.app.clone())).into_future());
    let run = |args: Vec<String>| {
        let out = Command::new("ogrinfo").args(args).output().expect("gdal-bin is installed by make test");
        let (text, errors) =
            (String::from_utf8_lossy(&out.stdout).into_owned(), String::from_utf8_lossy(&out.stderr).into_owned());
        assert!(out.status.success() && !errors.contains("ERROR"), "{errors}");
        text
    };
    let (u, atlas) = (url.clone(), city.app.atlas.load_full());
    let text = tokio::task::spawn_blocking(move || {
        let all = run(vec!["-ro".into(), u.clone()]);
        let services = run(vec!["-ro".into(), "-so".into(), u.clone(), "services".into(), "-oo".into(), "PAGE_SIZE=25".into()]);
        let boxed = run(vec![
            "-ro".into(),
            "-so".into(),
            u,
            "cells".into(),
            "-spat".into(),
            "132.39".into(),
            "31.29".into(),
            "132.41".into(),
            "31.31".into(),
        ]);
        (all, services, boxed)
    })
    .await
    .unwrap();
    server.abort();
    assert!(text.0.contains("elementary_district") && text.0.contains("services"), "{}", text.0);
    assert!(text.1.contains(&format!("Feature Count: {}", atlas.sites.all.len())), "{}", text.1);
    let count: usize = text.2.lines().find_map(|l| l.strip_prefix("Feature Count: ")).unwrap().parse().unwrap();
    assert!(count > 0 && count < atlas.population[0].0.cells.len());
}

#[tokio::test]
async fn tiles_styles_and_pages_ask_nothing_from_outside() {
    let city = City::new().await;
    let json = city.get("/tiles/base.json").await.json();
    assert_eq!(json["tilejson"], "3.0.0");
    let tile = city.get("/tiles/base/13/7109/3343").await;
    assert!(tile.status == 200 || tile.status == 204, "{}", tile.status);
    let b = city.app.atlas.load().home().center();
    let side = f64::from(1 << 13);
    let (x, lat) = ((b.lon + 180.0) / 360.0 * side, b.lat.to_radians());
    let y = (1.0 - (lat.tan() + 1.0 / lat.cos()).ln() / std::f64::consts::PI) / 2.0 * side;
    for layer in ["base", "services", "cells", "elementary_district"] {
        let tile = city.get(&format!("/tiles/{layer}/13/{}/{}", x as u32, y as u32)).await;
        assert_eq!((tile.status.as_u16(), tile.kind.as_str()), (200, "application/vnd.mapbox-vector-tile"), "{layer}");
        assert!(tile.bytes.len() > 50, "{layer}");
    }
    for path in ["/", "/plan", "/desk", "/style.json"] {
        let text = String::from_utf8(city.get(path).await.bytes).unwrap();
        for (i, _) in text.match_indices("http") {
            assert!(
                text[i..].starts_with("http://127.0.0.1:1/")
                    || !text[i..].starts_with("http:") && !text[i..].starts_with("https:"),
                "{path}: {}",
                &text[i..text.len().min(i + 60)]
            );
        }
    }
}

impl City {
    async fn send(&self, method: &str, path: &str, body: &Value) -> Answer {
        let request =
            Request::builder().method(method).uri(path).header("host", "127.0.0.1:1").header("content-type", "application/json");
        let response = router(self.app.clone()).oneshot(request.body(Body::from(body.to_string())).unwrap()).await.unwrap();
        let (status, kind) = (response.status(), String::new());
        let bytes = response.into_body().collect().await.unwrap().to_bytes().to_vec();
        Answer { status, kind, etag: None, bytes }
    }
}

#[tokio::test]
async fn journeys_what_ifs_and_sitings_over_http() {
    use serde_json::json;
    let city = City::new().await;
    let reached = |v: &Value| v["total"]["kinds"][0]["reached"].as_f64().unwrap();
    let by = |by: &str| format!("/api/coverage?kind=hospital&minutes=45&by={by}&day=2026-11-24&stat=best");
    let (walk, bus, taxi) =
        (city.get(&by("walk")).await.json(), city.get(&by("transit")).await.json(), city.get(&by("taxi")).await.json());
    assert!(reached(&walk) <= reached(&bus) && reached(&bus) <= reached(&taxi) && reached(&walk) < reached(&taxi));
    assert_eq!((bus["basis"]["by"].as_str(), bus["basis"]["service_day"].as_str()), (Some("transit"), Some("2026-11-24")));
    assert!(taxi["total"]["kinds"][0]["taxi"]["in_zone"].as_f64().unwrap() > 0.0);
    let late = city.get("/api/coverage?kind=hospital&by=transit&day=2030-01-01").await.json();
    assert!(late["basis"]["notes"].to_string().contains("有効期間の外"), "a day after the timetable says so");

    let from = city.home();
    let hospital = city.get("/ogc/collections/services/items?limit=1000").await.json();
    let id =
        hospital["features"].as_array().unwrap().iter().find(|f| f["properties"]["kind"] == "hospital").unwrap()["id"].clone();
    let way =
        city.get(&format!("/api/itinerary?from={from}&service={id}&by=taxi&day=2026-11-24&at=9:00&back=12:00")).await.json();
    assert!(!way["there"]["ways"].as_array().unwrap().is_empty() && !way["back"]["ways"].as_array().unwrap().is_empty());
    assert!(way["there"]["ways"][0]["legs"][0]["geometry"]["coordinates"].is_array());
    for path in ["isochrone", "reach"] {
        let answer = city.get(&format!("/api/{path}?from={from}&kind=hospital&minutes=30&by=transit&day=2026-11-24")).await;
        assert_eq!(answer.status, 200);
        assert!(answer.json()["basis"]["notes"].to_string().contains("9:00ちょうどに出た場合"));
    }
    let indicators = city.get("/api/indicators?day=2026-11-24").await.json();
    let of = |code: &str| indicators["indicators"].as_array().unwrap().iter().find(|i| i["code"] == code).unwrap().clone();
    for code in
        ["daily_life", "transit_poor", "induction", "supply", "days_per_week", "mobile_shops", "half_serves_strict", "series"]
    {
        assert!(of(code)["answer"].is_object() || of(code)["answer"].is_array(), "{code}: {}", of(code)["missing"]);
    }
    assert_eq!(city.get("/api/providers?kind=home_care&minutes=10").await.status, 200);

    let at: Vec<f64> = from.split(',').map(|v| v.parse().unwrap()).collect();
    let scenario = json!({ "name": "病院", "changes": [{ "change": "add_service", "kind": "hospital", "at": at }] });
    let answer = city.send("POST", "/api/whatif?kind=hospital&minutes=30", &scenario).await.json();
    let total = answer["rows"].as_array().unwrap().last().unwrap()["kinds"][0].clone();
    assert!(total[1].as_f64() >= total[0].as_f64());
    let siting = city.send("POST", "/api/siting?kind=salon&minutes=15", &json!({ "k": 2 })).await.json();
    assert!(siting["gain"].as_f64().unwrap() <= siting["bound"].as_f64().unwrap() + 1e-6 && siting["chosen"].is_array());
    for (path, body, code) in [
        ("/api/whatif?kind=hospital", json!({ "changes": [{ "change": "build_moon" }] }), "bad_body"),
        (
            "/api/whatif?kind=hospital",
            json!({ "changes": [{ "change": "close_service", "service": 99_999_999 }] }),
            "no_such_service",
        ),
        (
            "/api/whatif?kind=hospital",
            json!({ "changes": [{ "change": "close_line", "line": "どこにもない線" }] }),
            "no_such_line",
        ),
        (
            "/api/whatif?kind=hospital&by=transit",
            json!({ "changes": [{ "change": "add_line", "name": "x", "stops": [], "first": "7:00", "last": "8:00", "every_minutes": 0.0 }] }),
            "bad_line",
        ),
        ("/api/siting?kind=salon", json!({ "k": 0 }), "bad_siting"),
    ] {
        let answer = city.send("POST", path, &body).await;
        assert!(answer.status.is_client_error(), "{path} {body}");
        assert_eq!(answer.json()["code"], code, "{path} {body}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_first_questions_at_once_all_get_their_answer() {
    use serde_json::json;
    for _ in 0..3 {
        // a fresh city each time: what is worked out once must not be waited for by those who work it out
        let city = Arc::new(City::new().await);
        let at: Vec<f64> = city.home().split(',').map(|v| v.parse().unwrap()).collect();
        let together = tokio::task::LocalSet::new();
        let answers = together.run_until(async {
            let mut all = tokio::task::JoinSet::new();
            for i in 0..12 {
                let (city, at) = (city.clone(), at.clone());
                all.spawn_local(async move {
                    let by = ["walk", "transit", "taxi"][i % 3];
                    let scenario = json!({ "changes": [{ "change": "add_service", "kind": "hospital", "at": at }] });
                    match i % 2 {
                        0 => city.get(&format!("/api/gaps?kind=hospital&by={by}&day=2026-11-24")).await.status,
                        _ => {
                            city.send("POST", &format!("/api/whatif?kind=hospital&by={by}&day=2026-11-24"), &scenario)
                                .await
                                .status
                        }
                    }
                });
            }
            all.join_all().await
        });
        let answers = tokio::time::timeout(std::time::Duration::from_secs(50), answers).await.expect("an answer in time");
        assert!(answers.iter().all(|s| *s == 200), "{answers:?}");
    }
}

#[tokio::test]
async fn an_address_is_found_from_the_body_and_a_position_told_by_its_block() {
    use serde_json::json;
    let city = City::new().await;
    let a = &city.app.atlas.load().clone();
    let clinic = a.sites.all.iter().find(|s| s.service.address.as_deref().is_some_and(|t| t.ends_with('号'))).unwrap();
    let address = clinic.service.address.clone().unwrap();
    let found = city.send("POST", "/api/address", &json!({ "address": address })).await;
    assert_eq!(found.status, StatusCode::OK);
    let all = found.json();
    let [one] = all["candidates"].as_array().unwrap().as_slice() else { panic!("{all}") };
    assert_eq!(one["level"], "house");
    let at = format!("{},{}", one["position"][0], one["position"][1]);
    let near = city.get(&format!("/api/nearest?from={at}&kind=clinic")).await.json();
    let block = near["here"]["address"].as_str().unwrap();
    let shown = one["address"].as_str().unwrap();
    assert!(shown.starts_with(block.trim_end_matches("番付近")), "{shown} {block}");
    let unknown = city.send("POST", "/api/address", &json!({ "address": "どこにもない町1-1" })).await.json();
    assert_eq!(unknown["candidates"], json!([]));
    for body in [json!({}), json!({ "address": "あ".repeat(300) }), json!("x")] {
        assert_eq!(city.send("POST", "/api/address", &body).await.status, StatusCode::BAD_REQUEST, "{body}");
    }
    assert_eq!(city.get("/api/address?address=x").await.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn the_dates_of_a_service_and_the_calendars_agree() {
    let city = City::new().await;
    let a = &city.app.atlas.load().clone();
    let salon = kayoi::model::kind_by_code("salon").unwrap();
    let known = |id: &&u32| a.sites.all[**id as usize].schedule.as_ref().is_some_and(|s| s.is_timed());
    let site = &a.sites.all[*a.sites.of_kind(salon).iter().find(known).unwrap() as usize];
    let id = site.service.id;
    let dates = city.get(&format!("/api/services/{id}/dates")).await.json();
    let next = &dates["dates"][0];
    let own = city.get(&format!("/api/services/{id}/calendar.ics")).await;
    assert_eq!((own.status, own.kind.as_str()), (StatusCode::OK, "text/calendar; charset=utf-8"));
    let text = String::from_utf8(own.bytes).unwrap();
    let start =
        format!("{}T{}00", next["date"].as_str().unwrap().replace('-', ""), next["from"].as_str().unwrap().replace(':', ""));
    let start = if next["from"].as_str().unwrap().len() == 4 { start.replace('T', "T0") } else { start };
    assert!(text.contains(&format!("DTSTART;TZID=Asia/Tokyo:{start}")), "{start} in {text}");
    // the calendar of its district has every meeting of it
    let index = &a.areas[&kayoi::model::AreaType::ElementaryDistrict];
    let area = index.areas[index.at(site.point)[0] as usize].id;
    let whole = String::from_utf8(city.get(&format!("/api/areas/{area}/calendar.ics?kind=salon")).await.bytes).unwrap();
    let uids =
        |t: &str| t.lines().filter(|l| l.starts_with("UID:")).map(str::to_owned).collect::<std::collections::BTreeSet<_>>();
    assert!(!uids(&text).is_empty() && uids(&text).is_subset(&uids(&whole)));
    for path in ["/api/services/999999/dates", "/api/services/x/calendar.ics", "/api/areas/999999/calendar.ics"] {
        assert_eq!(city.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}
