//! Every file format: told from its content, read in its columns, its traps survived.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test that cannot go on should stop

mod common;

use common::shared;
use kayoi::ingest::{self, Input, Reading, Refusal};
use kayoi::model::{AreaType, GeocodeLevel, Status};
use std::io::{Cursor, Write};
use std::path::Path;

fn read_as(name: &str, bytes: &[u8]) -> Result<Vec<Reading>, Refusal> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    ingest::read(&Input::File(path), kayoi::model::Day(20_614))
}

fn one(bytes: impl AsRef<[u8]>) -> Reading {
    let mut all = read_as("x.bin", bytes.as_ref()).unwrap();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

fn refusal(bytes: impl AsRef<[u8]>) -> &'static str {
    read_as("x.csv", bytes.as_ref()).unwrap_err().code
}

fn features(list: &[(&str, &str)]) -> String {
    let one = |(properties, geometry): &(&str, &str)| {
        format!(r#"{{"type":"Feature","properties":{{{properties}}},"geometry":{geometry}}}"#)
    };
    format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, list.iter().map(one).collect::<Vec<_>>().join(","))
}

const SQUARE: &str = r#"{"type":"Polygon","coordinates":[[[130.6,32.8],[130.7,32.8],[130.7,32.9],[130.6,32.9],[130.6,32.8]]]}"#;
const POINT: &str = r#"{"type":"Point","coordinates":[130.7,32.8]}"#;

