//! The register: one file that is a GeoPackage, one transaction an import, nothing lost.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test that cannot go on should stop

mod common;

use kayoi::commands::{import_paths, write_city};
use kayoi::model::{Batch, Dataset, GeocodeLevel, LonLat, Place, Service, kind_by_code};
use kayoi::store::{Author, Delivery, Store, open};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

fn author() -> Author {
    Author::new("test", "2026-06-10T00:00:00Z")
}

fn dataset() -> Dataset {
    Dataset { key: "t:1".into(), format: "t".into(), title: "試験".into(), attribution: "なし".into(), vintage: None }
}

fn place(key: &str, name: &str) -> Place {
    let service = Service::new(key, kind_by_code("salon").unwrap(), name);
    Place {
        id: 0,
        key: key.into(),
        name: name.into(),
        kana: None,
        address: None,
        point: Some(LonLat::new(130.7, 32.8)),
        level: GeocodeLevel::Surveyed,
        facility: None,
        home: false,
        services: vec![service],
    }
}

async fn deliver(store: &dyn Store, names: &[(&str, &str)], sha: &str) -> kayoi::model::Outcome {
    let batch = Batch { places: names.iter().map(|(k, n)| place(k, n)).collect(), ..Batch::default() };
    store
        .deliver(Delivery { dataset: &dataset(), sha256: sha, file: "f", batch: &batch, compiled: &[], findings: &[] }, &author())
        .await
        .unwrap()
}

#[tokio::test]
async fn a_whole_city_imports_once_and_is_a_geopackage() {
    let dir = tempfile::tempdir().unwrap();
    let files = dir.path().join("files");
    write_city(&files, 8000, 3).unwrap();
    let data = dir.path().join("data");
    let store = open(&data).await.unwrap();
    let paths = vec![files.clone()];
    let reports = import_paths(Some(store.as_ref()), &paths).await.unwrap();
    assert!(reports.iter().all(|r| r.refused.is_none()), "{reports:?}");
    let revision = store.revision().await.unwrap();
    for report in import_paths(Some(store.as_ref()), &paths).await.unwrap() {
        assert_eq!(report.outcome.unwrap().revision, None, "{}", report.file);
    }
    assert_eq!(store.revision().await.unwrap(), revision);
    let out = Command::new("ogrinfo")
        .args(["-ro", "-al", "-so"])
        .arg(data.join("kayoi.gpkg"))
        .output()
        .expect("gdal-bin is installed by make test");
    let text = String::from_utf8_lossy(&out.stdout);
    assert!(
        out.status.success() && !String::from_utf8_lossy(&out.stderr).contains("ERROR"),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    for layer in ["Layer name: place", "Layer name: area", "Layer name: cell", "Layer name: address", "Geometry: Multi Polygon"] {
        assert!(text.contains(layer), "{layer} in\n{text}");
    }
    // the same seed gives the same bytes, another seed another city
    let twin = dir.path().join("twin");
    write_city(&twin, 8000, 3).unwrap();
    for entry in std::fs::read_dir(&files).unwrap() {
        let name = entry.unwrap().file_name();
        let same = std::fs::read(files.join(&name)).unwrap() == std::fs::read(twin.join(&name)).unwrap();
        // a workbook records the time it was written
        assert!(same || Path::new(&name).extension().is_some_and(|e| e == "xlsx"), "{name:?}");
    }
}

#[tokio::test]
async fn a_damaged_register_is_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("kayoi.gpkg"), b"SQLite format 3\0 and then nonsense, cut short").unwrap();
    assert!(open(dir.path()).await.is_err());
    assert!(std::fs::read(dir.path().join("kayoi.gpkg")).unwrap().ends_with(b"cut short"));
}

