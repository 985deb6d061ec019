//! 地域資源一覧表: the public services of a register as a table, and as a workbook with one printable sheet per district.

use super::table::Column;
use crate::atlas::Atlas;
use crate::model::{AreaType, KindId, PublicService, Status};
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

/// A service and the district it lies in.
pub struct Listed<'a> {
    /// Its public side.
    pub service: &'a PublicService,
    /// Name of its district; nothing if it has no certain position or lies in none.
    pub district: Option<&'a str>,
}

/// Running and paused services of some kinds (none: all that are walked to), by district, kind and name. Staff-only services
/// are not in an atlas, so they cannot be here.
pub fn services<'a>(atlas: &'a Atlas, kinds: &[KindId], area_type: AreaType) -> Vec<Listed<'a>> {
    let index = atlas.areas.get(&area_type);
    let wanted = |s: &&PublicService| match kinds {
        [] => s.kind.kind().walk,
        _ => kinds.contains(&s.kind),
    };
    let place_of = |s: &PublicService| -> Option<u32> { index?.at(s.point?).first().copied() };
    let mut all: Vec<(Option<u32>, &PublicService)> =
        atlas.sites.services().filter(wanted).filter(|s| s.status != Status::Ended).map(|s| (place_of(s), s)).collect();
    all.sort_by(|a, b| {
        let key = |x: &(Option<u32>, &PublicService)| (x.0.unwrap_or(u32::MAX), x.1.kind);
        key(a).cmp(&key(b)).then_with(|| a.1.name.cmp(&b.1.name)).then(a.1.id.cmp(&b.1.id))
    });
    let name = |i: u32| index.map(|x| x.areas[i as usize].name.as_str());
    all.into_iter().map(|(i, service)| Listed { service, district: i.and_then(name) }).collect()
}

/// One row of the list, its headings those importers know again.
pub fn row(l: &Listed) -> Vec<Column> {
    let s = l.service;
    let text = |t: &Option<String>| t.clone().unwrap_or_default();
    let degree = |v: Option<f64>| v.map_or_else(String::new, |v| format!("{v:.7}"));
    let position = if s.point.is_some() { s.level.ja() } else { "位置未確定" };
    [
        ("番号", s.id.to_string()),
        ("校区", l.district.unwrap_or_default().to_owned()),
        ("種別", s.kind.kind().ja.clone()),
        ("名称", s.name.clone()),
        ("会場", text(&s.venue)),
        ("住所", text(&s.address)),
        ("開催日", text(&s.schedule)),
        ("参加費", text(&s.fee)),
        ("送迎", text(&s.pickup)),
        ("予約", text(&s.booking)),
        ("電話番号", text(&s.phone)),
        ("定員", s.capacity.map_or_else(String::new, |c| c.to_string())),
        ("対象町内", text(&s.serves)),
        ("状況", s.status.ja().to_owned()),
        ("最終確認日", text(&s.verified_on)),
        ("位置の確かさ", position.to_owned()),
        ("緯度", degree(s.point.map(|p| p.lat))),
        ("経度", degree(s.point.map(|p| p.lon))),
        ("ホームページ", text(&s.url)),
        ("出典", s.source.clone()),
    ]
    .map(|(heading, value)| (heading.to_owned(), value))
    .to_vec()
}

/// Headings printed on the sheets; the rest is for the computer.
const PRINTED: [(&str, f64); 9] = [
    ("種別", 14.0),
    ("名称", 24.0),
    ("会場", 18.0),
    ("住所", 28.0),
    ("開催日", 26.0),
    ("参加費", 10.0),
    ("送迎", 8.0),
    ("電話番号", 15.0),
    ("状況", 8.0),
];

/// A workbook: the whole list for the computer, then a sheet to print for every district.
///
/// # Errors
/// If the workbook cannot be made (a sheet of more than a million rows).
pub fn workbook(listed: &[Listed], day: &str) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let rows: Vec<Vec<Column>> = listed.iter().map(row).collect();
    let head = Format::new().set_bold().set_border_bottom(FormatBorder::Medium).set_text_wrap();
    let cell = Format::new().set_border(FormatBorder::Thin).set_text_wrap().set_align(FormatAlign::Top);
    let all = book.add_worksheet().set_name("一覧")?;
    for (r, cells) in rows.iter().enumerate() {
        for (c, (heading, value)) in cells.iter().enumerate() {
            if r == 0 {
                all.write_string_with_format(0, c as u16, heading, &head)?;
            }
            // text even where it looks like a number or a formula: telephone numbers keep their zero
            all.write_string(r as u32 + 1, c as u16, value)?;
        }
    }
    all.set_freeze_panes(1, 0)?;
    let mut names: Vec<String> = vec!["一覧".into()];
    let district = |l: &Listed| l.district.unwrap_or("区域の外・位置未確定").to_owned();
    let pairs: Vec<(String, &Vec<Column>)> = listed.iter().map(district).zip(&rows).collect();
    for run in pairs.chunk_by(|a, b| a.0 == b.0) {
        let sheet = book.add_worksheet().set_name(sheet_name(&run[0].0, &mut names))?;
        printed(sheet, &run[0].0, run.iter().map(|p| p.1.as_slice()), day, (&head, &cell))?;
    }
    book.save_to_buffer()
}

fn printed<'a>(
    sheet: &mut Worksheet,
    title: &str,
    rows: impl Iterator<Item = &'a [Column]>,
    day: &str,
    (head, cell): (&Format, &Format),
) -> Result<(), XlsxError> {
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_repeat_rows(1, 1)?;
    sheet.set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3);
    sheet.set_footer(format!("&L{title} 地域資源一覧表（{day}）&R&P / &N"));
    sheet.write_string_with_format(0, 0, format!("{title} 地域資源一覧表"), &Format::new().set_bold().set_font_size(16))?;
    for (c, (heading, width)) in PRINTED.iter().enumerate() {
        sheet.write_string_with_format(1, c as u16, *heading, head)?.set_column_width(c as u16, *width)?;
    }
    for (r, cells) in rows.enumerate() {
        for (c, (heading, _)) in PRINTED.iter().enumerate() {
            let value = cells.iter().find(|x| x.0 == *heading).map_or("", |x| x.1.as_str());
            sheet.write_string_with_format(r as u32 + 2, c as u16, value, cell)?;
        }
    }
    Ok(())
}

/// A name Excel takes: 31 characters, none of its own marks, not used before.
fn sheet_name(wanted: &str, used: &mut Vec<String>) -> String {
    let clean: String = wanted.chars().filter(|c| !"[]:*?/\\'".contains(*c)).take(28).collect();
    let clean = if clean.is_empty() { "区域".to_owned() } else { clean };
    let numbered = (2..).map(|n| format!("{clean}{n}"));
    // Excel takes upper and lower case for the same name
    let taken = |n: &String| used.iter().any(|u| u.to_lowercase() == n.to_lowercase());
    let name = std::iter::once(clean.clone()).chain(numbered).find(|n| !taken(n)).unwrap_or_default();
    used.push(name.clone());
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheet_names_are_what_excel_takes() {
        let mut used = vec!["一覧".to_owned()];
        assert_eq!(sheet_name("花園/池田[1]", &mut used), "花園池田1");
        assert_eq!(sheet_name("一覧", &mut used), "一覧2");
        assert_eq!(sheet_name("", &mut used), "区域");
        assert!(sheet_name(&"あ".repeat(50), &mut used).chars().count() <= 31);
        let again = sheet_name(&"あ".repeat(50), &mut used);
        assert!(again.chars().count() <= 31 && again.ends_with('2'));
    }
}
