//! Japanese schedules against the expected dates of the coordinator's messy lists.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test that cannot go on should stop

mod common;

use common::shared;
use kayoi::ingest::{table, text};
use kayoi::model::{Day, Schedule, parse_clock};

#[test]
fn every_date_of_the_messy_salon_lists() {
    let (mut clear, mut doubtful) = (0, 0);
    for n in [1, 2] {
        let bytes = std::fs::read(shared(&format!("salons/salons-messy-{n}.csv"))).unwrap();
        let rows = table::from_text(&text::decode(&bytes).unwrap().0).rows;
        let head = &rows.iter().find(|r| r.1.contains(&"曜日".to_owned())).unwrap().1;
        let column = |name: &str| head.iter().position(|h| h == name).unwrap();
        let (days, hours, number) = (column("曜日"), column("時間"), column("No"));
        let truth: serde_json::Value =
            serde_json::from_slice(&std::fs::read(shared(&format!("salons/salons-messy-{n}.expected.json"))).unwrap()).unwrap();
        let window: Vec<Day> =
            truth["window"].as_array().unwrap().iter().map(|d| Day::parse(d.as_str().unwrap()).unwrap()).collect();
        for expected in truth["rows"].as_array().unwrap() {
            let no = expected["no"].to_string();
            let row = &rows.iter().find(|r| r.1.get(number) == Some(&no)).unwrap().1;
            let words = format!("{} {}", row[days], row[hours]);
            let read = Schedule::from_words(&words);
            if expected["schedule_needs_review"] == true {
                assert!(read.is_err(), "{words} must be asked about, not guessed");
                doubtful += 1;
                continue;
            }
            if expected["status"] != "active" {
                continue; // 休止 never counts, whatever the days
            }
            let schedule = read.unwrap_or_else(|e| panic!("{words}: {}", e.ja()));
            let ours: Vec<(String, u32, u32)> = schedule
                .days(window[0], window[1].plus(1))
                .flat_map(|d| schedule.on(d).into_iter().map(move |(a, b)| (d.to_string(), a, b)))
                .collect();
            let theirs: Vec<(String, u32, u32)> = expected["occurrences"]
                .as_array()
                .unwrap()
                .iter()
                .map(|o| {
                    let clock = |i: usize| parse_clock(o[i].as_str().unwrap()).unwrap();
                    (o[0].as_str().unwrap().to_owned(), clock(1), clock(2))
                })
                .collect();
            assert_eq!(ours, theirs, "{no}: {words} → {}", schedule.text());
            clear += 1;
        }
    }
    assert!(clear > 20 && doubtful > 2, "{clear} {doubtful}");
}
