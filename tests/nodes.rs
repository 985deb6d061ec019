//! Several servers on one database: an edit on one is seen by all, a killed one loses nothing, a rolling restart fails no request.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test that cannot go on should stop

#[path = "common/database.rs"]
mod database;
#[path = "common/server.rs"]
mod server;

use kayoi::app::accounts;
use kayoi::commands::write_city;
use kayoi::model::Role;
use kayoi::store::{Author, Edit, Edited, Store, connect};
use server::{Server, ask};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// A server on the database, with a data folder that may be empty.
fn node(url: &str, data: &Path, port: u16) -> Server {
    let at = format!("127.0.0.1:{port}");
    let mut command = Command::new(env!("CARGO_BIN_EXE_kayoi"));
    Server::run(command.args(["serve", "--database-url", url, "--listen", &at, "--data"]).arg(data))
}

fn end(server: &mut Server) {
    Command::new("kill").args(["-TERM", &server.child.id().to_string()]).status().unwrap();
    assert!(server.child.wait().unwrap().success(), "it ends in order");
}

/// A request; nothing if nobody listens there. A connection that breaks is an error.
fn get(port: u16, path: &str) -> Option<Result<String, String>> {
    Some(match ask(port, "GET", path, &[], "")? {
        Ok(reply) if reply.status == 200 => Ok(reply.body),
        Ok(reply) => Err(format!("{}", reply.status)),
        Err(e) => Err(e),
    })
}

fn revision(port: u16) -> i64 {
    let answer = get(port, "/api/catalog").unwrap().unwrap();
    let (_, after) = answer.split_once("\"revision\":").unwrap();
    after.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap()
}

/// How long until all nodes show a revision.
fn seen(nodes: &[&Server], wanted: i64) -> Duration {
    let from = Instant::now();
    while nodes.iter().any(|n| revision(n.port) != wanted) {
        assert!(from.elapsed() < Duration::from_secs(20), "revision {wanted} is not seen everywhere");
        std::thread::sleep(Duration::from_millis(20));
    }
    from.elapsed()
}

async fn edit(store: &dyn Store, name: &str) -> i64 {
    let id = store.contents().await.unwrap().places.iter().find(|p| !p.1.services.is_empty()).unwrap().1.id;
    let entry = store.entry(id).await.unwrap().unwrap();
    let mut after = entry.place.clone();
    after.services[0].name = name.into();
    let edit = Edit { place: id, version: entry.version, after: Some(after), merged_into: None };
    match store.edit(&[edit], "直し", &Author::new("test", "2026-06-10T00:00:00Z")).await.unwrap() {
        Edited::Done { revision, .. } => revision,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn three_servers_on_one_database() {
    let dir = tempfile::tempdir().unwrap();
    let files = dir.path().join("files");
    write_city(&files, 4000, 3).unwrap();
    let url = database::url();
    let folder = |name: &str| dir.path().join(name);
    let import = Command::new(env!("CARGO_BIN_EXE_kayoi"))
        .args(["import", "--database-url", &url, "--data"])
        .arg(folder("import"))
        .arg(&files)
        .output()
        .unwrap();
    assert!(import.status.success(), "{}", String::from_utf8_lossy(&import.stderr));
    // a node needs the URL of the database and an empty folder, nothing else
    let mut nodes: Vec<Server> = (0..3).map(|i| node(&url, &folder(&format!("node{i}")), 0)).collect();
    let store = connect(&url).await.unwrap();

    let first = edit(store.as_ref(), "改名一").await;
    let took = seen(&nodes.iter().collect::<Vec<_>>(), first);
    println!("seen by all after {took:?}");

    // somebody signs in on one node and edits on another; the third shows it
    accounts::put_account(store.as_ref(), "aoki", Some("a-long-password"), Role::Planner, vec![]).await.unwrap();
    let json = ("content-type", "application/json");
    let signed = r#"{"name":"aoki","password":"a-long-password"}"#;
    let reply = nodes[0].ask("POST", "/api/desk/session", &[json], signed).unwrap().unwrap();
    let cookie = reply.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let salon = store.contents().await.unwrap().places.into_iter().find(|p| !p.1.services.is_empty()).unwrap().1.id;
    let path = format!("/api/desk/records/{salon}");
    let seen_there = nodes[1].ask("GET", &path, &[("cookie", &cookie)], "").unwrap().unwrap();
    let entry: serde_json::Value = serde_json::from_str(&seen_there.body).unwrap();
    let mut place = entry["place"].clone();
    place["services"][0]["name"] = "机から改名".into();
    let body = serde_json::json!({ "place": place }).to_string();
    let headers = [("cookie", cookie.as_str()), ("if-match", seen_there.header("etag").unwrap()), json];
    assert_eq!(nodes[1].ask("PUT", &path, &headers, &body).unwrap().unwrap().status, 200);
    let late = nodes[2].ask("PUT", &path, &headers, &body).unwrap().unwrap();
    assert_eq!(late.status, 412, "a node that has not yet shown the edit knows of it: {}", late.body);
    let edited = store.revision().await.unwrap();
    assert!(seen(&[&nodes[2]], edited) < Duration::from_secs(10));

    // one is killed; the others go on, and nothing that was acknowledged is lost
    let port = nodes[0].port;
    nodes[0].child.kill().unwrap();
    nodes[0].child.wait().unwrap();
    let second = edit(store.as_ref(), "改名二").await;
    seen(&[&nodes[1], &nodes[2]], second);
    nodes[0] = node(&url, &folder("fresh"), port);
    seen(&[&nodes[0]], second);

    // rolling restart under requests: a proxy asks who is ready, and goes to the next node when one is not
    let ports: Vec<u16> = nodes.iter().map(|n| n.port).collect();
    let (stop, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let client = std::thread::spawn({
        let (stop, asked, ports) = (stop.clone(), asked.clone(), ports.clone());
        move || {
            let mut failures = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                let turn = asked.fetch_add(1, Ordering::Relaxed);
                let order = (0..ports.len()).map(|i| ports[(turn + i) % ports.len()]);
                let is_ready = |p: &u16| matches!(get(*p, "/readyz"), Some(Ok(_)));
                match order.into_iter().filter(is_ready).find_map(|p| get(p, "/api/areas?area_type=elementary_district")) {
                    Some(Ok(_)) => {}
                    Some(Err(e)) => failures.push(e),
                    None => failures.push("nobody listens".to_owned()),
                }
            }
            failures
        }
    });
    for (i, port) in ports.iter().enumerate() {
        end(&mut nodes[i]);
        nodes[i] = node(&url, &folder(&format!("node{i}")), *port);
    }
    stop.store(true, Ordering::Relaxed);
    let failures = client.join().unwrap();
    assert!(failures.is_empty(), "{} of {}: {:?}", failures.len(), asked.load(Ordering::Relaxed), failures.first());
    assert!(asked.load(Ordering::Relaxed) > 20);
    seen(&nodes.iter().collect::<Vec<_>>(), second);
}
