//! 地域資源マップ: a district with what there is in it, numbered, and the list of the numbers.

use super::document::{Document, Role};
use super::entries::{Entry, GRID, Item, dots, entries, groups, sizes};
use super::letters::Style;
use super::marks::{draw_marks, mark};
use super::table::{Room, Table};
use super::{A3, A4, MARGIN};
use crate::atlas::Atlas;
use crate::model::{Area, AreaType, Bounds, Day, LonLat};
use crate::present::sketch::{Canvas, Frame, Ink, Pen, Spot, draw_base};
use geo::BoundingRect;

/// Ground shown around a district, metres.
const AROUND: f64 = 120.0;
/// Height of the line of marks under a map, points.
const LEGEND: f32 = 44.0;
/// Height of the foot of a sheet, points.
pub(super) const FOOT: f32 = 62.0;
/// Height of the head of a sheet, points.
pub(super) const HEAD: f32 = 40.0;

/// How large a sheet is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// A4 across.
    A4,
    /// A3 across.
    A3,
}

impl Size {
    /// Width and height, points.
    pub fn across(self) -> [f32; 2] {
        let [w, h] = if self == Self::A4 { A4 } else { A3 };
        [h, w]
    }
}

/// A sheet about a district.
pub struct MapSheet<'a> {
    /// The picture.
    pub atlas: &'a Atlas,
    /// The district.
    pub area: &'a Area,
    /// What is in it.
    pub services: Vec<Item>,
    /// How large.
    pub size: Size,
    /// The day it is made.
    pub today: Day,
    /// Address of the page about it, for the QR code.
    pub url: Option<&'a str>,
    /// For staff: it says 「関係者限り」.
    pub staff: bool,
}

/// The map and its list, on as many pages as the list takes; gives the list.
pub fn map_sheet(d: &mut Document, s: &MapSheet) -> Vec<Entry> {
    let [w, h] = s.size.across();
    d.page([w, h], Some(&s.area.name));
    head(d, s, Role::Heading(1), &format!("{} 地域資源マップ", s.area.name));
    let share = if s.size == Size::A3 { 0.60 } else { 0.56 };
    let wide = (w - 2.0 * MARGIN) * share;
    let frame = frame_of(s.area, [MARGIN, MARGIN + HEAD], [wide, h - 2.0 * MARGIN - HEAD - FOOT - LEGEND]);
    let list = entries(&s.services, &frame);
    draw_map(d, s, &frame, &list);
    legend(d, &list, [MARGIN, frame.corner[1] + frame.size[1] + 5.0], wide);
    foot(d, s, &list);
    let x = MARGIN + wide + 12.0;
    let room = Room { at: [x, MARGIN + HEAD], width: w - MARGIN - x, bottom: h - MARGIN - FOOT };
    list_table(d, room, &list, following(s, format!("{} 地域資源の一覧（つづき）", s.area.name)));
    list
}

/// Room for a list that goes on: over the whole of the next pages, in two columns.
pub(super) fn following(s: &MapSheet, title: String) -> impl FnMut(&mut Document) -> Room {
    let [w, h] = s.size.across();
    let mut second = false;
    move |d| {
        let half = (w - 2.0 * MARGIN - 14.0) / 2.0;
        if !second {
            d.page([w, h], None);
            head(d, s, Role::Decoration, &title);
            foot(d, s, &[]);
        }
        let x = if second { MARGIN + half + 14.0 } else { MARGIN };
        second = !second;
        Room { at: [x, MARGIN + HEAD], width: half, bottom: h - MARGIN - FOOT }
    }
}

