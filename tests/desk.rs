//! The desk as staff use it over HTTP: the gate, two hands on one record, a list from dry run to undo, residents' voices.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test that cannot go on should stop

mod common;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use common::{invented, shared};
use http_body_util::BodyExt;
use kayoi::app::{App, accounts, load_atlas};
use kayoi::http::router;
use kayoi::model::{AreaType, Role};
use serde_json::{Value, json};
use std::sync::Arc;
use tower::ServiceExt;

const PASSWORD: &str = "a-long-password";

struct Office {
    app: Arc<App>,
    _dir: tempfile::TempDir,
}

struct Answer {
    status: StatusCode,
    tag: Option<String>,
    cookie: Option<String>,
    bytes: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&self.bytes)))
    }

    /// The JSON of an answer of this status.
    fn is(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", String::from_utf8_lossy(&self.bytes));
        if self.bytes.is_empty() { Value::Null } else { self.json() }
    }
}

/// A browser of somebody, signed in or not.
struct Hand<'a> {
    office: &'a Office,
    cookie: String,
}

impl Office {
    async fn new() -> Self {
        let (dir, store) = invented(4_000).await;
        let data = dir.path().join("data");
        let atlas = load_atlas(store.as_ref(), &data).await.unwrap();
        Self { app: Arc::new(App::new(store, atlas, data, None)), _dir: dir }
    }

    fn nobody(&self) -> Hand<'_> {
        Hand { office: self, cookie: String::new() }
    }

    async fn hand(&self, name: &str, role: Role, areas: Vec<i64>) -> Hand<'_> {
        accounts::put_account(self.app.store.as_ref(), name, Some(PASSWORD), role, areas).await.unwrap();
        let answer =
            self.nobody().send("POST", "/api/desk/session", Some(json!({ "name": name, "password": PASSWORD })), &[]).await;
        assert_eq!(answer.status, 200);
        let cookie = answer.cookie.unwrap();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
        Hand { office: self, cookie: cookie.split(';').next().unwrap().to_owned() }
    }
}

impl Hand<'_> {
    async fn send(&self, method: &str, path: &str, body: Option<Value>, headers: &[(&str, &str)]) -> Answer {
        let bytes = body.as_ref().map(|b| b.to_string().into_bytes()).unwrap_or_default();
        self.send_bytes(
            method,
            path,
            bytes,
            if body.is_some() { "application/json" } else { "application/octet-stream" },
            headers,
        )
        .await
    }

    async fn send_bytes(&self, method: &str, path: &str, body: Vec<u8>, kind: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("host", "127.0.0.1:1").header("content-type", kind);
        if !self.cookie.is_empty() {
            request = request.header("cookie", &self.cookie);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = router(self.office.app.clone()).oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let text = |n: header::HeaderName| response.headers().get(n).map(|v| v.to_str().unwrap().to_owned());
        let (status, tag, cookie) = (response.status(), text(header::ETAG), text(header::SET_COOKIE));
        Answer { status, tag, cookie, bytes: response.into_body().collect().await.unwrap().to_bytes().to_vec() }
    }

    async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None, &[]).await
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        self.send("POST", path, Some(body), &[]).await
    }

    async fn put(&self, path: &str, tag: &str, body: Value) -> Answer {
        self.send("PUT", path, Some(body), &[("if-match", tag)]).await
    }

    async fn file(&self, path: &str, content: &[u8]) -> Answer {
        self.send_bytes("POST", path, content.to_vec(), "application/octet-stream", &[]).await
    }
}

async fn first_salon(hand: &Hand<'_>) -> (i64, String, Value) {
    let rows = hand.get("/api/desk/records?kind=salon&limit=1").await.is(200);
    let id = rows["rows"][0]["place"].as_i64().unwrap();
    let answer = hand.get(&format!("/api/desk/records/{id}")).await;
    let entry = answer.is(200);
    (id, answer.tag.unwrap(), entry["place"].clone())
}

