//! Sheets of paper made from the register: what the public may see from the picture, what staff may see from the records.

use super::today;
use crate::atlas::{AreaIndex, Atlas};
use crate::measure::{district, hub, meetings, middle};
use crate::model::{Area, AreaType, Day, Filed, Note, NoteKind, PublicService, Status};
use crate::present::paper::{
    Document, Item, Karte, MapSheet, PaperError, Size, booklet, index_page, is_dated, karte, map_sheet, month_sheet,
};
use std::sync::Arc;

/// What is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Sheet {
    /// 地域資源マップ / map with its list
    Map,
    /// 校区カルテ / a district on one sheet
    Karte,
    /// 一覧の冊子（A4、大きな字） / the list as a booklet
    Booklet,
    /// 通いの場の月間カレンダー / a month of what meets
    Calendar,
}

/// How it is printed.
#[derive(Debug, Clone)]
pub struct Order {
    /// What.
    pub sheet: Sheet,
    /// How large a map is.
    pub size: Size,
    /// The month of a calendar: its first day.
    pub month: Day,
    /// Where the pages of residents are, for the QR code.
    pub url: Option<String>,
}

impl Order {
    /// A sheet as it usually is: A3, this month.
    pub fn new(sheet: Sheet) -> Self {
        Self { sheet, size: Size::A3, month: first_of(today()), url: None }
    }
}

/// The first day of a month.
pub fn first_of(day: Day) -> Day {
    Day::of(day.date().first_of_month())
}

/// What a sheet that says 「関係者限り」 is made from.
pub struct ForStaff {
    /// The records.
    pub records: Vec<Arc<Filed>>,
    /// What people say of their districts.
    pub notes: Vec<Note>,
}

/// An area that has a boundary.
///
/// # Errors
/// If there is none of that id, or it has no boundary.
pub fn area(atlas: &Atlas, id: i64) -> Result<(&AreaIndex, u32), PaperError> {
    let nothing = || PaperError::Nothing("その区域はありません。 / no such area".into());
    let found = atlas.area(id).ok_or_else(nothing)?;
    if found.0.areas[found.1 as usize].geometry.is_none() {
        return Err(PaperError::Nothing(
            "この区域には境界のデータがないので、紙にできません。 / this area has no boundary".into(),
        ));
    }
    Ok(found)
}

/// The sheets of an area as PDF. With `inside` they hold what staff may see, and say so.
///
/// # Errors
/// If there is no such area, or this program was built without its font.
pub fn print(atlas: &Atlas, id: i64, order: &Order, inside: Option<&ForStaff>) -> Result<Vec<u8>, PaperError> {
    let (index, at) = area(atlas, id)?;
    let mut d = Document::new(title(&index.areas[at as usize], order.sheet))?;
    put(&mut d, atlas, (index, at), order, inside);
    d.finish()
}

/// The sheets of every area of a type in one document, with an index; `step` is told of each, and stops the work by saying no.
///
/// # Errors
/// As for [`print`]; also if the work was stopped.
pub fn print_all(
    atlas: &Atlas,
    area_type: AreaType,
    order: &Order,
    inside: Option<&ForStaff>,
    mut step: impl FnMut(usize, usize, &str) -> bool,
) -> Result<Vec<u8>, PaperError> {
    let index = atlas.areas.get(&area_type).filter(|i| i.areas.iter().any(|a| a.geometry.is_some()));
    let index = index.ok_or_else(|| PaperError::Nothing("その種類の区域はありません。 / no such areas".into()))?;
    let wanted: Vec<u32> = (0..index.areas.len() as u32).filter(|a| index.areas[*a as usize].geometry.is_some()).collect();
    // the index comes first and tells pages, so the sheets are counted in a document of their own
    let mut rows = Vec::new();
    let mut sheets = Document::new("")?;
    for (n, at) in wanted.iter().enumerate() {
        let a = &index.areas[*at as usize];
        if !step(n, wanted.len(), &a.name) {
            return Err(PaperError::Nothing("取りやめました。 / stopped".into()));
        }
        let page = sheets.pages();
        let count = put(&mut sheets, atlas, (index, *at), order, inside);
        rows.push((a.name.clone(), count, page));
    }
    let title = format!("{}の{}", area_type.ja(), name_of(order.sheet));
    let mut d = Document::new(title.as_str())?;
    index_page(&mut d, order.size, &title, &rows);
    let before = d.pages();
    let mut d = Document::new(title.as_str())?;
    let rows: Vec<_> = rows.into_iter().map(|(name, n, page)| (name, n, page + before + 1)).collect();
    index_page(&mut d, order.size, &title, &rows);
    d.append(sheets);
    d.finish()
}

