//! Population: e-Stat mesh CSV, 500 m projections, small areas, 地域・年齢別人口.

use super::features::Feature;
use super::table::Table;
use super::{Findings, Reading, Refusal, text, topology};
use crate::model::{Area, AreaType, Batch, Cell, Dataset, LonLat, Population, Severity, mesh};
use std::collections::BTreeMap;

/// True if the first row names census mesh columns.
pub fn is_mesh_csv(table: &Table) -> bool {
    let head = table.rows.first().map(|(_, c)| c.as_slice()).unwrap_or_default();
    let has = |n: &str| head.iter().any(|c| text::fold(c) == n);
    has("key_code") && (has("htksyori") || head.iter().any(|c| text::fold(c).starts_with("t00")))
}

/// e-Stat mesh CSV: resolution from the length of KEY_CODE, meaning from the Japanese second heading row.
pub fn mesh_csv(table: &Table, stem: &str) -> Result<Reading, Refusal> {
    let [(_, codes), (_, meanings), data @ ..] = table.rows.as_slice() else {
        return Err(Refusal::new("no_rows", "メッシュ統計の行がありません。"));
    };
    let code_at = |n: &str| codes.iter().position(|c| text::fold(c) == n);
    let meaning = |words: &[&str], not: &[&str]| {
        meanings.iter().position(|m| {
            let m = text::fold(m);
            words.iter().all(|w| m.contains(w)) && !not.iter().any(|w| m.contains(w))
        })
    };
    let key = code_at("key_code").ok_or_else(|| Refusal::new("no_key_code", "KEY_CODE の列がありません。"))?;
    let total = meaning(&["人口", "総数"], &["歳", "男", "女"]).or_else(|| meaning(&["総人口"], &[]));
    let aged65 = meaning(&["65歳以上人口"], &["男", "女"]);
    let aged75 = meaning(&["75歳以上人口"], &["男", "女"]);
    if total.is_none() {
        return Err(Refusal::new(
            "no_total",
            "2行目に「人口（総数）」の見出しがありません。e-Statの「見出し付き」で取得してください。",
        ));
    }
    let year = mesh_year(codes);
    let mut findings = Findings::default();
    let mut cells: BTreeMap<String, Cell> = BTreeMap::new();
    for (row, record) in data {
        let get = |i: usize| record.get(i).map(|c| c.trim()).unwrap_or_default();
        let code = get(key);
        if code.is_empty() {
            continue;
        }
        let Some(bounds) = mesh::bounds(code) else {
            findings.say(Severity::Left, *row, "KEY_CODE", code, "bad_mesh", "メッシュコードとして読めません。");
            continue;
        };
        let count = |i: Option<usize>| i.and_then(|i| text::number(get(i)));
        let people = Population { year, total: count(total), aged65: count(aged65), aged75: count(aged75) };
        let target = code_at("htksaki").map(get).filter(|t| !t.is_empty());
        let is_destination = code_at("gassan").map(get).is_some_and(|t| !t.is_empty());
        let merged_into = target.map(str::to_owned).or_else(|| is_destination.then(|| code.to_owned()));
        let cell = Cell {
            id: 0,
            code: code.to_owned(),
            name: None,
            bounds: Some(bounds),
            centroid: Some(bounds.center()),
            population: vec![people],
            merged_into,
        };
        cells.entry(code.to_owned()).and_modify(|c| add(c, people)).or_insert(cell);
    }
    let digits = cells.keys().next().map_or(0, String::len);
    let size = match digits {
        8 => "1km",
        9 => "500m",
        10 => "250m",
        _ => "125m",
    };
    let dataset = Dataset {
        key: format!("census_mesh:{size}:{year}:{stem}"),
        format: "census_mesh".into(),
        title: format!("国勢調査 {year}年 {size}メッシュ"),
        attribution: "総務省統計局 e-Stat".into(),
        vintage: Some(year.to_string()),
    };
    Ok(Reading { dataset, batch: Batch { cells: cells.into_values().collect(), ..Batch::default() }, findings })
}

/// Files are split by prefecture, and a cell on the border is in both: its people are the sum.
fn add(cell: &mut Cell, more: Population) {
    let sum = |a: Option<f64>, b: Option<f64>| a.map_or(b, |a| Some(a + b.unwrap_or(0.0)));
    for p in cell.population.iter_mut().filter(|p| p.year == more.year) {
        (p.total, p.aged65, p.aged75) = (sum(p.total, more.total), sum(p.aged65, more.aged65), sum(p.aged75, more.aged75));
    }
}

/// Census year by table id: T0006xx 2010, T0008xx 2015, T0011xx and later 2020.
fn mesh_year(codes: &[String]) -> u16 {
    let id: u32 = codes
        .iter()
        .map(|c| text::fold(c))
        .find_map(|c| c.strip_prefix('t').and_then(|r| r.get(..6)).and_then(|d| d.parse().ok()))
        .unwrap_or(0);
    match id {
        600..=799 => 2010,
        800..=999 => 2015,
        _ => 2020,
    }
}