/// The list of the numbers on a map.
pub(super) fn list_table(d: &mut Document, room: Room, list: &[Entry], next: impl FnMut(&mut Document) -> Room) -> f32 {
    let table = Table {
        heads: &["番号", "名称（種別）", "場所", "いつ", "送迎・電話"],
        shares: &[0.9, 2.2, 2.1, 1.9, 2.4],
        style: Style::new(sizes().list),
    };
    let row = |e: &Entry| {
        let square = if e.square.is_empty() { "地図外".to_owned() } else { e.square.clone() };
        let staff = if e.staff { "【関係者】" } else { "" };
        let pickup = if e.pickup.is_empty() { String::new() } else { format!("送迎 {}\n", e.pickup) };
        vec![
            format!("{}\n{square}", e.label),
            format!("{staff}{}（{}）", e.name, e.kind),
            e.place.clone(),
            e.when.clone(),
            format!("{pickup}{}", e.phone),
        ]
    };
    let rows: Vec<Vec<String>> = list.iter().map(row).collect();
    if rows.is_empty() {
        return room.at[1]
            + d.text(room.at, room.width, &Style::new(sizes().list), Role::Text, "この区域に載せるものは登録されていません。");
    }
    table.set(d, room, &rows, next)
}

/// A frame that shows a district and a little around it.
pub(super) fn frame_of(area: &Area, corner: Spot, size: Spot) -> Frame {
    let rect = area.geometry.as_ref().and_then(BoundingRect::bounding_rect);
    let bounds = rect.map_or(Bounds { west: 130.0, south: 32.0, east: 130.1, north: 32.1 }, |r| Bounds {
        west: r.min().x,
        south: r.min().y,
        east: r.max().x,
        north: r.max().y,
    });
    Frame::new(&bounds.grown(AROUND), corner, size)
}

/// The map itself: a figure.
pub(super) fn draw_map(d: &mut Document, s: &MapSheet, frame: &Frame, list: &[Entry]) {
    let words = format!(
        "{}の地図。載っているものは番号順の一覧にあります（{}件）。",
        s.area.name,
        list.iter().filter(|e| e.point.is_some()).count()
    );
    d.figure(&words, |d| {
        let [x, y] = frame.corner;
        let sheet = vec![[x, y], [x + frame.size[0], y], [x + frame.size[0], y + frame.size[1]], [x, y + frame.size[1]]];
        d.fill(std::slice::from_ref(&sheet), Ink(251, 250, 247));
        d.clip(vec![sheet.clone()]);
        if let Some(base) = &s.atlas.base {
            draw_base(base, frame, 1.0, d);
        }
        zones(d, s.atlas, frame);
        let rings = rings_of(s.area, frame);
        if !rings.is_empty() {
            // what lies outside the district steps back
            let outside = std::iter::once(sheet).chain(rings.iter().cloned()).collect();
            d.veil(outside, Ink::WHITE, 0.5);
            let edge: Vec<Vec<Spot>> = rings.iter().map(|r| r.iter().copied().chain(r.first().copied()).collect()).collect();
            d.stroke(&edge, Pen::new(3.2, Ink::WHITE));
            d.stroke(&edge, Pen { dash: Some([7.0, 3.0]), ..Pen::new(1.6, Ink::grey(50)) });
        }
        stops(d, s.atlas, frame);
        grid(d, frame);
        draw_marks(d, frame, list);
        d.unclip();
        d.frame(frame.corner, frame.size, 1.0, Ink::grey(60));
        scale_bar(d, frame);
        north(d, frame);
    });
}

fn rings_of(area: &Area, frame: &Frame) -> Vec<Vec<Spot>> {
    let ring = |l: &geo::LineString<f64>| l.coords().map(|c| frame.at(LonLat::new(c.x, c.y))).collect();
    let polygons = area.geometry.iter().flat_map(|g| &g.0);
    polygons.flat_map(|p| std::iter::once(ring(p.exterior())).chain(p.interiors().iter().map(ring)).collect::<Vec<_>>()).collect()
}

