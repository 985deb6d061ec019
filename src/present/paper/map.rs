//! 地域資源マップ: a district with what there is in it, numbered, and the list of the numbers.

use super::document::{Document, Role};
use super::edges::{FOOT, HEAD, foot, head};
use super::letters::Style;
use super::list::{following, list_table};
use super::marks::{draw_marks, mark, small_mark};
use super::numbered::{GRID, Listing, Numbered, numbered};
use super::style::{dots, groups};
use super::table::Room;
use super::{A3, A4, MARGIN};
use crate::atlas::Atlas;
use crate::model::{Area, AreaType, Bounds, Day};
use crate::present::sketch::{Canvas, Frame, Ink, Pen, Spot, draw_base};

/// Ground shown around a district, metres.
const AROUND: f64 = 120.0;
/// Height of the line of marks under a map, points.
const LEGEND: f32 = 44.0;

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
    /// The box around its boundary.
    pub bounds: Bounds,
    /// What is in it.
    pub services: Vec<Listing>,
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
pub fn map_sheet(d: &mut Document, s: &MapSheet) -> Vec<Numbered> {
    let [w, h] = s.size.across();
    d.page([w, h], Some(&s.area.name));
    head(d, s, Role::Heading(1), &format!("{} 地域資源マップ", s.area.name));
    let share = if s.size == Size::A3 { 0.60 } else { 0.56 };
    let wide = (w - 2.0 * MARGIN) * share;
    let frame = s.frame([MARGIN, MARGIN + HEAD], [wide, h - 2.0 * MARGIN - HEAD - FOOT - LEGEND]);
    let list = numbered(&s.services, &frame);
    draw_map(d, s, &frame, &list);
    legend(d, &list, [MARGIN, frame.corner[1] + frame.size[1] + 5.0], wide);
    foot(d, s, &list);
    let x = MARGIN + wide + 12.0;
    let room = Room { at: [x, MARGIN + HEAD], width: w - MARGIN - x, bottom: h - MARGIN - FOOT };
    list_table(d, room, &list, following(s, format!("{} 地域資源の一覧（つづき）", s.area.name)));
    list
}

impl MapSheet<'_> {
    /// A frame that shows the district and a little around it.
    pub(super) fn frame(&self, corner: Spot, size: Spot) -> Frame {
        Frame::new(&self.bounds.grown(AROUND), corner, size)
    }
}

/// The map itself: a figure.
pub(super) fn draw_map(d: &mut Document, s: &MapSheet, frame: &Frame, list: &[Numbered]) {
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
        let rings = s.area.geometry.as_ref().map(|g| frame.rings(g)).unwrap_or_default();
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

/// Demand-taxi zones, hatched: a copier keeps lines, not tints.
fn zones(d: &mut Document, atlas: &Atlas, frame: &Frame) {
    let Some(index) = atlas.areas.get(&AreaType::DemandZone) else { return };
    for zone in index.meeting(&frame.bounds()) {
        let Some(area) = &index.areas[zone as usize].geometry else { continue };
        d.clip(frame.rings(area));
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
    let all = atlas.sites.all.iter().filter(|s| dots().has(s.service.kind) && b.contains(s.point)).map(|s| frame.at(s.point));
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
fn legend(d: &mut Document, list: &[Numbered], at: Spot, wide: f32) {
    let mut pen = at;
    let style = Style::new(8.5);
    d.figure("凡例", |d| {
        for (i, g) in groups().iter().enumerate() {
            let count = list.iter().filter(|e| e.group == i).count();
            if count == 0 {
                continue;
            }
            let small = list.iter().any(|e| e.group == i && e.small);
            let words = format!("{}（{count}件{}）", g.ja, if small { "・番号なし" } else { "" });
            let block = d.letters.set(&words, 300.0, &style);
            let next = 27.0 + block.width + 12.0;
            if pen[0] + next > at[0] + wide {
                pen = [at[0], pen[1] + 20.0];
            }
            let middle = [pen[0] + 12.0, pen[1] + 8.0];
            if small {
                small_mark(d, middle, g.shape, g.ink());
            } else {
                mark(d, middle, g.shape, g.ink(), &g.letter);
            }
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