#[test]
fn school_districts_new_and_2010_layouts() {
    let new = one(features(&[(
        r#""A27_001":"43103","A27_002":"熊本市","A27_003":"B143","A27_004":"花園小学校","A27_005":"花園5丁目""#,
        SQUARE,
    )]));
    let a = &new.batch.areas[0];
    assert_eq!(
        (new.dataset.format.as_str(), a.area_type, a.name.as_str(), a.city_code.as_deref()),
        ("ksj_a27", AreaType::ElementaryDistrict, "花園小学校", Some("43103"))
    );
    let old = one(features(&[(r#""A27_001":"43103","A27_002":"小学校","A27_003":"池田小学校","A27_004":"西区池田""#, SQUARE)]));
    assert_eq!(old.batch.areas[0].name, "池田小学校");
    let junior = one(features(&[(r#""A32_001":"43103","A32_003":"C1","A32_004":"井芹中学校""#, SQUARE)]));
    assert_eq!(junior.batch.areas[0].area_type, AreaType::JuniorHighDistrict);
}

#[test]
fn a_municipality_in_parts_is_one_area() {
    let island = SQUARE.replace("130.6", "130.1").replace("130.7", "130.2");
    let p = r#""N03_001":"熊本県","N03_003":"熊本市","N03_004":"西区","N03_007":"43103""#;
    let r = one(features(&[(p, SQUARE), (p, &island)]));
    assert_eq!((r.batch.areas.len(), r.batch.areas[0].name.as_str()), (1, "熊本市西区"));
    assert_eq!(r.batch.areas[0].geometry.as_ref().unwrap().0.len(), 2);
}

#[test]
fn induction_areas_of_three_publishers() {
    let class = |p: &str| one(features(&[(p, SQUARE)])).batch.areas[0].area_type;
    assert_eq!(class(r#""A50_001":"43100","A50_006":3"#), AreaType::FunctionInduction);
    assert_eq!(class(r#""A50_001":"43100","A50_006":"居住誘導区域""#), AreaType::ResidenceInduction);
    assert_eq!(class(r#""AreaCode":31,"AreaType":"居住誘導区域","Cityname":"熊本市""#), AreaType::ResidenceInduction);
}

#[test]
fn bus_stops_clinics_schools_and_welfare() {
    let stop = one(features(&[(r#""P11_001":"花園","P11_002":"産交バス","P11_003_01":"A線,B線""#, POINT)]));
    assert_eq!(stop.batch.places[0].services[0].kind.code(), "transit_stop");
    let medical = one(features(&[(r#""P04_001":3,"P04_002":"はなぞの歯科","P04_003":"西区""#, POINT)]));
    assert_eq!(medical.batch.places[0].services[0].kind.code(), "dental");
    for p in [
        r#""P29_001":"43103","P29_002":"B1","P29_003":"16001","P29_004":"花園小学校","P29_005":"西区""#,
        r#""P29_001":"43103","P29_002":"B1","P29_003":"x","P29_004":"16001","P29_005":"花園小学校","P29_006":"西区""#,
    ] {
        let school = one(features(&[(p, POINT)]));
        assert_eq!(
            (school.batch.places[0].name.as_str(), school.batch.places[0].facility.as_deref()),
            ("花園小学校", Some("school"))
        );
    }
    let welfare = |accuracy: u8| {
        one(features(&[(
            &format!(r#""P14_001":"43","P14_004":"西区","P14_006":"0204","P14_008":"デイ花園","P14_010":{accuracy}"#),
            POINT,
        )]))
    };
    assert!(welfare(2).batch.places[0].level.is_located());
    assert_eq!(welfare(3).batch.places[0].level, GeocodeLevel::OldVillage);
    assert_eq!(refusal(features(&[(r#""P14_001":"43103","P14_002":"x""#, POINT)])), "old_p14");
}

#[test]
fn census_mesh_with_secret_cells_in_cp932() {
    let text = "KEY_CODE,HTKSYORI,HTKSAKI,GASSAN,T001142001,T001142004,T001142019,T001142022\r\n,,,,人口（総数）,０～１４歳人口　総数,６５歳以上人口　総数,７５歳以上人口　総数\r\n4930157533,0,,,120,10,30,15\r\n4930157534,2,4930157533,,3,*,*,*\r\n49301575339,0,,,5,,,\r\nabc,0,,,1,,,\r\n";
    let (cp932, _, _) = encoding_rs::SHIFT_JIS.encode(text);
    let r = one(&*cp932);
    assert_eq!((r.dataset.format.as_str(), r.batch.cells.len(), r.findings.left), ("census_mesh", 2, 2));
    let (a, b) = (&r.batch.cells[0], &r.batch.cells[1]);
    assert_eq!((a.population[0].total, a.population[0].aged75), (Some(120.0), Some(15.0)));
    assert_eq!((b.population[0].aged75, b.merged_into.as_deref()), (None, Some("4930157533")));
    // two prefecture files overlap on the border: the people are the sum
    let twice = one("KEY_CODE,HTKSYORI,T000876001\n,,人口総数\n49301575,0,10\n49301575,0,7\n");
    assert_eq!((twice.batch.cells[0].population[0].total, twice.batch.cells[0].population[0].year), (Some(17.0), 2015));
}

#[test]
fn mhlw_tables_of_24_and_17_columns_and_the_medical_net() {
    let head = "都道府県コード又は市町村コード,No,都道府県名,市区町村名,事業所名,事業所名カナ,サービスの種類,住所,方書（ビル名等）,緯度,経度,電話番号,事業所番号,利用可能曜日,利用可能曜日特記事項,定員,URL";
    let r = one(format!(
        "\u{feff}{head}\n43103,1,熊本県,熊本市西区,デイ花園,デイ,通所介護,西区花園,,32.82,130.68,096-1,4370,月火,,0,a@b.jp\n"
    ));
    let s = &r.batch.places[0].services[0];
    assert_eq!(
        (s.kind.code(), s.capacity, s.url.as_deref(), s.reference.as_deref()),
        ("day_care", None, None, Some("care:4370"))
    );
    let net = one(
        "ID,正式名称,正式名称（フリガナ）,所在地,所在地座標（緯度）,所在地座標（経度）,案内用ホームページアドレス\n431143320146,城山病院,ジョウザン,西区,32.78,130.66,http://x\n431143320147,遠い病院,x,札幌,0.0,0.0,\n432143320148,なまえ,x,西区,32.78,130.66,\n",
    );
    assert_eq!(net.batch.places[0].services[0].reference.as_deref(), Some("medical:431143320146"));
    assert_eq!(net.batch.places[1].level, GeocodeLevel::Unlocated);
    assert_eq!(net.batch.places[2].services[0].kind.code(), "clinic");
}

#[test]
fn ods_old_and_new_facilities() {
    let old = one(
        "都道府県コード又は市区町村コード,NO,都道府県名,市区町村名,名称,名称_カナ,名称_通称,POIコード,住所,方書,緯度,経度,電話番号\n92011,1,栃木県,小山市,中央公民館,,,,小山市,,36.3,139.8,\n",
    );
    assert_eq!(old.batch.places[0].facility.as_deref(), Some("community_centre"));
    let new = one(
        "全国地方公共団体コード,ID,地方公共団体名,名称,名称_カナ,名称_英字,所在地_全国地方公共団体コード,町字ID,所在地_連結表記,所在地_都道府県,所在地_市区町村,所在地_町字,所在地_番地以下,建物名等(方書),緯度,経度,電話番号\n431001,1,熊本市,市民体育館,,,,,熊本市中央区出水2,,,,,,32.79,130.72,\n",
    );
    assert_eq!(
        (new.dataset.format.as_str(), new.batch.places[0].address.as_deref()),
        ("ods_facility", Some("熊本市中央区出水2"))
    );
}

#[test]
fn a_shapefile_with_cp932_attributes_and_no_cpg() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("whatever.shp");
    let name = dbase::FieldName::try_from("A27_004").unwrap();
    let code = dbase::FieldName::try_from("A27_001").unwrap();
    let table = dbase::TableWriterBuilder::with_encoding(dbase::encoding::EncodingRs::from(encoding_rs::SHIFT_JIS))
        .add_character_field(code, 5)
        .add_character_field(name, 40);
    let mut writer = shapefile::Writer::from_path(&path, table).unwrap();
    let ring = vec![(130.6, 32.8), (130.6, 32.9), (130.7, 32.9), (130.7, 32.8), (130.6, 32.8)];
    let polygon = shapefile::Polygon::new(shapefile::PolygonRing::Outer(
        ring.into_iter().map(|(x, y)| shapefile::Point::new(x, y)).collect(),
    ));
    let mut record = dbase::Record::default();
    record.insert("A27_001".into(), dbase::FieldValue::Character(Some("43103".into())));
    record.insert("A27_004".into(), dbase::FieldValue::Character(Some("髙橋小学校".into())));
    writer.write_shape_and_record(&polygon, &record).unwrap();
    drop(writer);
    let r = ingest::read(&Input::File(path.clone()), kayoi::model::Day(20_614)).unwrap().remove(0);
    assert_eq!((r.dataset.format.as_str(), r.batch.areas[0].name.as_str()), ("ksj_a27", "髙橋小学校"));
    // a projected or an old datum is told by the .prj
    std::fs::write(dir.path().join("whatever.prj"), r#"PROJCS["JGD_2011_Japan_Zone_2""#).unwrap();
    assert_eq!(ingest::read(&Input::File(path.clone()), kayoi::model::Day(20_614)).unwrap_err().code, "projected");
    std::fs::write(dir.path().join("whatever.prj"), r#"GEOGCS["GCS_Tokyo",DATUM["D_Tokyo""#).unwrap();
    let moved = ingest::read(&Input::File(path), kayoi::model::Day(20_614)).unwrap().remove(0);
    use geo::BoundingRect;
    let (a, b) = (
        r.batch.areas[0].geometry.as_ref().unwrap().bounding_rect().unwrap(),
        moved.batch.areas[0].geometry.as_ref().unwrap().bounding_rect().unwrap(),
    );
    assert!((b.min().y - a.min().y - 374.0 / 110_900.0).abs() < 1e-4, "about 374 m north");
}

#[test]
fn the_coordinators_messy_spreadsheets() {
    for n in [1, 2] {
        let expected: serde_json::Value =
            serde_json::from_slice(&std::fs::read(shared(&format!("salons/salons-messy-{n}.expected.json"))).unwrap()).unwrap();
        let rows = expected["rows"].as_array().unwrap();
        for ext in ["csv", "xlsx"] {
            let r = ingest::read(&Input::File(shared(&format!("salons/salons-messy-{n}.{ext}"))), kayoi::model::Day(20_614))
                .unwrap()
                .remove(0);
            assert_eq!(r.dataset.format, "salon_list", "{n} {ext}");
            assert_eq!(r.batch.places.len(), rows.len(), "{n} {ext}");
            for (place, want) in r.batch.places.iter().zip(rows) {
                let s = &place.services[0];
                assert_eq!(s.name, want["name"].as_str().unwrap());
                assert_eq!(s.kind.code(), want["kind"].as_str().unwrap(), "{}", s.name);
                assert_eq!(place.name, want["hall"].as_str().unwrap_or(&s.name), "{}", s.name);
                let paused = want["status"] != "active";
                assert_eq!(s.status == Status::Paused, paused, "{}", s.name);
                assert_eq!(place.level, GeocodeLevel::Unlocated, "no coordinates, so no guess");
                // what nobody can know is asked, where people would come for nothing
                let asked = r.findings.list.iter().any(|f| f.code == "schedule_unclear" && f.record.as_ref() == Some(&place.key));
                assert_eq!(asked, want["schedule_needs_review"] == true && !paused, "{} {:?}", s.name, s.schedule_text);
            }
        }
    }
}

#[test]
fn demand_taxi_zones_small_form_and_flex_and_odd_gtfs_zips() {
    let zones = one(features(&[(r#""区域名":"池上地区""#, SQUARE)]));
    assert_eq!((zones.batch.areas[0].area_type, zones.batch.areas[0].name.as_str()), (AreaType::DemandZone, "池上地区"));
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("feed/inside/stops.txt", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all("\u{feff}stop_id,stop_name,stop_lat,stop_lon,location_type\n1,駅,32.8,130.7,1\n2,のりば,32.8,130.7,0\n3,遠い,53.4,-8.2,\n".as_bytes()).unwrap();
    let r = one(zip.finish().unwrap().into_inner());
    assert_eq!((r.batch.places.len(), r.batch.places[1].level), (2, GeocodeLevel::Unlocated));
    let mut loaded = 0;
    for entry in std::fs::read_dir(shared("fixtures/gtfs-jp")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "zip") {
            let r = ingest::read(&Input::File(path.clone()), kayoi::model::Day(20_614))
                .unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            assert!(!r[0].batch.places.is_empty(), "{}", path.display());
            loaded += 1;
        }
    }
    assert_eq!(loaded, 49);
}

#[test]
fn genuine_extracts_have_streets_services_and_a_map() {
    for (file, least) in [("fixtures/osm/liechtenstein-latest.osm.pbf", 3000), ("fixtures/osm/porto_portugal.osm.pbf", 3000)] {
        let r = ingest::read(&Input::File(shared(file)), kayoi::model::Day(20_614)).unwrap().remove(0);
        let osm = r.batch.osm.as_ref().unwrap();
        assert!(osm.ways.len() > least && osm.features.len() > least, "{file}: {} {}", osm.ways.len(), osm.features.len());
    }
}

#[test]
fn osm_xml_reads_as_pbf_does() {
    let xml = r#"<?xml version="1.0"?><osm version="0.6"><node id="1" lat="32.8" lon="130.7"/><node id="2" lat="32.801" lon="130.7"><tag k="amenity" v="pharmacy"/><tag k="name" v="A &amp; B薬局"/></node><way id="3"><nd ref="1"/><nd ref="2"/><nd ref="99"/><tag k="highway" v="residential"/></way></osm>"#;
    let r = one(xml);
    assert_eq!((r.batch.osm.as_ref().unwrap().ways[0].nodes.len(), r.batch.places[0].name.as_str()), (2, "A & B薬局"));
    assert_eq!(refusal(&xml[..xml.len() - 20]), "broken_osm");
}

#[test]
fn what_is_not_data_is_refused_with_a_reason() {
    let pbf = std::fs::read(shared("fixtures/osm/liechtenstein-latest.osm.pbf")).unwrap();
    assert_eq!(refusal(&pbf[..pbf.len() / 2]), "broken_pbf");
    let mut corrupt = pbf.clone();
    corrupt[5000..6000].fill(0xff);
    assert_eq!(refusal(&corrupt), "broken_pbf");
    let zip = std::fs::read(shared("fixtures/gtfs-jp/GTFS.zip")).unwrap();
    assert_eq!(refusal(&zip[..zip.len() / 2]), "broken_zip");
    assert_eq!(refusal(b""), "empty");
    assert_eq!(refusal(b"%PDF-1.7 not a csv"), "pdf");
    assert_eq!(refusal(b"\xff\xd8\xff\xe0 photo"), "image");
    assert_eq!(refusal(b"SQLite format 3\0 cut"), "sqlite");
    assert_eq!(refusal("あ,い,う\n1,2,3\n"), "unknown_table");
    assert_eq!(refusal(r#"{"type":"FeatureCollection","features":[{"type":"#), "broken_geojson");
    assert_eq!(refusal(features(&[(r#""x":1"#, POINT)])), "unknown_geojson");
    assert_eq!(refusal([0u8, 1, 2, 3, 4, 5, 6, 7, 8, 9, 200, 201]), "binary");
    let abroad = features(&[(
        r#""A27_001":"1","A27_004":"どこか小学校""#,
        r#"{"type":"Polygon","coordinates":[[[-8.2,53.4],[-8.1,53.4],[-8.1,53.5],[-8.2,53.4]]]}"#,
    )]);
    assert_eq!(one(abroad).findings.list[0].code, "area_abroad");
    let large = tempfile::tempdir().unwrap();
    let path = large.path().join("large.csv");
    std::fs::File::create(&path).unwrap().set_len(2 << 30).unwrap();
    assert_eq!(ingest::read(&Input::File(path), kayoi::model::Day(20_614)).unwrap_err().code, "too_large");
}

#[test]
fn positions_that_cannot_be_trusted_are_kept_and_said() {
    let rows: String = (0..8).map(|i| format!("43103,病院{i},病院,32.8{i},130.7\n")).collect();
    let r = one(format!(
        "市区町村コード,名称,種別,緯度,経度\n{rows}43103,入替病院,病院,130.7,32.8\n43103,愛蘭病院,病院,53.4,-8.2\n43103,北海道病院,病院,43.0,141.3\n43103,,病院,32.8,130.7\n"
    ));
    let by = |code: &str| r.findings.list.iter().find(|f| f.code == code).unwrap_or_else(|| panic!("{code}"));
    assert_eq!(
        (by("position_swapped").row, by("position_abroad").row, by("position_stray").row, by("no_name").row),
        (10, 11, 12, 13)
    );
    assert_eq!((r.batch.places.len(), r.findings.left), (11, 1));
    assert_eq!(r.batch.places.iter().filter(|p| p.level == GeocodeLevel::Unlocated).count(), 2);
}

#[test]
fn every_file_of_both_cities_is_taken_or_refused_with_a_reason() {
    for city in ["kumamoto", "takamatsu"] {
        let inputs = ingest::inputs(&[shared(city)]).unwrap();
        assert!(inputs.len() > 15);
        for input in inputs {
            let name = input.path().display().to_string();
            match ingest::read(&input, kayoi::model::Day(20_614)) {
                Ok(readings) => readings.iter().for_each(|r| assert!(!r.batch.is_empty(), "{name}")),
                Err(e) => {
                    let known = ["osm_poi", "gzip"];
                    assert!(known.contains(&e.code), "{name}: {e}");
                }
            }
        }
    }
}

#[test]
fn counts_of_the_real_files_are_those_of_their_readme() {
    let count = |path: &str, f: &dyn Fn(&Reading) -> usize| -> usize {
        ingest::read(&Input::File(shared(path)), kayoi::model::Day(20_614)).unwrap().iter().map(f).sum()
    };
    let (places, areas, cells) =
        (|r: &Reading| r.batch.places.len(), |r: &Reading| r.batch.areas.len(), |r: &Reading| r.batch.cells.len());
    assert_eq!(count("kumamoto/approximate-school-districts/approx-elementary-districts.geojson", &areas), 97);
    assert_eq!(count("kumamoto/approximate-school-districts/approx-junior-high-districts.geojson", &areas), 54);
    assert_eq!(count("kumamoto/ksj-n03/N03-21_43_210101-s0010.geojson", &areas), 49);
    assert_eq!(count("kumamoto/ksj-mesh500/kumamoto-bbox-mesh500m-projection.geojson", &cells), 21_443);
    assert_eq!(count("kumamoto/gsi-addresses/gsi-address-points.csv", &|r| r.batch.addresses.len()), 455_804);
    assert_eq!(count("kumamoto/shelters/kumamoto-designated-shelters-20260730.geojson", &places), 1316);
    let small: Vec<f64> = ["csv", "dbf"]
        .iter()
        .map(|e| {
            let path = if *e == "csv" {
                "kumamoto/census2015-small-area/kumamoto-small-area-2015.csv"
            } else {
                "kumamoto/census2015-small-area/43-kumamoto-all.dbf"
            };
            let r = ingest::read(&Input::File(shared(path)), kayoi::model::Day(20_614)).unwrap().remove(0);
            assert_eq!(r.dataset.key, "small_area:2015:43");
            r.batch.cells.iter().filter(|c| c.code.starts_with("43103")).filter_map(|c| c.population[0].total).sum()
        })
        .collect();
    assert_eq!(small, [93_171.0, 93_171.0]);
}

#[test]
fn the_population_table_of_takamatsu_keeps_its_date_and_ages() {
    let r = ingest::read(&Input::File(shared("takamatsu/opendata/population_0066_202602.xlsx")), kayoi::model::Day(20_614))
        .unwrap()
        .remove(0);
    let people = |f: &dyn Fn(&kayoi::model::Population) -> Option<f64>| -> f64 {
        r.batch.cells.iter().filter_map(|c| f(&c.population[0])).sum()
    };
    assert_eq!((r.dataset.vintage.as_deref(), r.batch.cells.len()), (Some("2026"), 235));
    let (all, old, older) = (people(&|p| p.total), people(&|p| p.aged65), people(&|p| p.aged75));
    assert!(
        (400_000.0..430_000.0).contains(&all) && (0.25..0.32).contains(&(old / all)) && (0.13..0.2).contains(&(older / all)),
        "{all} {old} {older}"
    );
}

#[test]
fn a_folder_of_photographs_is_walked_without_a_stumble() {
    let dir = tempfile::tempdir().unwrap();
    for i in 0..3 {
        std::fs::write(dir.path().join(format!("IMG_{i}.csv")), b"\xff\xd8\xff\xe0").unwrap();
    }
    for input in ingest::inputs(&[dir.path().to_owned()]).unwrap() {
        assert_eq!(ingest::read(&input, kayoi::model::Day(20_614)).unwrap_err().code, "image");
    }
    assert!(ingest::inputs(&[Path::new("/no/such/place").to_owned()]).is_err());
}

/// The feed of one file of a folder, written as a city might.
fn feed_of(files: &[(&str, &str)]) -> (kayoi::model::Feed, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let r = ingest::read(&Input::GtfsFolder(folder.path().to_owned()), kayoi::model::Day(20_614)).unwrap().remove(0);
    (r.batch.feed.unwrap(), r.findings.list.iter().map(|f| f.code.clone()).collect())
}

const STOPS: (&str, &str) =
    ("stops.txt", "\u{feff}stop_id,stop_name,stop_lat,stop_lon\na,甲,32.80,130.70\nb,乙,32.80,130.71\nc,丙,32.80,130.73\n");

#[test]
fn a_timetable_with_every_fault_keeps_its_good_trips() {
    let (feed, codes) = feed_of(&[
        STOPS,
        ("routes.txt", "route_id,route_short_name,route_type\nr,1,3\n"),
        ("trips.txt", "route_id,service_id,trip_id\nr,s,good\nr,s,blank\nr,s,back\nr,x,lost\nr,s,late\nr,s,often\n"),
        (
            "stop_times.txt",
            "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n\
             good,9:00:00,9:00:00,a,1\ngood,9:10:00,9:11:00,c,3\ngood,9:05:00,9:05:00,b,2\n\
             blank,10:00:00,10:00:00,a,1\nblank,,,b,2\nblank,10:30:00,10:30:00,c,3\n\
             back,9:00:00,9:00:00,a,1\nback,8:59:00,8:59:00,b,2\n\
             late,24:50:00,24:50:00,a,1\nlate,25:02:00,25:02:00,b,2\nlate,25:05:00,25:05:00,zz,3\n\
             often,7:00:00,7:00:00,a,1\noften,7:20:00,7:20:00,b,2\n",
        ),
        ("calendar_dates.txt", "service_id,date,exception_type\ns,20260610,1\ns,2026061x,1\n"),
        ("frequencies.txt", "trip_id,start_time,end_time,headway_secs\noften,7:00:00,8:00:00,1200\noften,9:00:00,10:00:00,0\n"),
    ]);
    let times = |id: &str| -> Vec<Vec<u32>> {
        let trips = feed.trips.iter().filter(|t| t.id == id);
        trips.map(|t| feed.times[t.first as usize..(t.first + t.count) as usize].iter().map(|c| c.arrival).collect()).collect()
    };
    assert_eq!(times("good"), [[32_400, 32_700, 33_000]], "in the order of the sequence, not of the file");
    // a third of the way at 10:10: the blank is filled by distance
    assert_eq!(times("blank"), [[36_000, 36_600, 37_800]]);
    assert_eq!(times("late"), [[89_400, 90_120]], "past midnight; the unknown stop is passed by");
    assert_eq!(times("often").iter().map(|t| t[0]).collect::<Vec<_>>(), [25_200, 26_400, 27_600]);
    assert!(times("back").is_empty() && times("lost").is_empty());
    for code in ["time_runs_back", "unknown_reference", "unknown_stop", "bad_date", "bad_frequency", "frequencies"] {
        assert!(codes.iter().any(|c| c == code), "{code} in {codes:?}");
    }
    assert!(feed.calendars[0].runs(kayoi::model::Day(20_614)) && !feed.calendars[0].runs(kayoi::model::Day(20_615)));
}

#[test]
fn flexible_trips_good_and_broken() {
    use kayoi::model::Booking;
    let read = |name: &str| {
        let input = Input::GtfsFolder(shared(&format!("fixtures/gtfs-flex/{name}")));
        let r = ingest::read(&input, kayoi::model::Day(20_614)).unwrap().remove(0);
        (r.batch.feed.unwrap(), r.findings.list.iter().map(|f| f.code.clone()).collect::<Vec<_>>())
    };
    let (valid, _) = read("r5-flex/valid");
    let legs: usize = valid.demand.iter().map(|d| d.legs.len()).sum();
    assert_eq!((legs, valid.trips.len()), (4, 1), "four kinds of flexible trip and one ordinary one");
    let (multi, _) = read("r5-flex/multipolygon");
    assert!(!multi.demand.is_empty());
    let (bad, codes) = read("r5-flex/badref");
    assert!(bad.demand.is_empty() && codes.contains(&"unknown_location".to_owned()));
    let (_, codes) = read("r5-flex/nowindow");
    assert!(codes.contains(&"bad_window".to_owned()));
    let (aspen, _) = read("otp-flex/aspen-flex-on-demand.gtfs");
    let taxi = aspen.demand.iter().find(|d| !d.legs.is_empty()).unwrap();
    assert_eq!((taxi.booking, taxi.ride_extra_minutes), (Some(Booking::Now), 9.0));
    let (rufbus, _) = read("bbnavi");
    assert!(rufbus.demand.iter().any(|d| d.booking == Some(Booking::Minutes(60)) && !d.legs[0].pickup.stops.is_empty()));
}

#[test]
fn the_small_forms_of_a_city_and_its_series() {
    let folder = tempfile::tempdir().unwrap();
    let read = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, encoding_rs::SHIFT_JIS.encode(text).0).unwrap();
        ingest::read(&Input::File(path), kayoi::model::Day(20_614)).unwrap().remove(0)
    };
    let r = read(
        "運行表.csv",
        "西区デマンド\n区域名,曜日,方向,出発時刻,予約締切,電話,運賃,登録要否,乗降点\n三ノ岳・山口地区,火・金,往,9:00,前日17時まで,096-000-0000,300円,要,病院前・市役所\n〃,火・金,復,11:30～15:00,１時間前まで,,,,病院前・市役所\n大将陣地区,いつか,往,9:00,不要,,,,\n",
    );
    let feed = r.batch.feed.unwrap();
    assert_eq!((feed.demand.len(), feed.demand[0].legs.len(), r.findings.left), (1, 2, 1));
    assert_eq!(feed.demand[0].legs[0].pickup.names, ["三ノ岳・山口地区"]);
    assert_eq!(feed.demand[0].legs[1].pickup.names, ["病院前", "市役所"], "the way home begins at the stops");
    assert_eq!(feed.demand[0].legs[1].windows, [(41_400, 54_000)]);
    assert!(feed.demand[0].registered_only);
    // the table of the action plan, with its total of the seeds
    let r = read(
        "利用者.csv",
        "デマンドタクシー利用者数（人）\n区域,R3,R4\n松尾東・北校区,549,483\n池上地区,135,141\n三ノ岳・山口地区,25,２\n大将陣地区,137,308\n沖新町,505,503\n野出・東門寺地区,434,487\n計,\"1,785\",\"1,924\"\n",
    );
    let sum = |year: u16| r.batch.series.iter().filter(|f| f.year == year).map(|f| f.value).sum::<f64>();
    assert_eq!((sum(2021), sum(2022), r.findings.list.len()), (1785.0, 1924.0, 0));
    let r = read("項目.csv", "項目,R3,R4\n窓口相談,12か所,26件\n計,1,2\n");
    let codes: Vec<&str> = r.findings.list.iter().map(|f| f.code.as_str()).collect();
    assert!(codes.contains(&"unit_changed") && codes.contains(&"total_differs"), "{codes:?}");
    let r = read("町内.csv", "校区,町内名\n花園,花園1町内\n,花園2町内\n花園,花園1町内\n池田,池田町内\n");
    let towns: Vec<(&str, Option<&str>)> = r.batch.areas.iter().map(|a| (a.name.as_str(), a.parent.as_deref())).collect();
    assert_eq!(towns, [("花園1町内", Some("花園")), ("花園2町内", Some("花園")), ("池田町内", Some("池田"))]);
}

#[test]
fn homes_are_known_by_how_lists_name_them() {
    let r = one(
        "名称,種別,会場,住所,予約\nお茶の間,サロン,山田様方,西区花園5-8-3,要\n縁側,サロン,代表者宅,西区花園5-8-4,不要\n団地の会,サロン,市営住宅集会所,西区花園5-8-5,\nすまいの会,サロン,公民館,西区花園住宅団地1号棟,\n",
    );
    let homes: Vec<bool> = r.batch.places.iter().map(|p| p.home).collect();
    assert_eq!(homes, [true, true, false, false]);
    let booking: Vec<Option<&str>> = r.batch.places.iter().map(|p| p.services[0].booking.as_deref()).collect();
    assert_eq!(booking, [Some("要予約"), Some("予約不要"), None, None]);
}
