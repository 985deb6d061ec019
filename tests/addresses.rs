//! Addresses against the real house numbers of a city, and the coordinator's messy lists against what they should become.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test that cannot go on should stop

mod common;

use common::shared;
use kayoi::atlas::gazetteer::compile;
use kayoi::atlas::{Flat, Gazetteer, Lookup};
use kayoi::ingest;
use kayoi::model::{AddressPoint, Day, GeocodeLevel, LonLat, Place, Status, ground_metres};
use std::sync::LazyLock;

const TODAY: Day = Day(20_778); // 2026-11-21

fn read(path: &str) -> Vec<ingest::Reading> {
    let inputs = ingest::inputs(&[shared(path)]).unwrap();
    inputs.iter().flat_map(|i| ingest::read(i, TODAY).unwrap_or_default()).collect()
}

static POINTS: LazyLock<Vec<AddressPoint>> = LazyLock::new(|| {
    let lists = ["kumamoto/gsi-addresses", "kumamoto/geolonia-addresses"];
    lists.iter().flat_map(|l| read(l)).flat_map(|r| r.batch.addresses).collect()
});

static CITY: LazyLock<Gazetteer> = LazyLock::new(|| Gazetteer::new(Flat::from_bytes(&compile(&POINTS, &[])).unwrap()).unwrap());

fn kanji(n: u32) -> String {
    const D: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let tens = if n >= 20 { D[n as usize / 10] } else { "" };
    format!("{tens}{}{}", if n >= 10 { "十" } else { "" }, D[n as usize % 10])
}

/// Some of the ways people write one house number.
fn spellings(ward: &str, town: &str, block: &str, number: &str) -> Vec<String> {
    let wide = |t: &str| t.chars().map(|c| char::from_u32(c as u32 - '0' as u32 + '０' as u32).unwrap()).collect::<String>();
    let (b, n) = (block.parse::<u32>().unwrap(), number.parse::<u32>().unwrap());
    let mut all = vec![
        format!("熊本県熊本市{ward}{town}{block}番{number}号"),
        format!("熊本市{ward}{town}{block}-{number}"),
        format!("{ward}{town}{}ー{}", wide(block), wide(number)),
        format!("〒860-0000 熊本市{ward}　{town}{}−{} 集会所", wide(block), wide(number)),
        format!("{ward}{town}{}番{}号", kanji(b), kanji(n)),
        format!("熊本市{ward}{town}{block}番地の{number}"),
    ];
    // 五丁目 as digits, written out and dashed
    for k in (1..=20u32).rev() {
        if let Some(base) = town.strip_suffix(&format!("{}丁目", kanji(k))) {
            all.push(format!("{ward}{base}{k}丁目{block}-{number}"));
            all.push(format!("{ward}{base}{k}-{block}-{number}"));
            break;
        }
    }
    all
}

#[test]
fn every_kind_of_spelling_of_real_house_numbers_comes_back_to_its_point() {
    let ward = |code: &str| match code {
        "43101" => Some("中央区"),
        "43102" => Some("東区"),
        "43103" => Some("西区"),
        "43104" => Some("南区"),
        "43105" => Some("北区"),
        _ => None,
    };
    let digits = |t: &str| !t.is_empty() && t.len() <= 2 && t.chars().all(|c| c.is_ascii_digit());
    let houses: Vec<&AddressPoint> =
        POINTS.iter().filter(|p| ward(&p.city_code).is_some() && digits(&p.block) && digits(&p.number)).collect();
    assert!(houses.len() > 400_000, "{}", houses.len());
    let (mut asked, mut wrong) = (0, Vec::new());
    for p in houses.iter().step_by(211) {
        for text in spellings(ward(&p.city_code).unwrap(), &p.town, &p.block, &p.number) {
            asked += 1;
            let near = |l: &kayoi::atlas::Located| ground_metres(l.point, LonLat::from_e7(p.point)) < 150.0;
            match CITY.find(&text) {
                Lookup::Found(l) if l.level == GeocodeLevel::House && near(&l) => {}
                other => wrong.push((text, other)),
            }
        }
    }
    assert!(asked > 10_000);
    // house numbers given twice in the list, in two places, are told by the first
    assert!(wrong.len() * 500 < asked, "{} of {asked}: {:?}", wrong.len(), &wrong[..wrong.len().min(8)]);
}