/// Demand-taxi zones, hatched: a copier keeps lines, not tints.
fn zones(d: &mut Document, atlas: &Atlas, frame: &Frame) {
    let Some(index) = atlas.areas.get(&AreaType::DemandZone) else { return };
    for zone in index.meeting(&frame.bounds()) {
        let rings = rings_of(&index.areas[zone as usize], frame);
        if rings.is_empty() {
            continue;
        }
        d.clip(rings);
        let ([x, y], [w, h]) = (frame.corner, frame.size);
        let line = |i: usize| {
            let from = x - h + i as f32 * 9.0;
            vec![[from, y + h], [from + h, y]]
        };
        let lines: Vec<Vec<Spot>> = (0..((w + h) / 9.0) as usize + 1).map(line).collect();
        d.stroke(&lines, Pen::new(0.35, Ink::grey(120)));
        d.unclip();
    }
}

/// Stops, as dots.
fn stops(d: &mut Document, atlas: &Atlas, frame: &Frame) {
    let b = frame.bounds();
    let inside = |p: LonLat| p.lon >= b.west && p.lon <= b.east && p.lat >= b.south && p.lat <= b.north;
    let all = atlas.sites.all.iter().filter(|s| dots().has(s.service.kind) && inside(s.point)).map(|s| frame.at(s.point));
    // several lists name the same stop
    let mut seen = std::collections::BTreeSet::new();
    let spots: Vec<Spot> = all.filter(|p| seen.insert(((p[0] / 3.0) as i32, (p[1] / 3.0) as i32))).collect();
    let square = |p: &Spot, r: f32| vec![[p[0] - r, p[1] - r], [p[0] + r, p[1] - r], [p[0] + r, p[1] + r], [p[0] - r, p[1] + r]];
    d.fill(&spots.iter().map(|p| square(p, 2.1)).collect::<Vec<_>>(), Ink::WHITE);
    d.fill(&spots.iter().map(|p| square(p, 1.4)).collect::<Vec<_>>(), Ink::grey(40));
}

fn grid(d: &mut Document, frame: &Frame) {
    let ([x, y], [w, h]) = (frame.corner, frame.size);
    let (dx, dy) = (w / GRID[0] as f32, h / GRID[1] as f32);
    let down = (1..GRID[0]).map(|i| vec![[x + i as f32 * dx, y], [x + i as f32 * dx, y + h]]);
    let across = (1..GRID[1]).map(|i| vec![[x, y + i as f32 * dy], [x + w, y + i as f32 * dy]]);
    let pen = Pen { dash: Some([2.0, 3.0]), ..Pen::new(0.4, Ink::grey(120)) };
    d.stroke(&down.chain(across).collect::<Vec<_>>(), pen);
    let style = Style::new(8.0).bold().ink(Ink::grey(70)).centred();
    for i in 0..GRID[0] {
        let letter = char::from(b'A' + i as u8).to_string();
        d.lettering([x + (i as f32 + 0.5) * dx - 10.0, y + 2.0], 20.0, &style, &letter, true);
    }
    for i in 0..GRID[1] {
        d.lettering([x + 1.0, y + (i as f32 + 0.5) * dy - 5.0], 12.0, &style, &(i + 1).to_string(), true);
    }
}

pub(super) fn scale_bar(d: &mut Document, frame: &Frame) {
    let fits = |m: &f64| m * frame.per_metre <= 130.0;
    let metres = [50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0, 10_000.0].into_iter().rev().find(fits).unwrap_or(50.0);
    let long = (metres * frame.per_metre) as f32;
    let at = [frame.corner[0] + 10.0, frame.corner[1] + frame.size[1] - 22.0];
    d.block([at[0] - 5.0, at[1] - 3.0], [long + 46.0, 21.0], Ink::WHITE);
    d.block([at[0], at[1] + 9.0], [long / 2.0, 4.0], Ink::BLACK);
    d.frame([at[0], at[1] + 9.0], [long, 4.0], 0.6, Ink::BLACK);
    let words = if metres >= 1000.0 { format!("{}km", metres / 1000.0) } else { format!("{metres}m") };
    d.lettering([at[0] - 3.0, at[1] - 2.0], 20.0, &Style::new(8.0), "0", false);
    d.lettering([at[0] + long - 8.0, at[1] - 2.0], 50.0, &Style::new(8.0), &words, false);
}

