//! Lists on paper: beside a map and over the next pages, as a booklet to hand out, and the index of an atlas.

use super::document::{Document, Role};
use super::edges::{FOOT, HEAD, foot, head, sources};
use super::letters::Style;
use super::map::{MapSheet, Size};
use super::numbered::{Numbered, numbered};
use super::style::{groups, sizes};
use super::table::{Room, Table};
use super::{A4, MARGIN};
use crate::present::sketch::Ink;

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
pub(super) fn list_table(d: &mut Document, room: Room, list: &[Numbered], next: impl FnMut(&mut Document) -> Room) -> f32 {
    let table = Table {
        heads: &["番号", "名称（種別）", "場所", "いつ", "送迎・電話"],
        shares: &[0.9, 2.2, 2.1, 1.9, 2.4],
        style: Style::new(sizes().list),
    };
    let row = |e: &Numbered| {
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

/// The list as a booklet to hand out: A4 upright, large type, group by group, no map.
pub fn booklet(d: &mut Document, s: &MapSheet) {
    let [w, h] = A4;
    let frame = s.frame([0.0, 0.0], [600.0, 400.0]);
    let list = numbered(&s.services, &frame);
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

fn line(e: &Numbered) -> Vec<String> {
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