/// `kayoi import` killed at many moments: afterwards the file is whole, and every dataset is there altogether or not at all.
#[tokio::test]
async fn a_crash_in_mid_import_leaves_the_register_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let files = dir.path().join("files");
    write_city(&files, 30_000, 5).unwrap();
    let whole = dir.path().join("whole");
    let store = open(&whole).await.unwrap();
    import_paths(Some(store.as_ref()), std::slice::from_ref(&files)).await.unwrap();
    let truth = counts(store.as_ref()).await;
    for (i, millis) in [40u64, 70, 100, 130, 160, 190, 220, 260, 300, 350, 400].into_iter().enumerate() {
        let data = dir.path().join(format!("killed-{i}"));
        let mut child = Command::new(env!("CARGO_BIN_EXE_kayoi"))
            .args(["import", "--data"])
            .arg(&data)
            .arg(&files)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(millis));
        child.kill().unwrap();
        child.wait().unwrap();
        let store = open(&data).await.unwrap();
        let left = counts(store.as_ref()).await;
        for (key, n) in &left {
            assert_eq!(truth.get(key), Some(n), "{key} is only partly there after {millis} ms");
        }
        // and the import can simply be run again
        import_paths(Some(store.as_ref()), std::slice::from_ref(&files)).await.unwrap();
        assert_eq!(counts(store.as_ref()).await, truth);
    }
}

/// Records by dataset.
async fn counts(store: &dyn Store) -> std::collections::BTreeMap<String, usize> {
    let c = store.contents().await.unwrap();
    let name = |id: i64| c.datasets.iter().find(|d| d.id == id).map(|d| d.dataset.key.clone()).unwrap_or_default();
    let mut out = std::collections::BTreeMap::new();
    let ids = c.places.iter().map(|p| p.0).chain(c.areas.iter().map(|a| a.0)).chain(c.cells.iter().map(|x| x.0));
    ids.for_each(|id| *out.entry(name(id)).or_insert(0) += 1);
    let addresses = store.addresses().await.unwrap().len();
    if addresses > 0 {
        out.insert("addresses".into(), addresses);
    }
    out
}

/// Position, level and address of every place by the name of its service.
async fn positions(store: &dyn Store) -> std::collections::BTreeMap<String, (Option<[i32; 2]>, GeocodeLevel)> {
    let contents = store.contents().await.unwrap();
    contents.places.iter().map(|(_, p)| (p.services[0].name.clone(), (p.point.map(LonLat::to_e7), p.level))).collect()
}