pub(super) fn north(d: &mut Document, frame: &Frame) {
    let [x, y] = [frame.corner[0] + frame.size[0] - 20.0, frame.corner[1] + 8.0];
    d.block([x - 10.0, y - 3.0], [20.0, 38.0], Ink::WHITE);
    d.fill(&[vec![[x, y], [x + 6.0, y + 18.0], [x, y + 14.0], [x - 6.0, y + 18.0]]], Ink::BLACK);
    d.lettering([x - 10.0, y + 20.0], 20.0, &Style::new(9.0).bold().centred(), "北", false);
}

/// What the marks mean.
fn legend(d: &mut Document, list: &[Entry], at: Spot, wide: f32) {
    let mut pen = at;
    let style = Style::new(8.5);
    d.figure("凡例", |d| {
        for (i, g) in groups().iter().enumerate() {
            let count = list.iter().filter(|e| e.group == i).count();
            if count == 0 {
                continue;
            }
            let words = format!("{}（{count}件）", g.ja);
            let block = d.letters.set(&words, 300.0, &style);
            let next = 27.0 + block.width + 12.0;
            if pen[0] + next > at[0] + wide {
                pen = [at[0], pen[1] + 20.0];
            }
            mark(d, [pen[0] + 12.0, pen[1] + 8.0], g.shape, g.ink(), &g.letter);
            d.lettering([pen[0] + 27.0, pen[1] + 2.0], 300.0, &style, &words, false);
            pen[0] += next;
        }
        if pen[0] + 280.0 > at[0] + wide {
            pen = [at[0], pen[1] + 20.0];
        }
        let [x, y] = [pen[0], pen[1] + 2.0];
        d.block([x + 2.0, y + 4.0], [3.5, 3.5], Ink::grey(40));
        d.lettering([x + 10.0, y], 70.0, &style, &dots().ja, false);
        let hatch = |i: usize| vec![[x + 74.0 + i as f32 * 4.0, y + 11.0], [x + 83.0 + i as f32 * 4.0, y + 2.0]];
        d.stroke(&(0..4).map(hatch).collect::<Vec<_>>(), Pen::new(0.35, Ink::grey(60)));
        d.lettering([x + 100.0, y], 110.0, &style, "デマンドタクシー区域", false);
        let edge = Pen { dash: Some([7.0, 3.0]), ..Pen::new(1.6, Ink::grey(50)) };
        d.stroke(&[vec![[x + 206.0, y + 6.0], [x + 232.0, y + 6.0]]], edge);
        d.lettering([x + 237.0, y], 60.0, &style, "区域の境", false);
    });
}

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
pub(super) fn foot(d: &mut Document, s: &MapSheet, list: &[Entry]) {
    let [w, h] = s.size.across();
    let top = h - MARGIN - FOOT + 8.0;
    let code = if s.url.is_some() { 56.0 } else { 0.0 };
    let counted = match list.iter().filter(|e| e.point.is_none()).count() {
        0 => String::new(),
        n => format!("位置が確かでないため地図にないもの {n}件（一覧の終わり）。"),
    };
    let public = if s.staff {
        "関係者に限る記録を含みます。取り扱いに注意してください。"
    } else {
        "公開してよい記録だけを載せています。"
    };
    let words = format!("{public}{counted}出典: {}（登録簿の改訂 {}、Kayoi で作成）", sources(s), s.atlas.revision);
    d.text([MARGIN, top], w - 2.0 * MARGIN - code - 10.0, &Style::new(7.0).ink(Ink::grey(60)), Role::Text, &words);
    if let Some(url) = s.url {
        d.qr([w - MARGIN - 52.0, top], 52.0, url);
    }
}

