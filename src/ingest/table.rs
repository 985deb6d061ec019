//! A table of text cells, whatever file it came from.

use super::{Refusal, text};
use calamine::{Data, Reader, Xlsx};
use std::io::Cursor;

/// A table: rows of text with the row number its user sees.
#[derive(Debug, Default)]
pub struct Table {
    /// Sheet name of a workbook.
    pub sheet: Option<String>,
    /// 1-based row number and cells.
    pub rows: Vec<(usize, Vec<String>)>,
}

/// Reads delimited text. A broken row is kept as far as it can be read.
pub fn from_text(content: &str) -> Table {
    let first: String = content.lines().take(5).collect();
    let count = |d: char| first.matches(d).count();
    let delimiter = [b'\t', b';'].into_iter().find(|&d| count(char::from(d)) > count(',')).unwrap_or(b',');
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(content.as_bytes());
    let mut rows = Vec::new();
    let mut record = csv::StringRecord::new();
    while let Ok(true) = reader.read_record(&mut record) {
        let line = record.position().map_or(rows.len() + 1, |p| p.line() as usize);
        rows.push((line, record.iter().map(str::to_owned).collect()));
    }
    Table { sheet: None, rows }
}

/// Reads every visible sheet of a workbook; a merged cell's value fills its whole range.
pub fn from_workbook(bytes: &[u8]) -> Result<Vec<Table>, Refusal> {
    let broken = |e: &dyn std::fmt::Display| {
        Refusal::new("broken_workbook", format!("表計算ファイルを開けません（{e}）。もう一度保存し直してください。"))
    };
    if bytes.starts_with(b"PK") {
        let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).map_err(|e| broken(&e))?;
        let visible: Vec<String> = visible_sheets(&book);
        let mut tables = Vec::new();
        for name in visible {
            let Ok(range) = book.worksheet_range(&name) else { continue };
            let mut table = from_range(&name, &range);
            let merges = book.merge_cells_by_sheet_name(&name).unwrap_or_default();
            merges.iter().for_each(|d| fill(&mut table, d.start, d.end, range.start().unwrap_or((0, 0))));
            tables.push(table);
        }
        return Ok(tables);
    }
    let mut book = calamine::open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|e| broken(&e))?;
    let names: Vec<String> = visible_sheets(&book);
    Ok(names.into_iter().filter_map(|n| book.worksheet_range(&n).ok().map(|r| from_range(&n, &r))).collect())
}

fn visible_sheets<RS, R: Reader<RS>>(book: &R) -> Vec<String>
where
    RS: std::io::Read + std::io::Seek,
{
    let visible = |s: &&calamine::Sheet| s.visible == calamine::SheetVisible::Visible;
    book.sheets_metadata().iter().filter(visible).map(|s| s.name.clone()).collect()
}

fn from_range(sheet: &str, range: &calamine::Range<Data>) -> Table {
    let first = range.start().map_or(0, |s| s.0 as usize);
    let rows = range.rows().enumerate().map(|(i, r)| (first + i + 1, r.iter().map(cell_text).collect())).collect();
    Table { sheet: Some(sheet.to_owned()), rows }
}

fn cell_text(cell: &Data) -> String {
    match cell {
        Data::Empty | Data::Error(_) => String::new(),
        Data::Float(v) if v.fract() == 0.0 && v.abs() < 1e15 => format!("{v:.0}"),
        Data::DateTime(t) if (0.0..1.0).contains(&t.as_f64()) => {
            let minutes = (t.as_f64() * 1440.0).round() as u32;
            format!("{:02}:{:02}", minutes / 60, minutes % 60)
        }
        Data::DateTime(t) => {
            let (year, month, day, ..) = t.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        other => other.to_string(),
    }
}

fn fill(table: &mut Table, start: (u32, u32), end: (u32, u32), origin: (u32, u32)) {
    let at = |(r, c): (u32, u32)| Some((r.checked_sub(origin.0)? as usize, c.checked_sub(origin.1)? as usize));
    let (Some(a), Some(b)) = (at(start), at(end)) else { return };
    let Some(value) = table.rows.get(a.0).and_then(|(_, cells)| cells.get(a.1)).cloned() else { return };
    for (_, cells) in table.rows.iter_mut().take(b.0 + 1).skip(a.0) {
        cells.iter_mut().take(b.1 + 1).skip(a.1).for_each(|c| c.clone_from(&value));
    }
}

/// Reads a dBase table; text is UTF-8 if it can be, else CP932.
pub fn from_dbf(bytes: &[u8]) -> Result<Table, Refusal> {
    let (names, records) = read_dbf(bytes)?;
    let rows = std::iter::once((0, names)).chain(records.into_iter().enumerate().map(|(i, r)| (i + 1, r))).collect();
    Ok(Table { sheet: None, rows })
}

/// Field names and records of a dBase table, all as text.
pub fn read_dbf(bytes: &[u8]) -> Result<(Vec<String>, Vec<Vec<String>>), Refusal> {
    let broken = |e: dbase::Error| Refusal::new("broken_dbf", format!("属性表（.dbf）を読めません（{e}）。"));
    let encoding = dbase::encoding::EncodingRs::from(dbf_encoding(bytes));
    let mut reader = dbase::ReaderBuilder::new().with_encoding(encoding).build(Cursor::new(bytes)).map_err(broken)?;
    let names: Vec<String> = reader.fields().iter().map(|f| f.name().to_owned()).collect();
    let mut records = Vec::new();
    for record in reader.iter_records() {
        let record = record.map_err(broken)?;
        records.push(names.iter().map(|n| record.get(n).map(field_text).unwrap_or_default()).collect());
    }
    Ok((names, records))
}

/// UTF-8 or CP932, whichever reads with fewer unreadable characters: a `.cpg` is often missing or wrong, and long text is cut mid-character.
fn dbf_encoding(bytes: &[u8]) -> &'static encoding_rs::Encoding {
    let unreadable = |encoding: &'static encoding_rs::Encoding| {
        encoding.decode_without_bom_handling(bytes.get(32..).unwrap_or_default()).0.matches('\u{fffd}').count()
    };
    if unreadable(encoding_rs::UTF_8) <= unreadable(encoding_rs::SHIFT_JIS) { encoding_rs::UTF_8 } else { encoding_rs::SHIFT_JIS }
}

fn field_text(value: &dbase::FieldValue) -> String {
    use dbase::FieldValue as F;
    let number = |v: f64| if v.fract() == 0.0 && v.abs() < 1e15 { format!("{v:.0}") } else { v.to_string() };
    match value {
        F::Character(t) => t.as_deref().and_then(text::value).unwrap_or_default(),
        F::Numeric(v) => v.map(number).unwrap_or_default(),
        F::Float(v) => v.map(|v| number(f64::from(v))).unwrap_or_default(),
        F::Integer(v) => v.to_string(),
        F::Double(v) => number(*v),
        F::Logical(v) => v.map(|b| b.to_string()).unwrap_or_default(),
        F::Memo(t) => t.clone(),
        other => format!("{other:?}"),
    }
}
