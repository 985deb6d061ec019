//! The register survives what happens to machines: a server killed in mid-edit hundreds of times, a full disk, a folder that cannot
//! be written, a clock set back.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test that cannot go on should stop

#[path = "common/server.rs"]
mod server;

use kayoi::app::accounts;
use kayoi::commands::import_paths;
use kayoi::model::{Place, Role, Service, kind_by_code};
use kayoi::store::{Author, Edit, Edited, Store, open};
use serde_json::{Value, json};
use server::{Reply, Server};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const LIST: &str = "名称,種別,住所\nひまわり会,サロン,西区花園5-8-3\nさくら会,サロン,西区花園5-8-4\n";
const JSON: (&str, &str) = ("content-type", "application/json");

/// A register of two salons, and somebody who may edit them.
async fn register(data: &Path) {
    let store = open(data).await.unwrap();
    let list = data.join("list.csv");
    std::fs::write(&list, LIST).unwrap();
    import_paths(Some(store.as_ref()), &[list]).await.unwrap();
    accounts::put_account(store.as_ref(), "aoki", Some("a-long-password"), Role::Planner, vec![]).await.unwrap();
    drop(store);
    // closed in the background: everything is in the one file when its log is gone
    while data.join("kayoi.gpkg-wal").exists() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn serve(data: &str) -> Server {
    Server::run(Command::new(env!("CARGO_BIN_EXE_kayoi")).args(["serve", "--listen", "127.0.0.1:0", "--data", data]))
}

/// splitmix64: moments that are the same in every run.
struct Moments(u64);

impl Moments {
    fn micros(&mut self, from: u64, to: u64) -> Duration {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 33;
        Duration::from_micros(from + z % (to - from))
    }
}

fn sign_in(server: &Server) -> String {
    let sent = r#"{"name":"aoki","password":"a-long-password"}"#;
    let reply = server.ask("POST", "/api/desk/session", &[JSON], sent).unwrap().unwrap();
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.header("set-cookie").unwrap().split(';').next().unwrap().to_owned()
}

/// What the two salons look like: the fee of the first, and whether the second has become part of it.
#[derive(Debug, Clone, PartialEq)]
struct State {
    fee: Option<String>,
    merged: bool,
}

async fn state(store: &dyn Store) -> State {
    let (first, second) = (store.entry(1).await.unwrap().unwrap(), store.entry(2).await.unwrap().unwrap());
    let services = first.place.services.len();
    // a merge is both of its halves or neither
    assert_eq!(second.merged_into.is_some(), services == 2, "half a merge");
    assert_eq!(second.retired.is_some(), services == 2);
    State { fee: first.place.services[0].fee.clone(), merged: services == 2 }
}

/// A person who edits, merges and takes back as fast as the server answers.
struct Hand<'a> {
    server: &'a Server,
    cookie: &'a str,
}

impl Hand<'_> {
    fn ask(&self, method: &str, path: &str, tag: Option<&str>, body: &Value) -> Option<Reply> {
        let mut headers = vec![("cookie", self.cookie), JSON];
        headers.extend(tag.map(|t| ("if-match", t)));
        let reply = self.server.ask(method, path, &headers, &body.to_string())?.ok()?;
        (200..300).contains(&reply.status).then_some(reply)
    }

    fn place(&self, id: i64) -> Option<(String, Value)> {
        let reply = self.ask("GET", &format!("/api/desk/records/{id}"), None, &Value::Null)?;
        let entry: Value = serde_json::from_str(&reply.body).ok()?;
        Some((reply.header("etag")?.to_owned(), entry))
    }

    /// One step from a state to the next; the next state if it was acknowledged.
    fn step(&self, n: usize, from: &State) -> (State, bool) {
        let after = match n % 3 {
            0 => State { fee: Some(format!("{n}円")), ..from.clone() },
            _ => State { merged: !from.merged, ..from.clone() },
        };
        let done = match n % 3 {
            0 => self.pay(n),
            _ if from.merged => self.take_back(),
            _ => self.merge(),
        };
        (after, done.is_some())
    }

    fn pay(&self, n: usize) -> Option<Reply> {
        let (tag, entry) = self.place(1)?;
        let mut place = entry["place"].clone();
        place["services"][0]["fee"] = json!(format!("{n}円"));
        self.ask("PUT", "/api/desk/records/1", Some(&tag), &json!({ "place": place }))
    }

    fn merge(&self) -> Option<Reply> {
        let ((tag, stays), (_, goes)) = (self.place(1)?, self.place(2)?);
        let mut place = stays["place"].clone();
        let mut service = goes["place"]["services"][0].clone();
        service["key"] = json!("second");
        place["services"].as_array_mut()?.push(service);
        let body = json!({ "gone": 2, "gone_version": goes["version"], "place": place });
        self.ask("POST", "/api/desk/records/1/merge", Some(&tag), &body)
    }

    fn take_back(&self) -> Option<Reply> {
        let reply = self.ask("GET", "/api/desk/revisions", None, &Value::Null)?;
        let all: Value = serde_json::from_str(&reply.body).ok()?;
        let merge =
            all["revisions"].as_array()?.iter().find(|r| r["summary"].as_str().is_some_and(|s| s.contains("統合しました")))?;
        self.ask("POST", &format!("/api/desk/revisions/{}/undo", merge["id"]), None, &json!({}))
    }
}