fn name_of(sheet: Sheet) -> &'static str {
    match sheet {
        Sheet::Map => "地域資源マップ",
        Sheet::Karte => "校区カルテ",
        Sheet::Booklet => "地域資源の一覧",
        Sheet::Calendar => "通いの場カレンダー",
    }
}

fn title(area: &Area, sheet: Sheet) -> String {
    format!("{} {}", area.name, name_of(sheet))
}

/// Puts the sheets of an area into a document; gives how many services are on them.
fn put(d: &mut Document, atlas: &Atlas, (index, at): (&AreaIndex, u32), order: &Order, inside: Option<&ForStaff>) -> usize {
    let area = &index.areas[at as usize];
    let services = match inside {
        Some(r) => of_staff(atlas, (index, at), &r.records),
        None => public(atlas, index, at).map(Item::public).collect(),
    };
    let url = order.url.as_ref().map(|u| format!("{}/list?area={}", u.trim_end_matches('/'), area.id));
    let s = MapSheet { atlas, area, services, size: order.size, today: today(), url: url.as_deref(), staff: inside.is_some() };
    match order.sheet {
        Sheet::Map => map_sheet(d, &s).len(),
        Sheet::Booklet => {
            booklet(d, &s);
            s.services.len()
        }
        Sheet::Karte => {
            let numbers = district(atlas, area.area_type, area.id, today());
            let hub =
                middle(atlas, area.id).and_then(|p| hub(atlas, p)).map(|h| (h.service.name.clone(), h.service.phone.clone()));
            karte(d, &Karte { sheet: s, numbers: &numbers, hub, notes: said(area.id, inside) }).len()
        }
        Sheet::Calendar => month(d, atlas, (index, at), order.month),
    }
}

/// ええとこ and いかんとこ of an area; on sheets for the public none.
fn said(area: i64, inside: Option<&ForStaff>) -> [Vec<String>; 2] {
    let of = |kind: NoteKind| {
        let notes = inside.into_iter().flat_map(|i| &i.notes).filter(|n| n.area == area && n.kind == kind);
        notes.map(|n| format!("{}（{}、{}）", n.text, n.actor, n.at.get(..10).unwrap_or_default())).collect()
    };
    [of(NoteKind::Good), of(NoteKind::Bad)]
}

/// The public services that stand in an area.
fn public<'a>(atlas: &'a Atlas, index: &'a AreaIndex, at: u32) -> impl Iterator<Item = &'a PublicService> {
    atlas.sites.all.iter().filter(move |s| index.contains(at, s.point)).map(|s| &s.service)
}

/// The services that stand in an area, as staff see them.
fn of_staff(atlas: &Atlas, (index, at): (&AreaIndex, u32), records: &[Arc<Filed>]) -> Vec<Item> {
    let title = |id: i64| atlas.datasets.iter().find(|d| d.id == id).map_or("", |d| d.dataset.title.as_str());
    let inside = records.iter().filter(|f| f.place.certain_point().is_some_and(|p| index.contains(at, p)));
    inside.flat_map(|f| f.place.services.iter().filter_map(|s| Item::staff(&f.place, s, title(f.dataset)))).collect()
}

fn month(d: &mut Document, atlas: &Atlas, (index, at): (&AreaIndex, u32), first: Day) -> usize {
    let next = Day::of(first.date().saturating_add(jiff::Span::new().months(1)));
    let meets = |s: &&PublicService| is_dated(s.kind) && s.status == Status::Active;
    let (mut all, mut unclear) = (Vec::new(), Vec::new());
    for s in public(atlas, index, at).filter(meets) {
        match meetings(s, first, next) {
            Ok(of_service) => all.extend(of_service),
            Err(_) => unclear.push(s.name.clone()),
        }
    }
    all.sort_by_key(|m| (m.day, m.hours, m.service.id));
    month_sheet(d, &index.areas[at as usize].name, first, &all, &unclear);
    all.len()
}
