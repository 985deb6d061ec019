//! The residents' pages as a browser without script reads them: the way from an address to a service, and what must never happen.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test that cannot go on should stop

mod common;

use axum::body::Body;
use axum::http::{HeaderMap, Request};
use common::invented;
use http_body_util::BodyExt;
use kayoi::app::{App, load_atlas, now_in_japan};
use kayoi::http::router;
use kayoi::model::{LonLat, Status, kind_by_code};
use kayoi::present::resident::resident;
use serde_json::Value;
use std::sync::Arc;
use tower::ServiceExt;

struct City {
    app: Arc<App>,
    _dir: tempfile::TempDir,
}

struct Answer {
    status: u16,
    headers: HeaderMap,
    bytes: Vec<u8>,
}

impl Answer {
    fn text(&self) -> String {
        String::from_utf8(self.bytes.clone()).unwrap()
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }
}

impl City {
    async fn new() -> Self {
        let (dir, store) = invented(20_000).await;
        let data = dir.path().join("data");
        let atlas = load_atlas(store.as_ref(), &data).await.unwrap();
        let mut app = App::new(store, atlas, data, None);
        app.frames = vec!["https://www.city.example.jp".into()];
        Self { app: Arc::new(app), _dir: dir }
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let (parts, body) = router(self.app.clone()).oneshot(request).await.unwrap().into_parts();
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        Answer { status: parts.status.as_u16(), headers: parts.headers, bytes }
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).header("host", "127.0.0.1:1").body(Body::empty()).unwrap()).await
    }

    async fn post(&self, path: &str, form: &str) -> Answer {
        let kind = "application/x-www-form-urlencoded";
        let request = Request::post(path).header("host", "127.0.0.1:1").header("content-type", kind);
        self.send(request.body(Body::from(form.to_owned())).unwrap()).await
    }

    /// Somewhere a salon stands, to the grid of the pages.
    fn home(&self) -> LonLat {
        let atlas = self.app.atlas.load();
        let salon = atlas.sites.of_kind(kind_by_code("salon").unwrap())[0];
        let (p, grid) = (atlas.sites.all[salon as usize].point, resident().grid);
        LonLat::new((p.lon / grid).round() * grid, (p.lat / grid).round() * grid)
    }

    fn at(&self) -> String {
        let p = self.home();
        format!("{:.4},{:.4}", p.lon, p.lat)
    }
}

fn encoded(text: &str) -> String {
    text.bytes().map(|b| format!("%{b:02X}")).collect()
}

/// Pieces of a page between two marks.
fn between<'a>(text: &'a str, open: &str, close: &str) -> Vec<&'a str> {
    text.split(open).skip(1).filter_map(|rest| rest.split_once(close).map(|p| p.0)).collect()
}

#[tokio::test]
async fn an_address_leads_to_a_list_and_is_in_no_address_of_a_page() {
    let city = City::new().await;
    let where_ = city.get("/where?want=move").await.text();
    let example = between(&where_, "例： ", " ")[0].to_owned();
    let found = city.post("/where?want=move", &format!("address={}", encoded(&example))).await;
    assert_eq!(found.status, 303, "{example}: {}", found.text());
    let to = found.header("location").to_owned();
    assert!(to.starts_with("/list?at=") && to.ends_with("&want=move"), "{to}");
    let list = city.get(&to).await;
    assert_eq!(list.status, 200);
    assert!(!list.text().contains(&example), "the address stays with who typed it");
    // unknown, empty and absurd ones are asked again, in words
    for typed in ["どこにもない町1-1", "", "<script>alert(1)</script>"] {
        let again = city.post("/where", &format!("address={}", encoded(typed))).await;
        assert_eq!(again.status, 200, "{typed}");
        assert!(again.text().contains("見つかりません") && !again.text().contains("<script>alert"), "{typed}");
    }
}

#[tokio::test]
async fn the_list_says_what_the_api_says_nearest_first() {
    let city = City::new().await;
    let at = city.at();
    let page = city.get(&format!("/list?at={at}&want=move&n=200")).await.text();
    let ids: Vec<i64> = between(&page, "href=\"/service/", "?").iter().filter_map(|i| i.parse().ok()).collect();
    let minutes: Vec<f64> = between(&page, "歩いて約", "分").iter().filter_map(|m| m.parse().ok()).collect();
    let kinds: Vec<&str> = resident().choice[0].kinds().iter().map(|k| k.code()).collect();
    let api = city.get(&format!("/api/reach?from={at}&minutes=30&kind={}&limit=200", kinds.join(","))).await;
    let api: Value = serde_json::from_slice(&api.bytes).unwrap();
    let features = api["features"].as_array().unwrap();
    assert!(features.len() > 5, "{}", features.len());
    for (i, f) in features.iter().enumerate() {
        assert_eq!(f["id"].as_i64().unwrap(), ids[i]);
        let exact = f["properties"]["minutes"].as_f64().unwrap();
        assert!((minutes[i] - exact.max(0.1)).abs() <= 1.0 && minutes[i] >= exact - 0.06, "{exact} {}", minutes[i]);
    }
    assert!(minutes[..features.len()].is_sorted());
}