/// Killed without warning at 200 moments of edits, merges and undos: what was acknowledged is there, the one under way is whole or
/// absent, and the file is sound.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_in_mid_edit_loses_nothing_it_acknowledged() {
    const KILLS: usize = 200;
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().to_str().unwrap().to_owned();
    register(dir.path()).await;
    let (mut known, mut cookie, mut steps, mut under_way) = (state(open(dir.path()).await.unwrap().as_ref()).await, None, 0, 0);
    let mut moments = Moments(7);
    for kill in 0..KILLS {
        let mut server = serve(&data);
        let cookie = cookie.get_or_insert_with(|| sign_in(&server)).clone();
        let pid = server.child.id();
        let wait = moments.micros(1_000, 26_000);
        let killer = std::thread::spawn(move || {
            std::thread::sleep(wait);
            Command::new("kill").args(["-9", &pid.to_string()]).status().unwrap();
        });
        let hand = Hand { server: &server, cookie: &cookie };
        let next = loop {
            let (next, acknowledged) = hand.step(steps, &known);
            steps += 1;
            if !acknowledged {
                break next;
            }
            known = next;
        };
        killer.join().unwrap();
        server.child.wait().unwrap();
        let store = open(dir.path()).await.unwrap();
        let found = state(store.as_ref()).await;
        assert!(found == known || found == next, "kill {kill}: {found:?} is neither {known:?} nor {next:?}");
        under_way += usize::from(found == next);
        known = found;
        if kill % 20 == 0 {
            assert_eq!(store.check().await.unwrap(), Vec::<String>::new());
        }
    }
    let store = open(dir.path()).await.unwrap();
    assert_eq!(store.check().await.unwrap(), Vec::<String>::new());
    assert!(steps > KILLS, "edits went on between the kills: {steps}");
    println!("{KILLS} kills, {steps} edits tried, {under_way} kept though their answer was lost");
}

/// Two editions of one list, imported in turn and killed without warning at 150 moments: the register holds the one or the other,
/// whole, and is sound.
#[tokio::test(flavor = "multi_thread")]
async fn an_import_killed_in_the_middle_is_whole_or_absent() {
    const KILLS: usize = 150;
    const ROWS: usize = 400;
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let row = |i: usize, fee: usize| format!("会{i},サロン,西区花園{i}番地,{fee}円\n");
    // an edition has its fee in every row, and ten rows the other has not
    let edition =
        |n: usize| -> String {
            (0..ROWS).filter(|i| i % 80 != n).map(|i| row(i, n)).fold("名称,種別,住所,参加費\n".into(), |all: String, r| all + &r)
        };
    for n in 0..2 {
        std::fs::create_dir_all(dir.path().join(n.to_string())).unwrap();
        std::fs::write(dir.path().join(format!("{n}/list.csv")), edition(n)).unwrap();
    }
    let list = |n: usize| dir.path().join(format!("{n}/list.csv"));
    let store = open(&data).await.unwrap();
    import_paths(Some(store.as_ref()), &[list(0)]).await.unwrap();
    drop(store);
    let import = |n: usize| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kayoi"));
        command.args(["import", "--data"]).arg(&data).arg(list(n));
        command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap()
    };
    // one that is left alone: the kills fall into as long as it takes here, and half as long again
    let begun = std::time::Instant::now();
    assert!(import(1).wait().unwrap().success());
    let latest = (begun.elapsed().as_micros() as u64 * 3 / 2).max(30_000);
    let (mut moments, mut known, mut moved) = (Moments(11), 1, 0);
    for kill in 0..KILLS {
        let mut child = import(1 - known);
        std::thread::sleep(moments.micros(5_000, latest));
        child.kill().unwrap();
        child.wait().unwrap();
        let store = open(&data).await.unwrap();
        let places = store.contents().await.unwrap().places;
        let fees: std::collections::BTreeSet<Option<&str>> = places.iter().map(|p| p.1.services[0].fee.as_deref()).collect();
        assert_eq!((places.len(), fees.len()), (ROWS - ROWS / 80, 1), "kill {kill}: an edition in part");
        let found = usize::from(fees.contains(&Some("1円")));
        moved += usize::from(found != known);
        known = found;
        if kill % 15 == 0 {
            assert_eq!(store.check().await.unwrap(), Vec::<String>::new());
        }
    }
    assert!(moved > 5 && moved < KILLS - 5, "some kills came before the end, some after: {moved} of {KILLS}");
}

