//! Sheets of paper made from the register: what the public may see from the picture, what staff may see from the records.

use crate::atlas::{AreaIndex, Atlas};
use crate::measure::{district, hub, middle, month};
use crate::model::{Area, AreaType, Bounds, Day, Filed, Note, NoteKind, policy};
use crate::present::paper::{
    Document, Karte, Listing, MapSheet, PaperError, Size, booklet, index_page, karte, map_sheet, month_sheet,
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
    /// The day it is made.
    pub today: Day,
    /// The month of a calendar: its first day.
    pub month: Day,
    /// Where the pages of residents are, for the QR code.
    pub url: Option<String>,
}

impl Order {
    /// A sheet as it usually is: A3, this month.
    pub fn new(sheet: Sheet, today: Day) -> Self {
        Self { sheet, size: Size::A3, today, month: today.first_of_month(), url: None }
    }
}

/// What a sheet that says 「関係者限り」 is made from.
pub struct ForStaff {
    /// The records.
    pub records: Vec<Arc<Filed>>,
    /// What people say of their districts.
    pub notes: Vec<Note>,
}

/// An area, and the box around its boundary.
///
/// # Errors
/// If there is none of that id, or it has no boundary.
fn bounded(atlas: &Atlas, id: i64) -> Result<(&AreaIndex, u32, Bounds), PaperError> {
    let nothing = || PaperError::Nothing("その区域はありません。 / no such area".into());
    let (index, at) = atlas.area(id).ok_or_else(nothing)?;
    let without =
        || PaperError::Nothing("この区域には境界のデータがないので、紙にできません。 / this area has no boundary".into());
    Ok((index, at, index.areas[at as usize].bounds().ok_or_else(without)?))
}

/// The sheets of an area as PDF. With `inside` they hold what staff may see, and say so.
///
/// # Errors
/// If there is no such area, or this program was built without its font.
pub fn print(atlas: &Atlas, id: i64, order: &Order, inside: Option<&ForStaff>) -> Result<Vec<u8>, PaperError> {
    let (index, at, bounds) = bounded(atlas, id)?;
    let mut d = Document::new(title(&index.areas[at as usize], order.sheet))?;
    put(&mut d, atlas, (index, at, bounds), order, inside);
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
    let index =
        atlas.areas.get(&area_type).ok_or_else(|| PaperError::Nothing("その種類の区域はありません。 / no such areas".into()))?;
    let wanted: Vec<(u32, Bounds)> = (0u32..).zip(&index.areas).filter_map(|(at, a)| Some((at, a.bounds()?))).collect();
    // the index comes first and tells pages, so the sheets are counted in a document of their own
    let mut rows = Vec::new();
    let mut sheets = Document::new("")?;
    for (n, (at, bounds)) in wanted.iter().enumerate() {
        let a = &index.areas[*at as usize];
        if !step(n, wanted.len(), &a.name) {
            return Err(PaperError::Nothing("取りやめました。 / stopped".into()));
        }
        let page = sheets.pages();
        let count = put(&mut sheets, atlas, (index, *at, *bounds), order, inside);
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
fn put(
    d: &mut Document,
    atlas: &Atlas,
    (index, at, bounds): (&AreaIndex, u32, Bounds),
    order: &Order,
    inside: Option<&ForStaff>,
) -> usize {
    let area = &index.areas[at as usize];
    let services = match inside {
        Some(r) => of_staff(atlas, (index, at), &r.records),
        None => atlas.standing(index, at).map(|s| Listing::public(&s.service)).collect(),
    };
    let url = order.url.as_ref().map(|u| format!("{}/list?area={}", u.trim_end_matches('/'), area.id));
    let s = MapSheet {
        atlas,
        area,
        bounds,
        services,
        size: order.size,
        today: order.today,
        url: url.as_deref(),
        staff: inside.is_some(),
    };
    match order.sheet {
        Sheet::Map => map_sheet(d, &s).len(),
        Sheet::Booklet => {
            booklet(d, &s);
            s.services.len()
        }
        Sheet::Karte => {
            let numbers = district(atlas, area.area_type, area.id, order.today);
            let hub =
                middle(atlas, area.id).and_then(|p| hub(atlas, p)).map(|h| (h.service.name.clone(), h.service.phone.clone()));
            karte(d, &Karte { sheet: s, numbers: &numbers, hub, notes: said(area.id, inside) }).len()
        }
        Sheet::Calendar => {
            let told = atlas.standing(index, at).map(|s| &s.service).filter(|s| policy().calendar.tells(s.kind));
            let found = month(told, order.month);
            month_sheet(d, &area.name, order.month, &found);
            found.meetings.len()
        }
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

/// The services that stand in an area, as staff see them.
fn of_staff(atlas: &Atlas, (index, at): (&AreaIndex, u32), records: &[Arc<Filed>]) -> Vec<Listing> {
    let title = |id: i64| atlas.datasets.iter().find(|d| d.id == id).map_or("", |d| d.dataset.title.as_str());
    let inside = records.iter().filter(|f| f.place.certain_point().is_some_and(|p| index.contains(at, p)));
    inside.flat_map(|f| f.place.services.iter().filter_map(|s| Listing::staff(&f.place, s, title(f.dataset)))).collect()
}