#[tokio::test]
async fn places_without_a_position_are_looked_up_by_their_address_and_again_when_the_lists_change() {
    use kayoi::app::locate;
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await.unwrap();
    let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
    let import = async |name: &str| {
        import_paths(Some(store.as_ref()), &[dir.path().join(name)]).await.unwrap();
        locate(store.as_ref(), dir.path(), &author()).await.unwrap()
    };
    let salons = "名称,種別,住所,緯度,経度\nい,サロン,西区花園5丁目8-3,,\nろ,サロン,西区花園5-8,,\nは,サロン,西区花園5丁目,,\n\
                  に,サロン,どこか1-1,,\nほ,サロン,西区花園5丁目8-3,32.9,130.9\n";
    write("salons.csv", salons);
    let nothing = import("salons.csv").await;
    assert_eq!(nothing.all(), 0, "no address list yet");
    // a list of towns first: everything is found to the town only, and stays 位置未確定
    write("熊本市西区.json", r#"[{"town":"花園五丁目","koaza":"","lat":32.81,"lng":130.68}]"#);
    let towns = import("熊本市西区.json").await;
    assert_eq!((towns.town, towns.house, towns.unknown.len()), (3, 0, 1));
    // then house numbers: the same places are looked up again
    write(
        "houses.csv",
        "city_code,aza,gaiku,kiso,lon,lat\n43103,花園五丁目,8,3,130.6801,32.8101\n43103,花園五丁目,8,9,130.6803,32.8103\n",
    );
    let houses = import("houses.csv").await;
    assert_eq!((houses.house, houses.block, houses.town, houses.unknown.len()), (1, 1, 1, 1));
    let at = positions(store.as_ref()).await;
    assert_eq!(at["い"], (Some([1_306_801_000, 328_101_000]), GeocodeLevel::House));
    assert_eq!(at["ろ"], (Some([1_306_802_000, 328_102_000]), GeocodeLevel::Block));
    assert_eq!(at["は"].1, GeocodeLevel::Neighbourhood);
    assert_eq!(at["に"], (None, GeocodeLevel::Unlocated));
    assert_eq!(at["ほ"], (Some([1_309_000_000, 329_000_000]), GeocodeLevel::Surveyed), "its own coordinate stays");
    // nothing new: nothing is looked up, no revision is made
    let before = store.revision().await.unwrap();
    assert_eq!(import("salons.csv").await.all(), 0);
    assert_eq!(store.revision().await.unwrap(), before);
    // one row changes: that one is looked up anew
    write("salons.csv", &salons.replace("西区花園5-8,", "西区花園5-8-9,"));
    let moved = import("salons.csv").await;
    assert_eq!((moved.all(), moved.house), (1, 1));
    assert_eq!(positions(store.as_ref()).await["ろ"].1, GeocodeLevel::House);
}

#[tokio::test]
async fn a_dry_run_tells_the_difference_and_keeps_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let list = |text: &str| std::fs::write(dir.path().join("salons.csv"), text).unwrap();
    let kayoi = |more: &[&str]| {
        let mut c = Command::new(env!("CARGO_BIN_EXE_kayoi"));
        c.arg("import").arg("--data").arg(dir.path().join("data")).args(more).arg(dir.path().join("salons.csv"));
        let out = c.output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap()
    };
    list("名称,種別,住所,電話番号\nい,サロン,花園,096-311-1111\nろ,サロン,春日,096-322-2222\n");
    assert!(!kayoi(&["--dry-run"]).contains("追加"), "there is no register yet, and none is made");
    assert!(!dir.path().join("data").exists());
    kayoi(&[]);
    list("名称,種別,住所,電話番号\nい,サロン,花園,096-333-3333\nは,サロン,池田,096-344-4444\n");
    let store = open(&dir.path().join("data")).await.unwrap();
    let before = (store.revision().await.unwrap(), positions(store.as_ref()).await);
    let told = kayoi(&["--dry-run"]);
    assert!(told.contains("取り込むと: 追加 1、更新 1、変化なし 0、消えるもの 1"), "{told}");
    for line in ["新しいもの: は", "変わったもの: い", "消えたもの: ろ"] {
        assert!(told.contains(line), "{line} in {told}");
    }
    assert_eq!((store.revision().await.unwrap(), positions(store.as_ref()).await), before);
    let done = kayoi(&[]);
    assert!(done.contains("追加 1、更新 1、変化なし 0、消えたもの 1"), "{done}");
}

/// Runs the program; whether it succeeded, and what it said.
fn kayoi(arguments: &[&str]) -> (bool, String) {
    let out = Command::new(env!("CARGO_BIN_EXE_kayoi")).args(arguments).output().unwrap();
    (out.status.success(), String::from_utf8_lossy(&[out.stdout, out.stderr].concat()).into_owned())
}

