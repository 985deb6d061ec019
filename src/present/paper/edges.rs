//! The head and the foot of a sheet: what it is, when it was made, for whom, and what it stands on.

use super::MARGIN;
use super::document::{Document, Role};
use super::letters::Style;
use super::map::MapSheet;
use super::numbered::Numbered;
use super::style::groups;
use crate::model::AreaType;
use crate::present::sketch::Ink;

/// Height of the foot of a sheet, points.
pub(super) const FOOT: f32 = 62.0;
/// Height of the head of a sheet, points.
pub(super) const HEAD: f32 = 40.0;

/// The head of a sheet.
pub(super) fn head(d: &mut Document, s: &MapSheet, role: Role, title: &str) {
    let [w, _] = s.size.across();
    d.text([MARGIN, MARGIN], w - 2.0 * MARGIN - 240.0, &Style::new(20.0).bold(), role, title);
    if s.staff {
        d.frame([w - MARGIN - 118.0, MARGIN], [118.0, 24.0], 1.5, Ink::BLACK);
        d.text([w - MARGIN - 118.0, MARGIN + 2.0], 118.0, &Style::new(15.0).bold().centred(), Role::Text, "関係者限り");
    }
    let date = s.today.date();
    let right = if s.staff { 230.0 } else { 110.0 };
    d.text(
        [w - MARGIN - right, MARGIN + 8.0],
        106.0,
        &Style::new(9.0),
        Role::Text,
        &format!("{}年{}月{}日 作成", date.year(), date.month(), date.day()),
    );
}

/// The foot of a sheet: what it stands on.
pub(super) fn foot(d: &mut Document, s: &MapSheet, list: &[Numbered]) {
    let [w, h] = s.size.across();
    let top = h - MARGIN - FOOT + 8.0;
    let code = if s.url.is_some() { 56.0 } else { 0.0 };
    let counted = match list.iter().filter(|e| e.point.is_none()).count() {
        0 => String::new(),
        n => format!("位置が確かでないため地図にないもの {n}件（一覧の終わり）。"),
    };
    let small: Vec<&str> = groups()
        .iter()
        .enumerate()
        .filter(|(i, _)| list.iter().any(|e| e.group == *i && e.small))
        .map(|(_, g)| g.ja.as_str())
        .collect();
    let crowded = if small.is_empty() {
        String::new()
    } else {
        format!("数が多いため、{}は地図では番号のない小さな印です。せまい区域で作ると番号が付きます。", small.join("と"))
    };
    let public = if s.staff {
        "関係者に限る記録を含みます。取り扱いに注意してください。"
    } else {
        "公開してよい記録だけを載せています。"
    };
    let words = format!("{public}{counted}{crowded}出典: {}（登録簿の改訂 {}、Kayoi で作成）", sources(s), s.atlas.revision);
    d.text([MARGIN, top], w - 2.0 * MARGIN - code - 10.0, &Style::new(7.0).ink(Ink::grey(60)), Role::Text, &words);
    if let Some(url) = s.url {
        d.qr([w - MARGIN - 52.0, top], 52.0, url);
    }
}

/// Titles, ages and attributions of what is on a sheet: the lists of its services, its map, its boundaries.
pub(super) fn sources(s: &MapSheet) -> String {
    let used: std::collections::BTreeSet<&str> = s.services.iter().map(|s| s.source.as_str()).collect();
    let mut said = std::collections::BTreeSet::new();
    let mut words = Vec::new();
    for d in s.atlas.datasets.iter().map(|d| &d.dataset) {
        let ground = d.format.starts_with("osm") || d.format == boundary_format(s.area.area_type);
        if (used.contains(d.title.as_str()) || ground) && said.insert(d.title.as_str()) {
            let age = d.vintage.as_deref().map_or(String::new(), |v| format!(" {v}"));
            let thanks = if d.attribution.is_empty() || d.title.contains(&d.attribution) {
                String::new()
            } else {
                format!("（{}）", d.attribution)
            };
            words.push(format!("{}{age}{thanks}", d.title));
        }
    }
    words.join("、")
}

fn boundary_format(t: AreaType) -> &'static str {
    match t {
        AreaType::ElementaryDistrict => "ksj_a27",
        AreaType::JuniorHighDistrict => "ksj_a32",
        AreaType::Ward => "ksj_n03",
        _ => "",
    }
}