#[test]
fn clinics_of_the_city_are_found_to_the_block_where_house_numbers_exist() {
    let places: Vec<Place> = read("kumamoto/mhlw-medical").into_iter().flat_map(|r| r.batch.places).collect();
    let in_city = |p: &&Place| p.address.as_deref().is_some_and(|a| a.contains("熊本市"));
    let (mut located, mut missed, mut rural) = (0, Vec::new(), 0);
    for p in places.iter().filter(in_city) {
        let address = p.address.as_deref().unwrap();
        match CITY.find(address) {
            Lookup::Found(l) if l.level.is_located() => located += 1,
            // a town without any house numbers (地番) cannot be found more exactly
            Lookup::Found(l) if l.level == GeocodeLevel::OldVillage => rural += 1,
            _ => missed.push(address),
        }
    }
    let share = f64::from(located) / f64::from(located + missed.len() as i32);
    assert!(located > 1000 && share >= 0.95, "{located} located, {rural} rural, missed {:?}", &missed[..missed.len().min(30)]);
}

#[test]
fn an_address_of_another_city_is_not_put_into_this_one() {
    let hospitals: Vec<Place> = read("kumamoto/mhlw-raw").into_iter().flat_map(|r| r.batch.places).collect();
    let elsewhere = |p: &&Place| p.address.as_deref().is_some_and(|a| a.starts_with("北海道") || a.starts_with("東京都"));
    let all: Vec<&Place> = hospitals.iter().filter(elsewhere).collect();
    assert!(all.len() > 500);
    for p in all {
        assert_eq!(CITY.find(p.address.as_deref().unwrap()), Lookup::Unknown, "{:?}", p.address);
    }
}

#[test]
fn the_messy_lists_become_what_they_should() {
    for n in [1, 2] {
        let expected: serde_json::Value =
            serde_json::from_slice(&std::fs::read(shared(&format!("salons/salons-messy-{n}.expected.json"))).unwrap()).unwrap();
        for extension in ["csv", "xlsx"] {
            let places: Vec<Place> =
                read(&format!("salons/salons-messy-{n}.{extension}")).into_iter().flat_map(|r| r.batch.places).collect();
            let rows = expected["rows"].as_array().unwrap();
            assert_eq!(places.len(), rows.len(), "salons-messy-{n}.{extension}");
            for row in rows {
                let name = row["name"].as_str().unwrap();
                let place = places.iter().find(|p| p.services[0].name == name).unwrap_or_else(|| panic!("{name}"));
                let service = &place.services[0];
                let what = format!("salons-messy-{n}.{extension} {name}");
                assert_eq!(service.kind.code(), row["kind"].as_str().unwrap(), "{what}");
                assert_eq!(place.name, row["hall"].as_str().unwrap(), "{what}");
                let paused = row["status"] == "paused";
                assert_eq!(service.status == Status::Paused, paused, "{what}");
                assert_eq!(service.phone.as_deref(), row["phone"].as_str(), "{what}");
                let pickup = match &row["pickup"] {
                    serde_json::Value::Bool(true) => Some("有"),
                    serde_json::Value::Bool(false) => Some("無"),
                    serde_json::Value::String(s) if s == "on_request" => Some("要相談"),
                    _ => None,
                };
                assert_eq!(service.pickup.as_deref(), pickup, "{what}");
                let Lookup::Found(found) = CITY.find(place.address.as_deref().unwrap()) else {
                    panic!("{what} {:?}", place.address)
                };
                let level = if row["geocode_level"] == "大字" { GeocodeLevel::OldVillage } else { GeocodeLevel::House };
                assert_eq!(found.level, level, "{what} {:?}", place.address);
                let want = LonLat::new(row["lng"].as_f64().unwrap(), row["lat"].as_f64().unwrap());
                assert!(ground_metres(found.point, want) <= 60.0, "{what} {:?}", place.address);
            }
        }
    }
}
