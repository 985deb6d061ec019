//! Several servers on one database: an edit on one is seen by all, a killed one loses nothing, a rolling restart fails no request.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test that cannot go on should stop

#[path = "common/database.rs"]
mod database;

use kayoi::commands::write_city;
use kayoi::store::{Author, Edit, Edited, Store, connect};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// A `kayoi serve` of its own, with a data folder that may be empty.
struct Node {
    child: Child,
    port: u16,
}

impl Node {
    fn start(url: &str, data: &Path, port: u16) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_kayoi"))
            .args(["serve", "--database-url", url, "--listen", &format!("127.0.0.1:{port}"), "--data"])
            .arg(data)
            .env("KAYOI_LOG", "kayoi=info")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let port = lines.by_ref().find_map(|l| {
            let l = l.unwrap();
            assert!(!l.contains("postgres://"), "the URL may hold a password: {l}");
            let (_, after) = l.split_once("http://127.0.0.1:")?;
            after.split('/').next()?.parse().ok()
        });
        // or it would wait on a full pipe
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, port: port.expect("it says where it listens") }
    }

    fn stop(&mut self) {
        Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(self.child.wait().unwrap().success(), "it ends in order");
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// A request; nothing if nobody listens there. A connection that breaks is an error.
fn get(port: u16, path: &str) -> Option<Result<String, String>> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    let asked = write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    let mut answer = String::new();
    let read = asked.and_then(|()| stream.read_to_string(&mut answer));
    Some(match read {
        Ok(_) if answer.starts_with("HTTP/1.1 200") => Ok(answer),
        Ok(_) => Err(answer.lines().next().unwrap_or("no answer").to_owned()),
        Err(e) => Err(e.to_string()),
    })
}

fn revision(port: u16) -> i64 {
    let answer = get(port, "/api/catalog").unwrap().unwrap();
    let (_, after) = answer.split_once("\"revision\":").unwrap();
    after.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap()
}

/// How long until all nodes show a revision.
fn seen(nodes: &[&Node], wanted: i64) -> Duration {
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
    let mut nodes: Vec<Node> = (0..3).map(|i| Node::start(&url, &folder(&format!("node{i}")), 0)).collect();
    let store = connect(&url).await.unwrap();

    let first = edit(store.as_ref(), "改名一").await;
    let took = seen(&nodes.iter().collect::<Vec<_>>(), first);
    println!("seen by all after {took:?}");

    // one is killed; the others go on, and nothing that was acknowledged is lost
    let port = nodes[0].port;
    nodes[0].child.kill().unwrap();
    nodes[0].child.wait().unwrap();
    let second = edit(store.as_ref(), "改名二").await;
    seen(&[&nodes[1], &nodes[2]], second);
    nodes[0] = Node::start(&url, &folder("fresh"), port);
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
        nodes[i].stop();
        nodes[i] = Node::start(&url, &folder(&format!("node{i}")), *port);
    }
    stop.store(true, Ordering::Relaxed);
    let failures = client.join().unwrap();
    assert!(failures.is_empty(), "{} of {}: {:?}", failures.len(), asked.load(Ordering::Relaxed), failures.first());
    assert!(asked.load(Ordering::Relaxed) > 20);
    seen(&nodes.iter().collect::<Vec<_>>(), second);
}
