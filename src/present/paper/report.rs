//! An answer on paper: its table, its map, what was asked, and everything it stands on. It is made from the very JSON the page shows.

use super::document::{Document, PaperError, Role};
use super::letters::Style;
use super::map::{north, scale_bar};
use super::table::{Room, Table};
use super::{A4, MARGIN};
use crate::atlas::Atlas;
use crate::measure::{Change, Scenario};
use crate::model::{AgeGroup, AreaType, Bounds, Day, LonLat, kind_by_code};
use crate::present::sketch::{Canvas, Frame, Ink, Pen, Spot, draw_base};
use serde_json::Value;

/// What is reported.
pub struct Report<'a> {
    /// The picture.
    pub atlas: &'a Atlas,
    /// The areas of its rows.
    pub area_type: AreaType,
    /// The answer, as the API gives it.
    pub answer: &'a Value,
    /// The changes, if it is about what would be.
    pub scenario: Option<&'a Scenario>,
    /// Who is counted.
    pub group: AgeGroup,
    /// The day it is made.
    pub today: Day,
}

/// A row of the answer, as it is printed.
struct Line {
    id: i64,
    cells: Vec<String>,
    /// What orders and shades it.
    weight: f64,
}

/// The report as PDF.
///
/// # Errors
/// If there is no font.
pub fn report(r: &Report) -> Result<Vec<u8>, PaperError> {
    let title = if r.scenario.is_some() { "もしも：届く人の変化" } else { "届かない人の多い区域" };
    let mut d = Document::new(title)?;
    let [w, h] = A4;
    d.page([w, h], Some(title));
    let width = w - 2.0 * MARGIN;
    let mut y = MARGIN + d.text([MARGIN, MARGIN], width, &Style::new(20.0).bold(), Role::Heading(1), title);
    let date = r.today.date();
    let day = format!("{}年{}月{}日 作成", date.year(), date.month(), date.day());
    y += d.text([MARGIN, y], width, &Style::new(9.0), Role::Text, &day) + 4.0;
    for words in asked(r) {
        y += d.text([MARGIN, y], width, &Style::new(11.0), Role::Text, &words) + 1.0;
    }
    let (heads, mut lines, total) = if r.scenario.is_some() { changes(r) } else { coverage(r) };
    lines.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.id.cmp(&b.id)));
    y += 4.0;
    y = figure(&mut d, r, &lines, [MARGIN, y], [width, 300.0]) + 8.0;
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let shares: Vec<f32> = heads.iter().enumerate().map(|(i, _)| if i == 0 { 2.2 } else { 1.3 }).collect();
    let table = Table { heads: &heads, shares: &shares, style: Style::new(10.0) };
    let rows: Vec<Vec<String>> = total.into_iter().chain(lines.into_iter().map(|l| l.cells)).collect();
    let bottom = h - MARGIN;
    let room = Room { at: [MARGIN, y], width, bottom };
    let page = |d: &mut Document| {
        d.page([w, h], None);
        Room { at: [MARGIN, MARGIN], width, bottom }
    };
    y = table.set(&mut d, room, &rows, page) + 10.0;
    basis(&mut d, &r.answer["basis"], y, bottom);
    d.finish()
}

fn text(v: &Value) -> String {
    v.as_str().unwrap_or_default().to_owned()
}

fn people(v: &Value) -> String {
    v.as_f64().map_or_else(|| "5人未満など".to_owned(), |n| format!("{:.0}", n.round()))
}

fn percent(v: &Value) -> String {
    v.as_f64().map_or_else(|| "—".to_owned(), |n| format!("{:.1}%", n * 100.0))
}

fn short(kind: &Value) -> String {
    kind.as_str().and_then(kind_by_code).map_or_else(String::new, |k| k.kind().short.clone())
}

/// What was asked, in words.
fn asked(r: &Report) -> Vec<String> {
    let b = &r.answer["basis"];
    let kinds = if r.scenario.is_some() { &r.answer["after"]["total"]["kinds"] } else { &r.answer["total"]["kinds"] };
    let names: Vec<String> = kinds.as_array().into_iter().flatten().map(|k| short(&k["kind"])).collect();
    let mut out = vec![format!("さがすもの: {}", names.join("、")), format!("ものさし: {}", text(&b["rule_text"]))];
    if let Some(p) = b["population"].as_str() {
        out.push(format!("数えた人: {p}"));
    }
    if let Some(changes) = r.answer["changes"].as_array() {
        out.push("加えた変更:".into());
        out.extend(changes.iter().map(|c| format!("　・{}", text(c))));
    }
    out
}

type Parts = (Vec<String>, Vec<Line>, Option<Vec<String>>);

