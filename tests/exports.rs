//! Lists as others read them: every map form opened by GDAL, the tables read back by our own importer, HSDS looked at.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test that cannot go on should stop

use kayoi::app::{
    export::{geopackage, geopackage_rows},
    load_atlas,
};
use kayoi::atlas::Atlas;
use kayoi::commands::{import_paths, write_city};
use kayoi::ingest;
use kayoi::model::{AreaType, Day};
use kayoi::present::export::{Form, services};
use kayoi::present::list;
use kayoi::store::open;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

async fn city(dir: &Path) -> Atlas {
    write_city(&dir.join("files"), 4_000, 1).unwrap();
    let store = open(&dir.join("data")).await.unwrap();
    // one with a name a spreadsheet would run, and one nobody can place
    let odd = "名称,種別,住所,電話番号\n=1+1の会,サロン,どこか,096-356-1212\n";
    std::fs::write(dir.join("files/odd.csv"), odd).unwrap();
    import_paths(Some(store.as_ref()), &[dir.join("files")]).await.unwrap();
    load_atlas(store.as_ref(), &dir.join("data")).await.unwrap()
}

fn made(atlas: &Atlas, form: Form) -> Vec<u8> {
    services(atlas, &[], AreaType::ElementaryDistrict, form, "2026-11-21").unwrap()
}

fn ogrinfo(path: &str, layer: &str) -> String {
    let out = Command::new("ogrinfo")
        .args(["-ro", "-al", "-so", path])
        .args(Some(layer).filter(|l| !l.is_empty()))
        .output()
        .expect("make test installs GDAL");
    assert!(out.status.success(), "{path}: {}", String::from_utf8_lossy(&out.stderr));
    let (said, troubles) = (String::from_utf8_lossy(&out.stdout).into_owned(), String::from_utf8_lossy(&out.stderr).into_owned());
    assert!(!troubles.contains("ERROR") && !troubles.contains("Warning"), "{path}: {troubles}");
    said
}

fn count(said: &str) -> usize {
    said.lines().find_map(|l| l.strip_prefix("Feature Count: ")).unwrap().trim().parse().unwrap()
}

#[tokio::test]
async fn gdal_opens_every_map_form() {
    let dir = tempfile::tempdir().unwrap();
    let atlas = city(dir.path()).await;
    let listed = list::services(&atlas, &[], AreaType::ElementaryDistrict);
    let (all, located) = (listed.len(), listed.iter().filter(|l| l.service.point.is_some()).count());
    assert!(located > 20 && located < all);
    let write = |name: &str, bytes: &[u8]| {
        std::fs::write(dir.path().join(name), bytes).unwrap();
        dir.path().join(name).to_str().unwrap().to_owned()
    };
    let rows = geopackage_rows(&atlas, &[], AreaType::ElementaryDistrict).unwrap();
    let gpkg = geopackage(&rows, dir.path()).await.unwrap();
    assert!(std::fs::read_dir(dir.path()).unwrap().all(|e| !e.unwrap().file_name().to_string_lossy().starts_with("export-")));
    let forms = [
        (write("list.gpkg", &gpkg), "services", all),
        (format!("/vsizip/{}", write("list.shp.zip", &made(&atlas, Form::Shapefile))), "services", located),
        (write("list.fgb", &made(&atlas, Form::FlatGeobuf)), "services", located),
        (write("list.geojson", &made(&atlas, Form::GeoJson)), "", all),
    ];
    for (path, layer, wanted) in forms {
        let said = ogrinfo(&path, layer);
        assert_eq!(count(&said), wanted, "{path}");
        assert!(said.contains("Geometry: Point"), "{path}: {said}");
        assert!(said.contains("WGS 84") || said.contains("WGS_1984"), "{path}: {said}");
        let shown = Command::new("ogrinfo").args(["-ro", "-al", "-where", "name = '=1+1の会'", &path]).output().unwrap();
        let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
        assert_eq!(shown.contains("096-356-1212"), wanted == all, "Japanese survives: {path}");
    }
}

#[tokio::test]
async fn tables_come_back_through_our_own_importer_and_run_no_formula() {
    let dir = tempfile::tempdir().unwrap();
    let atlas = city(dir.path()).await;
    let listed = list::services(&atlas, &[], AreaType::ElementaryDistrict);
    for form in [Form::Csv, Form::Xlsx] {
        let bytes = made(&atlas, form);
        let name = format!("地域資源一覧表.{}", form.extension());
        let readings = ingest::read_bytes(Path::new(&name), &bytes, &Day::parse("2026-11-21").unwrap().into()).unwrap();
        let places = &readings[0].batch.places;
        let kinds: BTreeSet<&str> = places.iter().map(|p| p.services[0].kind.code()).collect();
        let wanted: BTreeSet<&str> = listed.iter().map(|l| l.service.kind.code()).collect();
        assert_eq!(kinds, wanted, "{name}");
        let salon = listed.iter().find(|l| l.service.kind.code() == "salon" && l.service.point.is_some()).unwrap();
        let back = places.iter().find(|p| p.services[0].name == salon.service.name).unwrap();
        assert!(back.point.zip(salon.service.point).is_some_and(|(a, b)| kayoi::model::ground_metres(a, b) < 0.1));
        assert_eq!(back.services[0].phone.as_deref().map(digits), salon.service.phone.as_deref().map(digits));
    }
    let csv = String::from_utf8(made(&atlas, Form::Csv)).unwrap();
    assert!(csv.starts_with('\u{feff}') && csv.contains("'=1+1の会") && !csv.contains(",=1+1"));
    // the open-data columns: what is medical and what is care under its own headings, in their order
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(made(&atlas, Form::Ods))).unwrap();
    for (name, format) in [("医療機関一覧.csv", "ods_medical"), ("通いの場・地域資源一覧.csv", "salon_list")] {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut zip.by_name(name).unwrap(), &mut bytes).unwrap();
        let readings = ingest::read_bytes(Path::new(name), &bytes, &Day::parse("2026-11-21").unwrap().into()).unwrap();
        assert_eq!(readings[0].dataset.format, format, "{name}");
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.starts_with("\u{feff}都道府県コード又は市区町村コード,NO,都道府県名,市区町村名,"), "{name}");
    }
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

#[tokio::test]
async fn hsds_has_what_its_readers_need() {
    let dir = tempfile::tempdir().unwrap();
    let atlas = city(dir.path()).await;
    let page: Value = serde_json::from_slice(&made(&atlas, Form::Hsds)).unwrap();
    let contents = page["contents"].as_array().unwrap();
    assert_eq!(page["total_items"].as_u64().unwrap() as usize, contents.len());
    let mut ids = BTreeSet::new();
    let (mut by_day, mut located) = (0, 0);
    for s in contents {
        for required in ["id", "name", "status"] {
            assert!(s[required].as_str().is_some_and(|t| !t.is_empty()), "{required}: {s}");
        }
        assert!(ids.insert(s["id"].as_str().unwrap().to_owned()), "an id is one service's");
        assert!(["active", "inactive", "defunct", "temporarily closed"].contains(&s["status"].as_str().unwrap()));
        by_day += s["schedules"].as_array().unwrap().iter().filter(|x| x["byday"].is_string()).count();
        let location = &s["service_at_locations"][0]["location"];
        assert_eq!(location["location_type"], "physical");
        located += usize::from(location["latitude"].is_number());
    }
    assert!(by_day > 5 && located > 20, "{by_day} {located}");
}