#[tokio::test]
async fn a_copy_made_during_writing_is_whole_and_can_be_put_back() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let (data, copy) = (path("data"), path("copy.gpkg"));
    let store = open(Path::new(&data)).await.unwrap();
    let many: Vec<(String, String)> = (0..400).map(|i| (format!("k{i}"), format!("サロン{i}"))).collect();
    let refs = |n: usize| -> Vec<(&str, &str)> { many[..n].iter().map(|(a, b)| (a.as_str(), b.as_str())).collect() };
    deliver(store.as_ref(), &refs(10), "0").await;
    // copies taken while deliveries go on: each is one of the registers there were, whole
    let writing = async {
        for n in 1..40 {
            deliver(store.as_ref(), &refs(n * 10), &n.to_string()).await;
        }
    };
    let copying = async {
        for i in 0..12 {
            let to = dir.path().join(format!("c{i}.gpkg"));
            store.backup(&to).await.unwrap();
            tokio::time::sleep(Duration::from_millis(15)).await;
        }
    };
    tokio::join!(writing, copying);
    for i in 0..12 {
        let folder = dir.path().join(format!("look{i}"));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::rename(dir.path().join(format!("c{i}.gpkg")), folder.join("kayoi.gpkg")).unwrap();
        let seen = open(&folder).await.unwrap();
        assert_eq!(seen.check().await.unwrap(), Vec::<String>::new());
        assert_eq!(seen.contents().await.unwrap().places.len() % 10, 0, "a delivery is whole or absent");
    }
    let before = (store.revision().await.unwrap(), positions(store.as_ref()).await);
    assert!(kayoi(&["backup", "--data", &data, "-o", &copy]).0);
    assert!(!kayoi(&["backup", "--data", &data, "-o", &copy]).0, "an older copy is not overwritten unasked");
    deliver(store.as_ref(), &refs(1), "later").await;
    drop(store);
    assert!(!kayoi(&["restore", "--data", &data, &copy]).0, "the present register is not replaced unasked");
    let (done, told) = kayoi(&["restore", "--data", &data, "--replace", &copy]);
    assert!(done && told.contains("残しました"), "{told}");
    let store = open(Path::new(&data)).await.unwrap();
    assert_eq!((store.revision().await.unwrap(), positions(store.as_ref()).await), before);
    let aside = std::fs::read_dir(&data).unwrap().filter_map(|f| f.unwrap().file_name().into_string().ok());
    assert_eq!(aside.filter(|n| n.starts_with("kayoi-until-") && n.ends_with(".gpkg")).count(), 1, "nothing is lost");
}

#[tokio::test]
async fn damage_is_found_and_a_damaged_copy_is_not_put_back() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let data = path("data");
    let store = open(Path::new(&data)).await.unwrap();
    let part = kayoi::store::Compiled { name: "base".into(), hash: "0".repeat(64), bytes: vec![1, 2, 3] };
    let batch = Batch { places: vec![place("a", "花園サロン")], ..Batch::default() };
    let delivery = Delivery { dataset: &dataset(), sha256: "1", file: "f", batch: &batch, compiled: &[part], findings: &[] };
    store.deliver(delivery, &author()).await.unwrap();
    drop(store);
    let (sound, told) = kayoi(&["check", "--data", &data]);
    assert!(!sound && told.contains("base"), "{told}");
    let copy = std::fs::read(Path::new(&data).join("kayoi.gpkg")).unwrap();
    let foreign = [b"SQLite format 3\0".as_slice(), &[0; 4096]].concat();
    for broken in [b"".as_slice(), b"SQLite format 3\0 and then nothing of use", &foreign, &copy[..copy.len() / 2]] {
        std::fs::write(path("broken.gpkg"), broken).unwrap();
        let (done, told) = kayoi(&["restore", "--data", &data, "--replace", &path("broken.gpkg")]);
        assert!(!done, "{told}");
    }
    assert!(Path::new(&data).join("kayoi.gpkg").exists());
    let (found, told) = kayoi(&["check", "--data", &path("nowhere")]);
    assert!(!found && told.contains("登録簿がありません") && !Path::new(&path("nowhere")).exists(), "{told}");
}