/// Titles, ages and attributions of what is on a sheet: the lists of its services, its map, its boundaries.
fn sources(s: &MapSheet) -> String {
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

/// The list as a booklet to hand out: A4 upright, large type, group by group, no map.
pub fn booklet(d: &mut Document, s: &MapSheet) {
    let [w, h] = A4;
    let frame = frame_of(s.area, [0.0, 0.0], [600.0, 400.0]);
    let list = entries(&s.services, &frame);
    d.page([w, h], Some(&s.area.name));
    let width = w - 2.0 * MARGIN;
    let title = format!("{} 地域資源の一覧", s.area.name);
    let mut y = MARGIN + d.text([MARGIN, MARGIN], width, &Style::new(22.0).bold(), Role::Heading(1), &title) + 4.0;
    if s.staff {
        y += d.text([MARGIN, y], width, &Style::new(15.0).bold(), Role::Text, "関係者限り") + 2.0;
    }
    let date = s.today.date();
    let words = format!("{}年{}月{}日 作成。出典: {}", date.year(), date.month(), date.day(), sources(s));
    y += d.text([MARGIN, y], width, &Style::new(8.0).ink(Ink::grey(60)), Role::Text, &words) + 8.0;
    let bottom = h - MARGIN - 14.0;
    let page = |d: &mut Document| {
        let n = d.pages();
        d.text([MARGIN, h - MARGIN - 8.0], width, &Style::new(9.0).centred(), Role::Decoration, &n.to_string());
        d.page([w, h], None);
        Room { at: [MARGIN, MARGIN], width, bottom }
    };
    for (i, g) in groups().iter().enumerate() {
        let rows: Vec<Vec<String>> = list.iter().filter(|e| e.group == i).map(line).collect();
        if rows.is_empty() {
            continue;
        }
        if y > bottom - 90.0 {
            y = page(d).at[1];
        }
        y += d.text([MARGIN, y], width, &Style::new(15.0).bold(), Role::Heading(2), &g.ja) + 3.0;
        let table = Table {
            heads: &["名称", "場所", "いつ", "電話・送迎"],
            shares: &[2.2, 2.2, 2.1, 2.0],
            style: Style::new(sizes().handout),
        };
        y = table.set(d, Room { at: [MARGIN, y], width, bottom }, &rows, page) + 12.0;
    }
    let n = d.pages();
    d.text([MARGIN, h - MARGIN - 8.0], width, &Style::new(9.0).centred(), Role::Decoration, &n.to_string());
}

fn line(e: &Entry) -> Vec<String> {
    let pickup = if e.pickup.is_empty() { String::new() } else { format!("\n送迎 {}", e.pickup) };
    vec![format!("{}（{}）", e.name, e.kind), e.place.clone(), e.when.clone(), format!("{}{pickup}", e.phone)]
}

/// The index of an atlas: its districts and their pages.
pub fn index_page(d: &mut Document, size: Size, title: &str, rows: &[(String, usize, usize)]) {
    let [w, h] = size.across();
    d.page([w, h], Some(title));
    d.text([MARGIN, MARGIN], w - 2.0 * MARGIN, &Style::new(24.0).bold(), Role::Heading(1), title);
    let table = Table { heads: &["区域", "件数", "ページ"], shares: &[3.0, 1.0, 1.0], style: Style::new(sizes().list) };
    let rows: Vec<Vec<String>> = rows.iter().map(|(name, n, page)| vec![name.clone(), n.to_string(), page.to_string()]).collect();
    let columns = 3;
    let width = (w - 2.0 * MARGIN - 28.0) / columns as f32;
    let mut column = 0;
    let mut room = |d: &mut Document| {
        if column == columns {
            d.page([w, h], None);
            column = 0;
        }
        column += 1;
        Room { at: [MARGIN + (column - 1) as f32 * (width + 14.0), MARGIN + 50.0], width, bottom: h - MARGIN }
    };
    let first = room(d);
    table.set(d, first, &rows, room);
}
