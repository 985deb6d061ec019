//! Small tables of a plan: the 町内 of each district, and figures by fiscal year.

use super::table::Table;
use super::{Findings, Reading, Refusal, text};
use crate::model::{Area, AreaType, Batch, Dataset, Figure, Severity, fold};

const NEIGHBOURHOOD: [&str; 6] = ["町内名", "町内会名", "自治会名", "町内", "町内会", "自治会"];
const DISTRICT: [&str; 4] = ["校区", "小学校区", "校区名", "地区"];
const SUBJECT: [&str; 6] = ["区域", "地区", "区域名", "運行区域", "路線", "項目"];

fn column(head: &[String], names: &[&str]) -> Option<usize> {
    head.iter().position(|h| names.iter().any(|n| fold(h) == fold(n)))
}

/// The heading row of a list of 町内: row, its column, the district's column.
fn neighbourhood_head(t: &Table) -> Option<(usize, usize, Option<usize>)> {
    t.rows.iter().take(10).enumerate().find_map(|(i, (_, cells))| {
        let filled = cells.iter().filter(|c| !c.trim().is_empty()).count();
        let name = column(cells, &NEIGHBOURHOOD)?;
        let district = column(cells, &DISTRICT);
        // a list of services has many more columns
        (filled <= 5 && (district.is_some() || filled <= 2)).then_some((i, name, district))
    })
}

/// True for a list of 町内.
pub fn is_neighbourhoods(t: &Table) -> bool {
    neighbourhood_head(t).is_some()
}

/// Reads a list of 町内: areas without a boundary.
pub fn neighbourhoods(t: &Table, stem: &str) -> Result<Reading, Refusal> {
    let none = || Refusal::new("no_rows", "町内の表の見出しは読めましたが、行がありません。");
    let (at, name, district) = neighbourhood_head(t).ok_or_else(none)?;
    let mut findings = Findings::default();
    let mut areas: Vec<Area> = Vec::new();
    let mut parent = None;
    for (row, cells) in &t.rows[at + 1..] {
        let value = |c: usize| cells.get(c).and_then(|v| text::value(v));
        // a merged cell names the district once
        parent = district.and_then(value).filter(|d| d != "〃" && d != "同上").or(parent);
        let Some(name) = value(name).filter(|n| !["計", "合計"].contains(&n.as_str())) else { continue };
        let key = format!("{}|{name}", parent.clone().unwrap_or_default());
        if areas.iter().any(|a| a.key == key) {
            findings.say(Severity::Left, *row, "町内名", &name, "duplicate_row", "同じ町内が先にあります。");
            continue;
        }
        areas.push(Area {
            id: 0,
            key,
            area_type: AreaType::Neighbourhood,
            code: None,
            name,
            city_code: None,
            parent: parent.clone(),
            approximate: false,
            geometry: None,
        });
    }
    if areas.is_empty() {
        return Err(none());
    }
    let dataset = dataset("neighbourhoods", stem, "町内（自治会）一覧");
    Ok(Reading { dataset, batch: Batch { areas, ..Batch::default() }, findings })
}

fn dataset(format: &str, stem: &str, title: &str) -> Dataset {
    Dataset {
        key: format!("{format}:{stem}"),
        format: format.into(),
        title: title.into(),
        attribution: "市町村".into(),
        vintage: None,
    }
}

/// Row, subject column, columns with their years.
type SeriesHead = (usize, usize, Vec<(usize, u16)>);

/// The heading row of figures by year.
fn series_head(t: &Table) -> Option<SeriesHead> {
    t.rows.iter().take(10).enumerate().find_map(|(i, (_, cells))| {
        let years: Vec<(usize, u16)> = cells.iter().enumerate().filter_map(|(c, h)| Some((c, text::fiscal_year(h)?))).collect();
        let subject = column(cells, &SUBJECT)?;
        (!years.is_empty()).then_some((i, subject, years))
    })
}

/// True for a table of figures by fiscal year.
pub fn is_series(t: &Table) -> bool {
    series_head(t).is_some()
}

/// Reads figures by fiscal year. A row of totals is checked against its rows, not taken.
pub fn series(t: &Table, stem: &str) -> Result<Reading, Refusal> {
    let none = || Refusal::new("no_rows", "年度の見出しは読めましたが、数のある行がありません。");
    let (at, subject, years) = series_head(t).ok_or_else(none)?;
    let above: String = t.rows[..at].iter().flat_map(|r| r.1.iter()).filter_map(|c| text::value(c)).collect::<Vec<_>>().join(" ");
    let measure = match text::value(&above) {
        Some(title) => title.replace("（人）", "").replace("(人)", ""),
        None if stem.contains("デマンド") || stem.contains("demand") => "デマンドタクシー利用者数".into(),
        None => stem.to_owned(),
    };
    let mut findings = Findings::default();
    let mut figures: Vec<Figure> = Vec::new();
    for (row, cells) in &t.rows[at + 1..] {
        let Some(name) = cells.get(subject).and_then(|v| text::value(v)) else { continue };
        let is_total = ["計", "合計", "総計"].contains(&name.as_str());
        for (c, year) in &years {
            let Some(written) =
                cells.get(*c).and_then(|v| text::value(v)).filter(|v| !["－", "-", "–", "―"].contains(&v.as_str()))
            else {
                continue;
            };
            let Some(value) = text::number(&written) else {
                let message = "数として読めません。この年度は飛ばします。";
                findings.say(Severity::Left, *row, &format!("{year}年度"), &written, "not_a_number", message);
                continue;
            };
            if is_total {
                let sum: f64 = figures.iter().filter(|f| f.year == *year).map(|f| f.value).sum();
                if (sum - value).abs() > 0.5 {
                    let message = format!("計が各行の合計（{sum}）と合いません。元の表を確かめてください。");
                    findings.say(Severity::Doubtful, *row, &format!("{year}年度"), &written, "total_differs", &message);
                }
                continue;
            }
            let unit: String =
                written.chars().filter(|ch| !ch.is_ascii_digit() && !"０１２３４５６７８９,，.．－- 　".contains(*ch)).collect();
            let unit = if unit.is_empty() { "人".into() } else { unit };
            let before = figures.iter().rev().find(|f| f.subject == name && f.measure == measure);
            if let Some(b) = before.filter(|b| b.unit != unit) {
                let message = format!("単位が「{}」から「{unit}」に変わっています。年度の比較はしません。", b.unit);
                findings.say(Severity::Doubtful, *row, &format!("{year}年度"), &written, "unit_changed", &message);
            }
            figures.push(Figure { subject: name.clone(), measure: measure.clone(), unit, year: *year, value });
        }
    }
    if figures.is_empty() {
        return Err(none());
    }
    let dataset = dataset("series", stem, &measure);
    Ok(Reading { dataset, batch: Batch { series: figures, ..Batch::default() }, findings })
}
