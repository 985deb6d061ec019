//! House-number points and town points: 住居表示住所, 位置参照情報, Geolonia.

use super::table::Table;
use super::{Findings, Reading, Refusal, position, text};
use crate::model::{AddressPoint, Batch, Dataset, LonLat, Severity};
use serde::Deserialize;

/// Column positions of a known address table: city, town, block, number, lat, lon.
struct Layout {
    format: &'static str,
    title: &'static str,
    attribution: &'static str,
    columns: [Option<usize>; 6],
}

fn layout(table: &Table) -> Option<Layout> {
    let head: Vec<String> = table.rows.first()?.1.iter().map(|c| text::fold(c)).collect();
    let at = |n: &str| head.iter().position(|c| c == n);
    if let (Some(city), Some(town), Some(block), Some(number)) = (at("city_code"), at("aza"), at("gaiku"), at("kiso")) {
        return Some(Layout {
            format: "gsi_address",
            title: "電子国土基本図（住居表示住所）",
            attribution: "国土地理院",
            columns: [Some(city), Some(town), Some(block), Some(number), at("lat"), at("lon")],
        });
    }
    if let (Some(town), Some(block)) = (at("大字・丁目名").or(at("大字・町丁目名")), at("街区符号・地番")) {
        return Some(Layout {
            format: "block_reference",
            title: "位置参照情報（街区レベル）",
            attribution: "国土交通省 位置参照情報",
            columns: [at("市区町村名"), Some(town), Some(block), None, at("緯度"), at("経度")],
        });
    }
    let town = at("大字町丁目名")?;
    Some(Layout {
        format: "geolonia_csv",
        title: "Geolonia 住所データ",
        attribution: "株式会社Geolonia（CC BY 4.0）",
        columns: [at("市区町村コード"), Some(town), None, None, at("緯度"), at("経度")],
    })
}

/// True if the headings are those of an address table.
pub fn is_address_table(table: &Table) -> bool {
    layout(table).is_some_and(|l| l.columns[4].is_some() && l.columns[5].is_some())
}

/// Reads an address table.
pub fn read_table(table: &Table, stem: &str) -> Result<Reading, Refusal> {
    let layout = layout(table).ok_or_else(|| Refusal::new("no_columns", "住所の列がそろっていません。"))?;
    let mut findings = Findings::default();
    let mut addresses = Vec::with_capacity(table.rows.len());
    for (row, cells) in &table.rows[1..] {
        let get = |i: usize| layout.columns[i].and_then(|c| cells.get(c)).map(|c| c.trim()).unwrap_or_default();
        match position::check(get(4), get(5)) {
            Ok((p, _)) => addresses.push(AddressPoint {
                city_code: get(0).to_owned(),
                town: get(1).to_owned(),
                block: get(2).to_owned(),
                number: get(3).to_owned(),
                point: p.to_e7(),
            }),
            Err(trouble) => findings.say(
                Severity::Left,
                *row,
                "緯度・経度",
                &format!("{},{}", get(4), get(5)),
                trouble.words().0,
                "緯度経度を使えないため取り込みませんでした。",
            ),
        }
    }
    let dataset = Dataset {
        key: format!("{}:{stem}", layout.format),
        format: layout.format.into(),
        title: layout.title.into(),
        attribution: layout.attribution.into(),
        vintage: None,
    };
    Ok(Reading { dataset, batch: Batch { addresses, ..Batch::default() }, findings })
}

#[derive(Deserialize)]
struct Town {
    town: String,
    #[serde(default)]
    koaza: String,
    lat: Option<f64>,
    lng: Option<f64>,
}

/// Geolonia's per-municipality JSON: an array of towns. The municipality is told by the file's name only.
pub fn read_geolonia(content: &str, stem: &str) -> Result<Reading, Refusal> {
    let towns: Vec<Town> = serde_json::from_str(content)
        .map_err(|e| Refusal::new("unknown_json", format!("このJSONの形式が分かりません（{e}）。")))?;
    let mut findings = Findings::default();
    let mut addresses = Vec::new();
    for (i, t) in towns.iter().enumerate() {
        match t.lat.zip(t.lng).map(|(lat, lon)| LonLat::new(lon, lat)).filter(|p| p.in_japan()) {
            Some(p) => addresses.push(AddressPoint {
                city_code: stem.to_owned(),
                town: format!("{}{}", t.town, t.koaza),
                block: String::new(),
                number: String::new(),
                point: p.to_e7(),
            }),
            None => findings.say(
                Severity::Left,
                i + 1,
                "lat・lng",
                &t.town,
                "position_missing",
                "座標が空のため取り込みませんでした。",
            ),
        }
    }
    let dataset = Dataset {
        key: format!("geolonia:{stem}"),
        format: "geolonia".into(),
        title: format!("Geolonia 住所データ {stem}"),
        attribution: "株式会社Geolonia（CC BY 4.0）".into(),
        vintage: None,
    };
    Ok(Reading { dataset, batch: Batch { addresses, ..Batch::default() }, findings })
}