#[tokio::test]
async fn the_gate_lets_in_who_may_come_and_nobody_else() {
    let office = Office::new().await;
    let nobody = office.nobody();
    for path in
        ["queue", "records", "records/1", "records/1/history", "revisions", "suggestions", "publications", "accounts", "audit"]
    {
        nobody.get(&format!("/api/desk/{path}")).await.is(401);
    }
    nobody.file("/api/desk/imports?name=x.csv", b"x").await.is(401);
    nobody.send("PUT", "/api/scenarios/x", Some(json!({ "name": "x", "changes": [] })), &[]).await.is(401);
    let planner = office.hand("keikaku", Role::Planner, vec![]).await;
    planner.get("/api/desk/session").await.is(200);
    planner.get("/api/desk/accounts").await.is(403);
    // a page of another site, with the cookie
    let evil = [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
    planner.send("POST", "/api/desk/revisions/1/undo", Some(json!({})), &evil).await.is(403);
    nobody.send("POST", "/api/desk/session", Some(json!({ "name": "keikaku", "password": PASSWORD })), &evil).await.is(403);
    let own = [("origin", "http://127.0.0.1:1"), ("sec-fetch-site", "same-origin")];
    planner.send("PUT", "/api/scenarios/x", Some(json!({ "name": "x", "changes": [] })), &own).await.is(204);
    // a session ends when it is closed, when the password changes, when the account is disabled
    let admin = office.hand("kanri", Role::Admin, vec![]).await;
    let again = office.hand("keikaku", Role::Planner, vec![]).await;
    planner.get("/api/desk/queue").await.is(401);
    again.send("DELETE", "/api/desk/session", None, &[]).await.is(204);
    again.get("/api/desk/queue").await.is(401);
    let third = office.hand("keikaku", Role::Planner, vec![]).await;
    third.send("PUT", "/api/desk/password", Some(json!({ "old": "wrong", "new": "another-password" })), &[]).await.is(401);
    third.send("PUT", "/api/desk/password", Some(json!({ "old": PASSWORD, "new": "short" })), &[]).await.is(422);
    admin.send("DELETE", "/api/desk/accounts/keikaku", None, &[]).await.is(204);
    third.get("/api/desk/queue").await.is(401);
    admin.send("DELETE", "/api/desk/accounts/kanri", None, &[]).await.is(409);
    let sign_in = |password: &str| json!({ "name": "keikaku", "password": password });
    nobody.post("/api/desk/session", sign_in(PASSWORD)).await.is(401);
    let put = json!({ "role": "viewer", "password": "viewers-password" });
    admin.send("PUT", "/api/desk/accounts/keikaku", Some(put), &[]).await.is(200);
    for n in 1..=5 {
        nobody.post("/api/desk/session", sign_in("wrong-password")).await.is(if n < 5 { 401 } else { 429 });
    }
    // shut, even for the right one
    nobody.post("/api/desk/session", sign_in("viewers-password")).await.is(429);
    nobody.post("/api/desk/session", json!({ "name": "nobody-of-that-name", "password": "x" })).await.is(401);
    let audit = admin.get("/api/desk/audit").await.is(200).to_string();
    for action in ["signed_in", "locked", "account_disabled", "sign_in_refused", "account_put", "signed_out"] {
        assert!(audit.contains(action), "{action}");
    }
    assert!(!audit.contains(PASSWORD) && !audit.contains("wrong-password"));
    let accounts = admin.get("/api/desk/accounts").await.is(200).to_string();
    assert!(!accounts.contains("argon2") && !accounts.contains("\"password\""));
}

#[tokio::test]
async fn two_people_change_one_record_and_nothing_is_lost() {
    let office = Office::new().await;
    let (a, b) = (office.hand("aoki", Role::Planner, vec![]).await, office.hand("baba", Role::Planner, vec![]).await);
    let (id, tag, seen) = first_salon(&a).await;
    let path = format!("/api/desk/records/{id}");
    a.send("PUT", &path, Some(json!({ "place": seen })), &[]).await.is(428);
    // one changes the fee, the other the phone; then both the fee
    let (mut mine, mut theirs) = (seen.clone(), seen.clone());
    mine["services"][0]["fee"] = json!("200円");
    let done = a.put(&path, &tag, json!({ "place": mine, "why": "電話で確認" })).await;
    assert_eq!(done.is(200)["place"]["services"][0]["fee"], "200円");
    theirs["services"][0]["phone"] = json!("096-356-1212");
    let late = b.put(&path, &tag, json!({ "place": theirs })).await.is(412);
    assert_eq!((late["code"].as_str(), late["merge"]["conflicts"].as_array().unwrap().len()), (Some("stale"), 0));
    let merged = late["merge"]["merged"].clone();
    assert_eq!(
        (merged["services"][0]["fee"].as_str(), merged["services"][0]["phone"].as_str()),
        (Some("200円"), Some("096-356-1212"))
    );
    theirs["services"][0]["fee"] = json!("300円");
    let late = b.put(&path, &tag, json!({ "place": theirs })).await.is(412);
    let conflict = &late["merge"]["conflicts"][0];
    assert!(conflict["path"].as_str().unwrap().ends_with("/fee") && conflict["theirs"] == "200円" && conflict["mine"] == "300円");
    let now = format!("\"{}\"", late["version"]);
    b.put(&path, &now, json!({ "place": late["merge"]["merged"] })).await.is(200);
    // who, when, why, field by field
    let history = a.get(&format!("{path}/history")).await.is(200);
    let changes = history["changes"].as_array().unwrap();
    assert_eq!(changes[0]["revision"]["actor"], "baba");
    assert_eq!(
        (changes[1]["revision"]["actor"].as_str(), changes[1]["revision"]["why"].as_str()),
        (Some("aoki"), Some("電話で確認"))
    );
    let field = &changes[1]["fields"][0];
    assert!(field["path"].as_str().unwrap().ends_with("/fee") && field["after"] == "200円", "{field}");
    // undo of the earlier leaves what was changed since; undo of the later brings it back
    let revision = changes[0]["revision"]["id"].as_i64().unwrap();
    let undone = b.post(&format!("/api/desk/revisions/{revision}/undo"), json!({ "why": "間違い" })).await.is(200);
    assert_eq!(undone["restored"], 1);
    let back = a.get(&path).await.is(200);
    assert_eq!(
        (back["place"]["services"][0]["fee"].as_str(), back["place"]["services"][0]["phone"].clone()),
        (Some("200円"), seen["services"][0]["phone"].clone())
    );
}

#[tokio::test]
async fn a_record_from_its_first_line_to_its_end() {
    let office = Office::new().await;
    let hand = office.hand("aoki", Role::Planner, vec![]).await;
    let kind = "salon";
    let service = json!({ "id": 0, "key": "", "kind": kind, "name": "ひまわり会", "status": "active", "visibility": "public",
        "schedule_text": "第2・4火曜 10時〜11時半", "fee": null, "pickup": null, "booking": null, "phone": "096-356-1212", "url": null,
        "capacity": null, "reference": null, "serves": null, "verified_on": null, "verified": {}, "hidden": ["phone"], "staff": {"doctor": "山本医師"}, "internal": null });
    let place = json!({ "name": "架空公民館", "address": "架空本町一丁目1番1号", "services": [service] });
    let wrong = hand.post("/api/desk/records", json!({ "place": { "name": "", "services": [] } })).await.is(422);
    assert_eq!(wrong["faults"][0]["path"], "name");
    let made = hand.post("/api/desk/records", json!({ "place": place })).await;
    let entry = made.is(201);
    let id = entry["place"]["id"].as_i64().unwrap();
    // looked up from its address, to the house
    assert_eq!(entry["place"]["level"], "house", "{entry}");
    assert!(entry["schedules"][0]["hours"].as_str().unwrap().contains("Tu[2,4]"), "{}", entry["schedules"]);
    // the public sees it within the next picture, without what is hidden
    office.app.refresh().await.unwrap();
    let found = office.nobody().get("/api/search?q=%E3%81%B2%E3%81%BE%E3%82%8F%E3%82%8A").await.is(200);
    assert_eq!(found["services"][0]["name"], "ひまわり会");
    assert!(found["services"][0]["phone"].is_null() && !found.to_string().contains("山本"));
    // an address nobody knows: no position, and it is in the queue
    let (tag, mut moved) = (made.tag.unwrap(), entry["place"].clone());
    moved["address"] = json!("どこか999");
    let lost = hand.put(&format!("/api/desk/records/{id}"), &tag, json!({ "place": moved })).await;
    let entry = lost.is(200);
    assert!(entry["place"]["point"].is_null());
    let queue = hand.get("/api/desk/queue").await.is(200);
    assert!(queue["unlocated"]["tasks"].to_string().contains("ひまわり会"));
    // the pin is put by hand, and stays when the address is written better
    let mut pinned = entry["place"].clone();
    pinned["point"] = json!({ "lon": 130.71, "lat": 32.81 });
    let entry = hand.put(&format!("/api/desk/records/{id}"), &lost.tag.unwrap(), json!({ "place": pinned })).await;
    assert_eq!(entry.is(200)["place"]["level"], "surveyed");
    // confirmed in one tap; only for the version that was seen
    let hand = office.hand("baba", Role::Planner, vec![]).await;
    let hand = &hand;
    let confirm = |tag: String, body: Value| async move {
        hand.send("POST", &format!("/api/desk/records/{id}/confirm"), Some(body), &[("if-match", &tag)]).await
    };
    confirm("\"1\"".into(), json!({})).await.is(412);
    let confirmed = confirm(entry.tag.unwrap(), json!({ "fields": ["phone"] })).await;
    let today = kayoi::app::today().to_string();
    assert_eq!(confirmed.is(200)["place"]["services"][0]["verified"]["phone"], json!(today));
    let confirmed = confirm(confirmed.tag.unwrap(), json!({})).await;
    assert_eq!(confirmed.is(200)["place"]["services"][0]["verified_on"], json!(today));
    // paused, then ended; the history still knows it
    let mut paused = confirmed.is(200)["place"].clone();
    paused["services"][0]["status"] = json!("paused");
    let paused = hand.put(&format!("/api/desk/records/{id}"), &confirmed.tag.unwrap(), json!({ "place": paused })).await;
    paused.is(200);
    let path = format!("/api/desk/records/{id}");
    let tag = paused.tag.unwrap();
    hand.send("DELETE", &path, Some(json!({ "why": "解散" })), &[("if-match", &tag)]).await.is(204);
    hand.get(&path).await.is(410);
    let history = hand.get(&format!("{path}/history")).await.is(200);
    assert_eq!(history["changes"][0]["revision"]["why"], "解散");
    let revision = history["changes"][0]["revision"]["id"].as_i64().unwrap();
    hand.post(&format!("/api/desk/revisions/{revision}/undo"), json!({})).await.is(200);
    assert_eq!(hand.get(&path).await.is(200)["place"]["services"][0]["status"], "paused");
}

#[tokio::test]
async fn two_records_become_one_and_one_becomes_two() {
    let office = Office::new().await;
    let hand = office.hand("aoki", Role::Planner, vec![]).await;
    let (id, _, first) = first_salon(&hand).await;
    let mut twin = first.clone();
    twin["id"] = json!(0);
    twin["services"][0]["id"] = json!(0);
    twin["services"][0]["key"] = json!("");
    let twin = hand.post("/api/desk/records", json!({ "place": twin })).await;
    let other = twin.is(201)["place"]["id"].as_i64().unwrap();
    let pair = |queue: &Value| {
        let tasks = queue["alike"]["tasks"].as_array().unwrap().clone();
        tasks.iter().any(|t| t.to_string().contains(&format!("\"place\":{other},")))
    };
    assert!(pair(&hand.get("/api/desk/queue").await.is(200)), "proposed");
    hand.send("POST", &format!("/api/desk/records/{id}/apart/{other}"), None, &[]).await.is(204);
    assert!(!pair(&hand.get("/api/desk/queue").await.is(200)), "and not again once somebody said they are two");
    // a service of another place cannot be written into this one
    let (stays, goes) =
        (hand.get(&format!("/api/desk/records/{id}")).await, hand.get(&format!("/api/desk/records/{other}")).await);
    let mut both = stays.is(200)["place"].clone();
    let moved = goes.is(200)["place"]["services"][0].clone();
    let service = moved["id"].as_i64().unwrap();
    both["services"].as_array_mut().unwrap().push(moved);
    let tag = stays.tag.unwrap();
    assert_eq!(
        hand.put(&format!("/api/desk/records/{id}"), &tag, json!({ "place": both })).await.is(422)["code"],
        "foreign_service"
    );
    let merging = json!({ "gone": other, "gone_version": goes.is(200)["version"], "place": both });
    let path = format!("/api/desk/records/{id}");
    let merged = hand.send("POST", &format!("{path}/merge"), Some(merging.clone()), &[("if-match", &tag)]).await;
    assert_eq!(merged.is(200)["place"]["services"].as_array().unwrap().len(), first["services"].as_array().unwrap().len() + 1);
    let gone = hand.get(&format!("/api/desk/records/{other}")).await.is(410);
    assert_eq!(gone["merged_into"], id);
    hand.send("POST", &format!("{path}/merge"), Some(merging), &[("if-match", &tag)]).await.is(410);
    // and apart again, the service with its own id
    let split = json!({ "services": [service], "place": { "name": "別の場所", "address": "架空本町一丁目1番1号" } });
    let split = hand.send("POST", &format!("{path}/split"), Some(split), &[("if-match", &merged.tag.unwrap())]).await.is(201);
    assert_eq!((split["place"]["services"][0]["id"].as_i64(), split["place"]["level"].as_str()), (Some(service), Some("house")));
}

#[tokio::test]
async fn a_list_from_dry_run_to_undo() {
    let office = Office::new().await;
    let hand = office.hand("aoki", Role::Coordinator, vec![]).await;
    let content = std::fs::read(shared("salons/salons-messy-1.xlsx")).unwrap();
    let doubts_before = hand.get("/api/desk/queue").await.is(200)["doubtful"]["total"].clone();
    let before = office.app.store.revision().await.unwrap();
    let dry = hand.file("/api/desk/imports?name=salons-messy-1.xlsx", &content).await.is(200);
    assert_eq!(office.app.store.revision().await.unwrap(), before, "a dry run keeps nothing");
    let report = &dry["reports"][0];
    let (added, columns) = (report["outcome"]["added"].as_u64().unwrap(), report["columns"].as_array().unwrap());
    assert!(added > 10 && columns.iter().any(|c| c[1] == "name") && dry["committed"] == false);
    assert!(!report["findings"].as_array().unwrap().is_empty());
    let stale = format!("/api/desk/imports?name=salons-messy-1.xlsx&commit=true&revision={}", before - 1);
    hand.file(&stale, &content).await.is(412);
    let commit = format!("/api/desk/imports?name=salons-messy-1.xlsx&commit=true&revision={before}");
    let done = hand.file(&commit, &content).await.is(200);
    let revision = done["revisions"][0].as_i64().unwrap();
    assert_eq!(done["reports"][0]["outcome"]["added"].as_u64(), Some(added));
    let queue = hand.get("/api/desk/queue").await.is(200);
    assert!(queue["doubtful"]["total"].as_u64().unwrap() > 0, "doubtful rows wait");
    // the same list again: nothing to do
    let again = hand.file("/api/desk/imports?name=salons-messy-1.xlsx&commit=true", &content).await.is(200);
    assert_eq!((again["revisions"].clone(), again["reports"][0]["outcome"]["added"].as_u64()), (json!([]), Some(0)));
    let undone = hand.post(&format!("/api/desk/revisions/{revision}/undo"), json!({})).await.is(200);
    assert!(undone["restored"].as_u64() >= Some(added) && undone["kept"] == json!([]), "{undone}");
    assert_eq!(hand.get("/api/desk/queue").await.is(200)["doubtful"]["total"], doubts_before);
    // somebody else's revision is not a coordinator's to take back
    hand.post("/api/desk/revisions/1/undo", json!({})).await.is(403);
    // headings nobody knows: the office says once what they mean, and next year it is known
    let odd = "つどい,どこで,いつ\nひまわり会,架空本町一丁目1番1号,第2火曜 10時～11時\n";
    let unknown = hand.file("/api/desk/imports?name=odd.csv", odd.as_bytes()).await.is(200);
    assert!(unknown["reports"][0]["refused"].is_string());
    assert_eq!(unknown["headings"], json!(["つどい", "どこで", "いつ"]));
    let columns = r#"{"つどい":"name","どこで":"address","いつ":"days","*kind":"kayoi"}"#;
    let encoded: String = columns.bytes().map(|b| format!("%{b:02X}")).collect();
    let told = hand.file(&format!("/api/desk/imports?name=odd.csv&commit=true&columns={encoded}"), odd.as_bytes()).await.is(200);
    assert_eq!((told["reports"][0]["taken"].as_u64(), told["located"]["house"].as_u64()), (Some(1), Some(1)), "{told}");
    let next =
        hand.file("/api/desk/imports?name=odd.csv", odd.replace("10時", "13時").replace("11時", "15時").as_bytes()).await.is(200);
    assert_eq!(next["reports"][0]["outcome"]["updated"].as_u64(), Some(1), "{next}");
    // not a list
    let photo = hand.file("/api/desk/imports?name=a.png", b"\x89PNG\r\n").await.is(200);
    assert!(photo["reports"][0]["refused"].as_str().unwrap().contains("画像"));
    hand.file("/api/desk/imports?name=", b"x").await.is(400);
    let large = vec![b'x'; 33_554_433];
    assert_eq!(hand.file("/api/desk/imports?name=a.csv", &large).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_coordinator_keeps_the_records_of_her_areas() {
    let office = Office::new().await;
    let atlas = office.app.atlas.load_full();
    let districts = &atlas.areas[&AreaType::ElementaryDistrict];
    let planner = office.hand("keikaku", Role::Planner, vec![]).await;
    let rows = planner.get("/api/desk/records?kind=salon&limit=500").await.is(200);
    let placed = rows["rows"].as_array().unwrap().iter().find(|r| r["located"] == true && r["district"].is_string()).unwrap();
    let inside = districts.areas.iter().find(|a| a.name == placed["district"]).unwrap();
    let other = districts.areas.iter().find(|a| a.name != placed["district"]).unwrap();
    let (hers, not_hers) = (
        office.hand("hers", Role::Coordinator, vec![inside.id]).await,
        office.hand("not", Role::Coordinator, vec![other.id]).await,
    );
    let id = placed["place"].as_i64().unwrap();
    let path = format!("/api/desk/records/{id}");
    let entry = hers.get(&path).await;
    let (tag, mut place) = (entry.tag.clone().unwrap(), entry.is(200)["place"].clone());
    place["services"][0]["fee"] = json!("100円");
    assert_eq!(not_hers.put(&path, &tag, json!({ "place": place })).await.is(403)["code"], "not_your_area");
    hers.put(&path, &tag, json!({ "place": place })).await.is(200);
    // nor can she move it out of her areas and lose it
    let tag = hers.get(&path).await.tag.unwrap();
    let far =
        atlas.sites.all.iter().map(|s| s.point).find(|p| !districts.contains(districts.find(inside.id).unwrap(), *p)).unwrap();
    let mut away = place.clone();
    away["point"] = json!({ "lon": far.lon, "lat": far.lat });
    hers.put(&path, &tag, json!({ "place": away })).await.is(403);
    let queue = not_hers.get("/api/desk/queue").await.is(200);
    let all = planner.get("/api/desk/queue").await.is(200);
    assert!(queue["records"].as_u64().unwrap() < all["records"].as_u64().unwrap());
    // a viewer sees and changes nothing
    let viewer = office.hand("viewer", Role::Viewer, vec![]).await;
    viewer.get(&path).await.is(200);
    viewer.put(&path, &tag, json!({ "place": place })).await.is(403);
    viewer.file("/api/desk/imports?name=x.csv", b"a").await.is(403);
}

#[tokio::test]
async fn what_is_internal_is_kept_from_those_below_and_survives_their_edits() {
    let office = Office::new().await;
    let planner = office.hand("keikaku", Role::Planner, vec![]).await;
    let hers = office.hand("hers", Role::Coordinator, vec![]).await;
    let (id, tag, mut place) = first_salon(&planner).await;
    let mut secret = place["services"][0].clone();
    (secret["id"], secret["key"], secret["name"], secret["visibility"]) =
        (json!(0), json!(""), json!("内部の相談先"), json!("internal"));
    place["services"].as_array_mut().unwrap().push(secret);
    let path = format!("/api/desk/records/{id}");
    planner.put(&path, &tag, json!({ "place": place })).await.is(200);
    let seen = hers.get(&path).await;
    assert!(!seen.is(200).to_string().contains("内部の相談先"));
    let mut mine = seen.is(200)["place"].clone();
    mine["services"][0]["fee"] = json!("50円");
    let saved = hers.put(&path, &seen.tag.unwrap(), json!({ "place": mine })).await.is(200);
    assert!(!saved.to_string().contains("内部の相談先"));
    let whole = planner.get(&path).await.is(200);
    assert!(whole.to_string().contains("内部の相談先") && whole["place"]["services"][0]["fee"] == "50円");
    assert!(!hers.get(&format!("{path}/history")).await.is(200).to_string().contains("内部の相談先"));
    // a record that is internal altogether is not named in the history everybody reads
    let mut alone = place.clone();
    alone["id"] = json!(0);
    alone["name"] = json!("内部の相談先の家");
    let only = alone["services"].as_array().unwrap().last().unwrap().clone();
    alone["services"] = json!([only]);
    planner.post("/api/desk/records", json!({ "place": alone })).await.is(201);
    for path in ["/api/desk/records?limit=500", "/api/desk/queue", "/api/desk/revisions"] {
        assert!(!hers.get(path).await.is(200).to_string().contains("内部の相談先"), "{path}");
    }
    let tag = hers.get(&path).await.tag.unwrap();
    hers.send("DELETE", &path, Some(json!({})), &[("if-match", &tag)]).await.is(403);
}

#[tokio::test]
async fn residents_speak_and_coordinators_answer() {
    let office = Office::new().await;
    let (nobody, hand) = (office.nobody(), office.hand("aoki", Role::Coordinator, vec![]).await);
    let service = office.app.atlas.load().sites.all[0].service.id;
    let said = json!({ "service": service, "text": "10月から水曜に変わりました", "contact": "090-1234-5678" });
    nobody.post("/api/suggestions", said).await.is(201);
    nobody.post("/api/suggestions", json!({ "text": "  " })).await.is(422);
    nobody.post("/api/suggestions", json!({ "text": "x", "service": 999_999 })).await.is(404);
    let queue = hand.get("/api/desk/queue").await.is(200);
    let task = &queue["suggestion"]["tasks"][0];
    assert!(task["suggestion"]["text"].as_str().unwrap().contains("水曜") && task["record"]["place"].is_i64());
    let id = task["suggestion"]["id"].as_i64().unwrap();
    let decision = json!({ "taken": true, "reply": "直しました" });
    hand.post(&format!("/api/desk/suggestions/{id}"), decision.clone()).await.is(204);
    hand.post(&format!("/api/desk/suggestions/{id}"), decision).await.is(409);
    // from one address not without end
    let mut last = 201;
    for _ in 0..20 {
        last = nobody.post("/api/suggestions", json!({ "text": "また" })).await.status.as_u16();
    }
    assert_eq!(last, 429);
    hand.post("/api/desk/publications", json!({ "what": "地域資源マップ", "recipient": "花園校区自治協議会長" })).await.is(201);
    hand.post("/api/desk/publications", json!({ "what": "", "recipient": "x" })).await.is(422);
    let listed = hand.get("/api/desk/publications").await.is(200);
    assert_eq!(listed["publications"][0]["revision"], office.app.store.revision().await.unwrap());
}

#[tokio::test]
async fn scenarios_are_kept_and_compared_by_planners() {
    let office = Office::new().await;
    let (planner, hers) =
        (office.hand("keikaku", Role::Planner, vec![]).await, office.hand("hers", Role::Coordinator, vec![]).await);
    let at = office.app.atlas.load().sites.all[0].point;
    let change = json!({ "change": "add_service", "kind": "hospital", "at": [at.lon, at.lat] });
    let scenario = json!({ "name": "病院", "changes": [change] });
    let answer = office.nobody().post("/api/whatif?kind=hospital&minutes=30", scenario.clone()).await.is(200);
    let total = answer["rows"].as_array().unwrap().last().unwrap()["kinds"][0].clone();
    let path = "/api/scenarios/%E7%97%85%E9%99%A2";
    hers.send("PUT", path, Some(scenario.clone()), &[]).await.is(403);
    planner.send("PUT", path, Some(scenario), &[]).await.is(204);
    office.nobody().get("/api/scenarios").await.is(401);
    assert_eq!(hers.get("/api/scenarios").await.is(200)["scenarios"][0]["name"], "病院");
    let side = hers.get("/api/scenarios/compare?kind=hospital&minutes=30").await.is(200);
    assert_eq!(side["scenarios"][0]["total"]["kinds"][0], total);
    planner.send("DELETE", path, None, &[]).await.is(204);
    planner.send("DELETE", path, None, &[]).await.is(404);
}

/// After edits a server reads only the places edited; its picture and its desk are those of a server that reads everything.
#[tokio::test]
async fn what_is_patched_is_what_is_read_whole() {
    let office = Office::new().await;
    let (store, data) = (office.app.store.clone(), office.app.data.clone());
    let hand = office.hand("aoki", Role::Planner, vec![]).await;
    let compare = async |what: &str| {
        office.app.refresh().await.unwrap();
        let (patched, whole) = (office.app.atlas.load_full(), load_atlas(store.as_ref(), &data).await.unwrap());
        assert_eq!(patched.revision, whole.revision, "{what}");
        let told = |a: &kayoi::atlas::Atlas| a.sites.services().map(|s| json!([s, s.point]).to_string()).collect::<Vec<_>>();
        assert_eq!(told(&patched), told(&whole), "{what}");
        assert_eq!(patched.facilities.len(), whole.facilities.len(), "{what}");
        let (desk, (revision, records)) = (office.app.desk().await.unwrap(), store.records().await.unwrap());
        assert_eq!(desk.revision, revision, "{what}");
        assert!(desk.records.iter().map(AsRef::as_ref).eq(records.iter()), "{what}");
        for f in &records {
            assert_eq!(desk.place(f.place.id), Some(f), "{what}");
            f.place.services.iter().for_each(|s| assert_eq!(desk.of_service(s.id), Some(f), "{what}"));
        }
    };
    compare("first").await;
    let (id, tag, seen) = first_salon(&hand).await;
    let path = format!("/api/desk/records/{id}");
    let mut place = seen.clone();
    place["services"][0]["fee"] = json!("200円");
    hand.put(&path, &tag, json!({ "place": place })).await.is(200);
    assert!(store.edits_since(store.revision().await.unwrap() - 1).await.unwrap().is_some_and(|e| e.places.len() == 1));
    compare("an edit").await;
    place["id"] = json!(0);
    (place["services"][0]["id"], place["services"][0]["key"]) = (json!(0), json!(""));
    place["point"] = Value::Null;
    let made = hand.post("/api/desk/records", json!({ "place": place })).await;
    let new = made.is(201)["place"]["id"].as_i64().unwrap();
    compare("a new record, looked up by its address").await;
    let tag = made.tag.unwrap();
    hand.send("DELETE", &format!("/api/desk/records/{new}"), Some(json!({})), &[("if-match", &tag)]).await.is(204);
    compare("one that has gone").await;
    let last = store.revision().await.unwrap();
    hand.post(&format!("/api/desk/revisions/{last}/undo"), json!({})).await.is(200);
    assert!(store.edits_since(last).await.unwrap().is_none(), "an undo may bring back anything");
    compare("an undo").await;
    let list = "名称,種別,住所\nもみじ会,サロン,架空本町一丁目1番1号\n";
    hand.file("/api/desk/imports?name=new.csv&commit=true", list.as_bytes()).await.is(200);
    compare("a list").await;
}