fn coverage(r: &Report) -> Parts {
    let answer = r.answer;
    let total = &answer["total"];
    let mut heads: Vec<String> = ["区域", r.group.ja(), "届かない人"].map(str::to_owned).to_vec();
    let kinds = total["kinds"].as_array().map_or(0, Vec::len);
    heads.extend(total["kinds"].as_array().into_iter().flatten().map(|k| format!("{}に届く", short(&k["kind"]))));
    heads.push("直線なら届く人".into());
    let line = |row: &Value| {
        let share = if kinds > 1 { &row["all"] } else { &row["kinds"][0] };
        let left = row["people"].as_f64().zip(share["reached"].as_f64()).map(|(p, r)| p - r);
        let left_words = left.map_or_else(|| people(&Value::Null), |v| format!("{:.0}", v.round()));
        let mut cells = vec![text(&row["name"]), people(&row["people"]), left_words];
        cells.extend(row["kinds"].as_array().into_iter().flatten().map(|k| percent(&k["share"])));
        cells.push(people(&share["straight_only"]));
        Line { id: row["id"].as_i64().unwrap_or(0), cells, weight: left.unwrap_or(0.0) }
    };
    let lines = answer["rows"].as_array().into_iter().flatten().map(line).collect();
    (heads, lines, Some(named(line(total).cells)))
}

/// The row of the whole, under its name.
fn named(mut cells: Vec<String>) -> Vec<String> {
    if let Some(first) = cells.first_mut() {
        "合計".clone_into(first);
    }
    cells
}

fn changes(r: &Report) -> Parts {
    let answer = r.answer;
    let kinds = &answer["after"]["total"]["kinds"];
    let mut heads: Vec<String> = ["区域", r.group.ja()].map(str::to_owned).to_vec();
    for k in kinds.as_array().into_iter().flatten() {
        let name = short(&k["kind"]);
        heads.extend([format!("{name}に届く人 いま"), "もしも".into(), "差".into()]);
    }
    let line = |row: &Value| {
        let mut cells = vec![text(&row["name"]), people(&row["people"])];
        let mut gain = 0.0;
        for k in row["kinds"].as_array().into_iter().flatten() {
            let pair = k[0].as_f64().zip(k[1].as_f64());
            let more = pair.map_or_else(|| "—".to_owned(), |(a, b)| format!("{:+.0}", (b - a).round()));
            cells.extend([people(&k[0]), people(&k[1]), more]);
            gain += pair.map_or(0.0, |(a, b)| b - a);
        }
        Line { id: row["id"].as_i64().unwrap_or(0), cells, weight: gain }
    };
    let mut lines: Vec<Line> = answer["rows"].as_array().into_iter().flatten().map(line).collect();
    // the last row is the whole
    let total = lines.pop().map(|l| named(l.cells));
    (heads, lines, total)
}

/// The areas, the darker the more people, with what would be new.
fn figure(d: &mut Document, r: &Report, lines: &[Line], at: Spot, size: Spot) -> f32 {
    let Some(index) = r.atlas.areas.get(&r.area_type) else { return at[1] };
    let of = |id: i64| index.areas.iter().find(|a| a.id == id);
    let mut bounds = Bounds::EMPTY;
    for b in lines.iter().filter_map(|l| of(l.id)?.bounds()) {
        bounds.add(LonLat::new(b.west, b.south));
        bounds.add(LonLat::new(b.east, b.north));
    }
    let (spots, rings) = new_things(r.scenario);
    spots.iter().chain(rings.iter().flatten()).for_each(|p| bounds.add(*p));
    if bounds.is_empty() {
        return at[1];
    }
    let frame = Frame::new(&bounds.grown(300.0), at, size);
    let most = lines.iter().map(|l| l.weight.abs()).fold(0.0, f64::max).max(1e-9);
    let what = if r.scenario.is_some() {
        "届くようになる人が多い区域ほど濃い"
    } else {
        "届かない人が多い区域ほど濃い"
    };
    d.figure(&format!("{what}地図。数は表にあります。"), |d| {
        let [x, y] = at;
        let sheet = vec![[x, y], [x + size[0], y], [x + size[0], y + size[1]], [x, y + size[1]]];
        d.clip(vec![sheet]);
        if let Some(base) = &r.atlas.base {
            draw_base(base, &frame, 0.8, d);
        }
        for l in lines {
            let Some(g) = of(l.id).and_then(|a| a.geometry.as_ref()) else { continue };
            let rings = frame.rings(g);
            d.veil(rings.clone(), Ink(30, 60, 110), (l.weight.abs() / most * 0.6) as f32);
            d.stroke(&rings, Pen::new(0.8, Ink::grey(60)));
        }
        for zone in &rings {
            let spots: Vec<Spot> = zone.iter().map(|p| frame.at(*p)).collect();
            d.stroke(&[spots], Pen { dash: Some([5.0, 3.0]), ..Pen::new(2.0, Ink(138, 28, 28)) });
        }
        for p in &spots {
            let [x, y] = frame.at(*p);
            d.fill(&[vec![[x, y - 7.0], [x + 7.0, y], [x, y + 7.0], [x - 7.0, y]]], Ink::WHITE);
            d.fill(&[vec![[x, y - 5.5], [x + 5.5, y], [x, y + 5.5], [x - 5.5, y]]], Ink(138, 28, 28));
        }
        d.unclip();
        d.frame(at, size, 0.8, Ink::grey(60));
        scale_bar(d, &frame);
        north(d, &frame);
    });
    let key = if r.scenario.is_some() { "　◆ 新しいもの　赤い破線 新しい区域・路線" } else { "" };
    let key = format!("{what}{key}");
    at[1] + size[1] + 2.0 + d.text([at[0], at[1] + size[1] + 2.0], size[0], &Style::new(8.5), Role::Text, &key)
}