#[tokio::test]
async fn a_day_shows_what_meets_that_day_and_what_nobody_knows() {
    let city = City::new().await;
    let (today, _) = now_in_japan();
    let wednesday = (1..8).map(|n| today.plus(n)).find(|d| d.weekday_ja() == '水').unwrap();
    let page = city.get(&format!("/list?at={}&want=move&n=200&day={wednesday}", city.at())).await.text();
    let next = between(&page, "class=\"next\">", "</p>");
    let date = wednesday.date().strftime("次は %-m/%-d(水").to_string();
    assert!(next.iter().any(|n| n.starts_with(&date)), "{next:?}");
    let other = next.iter().find(|n| n.starts_with("次は") && !n.starts_with(&date));
    assert_eq!(other, None);
    assert!(!next.contains(&"しばらく開かれません"));
}

#[tokio::test]
async fn what_is_paused_is_said_and_counted_apart() {
    let city = City::new().await;
    let atlas = city.app.atlas.load_full();
    let kinds = resident().choice[0].kinds();
    let mut all = atlas.sites.all.iter();
    let paused = all.find(|s| s.service.status == Status::Paused && kinds.contains(&s.service.kind)).unwrap();
    let at = format!("{:.4},{:.4}", paused.point.lon, paused.point.lat);
    let page = city.get(&format!("/list?at={at}&want=move")).await.text();
    let after = page.split_once("いまお休みのもの").unwrap().1;
    assert!(after.contains(&paused.service.name) && after.contains("いまは休止しています"));
    let detail = city.get(&format!("/service/{}?at={at}", paused.service.id)).await.text();
    assert!(detail.contains("いまは休止しています") && !detail.contains("これからの予定"));
}

#[tokio::test]
async fn a_page_is_never_empty_and_always_names_a_support_centre() {
    let city = City::new().await;
    let home = city.home();
    // the sea off the city, the other end of the country, a district
    let district = city.app.atlas.load().areas.values().next().unwrap().areas[0].id;
    for query in [
        format!("at={:.4},{:.4}", home.lon + 0.4, home.lat),
        "at=141.3500,43.0600".into(),
        format!("area={district}"),
        format!("at={}", city.at()),
    ] {
        for choice in &resident().choice {
            let page = city.get(&format!("/list?{query}&want={}", choice.code)).await;
            assert_eq!(page.status, 200, "{query} {}", choice.code);
            let text = page.text();
            assert!(text.contains("困ったときは、ささえりあへ") && text.contains("href=\"tel:"), "{query} {}", choice.code);
            let something = ["class=\"next\"", "見つかりません", "まだ一覧にありません"].iter().any(|w| text.contains(w));
            assert!(something, "{query} {}", choice.code);
        }
    }
    for (path, status) in [
        ("/service/999999", 404),
        ("/service/abc", 404),
        ("/list?at=abc", 400),
        ("/list?at=-6.2,53.3", 400),
        ("/list?area=abc", 400),
        ("/list?area=999999", 404),
        ("/list?at=130.7,32.8&day=2026-02-31", 400),
        ("/list", 303),
    ] {
        let page = city.get(path).await;
        assert_eq!(page.status, status, "{path}");
        assert!(status == 303 || page.text().contains("はじめにもどる"), "{path}");
    }
}

#[tokio::test]
async fn her_support_centre_is_the_one_whose_list_names_her_district() {
    let city = City::new().await;
    let atlas = city.app.atlas.load_full();
    let hubs: Vec<_> = atlas.sites.services().filter(|s| s.kind == kind_by_code("hub").unwrap()).collect();
    let mut theirs = 0;
    for a in &atlas.areas[&kayoi::model::AreaType::ElementaryDistrict].areas {
        let page = city.get(&format!("/list?area={}&want=move", a.id)).await.text();
        // a hub may be given by the elementary or by the junior high district
        let middle = kayoi::measure::middle(&atlas, a.id).unwrap();
        let junior = &atlas.areas[&kayoi::model::AreaType::JuniorHighDistrict];
        let names = junior.at(middle).into_iter().map(|j| junior.areas[j as usize].name.trim_end_matches("中学校"));
        let names: Vec<&str> = std::iter::once(a.name.trim_end_matches("小学校")).chain(names).collect();
        let named = hubs.iter().find(|h| h.serves.as_deref().is_some_and(|s| names.contains(&s)));
        let shown = between(&page, "id=\"hub\">", "</aside>")[0];
        match named {
            Some(h) => assert!(shown.contains(&h.name) && shown.contains("この場所の担当です"), "{}: {shown}", a.name),
            None => assert!(shown.contains("いちばん近いささえりあです"), "{}: {shown}", a.name),
        }
        theirs += usize::from(named.is_some());
    }
    assert!(theirs > 2, "{theirs}");
}