#[tokio::test]
async fn the_list_goes_out_and_comes_in_again_and_no_cell_is_a_formula() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let (data, out) = (path("data"), path("out.csv"));
    write_city(&dir.path().join("files"), 8000, 2).unwrap();
    let evil =
        "名称,種別,会場,住所,緯度,経度,電話番号,備考\n=HYPERLINK(\"http://x\"),サロン,@会場,+1,31.3,132.4,0963110000,秘密の話\n";
    std::fs::write(dir.path().join("files/evil.csv"), evil).unwrap();
    let (done, told) = kayoi(&["import", "--data", &data, &path("files")]);
    assert!(done, "{told}");
    for (format, file) in [("csv", &out), ("xlsx", &path("out.xlsx")), ("geojson", &path("out.geojson"))] {
        let (done, told) = kayoi(&["export", "--data", &data, "services", "--format", format, "-o", file]);
        assert!(done, "{told}");
        let bytes = std::fs::read(file).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains("秘密の話"), "a note is for staff: {format}");
    }
    let text = std::fs::read_to_string(&out).unwrap();
    assert!(text.starts_with('\u{feff}'), "Excel knows UTF-8 by its mark");
    let rows: Vec<csv::StringRecord> =
        csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes()).records().map(Result::unwrap).collect();
    assert!(rows.iter().flatten().all(|c| !c.starts_with(['=', '+', '-', '@'])));
    assert!(rows.iter().flatten().any(|c| c.starts_with("'=HYPERLINK")));
    // the workbook: the whole list, then one sheet for each district with services
    let sheets = kayoi::ingest::table::from_workbook(&std::fs::read(path("out.xlsx")).unwrap()).unwrap();
    let districts: std::collections::BTreeSet<&str> = rows.iter().map(|r| r.get(1).unwrap()).collect();
    assert_eq!(sheets.len(), 1 + districts.len());
    assert_eq!(sheets[0].rows.len(), rows.len() + 1);
    assert_eq!(sheets[1..].iter().map(|s| s.rows.len() - 2).sum::<usize>(), rows.len());
    // and it is a list this program reads: the same places, kinds and telephones
    let (done, told) = kayoi(&["import", "--data", &path("again"), &out]);
    assert!(done && told.contains(&format!("{}件", rows.len())), "{told}");
    let first = open(Path::new(&data)).await.unwrap().contents().await.unwrap();
    let again = open(Path::new(&path("again"))).await.unwrap().contents().await.unwrap();
    // hyphens are learnt from the other numbers of a list
    let digits = |t: Option<&str>| t.unwrap_or_default().replace('-', "");
    let phones = |c: &kayoi::model::Contents| -> std::collections::BTreeSet<(String, String)> {
        let services = c.places.iter().flat_map(|p| &p.1.services);
        services
            .filter(|s| s.kind.kind().walk)
            .map(|s| (s.name.trim_start_matches('\'').into(), digits(s.phone.as_deref())))
            .collect()
    };
    let lost: Vec<_> = phones(&again).difference(&phones(&first)).cloned().collect();
    assert!(lost.is_empty(), "{lost:?}");
}

#[test]
fn a_reader_that_has_seen_enough_stops_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let list: String = (0..4000).map(|i| format!("サロン{i},サロン,花園{i}\n")).collect();
    std::fs::write(dir.path().join("salons.csv"), format!("名称,種別,住所\n{list}")).unwrap();
    let data = dir.path().join("data");
    let mut import = Command::new(env!("CARGO_BIN_EXE_kayoi"))
        .args(["import", "--format", "json", "--data"])
        .arg(&data)
        .arg(dir.path().join("salons.csv"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(import.stdout.take()); // as `| head` does, the sooner the worse
    let out = import.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success() && !said.contains("panicked"), "{said}");
    assert!(data.join("compiled").exists(), "the import went on to its end");
}