/// Positions and rings of what a scenario adds.
fn new_things(scenario: Option<&Scenario>) -> (Vec<LonLat>, Vec<Vec<LonLat>>) {
    let at = |p: &[f64; 2]| LonLat::new(p[0], p[1]);
    let (mut spots, mut rings) = (Vec::new(), Vec::new());
    for c in scenario.into_iter().flat_map(|s| &s.changes) {
        match c {
            Change::AddService { at: p, .. }
            | Change::MoveService { at: p, .. }
            | Change::MoveStop { at: p, .. }
            | Change::AddStop { at: p, .. } => {
                spots.push(at(p));
            }
            Change::AddLine { stops, .. } => {
                spots.extend(stops.iter().map(at));
                rings.push(stops.iter().map(at).collect());
            }
            Change::AddZone { area, .. } => {
                rings.extend(area.iter().flatten().map(|ring| ring.iter().map(at).collect()));
            }
            _ => {}
        }
    }
    (spots, rings)
}

/// Everything the numbers stand on, in full.
fn basis(d: &mut Document, b: &Value, mut y: f32, bottom: f32) {
    let [w, h] = A4;
    let width = w - 2.0 * MARGIN;
    let mut lines: Vec<String> = Vec::new();
    let mut say = |label: &str, v: &Value| {
        if let Some(t) = v.as_str().filter(|t| !t.is_empty()) {
            lines.push(format!("{label}: {t}"));
        }
    };
    say("ものさし", &b["rule_text"]);
    say("歩く速さ", &b["speed_text"]);
    say("人口", &b["population"]);
    say("人のいる場所", &b["demand_points"]);
    say("運行日", &b["service_day"]);
    say("時間帯", &b["window"]);
    let distance = if b["distance"] == "network" {
        "道路に沿った距離"
    } else {
        "直線距離に迂回率をかけたもの（道路が取り込まれていないため）"
    };
    lines.push(format!(
        "距離: {distance}。しきい値 {:.0}m（{:.0}分）",
        b["metres"].as_f64().unwrap_or(0.0),
        b["minutes"].as_f64().unwrap_or(0.0)
    ));
    lines.extend(b["notes"].as_array().into_iter().flatten().map(|n| format!("・{}", text(n))));
    if b["unverified"] == true {
        lines.push("・出典を確かめきれていない値（未確認）を使っています。".into());
    }
    let vintage = |v: &Value| {
        let age = v["vintage"].as_str().map_or(String::new(), |a| format!(" {a}"));
        format!("{}{age}", text(&v["title"]))
    };
    let mut data: Vec<String> = b["data"].as_array().into_iter().flatten().map(vintage).collect();
    data.dedup();
    lines.push(format!("データ: {}", data.join("、")));
    lines.push(format!("登録簿の改訂 {}。Kayoi で作成。", b["revision"]));
    let place = |d: &mut Document, y: &mut f32, style: &Style, role: Role, words: &str| {
        let block = d.letters.set(words, width, style);
        if *y + block.height > bottom {
            d.page([w, h], None);
            *y = MARGIN;
        }
        *y += d.place(block, [MARGIN, *y], role) + 1.0;
    };
    place(d, &mut y, &Style::new(12.0).bold(), Role::Heading(2), "この数字の根拠");
    for line in &lines {
        place(d, &mut y, &Style::new(8.5), Role::Text, line);
    }
}
