//! Search over 100,000 services: `cargo bench --bench search -- OUT`. Writes the names and queries for the rival, and our times.

#![allow(clippy::expect_used)] // a bench that cannot run has nothing better to do than say so

use kayoi::atlas::Words;
use serde_json::json;
use std::hint::black_box;
use std::path::PathBuf;
use std::time::Instant;

const SERVICES: usize = 100_000;
const TOWNS: [&str; 40] = [
    "花園",
    "池田",
    "城山",
    "小島",
    "河内",
    "島崎",
    "二本木",
    "春日",
    "蓮台寺",
    "上代",
    "戸坂",
    "松尾",
    "八島",
    "田崎",
    "新町",
    "古町",
    "出水",
    "画図",
    "健軍",
    "託麻",
    "龍田",
    "楠",
    "清水",
    "麻生田",
    "武蔵",
    "長嶺",
    "月出",
    "保田窪",
    "帯山",
    "水前寺",
    "国府",
    "白山",
    "本荘",
    "向山",
    "世安",
    "平田",
    "川尻",
    "富合",
    "城南",
    "植木",
];
const WORDS: [&str; 24] = [
    "いきいき",
    "ふれあい",
    "ひまわり",
    "さくら",
    "元気",
    "なかよし",
    "ほほえみ",
    "ゆうゆう",
    "あおぞら",
    "つくし",
    "オレンジ",
    "まちかど",
    "しあわせ",
    "すみれ",
    "わかば",
    "もみじ",
    "髙橋",
    "よりあい",
    "おたっしゃ",
    "のびのび",
    "にこにこ",
    "はつらつ",
    "やすらぎ",
    "こもれび",
];
const ENDS: [&str; 10] =
    ["サロン", "くらぶ", "会", "カフェ", "体操教室", "の集い", "公民館", "内科クリニック", "デイサービス", "商店"];

fn main() {
    let out = std::env::args().skip(1).find(|a| a != "--bench").map(PathBuf::from).expect("usage: search OUT");
    std::fs::create_dir_all(&out).expect("the bench folder can be made");
    let pick = |list: &[&'static str], i: usize| list[i % list.len()];
    let name = |i: usize| format!("{}{}{}{}", pick(&TOWNS, i), pick(&WORDS, i / 40), pick(&ENDS, i / 960), i / 9_600 + 1);
    let address = |i: usize| format!("熊本市西区{}{}丁目{}番{}号", pick(&TOWNS, i * 7), i % 9 + 1, i % 40 + 1, i % 23 + 1);
    let rows: Vec<(String, String)> = (0..SERVICES).map(|i| (name(i), address(i))).collect();
    let start = Instant::now();
    let words = Words::new(rows.iter().map(|(n, a)| vec![(n.as_str(), 3.0), (a.as_str(), 1.0)]));
    let built = start.elapsed().as_secs_f64();
    // names in part, two words, an address, one word everybody has, slips of the finger
    let mut queries: Vec<String> = (0..400).map(|i| rows[i * 241 % SERVICES].0.chars().take(4 + i % 4).collect()).collect();
    queries.extend((0..200).map(|i| format!("{} {}", pick(&TOWNS, i), pick(&WORDS, i))));
    queries.extend((0..100).map(|i| rows[i * 997 % SERVICES].1.clone()));
    queries.extend(ENDS.iter().map(|e| (*e).to_owned()));
    let slipped = |t: &str| t.chars().enumerate().map(|(i, c)| if i == 3 { 'ん' } else { c }).collect::<String>();
    let slips: Vec<String> = (0..200).map(|i| slipped(&rows[i * 499 % SERVICES].0)).collect();
    let time = |queries: &[String]| {
        let mut seconds: Vec<f64> = queries
            .iter()
            .map(|q| {
                let start = Instant::now();
                black_box(words.search(q));
                start.elapsed().as_secs_f64()
            })
            .collect();
        seconds.sort_by(f64::total_cmp);
        let at = |share: f64| seconds[((seconds.len() - 1) as f64 * share) as usize] * 1e3;
        json!({ "p50_ms": at(0.5), "p99_ms": at(0.99), "max_ms": at(1.0) })
    };
    let found =
        slips.iter().enumerate().filter(|(i, q)| words.search(q).iter().take(20).any(|s| s.index == i * 499 % SERVICES)).count();
    let report = json!({
        "services": SERVICES, "built_s": built, "plain": time(&queries), "slips": time(&slips),
        "slips_found_in_first_20": found as f64 / slips.len() as f64,
    });
    let write = |name: &str, value: &serde_json::Value| {
        std::fs::write(out.join(name), value.to_string()).expect("the bench folder is writable");
    };
    write("search.json", &report);
    write("search-rows.json", &json!({ "rows": rows, "queries": queries, "slips": slips }));
    println!("{report}");
}