/// A register of version 0.2, made by its own migrations, opens with everything in it, and goes on.
#[tokio::test]
async fn a_register_of_the_last_version_is_brought_along() {
    let dir = tempfile::tempdir().unwrap();
    let old = dir.path().join("migrations");
    std::fs::create_dir(&old).unwrap();
    for name in ["0001_register.sql", "0002_journeys.sql", "0003_located.sql"] {
        std::fs::copy(Path::new("migrations/sqlite").join(name), old.join(name)).unwrap();
    }
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(dir.path().join("kayoi.gpkg")).create_if_missing(true);
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    sqlx::migrate::Migrator::new(old.as_path()).await.unwrap().run(&pool).await.unwrap();
    for sql in [
        "INSERT INTO revision (id, at, actor, summary) VALUES (1, '2026-01-01T00:00:00Z', 'kayoi import', '取り込み: f')",
        "INSERT INTO dataset VALUES (1, 't:1', 't', '試験', 'なし', NULL, '1', 'f', 1)",
        "INSERT INTO place (id, dataset_id, key, name, geocode_level, digest) VALUES (1, 1, 'a', '花園サロン', 'unlocated', x'00')",
        "INSERT INTO service (id, place_id, key, kind, name, status, visibility, phone) \
         VALUES (1, 1, 'a', 'salon', '花園サロン', 'active', 'public', '096-000-0000')",
        "INSERT INTO series (dataset_id, subject, measure, unit, year, value) VALUES (1, '花園', '高齢者数', '人', 2025, 10.5)",
        "INSERT INTO compiled VALUES ('streets', 'h', x'0102', 1)",
        "INSERT INTO change VALUES (1, 'place', 1, '{\"name\":\"old form\"}', NULL)",
    ] {
        sqlx::query(sql).execute(&pool).await.unwrap();
    }
    pool.close().await;
    let store = open(dir.path()).await.unwrap();
    let contents = store.contents().await.unwrap();
    assert_eq!((contents.places.len(), contents.series[0].value, contents.revision), (1, 10.5, 1));
    assert_eq!(contents.places[0].1.services[0].phone.as_deref(), Some("096-000-0000"));
    assert_eq!(store.compiled("streets").await.unwrap().unwrap(), [1, 2]);
    // its history is listed; what it kept too little of is not taken back
    assert_eq!(store.history(1).await.unwrap().len(), 1);
    assert!(matches!(store.undo(1, &author()).await, Err(kayoi::store::StoreError::TooOld)));
    // the list comes again: the record is changed, and that can be undone
    let outcome = deliver(store.as_ref(), &[("a", "花園サロン")], "2").await;
    assert_eq!((outcome.added, outcome.updated), (0, 1));
    let undone = store.undo(outcome.revision.unwrap(), &author()).await.unwrap();
    assert_eq!((undone.restored > 0, undone.kept.len()), (true, 0));
    assert_eq!(store.contents().await.unwrap().places, contents.places);
}

/// `kayoi history` and `kayoi undo` from the command line, and a folder that cannot be written.
#[tokio::test]
async fn an_import_is_taken_back_from_the_command_line() {
    let dir = tempfile::tempdir().unwrap();
    let (data, list) = (dir.path().join("k"), dir.path().join("list.csv"));
    let data = data.to_str().unwrap();
    std::fs::write(&list, "団体名,カテゴリー,開催場所,住所,開催曜日\n花園サロン,通いの場,花園公民館,花園5-8-3,火曜\n").unwrap();
    assert!(kayoi(&["import", "--data", data, list.to_str().unwrap()]).0);
    let (ok, text) = kayoi(&["history", "--data", data]);
    assert!(ok && text.contains("改訂 1") && text.contains("list.csv"), "{text}");
    let (ok, text) = kayoi(&["undo", "--data", data, "1", "--why", "試し"]);
    assert!(ok && text.contains("取り消しました"), "{text}");
    let (ok, text) = kayoi(&["undo", "--data", data, "1"]);
    assert!(!ok, "a second time there is nothing to take back: {text}");
    assert!(!kayoi(&["undo", "--data", data, "99"]).0);
    let (_, text) = kayoi(&["history", "--data", data]);
    assert!(text.contains("取り消し") && text.contains("（試し）"), "{text}");
    assert!(open(Path::new(data)).await.unwrap().contents().await.unwrap().places.is_empty());
    // and it can be imported again
    assert!(kayoi(&["import", "--data", data, list.to_str().unwrap()]).0);
    assert_eq!(open(Path::new(data)).await.unwrap().contents().await.unwrap().places.len(), 1);
}