/// `kayoi` in a shell that limits the size of files, as a full disk or a quota does: edits are refused in words, what was acknowledged
/// stays, reading goes on, and with room again so does writing.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_edits_and_keeps_the_register() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().to_str().unwrap().to_owned();
    register(dir.path()).await;
    let size = std::fs::metadata(dir.path().join("kayoi.gpkg")).unwrap().len();
    // blocks of 512 bytes; the log of the database grows with every edit until it reaches that
    let blocks = size / 512 + 40;
    let binary = env!("CARGO_BIN_EXE_kayoi");
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec {binary} serve --listen 127.0.0.1:0 --data {data}");
    let server = Server::run(Command::new("sh").args(["-c", &script]));
    let cookie = sign_in(&server);
    let hand = Hand { server: &server, cookie: &cookie };
    let mut kept = 0;
    let refused = (1..2_000).find_map(|n| {
        let (tag, entry) = hand.place(1).expect("reading goes on");
        let mut place = entry["place"].clone();
        place["services"][0]["fee"] = json!(format!("{n}円"));
        let headers = [("cookie", cookie.as_str()), ("if-match", tag.as_str()), JSON];
        let reply = server.ask("PUT", "/api/desk/records/1", &headers, &json!({ "place": place }).to_string()).unwrap().unwrap();
        if reply.status == 200 {
            kept = n;
            return None;
        }
        Some(reply)
    });
    let refused = refused.expect("the limit is reached");
    let said: Value = serde_json::from_str(&refused.body).unwrap();
    assert_eq!((refused.status, said["code"].as_str()), (507, Some("full")), "{}", refused.body);
    assert!(kept > 0 && hand.place(1).is_some(), "reading goes on");
    drop(server);
    let store = open(dir.path()).await.unwrap();
    assert_eq!(store.check().await.unwrap(), Vec::<String>::new());
    assert_eq!(state(store.as_ref()).await.fee, Some(format!("{kept}円")));
    drop(store);
    let server = serve(&data);
    assert!(Hand { server: &server, cookie: &sign_in(&server) }.pay(9).is_some(), "with room again, edits are taken");
}

/// A folder that can be read and not written: said in words, nothing changed.
#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_cannot_be_written_is_said_in_words() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    register(dir.path()).await;
    let files = || std::fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_file());
    let permit = |file: u32, folder: u32| {
        files().for_each(|p| std::fs::set_permissions(p, std::fs::Permissions::from_mode(file)).unwrap());
        std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(folder)).unwrap();
    };
    let before = std::fs::read(dir.path().join("kayoi.gpkg")).unwrap();
    std::fs::write(dir.path().join("list.csv"), format!("{LIST}もみじ会,サロン,西区花園5-8-5\n")).unwrap();
    permit(0o444, 0o555);
    // root writes everywhere unless it gives that up
    let mut command = Command::new("setpriv");
    let is_root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    if is_root {
        command.args(["--inh-caps=-all", "--bounding-set=-all"]);
    }
    let list = dir.path().join("list.csv");
    let out = command.arg(env!("CARGO_BIN_EXE_kayoi")).args(["import", "--data"]).arg(dir.path()).arg(&list).output().unwrap();
    permit(0o644, 0o755);
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(!out.status.success() && said.contains("書き込め"), "{said}");
    assert!(std::fs::read(dir.path().join("kayoi.gpkg")).unwrap() == before, "nothing is changed");
}

/// Revisions are in the order they were made, whatever the clock said; undo follows them.
#[tokio::test]
async fn a_clock_set_back_does_not_disorder_the_history() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await.unwrap();
    let place = |fee: &str| {
        let mut s = Service::new("k", kind_by_code("salon").unwrap(), "ひまわり会");
        s.fee = Some(fee.into());
        Place { name: "会場".into(), services: vec![s], ..Place::default() }
    };
    let mut id = 0;
    let mut version = 0;
    let mut revisions = Vec::new();
    for (fee, at) in [("1円", "2026-11-21T10:00:00Z"), ("2円", "2025-01-01T00:00:00Z"), ("3円", "2026-11-21T10:00:01Z")] {
        let mut after = place(fee);
        after.services[0].id = i64::from(id > 0);
        let edit = Edit { place: id, version, after: Some(after), merged_into: None };
        let Edited::Done { revision, places } = store.edit(&[edit], fee, &Author::new("aoki", at)).await.unwrap() else {
            panic!()
        };
        (id, version) = (places[0], revision);
        revisions.push(revision);
    }
    let listed: Vec<i64> = store.revisions(0, 10).await.unwrap().iter().map(|r| r.id).collect();
    assert_eq!(listed, revisions.iter().rev().copied().collect::<Vec<_>>());
    store.undo(revisions[2], &Author::new("aoki", "2024-01-01T00:00:00Z")).await.unwrap();
    assert_eq!(store.entry(id).await.unwrap().unwrap().place.services[0].fee.as_deref(), Some("2円"));
    assert_eq!(store.entry_at(id, revisions[0]).await.unwrap().unwrap().place.services[0].fee.as_deref(), Some("1円"));
}