#[tokio::test]
async fn the_detail_page_tells_how_to_get_there_and_back() {
    let city = City::new().await;
    let atlas = city.app.atlas.load_full();
    // a home some way off, so that a bus is worth it
    let salon = atlas.sites.of_kind(kind_by_code("salon").unwrap());
    let home = city.home();
    let far = salon.iter().map(|id| &atlas.sites.all[*id as usize]).max_by(|a, b| {
        let apart = |s: &kayoi::atlas::Site| kayoi::model::ground_metres(home, s.point);
        apart(a).total_cmp(&apart(b))
    });
    let far = far.unwrap();
    let page = city.get(&format!("/service/{}?at={}", far.service.id, city.at())).await.text();
    for words in ["行き方", "歩いて", "バス・電車で", "デマンドタクシーで", "行き", "帰り", "家族に送る", "<svg"]
    {
        assert!(page.contains(words), "{words} in {page}");
    }
    // the link for others does not say where she lives
    let link = between(&page, "class=\"link\">", "<")[0];
    assert!(link.ends_with(&format!("/service/{}", far.service.id)), "{link}");
    let walk = city.get(&format!("/service/{}/walk.svg?at={}", far.service.id, city.at())).await;
    assert_eq!((walk.status, walk.header("content-type")), (200, "image/svg+xml"));
    assert!(walk.text().contains("<path") && !walk.text().contains("script"));
}

#[tokio::test]
async fn pages_are_light_set_no_cookie_and_stand_only_in_the_pages_of_the_city() {
    let city = City::new().await;
    let at = city.at();
    let list = format!("/list?at={at}&want=move");
    let request = Request::get(&list).header("host", "127.0.0.1:1").header("accept-encoding", "gzip");
    let packed = city.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(packed.header("content-encoding"), "gzip");
    assert!(packed.bytes.len() < 30_000, "{}", packed.bytes.len());
    for path in ["/".to_owned(), "/where".into(), list, format!("/embed?at={at}&want=move")] {
        let page = city.get(&path).await;
        assert_eq!((page.status, page.header("set-cookie")), (200, ""), "{path}");
        let policy = page.header("content-security-policy");
        assert_eq!(policy.contains("https://www.city.example.jp"), path.starts_with("/embed"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'self'") && !policy.contains("unsafe-inline"), "{path}");
        assert!(!page.text().contains(" style=") && !page.text().contains("<style"), "{path}");
    }
}

#[tokio::test]
async fn inside_the_page_of_a_city_every_link_leads_to_a_page_that_may_stand_there() {
    let city = City::new().await;
    let allowed = |page: &Answer| page.header("content-security-policy").contains("https://www.city.example.jp");
    let first = city.get(&format!("/embed?at={}&want=move", city.at())).await.text();
    let links: Vec<String> = between(&first, "href=\"/", "\"").iter().map(|l| format!("/{}", l.replace("&amp;", "&"))).collect();
    let pages = links.iter().filter(|l| ["/list", "/service", "/where"].iter().any(|p| l.starts_with(p)));
    let mut seen = 0;
    for link in pages {
        let page = city.get(link).await;
        assert!(allowed(&page) && page.status == 200, "{} {link}", page.status);
        seen += 1;
    }
    assert!(seen > 12, "{seen}");
    assert!(allowed(&city.get("/service/999999?embed=1").await), "what went wrong is said there too");
    for elsewhere in ["/plan?embed=1", "/desk?embed=1", "/api/catalog?embed=1", "/list?area=1"] {
        assert!(!allowed(&city.get(elsewhere).await), "{elsewhere}");
    }
}

#[tokio::test]
async fn somebody_who_knows_better_is_heard() {
    let city = City::new().await;
    let id = city.app.atlas.load().sites.all[0].service.id;
    let path = format!("/service/{id}?at={}", city.at());
    let heard = city.post(&path, &format!("text={}&contact=", encoded("火曜になりました"))).await;
    assert_eq!(heard.status, 303, "{}", heard.text());
    assert!(city.get(heard.header("location")).await.text().contains("ありがとうございます"));
    let waiting = city.app.store.suggestions(true).await.unwrap();
    assert_eq!((waiting.len(), waiting[0].text.as_str(), waiting[0].service), (1, "火曜になりました", Some(id)));
    assert_eq!(city.post(&path, "text=").await.status, 422);
    assert_eq!(city.post("/service/999999", "text=x").await.status, 404);
}

#[tokio::test]
async fn readings_large_type_and_english_go_along() {
    let city = City::new().await;
    let list = format!("/list?at={}&want=move", city.at());
    let page = city.get(&format!("{list}&kana=1&big=1")).await.text();
    assert!(page.contains("<ruby>") && page.contains("<html lang=\"ja\" class=\"big\">"));
    assert!(between(&page, "href=\"/service/", "\"").iter().all(|h| h.contains("kana=1&amp;big=1")), "carried along");
    let english = city.get(&format!("{list}&lang=en")).await.text();
    assert!(english.contains("<html lang=\"en\"") && english.contains("on foot") && english.contains("Large type"));
    assert!(!english.contains("歩いて"));
}