/// 国土数値情報 500 m mesh projections: `PTN_YYYY` total, `PTC_` 65+, `PTD_` 75+.
pub fn mesh_projection(features: &[Feature], mut dataset: Dataset) -> Reading {
    let mut findings = Findings::default();
    let mut cells = Vec::new();
    let mut years = std::collections::BTreeSet::new();
    for f in features {
        let code = f.get("MESH_ID").unwrap_or_default();
        let Some(bounds) = mesh::bounds(code) else {
            findings.say(Severity::Left, f.row, "MESH_ID", code, "bad_mesh", "メッシュコードとして読めません。");
            continue;
        };
        let of = |prefix: &str, year: u16| f.get(&format!("{prefix}_{year}")).and_then(text::number);
        let population: Vec<Population> = f
            .properties
            .iter()
            .filter_map(|(n, _)| n.strip_prefix("PTN_").and_then(|y| y.parse::<u16>().ok()))
            .map(|year| Population { year, total: of("PTN", year), aged65: of("PTC", year), aged75: of("PTD", year) })
            .collect();
        years.extend(population.iter().map(|p| p.year));
        cells.push(Cell {
            id: 0,
            code: code.to_owned(),
            name: None,
            bounds: Some(bounds),
            centroid: Some(bounds.center()),
            population,
            merged_into: None,
        });
    }
    if let (Some(first), Some(last)) = (years.first(), years.last()) {
        dataset.vintage = Some(format!("{first}–{last}"));
    }
    Reading { dataset, batch: Batch { cells, ..Batch::default() }, findings }
}

/// True if the headings are those of a small-area table.
pub fn is_small_area(table: &Table) -> bool {
    let head = table.rows.first().map(|(_, c)| c.as_slice()).unwrap_or_default();
    ["KEY_CODE", "JINKO", "X_CODE", "Y_CODE"].iter().all(|n| head.iter().any(|c| c.trim() == *n))
}

/// 国勢調査 小地域 as a table of centroids. Parts of one area (KIGO_E) repeat its people: counted once.
pub fn small_area_table(table: &Table) -> Reading {
    let names = table.rows.first().map(|(_, c)| c.clone()).unwrap_or_default();
    let features: Vec<Feature> = table.rows[1..]
        .iter()
        .map(|(row, cells)| Feature {
            id: None,
            row: *row,
            properties: names
                .iter()
                .map(|n| n.trim().to_owned())
                .zip(cells.iter().map(|c| c.trim().to_owned()))
                .filter(|(_, v)| !v.is_empty())
                .collect(),
            geometry: None,
        })
        .collect();
    let dataset = Dataset {
        key: String::new(),
        format: "small_area".into(),
        title: "国勢調査 小地域".into(),
        attribution: "総務省統計局 e-Stat".into(),
        vintage: None,
    };
    small_area_features(&features, dataset)
}

/// 国勢調査 小地域 with or without polygons.
pub fn small_area_features(features: &[Feature], mut dataset: Dataset) -> Reading {
    let year = features.first().map_or(2020, |f| small_area_year(&f.properties));
    let mut findings = Findings::default();
    let mut cells: BTreeMap<String, Cell> = BTreeMap::new();
    let mut areas: BTreeMap<String, Area> = BTreeMap::new();
    for f in features {
        // 8154: water surface (unverified; taken out only when nobody lives there)
        let people = f.get("JINKO").and_then(text::number);
        if f.get("HCODE") == Some("8154") && people.unwrap_or(0.0) == 0.0 {
            continue;
        }
        let Some(code) = f.get("KEY_CODE") else {
            findings.say(Severity::Left, f.row, "KEY_CODE", "", "no_key_code", "KEY_CODE が空のため取り込みませんでした。");
            continue;
        };
        let number = |n: &str| f.get(n).and_then(text::number);
        let centroid = number("X_CODE").zip(number("Y_CODE")).map(|(x, y)| LonLat::new(x, y)).filter(|p| p.in_japan());
        if centroid.is_none() {
            findings.say(
                Severity::Doubtful,
                f.row,
                "X_CODE・Y_CODE",
                code,
                "position_missing",
                "中心点の座標がないため、位置未確定として登録しました。",
            );
        }
        let city = format!(
            "{}{}",
            f.get("SITYO_NAME").unwrap_or_default(),
            f.get("CSS_NAME").or(f.get("CITY_NAME")).unwrap_or_default()
        );
        let name = f.get("MOJI").or(f.get("S_NAME")).map(|n| format!("{city}{n}"));
        let population = vec![Population { year, total: people, aged65: None, aged75: None }];
        let cell =
            Cell { id: 0, code: code.to_owned(), name: name.clone(), bounds: None, centroid, population, merged_into: None };
        cells.entry(code.to_owned()).and_modify(|c| fuller(c, people)).or_insert(cell);
        if let Some(part) = topology::polygons(f, &mut findings) {
            let area = areas.entry(code.to_owned()).or_insert_with(|| Area {
                id: 0,
                key: code.to_owned(),
                area_type: AreaType::Neighbourhood,
                code: Some(code.to_owned()),
                name: name.unwrap_or_else(|| code.to_owned()),
                city_code: code.get(..5).map(str::to_owned),
                parent: None,
                approximate: false,
                geometry: Some(geo::MultiPolygon(Vec::new())),
            });
            area.geometry.iter_mut().for_each(|g| g.0.extend(part.0.clone()));
        }
    }
    let prefecture = cells.keys().next().and_then(|k| k.get(..2)).unwrap_or("").to_owned();
    dataset.key = format!("small_area:{year}:{prefecture}");
    dataset.title = format!("国勢調査 {year}年 小地域");
    dataset.vintage = Some(year.to_string());
    let batch = Batch { cells: cells.into_values().collect(), areas: areas.into_values().collect(), ..Batch::default() };
    Reading { dataset, batch, findings }
}

