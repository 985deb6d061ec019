//! Which column means what, in lists whose headings every city writes differently.

use super::table::Table;
use super::text::fold;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::LazyLock;

/// A kind of table, recognised by its headings.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Layout {
    /// Format code.
    pub id: String,
    /// Title of its datasets.
    pub title: String,
    /// Attribution.
    pub attribution: String,
    /// Folded headings that must all be there.
    pub require: Vec<String>,
    /// Fields that must all be there.
    pub need_fields: Vec<String>,
    /// Fields that identify a record.
    pub key: Vec<String>,
    /// Scheme and field of an official number.
    pub reference: Vec<String>,
    /// What the places are when no kind can be told.
    pub facility: Option<String>,
    /// How to find the kind when no column says it.
    pub fallback_kind: Option<String>,
}

#[derive(Default, Deserialize)]
struct File {
    fields: HashMap<String, Vec<String>>,
    /// Field → value → the ways lists write it.
    values: HashMap<String, HashMap<String, Vec<String>>>,
    table: Vec<Layout>,
}

static FILE: LazyLock<File> = LazyLock::new(|| toml::from_str(include_str!("../../data/headers.toml")).unwrap_or_default());

/// What a cell says in a field with fixed answers; other words stay as they are. Nothing if it is empty.
pub fn said(field: &str, cell: &str) -> Option<String> {
    let word = fold(cell);
    let answers = FILE.values.get(field);
    let known = answers.and_then(|a| a.iter().find(|(_, ways)| ways.contains(&word)).map(|(value, _)| value.clone()));
    known.or_else(|| super::text::value(cell))
}

/// A table whose columns are understood.
#[derive(Debug)]
pub struct Columns {
    /// Field → column.
    pub of: HashMap<&'static str, usize>,
    /// Headings as written.
    pub headings: Vec<String>,
    /// Position in `rows` of the first data row.
    pub data_from: usize,
    /// What kind of table.
    pub layout: &'static Layout,
}

impl Columns {
    /// Finds the heading row (or pair of rows) and the layout, or nothing.
    pub fn find(table: &Table) -> Option<Self> {
        const SEARCH_ROWS: usize = 30;
        let mut best: Option<Self> = None;
        for at in 0..table.rows.len().min(SEARCH_ROWS) {
            let upper = &table.rows[at].1;
            let next = table.rows.get(at + 1).map(|(_, cells)| cells.as_slice());
            let candidates = [Some(Self::of_row(upper, at + 1)), next.map(|lower| Self::of_pair(upper, lower, at + 2))];
            for found in candidates.into_iter().flatten().flatten() {
                if best.as_ref().is_none_or(|b| found.of.len() > b.of.len()) {
                    best = Some(found);
                }
            }
        }
        best
    }

    fn of_row(cells: &[String], data_from: usize) -> Option<Self> {
        Self::of_headings(cells.iter().map(|c| fold(c)).collect(), data_from)
    }

    /// Two heading rows: the upper one names a group, the lower one its parts; both may be merged cells.
    fn of_pair(upper: &[String], lower: &[String], data_from: usize) -> Option<Self> {
        let width = upper.len().max(lower.len());
        let cell = |row: &[String], i: usize| row.get(i).map(|c| fold(c)).unwrap_or_default();
        let parts = (0..width).filter(|&i| field_of(&cell(lower, i)).is_some()).count();
        if parts < 2 {
            return None; // the second row is data
        }
        let mut group = String::new();
        let mut headings = Vec::new();
        for i in 0..width {
            let (u, l) = (cell(upper, i), cell(lower, i));
            if !u.is_empty() {
                group.clone_from(&u);
            }
            let joined = format!("{group}{l}");
            headings.push(match () {
                () if l.is_empty() || l == u => u,
                () if field_of(&joined).is_some() => joined,
                () => l,
            });
        }
        Self::of_headings(headings, data_from)
    }

    fn of_headings(headings: Vec<String>, data_from: usize) -> Option<Self> {
        let mut of = HashMap::new();
        for (i, heading) in headings.iter().enumerate() {
            if let Some(field) = field_of(heading) {
                of.entry(field).or_insert(i);
            }
        }
        let has = |h: &String| headings.iter().any(|x| x == h);
        let layout = FILE.table.iter().find(|l| {
            let by_heading = !l.require.is_empty() && l.require.iter().all(has);
            let by_field = !l.need_fields.is_empty() && l.need_fields.iter().all(|f| of.contains_key(f.as_str()));
            (by_heading || by_field) && (of.contains_key("name"))
        })?;
        Some(Self { of, headings, data_from, layout })
    }

    /// The cell of a field, if it has something in it.
    pub fn get<'a>(&self, cells: &'a [String], field: &str) -> Option<&'a str> {
        let text = cells.get(*self.of.get(field)?)?.trim();
        (!text.is_empty() && text != "-").then_some(text)
    }

    /// The heading of a field, for messages.
    pub fn heading<'a>(&'a self, field: &'a str) -> &'a str {
        self.of.get(field).map_or(field, |&i| &self.headings[i])
    }
}

fn field_of(folded_heading: &str) -> Option<&'static str> {
    static BY_HEADING: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
        let pairs = FILE.fields.iter().flat_map(|(field, names)| names.iter().map(move |n| (fold(n), field.as_str())));
        pairs.collect()
    });
    BY_HEADING.get(folded_heading).copied()
}

#[cfg(test)]
mod tests {
    use super::super::table::from_text;
    use super::*;

    #[test]
    fn each_real_heading_row_is_recognised() {
        let cases = [
            ("名称,名称_カナ,医療機関の種類,住所,緯度,経度,電話番号,医療機関コード,診療科目", "ods_medical"),
            ("ID,正式名称,正式名称（フリガナ）,所在地,所在地座標（緯度）,所在地座標（経度）", "mhlw_medical_net"),
            ("_id,施設区分,施設正式名称,郵便番号,所在地", "city_medical"),
            ("事業所名,サービスの種類,住所,緯度,経度,事業所番号", "mhlw_care"),
            ("番号,団体名,カテゴリー,開催場所,住所,開催曜日", "salon_list"),
            ("#property,latitude,longitude,name,address,telephoneNumber", "smartcity"),
        ];
        for (row, layout) in cases {
            let table = from_text(&format!("一覧表\n\n{row}\n1,2,3,4,5,6\n"));
            let columns = Columns::find(&table).unwrap();
            assert_eq!((columns.layout.id.as_str(), columns.data_from), (layout, 2), "{row}");
        }
        assert!(Columns::find(&from_text("a,b\n1,2\n")).is_none());
    }

    #[test]
    fn two_heading_rows_are_read_together() {
        let table = from_text("名称,種別,会場,,開催日時,\n,,名称,所在地,曜日,時間\nA,通いの場,公民館,西区,月,10時\n");
        let c = Columns::find(&table).unwrap();
        assert_eq!(c.data_from, 2);
        let row = &table.rows[2].1;
        let got: Vec<_> = ["name", "venue", "address", "days", "time"].iter().map(|f| c.get(row, f).unwrap()).collect();
        assert_eq!(got, ["A", "公民館", "西区", "月", "10時"]);
    }
}