/// Parts of one area repeat its people or give them to one part: either way the largest figure is the area's.
fn fuller(cell: &mut Cell, people: Option<f64>) {
    if let Some(p) = cell.population.first_mut().filter(|p| people > p.total) {
        p.total = people;
    }
}

fn small_area_year(properties: &[(String, String)]) -> u16 {
    let has = |p: &str| properties.iter().any(|(n, _)| n.to_uppercase().starts_with(p));
    match () {
        () if has("H22KA") => 2010,
        () if has("H27KA") => 2015,
        () => 2020,
    }
}

/// Columns of 地域・年齢別人口 in the standard and in the smart-city spelling.
struct AgeColumns {
    name: usize,
    total: usize,
    city: Option<usize>,
    date: Option<usize>,
    /// Columns of 5-year classes from 0–4: two per class.
    ages: Vec<usize>,
}

fn age_columns(head: &[String]) -> Option<AgeColumns> {
    let folded: Vec<String> = head.iter().map(|c| text::fold(c)).collect();
    let at = |names: &[&str]| folded.iter().position(|c| names.contains(&c.as_str()));
    let is_age = |c: &&String| {
        (c.contains("歳") && (c.ends_with("男性") || c.ends_with("女性")))
            || (c
                .strip_prefix("man")
                .or(c.strip_prefix("woman"))
                .is_some_and(|r| !r.is_empty() && r.chars().all(|d| d.is_ascii_digit())))
    };
    let ages: Vec<usize> = folded.iter().enumerate().filter(|(_, c)| is_age(c)).map(|(i, _)| i).collect();
    (ages.len() >= 32).then_some(())?;
    Some(AgeColumns {
        name: at(&["地域名", "regionname"])?,
        total: at(&["総人口", "totalpopulation"])?,
        city: at(&["市区町村名", "cityname"]),
        date: at(&["調査年月日", "surveydate"]),
        ages,
    })
}

/// True if the headings are those of 地域・年齢別人口.
pub fn is_age_table(table: &Table) -> bool {
    table.rows.first().is_some_and(|(_, head)| age_columns(head).is_some())
}

/// 地域・年齢別人口: no positions; they are looked up by town name.
pub fn age_table(table: &Table, stem: &str) -> Result<Reading, Refusal> {
    let columns = table.rows.first().and_then(|(_, h)| age_columns(h));
    let columns = columns.ok_or_else(|| Refusal::new("no_columns", "地域名・総人口・年齢別の列がそろっていません。"))?;
    let mut findings = Findings::default();
    let mut cells: BTreeMap<String, Cell> = BTreeMap::new();
    let mut year = 0;
    for (row, record) in &table.rows[1..] {
        let get = |i: usize| record.get(i).map(|c| c.trim()).unwrap_or_default();
        let name = get(columns.name);
        if name.is_empty() || ["総数", "合計", "計", "総計"].contains(&name) {
            continue;
        }
        let Some(total) = text::number(get(columns.total)) else {
            findings.say(Severity::Left, *row, "総人口", get(columns.total), "not_a_number", "総人口を数値として読めません。");
            continue;
        };
        // two columns per 5-year class: 65+ starts at class 13, 75+ at class 15
        let from = |class: usize| columns.ages.iter().skip(class * 2).filter_map(|&i| text::number(get(i))).sum::<f64>();
        year = columns.date.and_then(|i| get(i).get(..4)).and_then(|y| y.parse().ok()).unwrap_or(year);
        let city = columns.city.map(get).unwrap_or_default();
        let population = vec![Population { year, total: Some(total), aged65: Some(from(13)), aged75: Some(from(15)) }];
        let code = format!("{city}{}", text::town_key(name));
        let cell = Cell {
            id: 0,
            code: code.clone(),
            name: Some(format!("{city}{name}")),
            bounds: None,
            centroid: None,
            population,
            merged_into: None,
        };
        if cells.insert(code, cell).is_some() {
            findings.say(
                Severity::Left,
                *row,
                "地域名",
                name,
                "duplicate_row",
                "同じ地域名の行が先にあります。後の行を使いました。",
            );
        }
    }
    let dataset = Dataset {
        key: format!("age_table:{stem}"),
        format: "age_table".into(),
        title: format!("地域・年齢別人口 {year}年"),
        attribution: "各自治体".into(),
        vintage: Some(year.to_string()),
    };
    Ok(Reading { dataset, batch: Batch { cells: cells.into_values().collect(), ..Batch::default() }, findings })
}
