//! Which column means what, in lists whose headings every city writes differently.

use super::table::Table;
use super::text::fold;
use crate::model::{KindId, kind_by_code, kind_from_words};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
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
    /// Fields of which at least one must be there, if any are named.
    pub one_of: Vec<String>,
    /// Taken only if its title or the names of its rows say of what kind they are.
    pub by_title: bool,
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
    loose: Vec<Loose>,
    /// How lists say that a venue is somebody's home.
    home: Vec<String>,
    table: Vec<Layout>,
}

/// A part of a heading that says what it is.
#[derive(Deserialize)]
struct Loose {
    word: String,
    field: String,
}

/// What an office said of the columns of its lists: their headings, folded, as JSON → heading → field.
pub type Mappings = BTreeMap<String, BTreeMap<String, String>>;

/// Under this name a mapping says of what kind every row is.
pub const KIND_OF_ALL: &str = "*kind";

static FILE: LazyLock<File> = LazyLock::new(|| toml::from_str(include_str!("../../data/headers.toml")).unwrap_or_default());

/// What a cell says in a field with fixed answers; other words stay as they are. Nothing if it is empty.
pub fn said(field: &str, cell: &str) -> Option<String> {
    let word = fold(cell);
    let answers = FILE.values.get(field);
    let known = answers.and_then(|a| a.iter().find(|(_, ways)| ways.contains(&word)).map(|(value, _)| value.clone()));
    known.or_else(|| super::text::value(cell))
}

/// Whether a text says that a place is somebody's home.
pub fn says_home(text: &str) -> bool {
    let word = fold(text);
    FILE.home.iter().any(|h| word.contains(h))
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
    /// The kind of rows that do not say it.
    pub kind: Option<KindId>,
}

impl Columns {
    /// Finds the heading row (or pair of rows) and the layout, or nothing. `said` is what offices told about their headings,
    /// `title` what the list is called.
    pub fn find(table: &Table, said: &Mappings, title: &str) -> Option<Self> {
        let mut best: Option<Self> = None;
        for (headings, data_from) in heading_rows(table) {
            let told = serde_json::to_string(&headings).ok().and_then(|key| said.get(&key));
            let found = Self::of_headings(headings, data_from, told);
            if told.is_some() && found.is_some() {
                best = found;
                break;
            }
            if let Some(found) = found.filter(|f| best.as_ref().is_none_or(|b| f.of.len() > b.of.len())) {
                best = Some(found);
            }
        }
        let mut best = best?;
        best.kind = best.kind.or_else(|| best.kind_by_title(table, title));
        if best.layout.by_title && best.kind.is_none() && !best.names_say_their_kind(table) {
            return None;
        }
        Some(best)
    }

    /// What the list is called, above its headings, on its sheet, in its file name.
    fn kind_by_title(&self, table: &Table, title: &str) -> Option<KindId> {
        let above = table.rows[..self.data_from.saturating_sub(1)].iter().flat_map(|(_, cells)| cells).map(String::as_str);
        let called = table.sheet.iter().map(String::as_str).chain([title]).chain(above);
        self.layout.by_title.then(|| called.map(fold).find_map(|t| kind_from_words(&t))).flatten()
    }

    /// Whether most rows have a kind in their name.
    fn names_say_their_kind(&self, table: &Table) -> bool {
        let names = table.rows[self.data_from..].iter().filter_map(|(_, cells)| self.get(cells, "name"));
        let (mut all, mut told) = (0, 0);
        for name in names {
            all += 1;
            told += usize::from(kind_from_words(&fold(name)).is_some());
        }
        told > 0 && told * 2 >= all
    }

    /// Each column with its heading and the field it is taken for.
    pub fn guesses(&self) -> Vec<(String, Option<String>)> {
        let field = |i: usize| self.of.iter().find(|(_, at)| **at == i).map(|(f, _)| (*f).to_owned());
        self.headings.iter().enumerate().map(|(i, h)| (h.clone(), field(i))).collect()
    }

    fn of_headings(headings: Vec<String>, data_from: usize, told: Option<&BTreeMap<String, String>>) -> Option<Self> {
        let mut of: HashMap<&'static str, usize> = HashMap::new();
        for (i, heading) in headings.iter().enumerate() {
            let field = match told.and_then(|t| t.get(heading)) {
                Some(field) => FILE.fields.keys().find(|f| *f == field).map(String::as_str),
                None => field_of(heading),
            };
            if let Some(field) = field {
                of.entry(field).or_insert(i);
            }
        }
        let kind = told.and_then(|t| t.get(KIND_OF_ALL)).and_then(|code| kind_by_code(code));
        let has = |h: &String| headings.iter().any(|x| x == h);
        let named = |f: &String| of.contains_key(f.as_str());
        let fits = |l: &&Layout| {
            let by_heading = !l.require.is_empty() && l.require.iter().all(has);
            let by_field = !l.need_fields.is_empty() && l.need_fields.iter().all(named);
            (by_heading || by_field) && (l.one_of.is_empty() || l.one_of.iter().any(named)) && of.contains_key("name")
        };
        let layout = FILE.table.iter().find(fits)?;
        let mut found = Self { of, headings, data_from, layout, kind };
        if told.is_none() && layout.require.is_empty() {
            found.guess_loosely();
        }
        Some(found)
    }

    /// Headings nobody knows as a whole still say what they are by a part of them.
    fn guess_loosely(&mut self) {
        for (i, heading) in self.headings.iter().enumerate() {
            let known = self.of.values().any(|at| *at == i);
            let field = FILE.loose.iter().find(|l| heading.contains(&l.word)).map(|l| l.field.as_str());
            if let Some(field) = field.filter(|_| !known && !heading.is_empty()) {
                self.of.entry(field).or_insert(i);
            }
        }
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

/// The rows of a table that may be its headings, folded, each with the row its data begin at: one row, or a pair of which the upper
/// names a group and the lower its parts.
fn heading_rows(table: &Table) -> Vec<(Vec<String>, usize)> {
    const SEARCH_ROWS: usize = 30;
    let mut all = Vec::new();
    for at in 0..table.rows.len().min(SEARCH_ROWS) {
        let upper: Vec<String> = table.rows[at].1.iter().map(|c| fold(c)).collect();
        let next = table.rows.get(at + 1).map(|(_, cells)| cells.iter().map(|c| fold(c)).collect::<Vec<_>>());
        let pair = next.and_then(|lower| joined(&upper, &lower));
        all.push((upper, at + 1));
        all.extend(pair.map(|headings| (headings, at + 2)));
    }
    all
}

/// Two heading rows as one; both may be merged cells. Nothing if the second row is data.
fn joined(upper: &[String], lower: &[String]) -> Option<Vec<String>> {
    let width = upper.len().max(lower.len());
    let cell = |row: &[String], i: usize| row.get(i).cloned().unwrap_or_default();
    if (0..width).filter(|&i| field_of(&cell(lower, i)).is_some()).count() < 2 {
        return None;
    }
    let mut group = String::new();
    let mut headings = Vec::new();
    for i in 0..width {
        let (u, l) = (cell(upper, i), cell(lower, i));
        if !u.is_empty() {
            group.clone_from(&u);
        }
        let whole = format!("{group}{l}");
        headings.push(match () {
            () if l.is_empty() || l == u => u,
            () if field_of(&whole).is_some() => whole,
            () => l,
        });
    }
    Some(headings)
}

/// The row of a table that looks most like headings, for a person to say what they mean: the first of those with the most cells.
pub fn likely_headings(table: &Table) -> Vec<String> {
    let filled = |h: &[String]| h.iter().filter(|c| !c.is_empty()).count();
    let rows = heading_rows(table);
    let most = rows.iter().map(|(h, _)| filled(h)).max().unwrap_or(0);
    rows.into_iter().find(|(h, _)| filled(h) == most).map(|(h, _)| h).unwrap_or_default()
}

/// Every field a column can be, with what it is called.
pub fn fields() -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> =
        FILE.fields.iter().filter_map(|(f, names)| Some((f.clone(), names.first()?.clone()))).collect();
    all.sort();
    all
}

fn field_of(folded_heading: &str) -> Option<&'static str> {
    static BY_HEADING: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
        let pairs = FILE.fields.iter().flat_map(|(field, names)| names.iter().map(move |n| (fold(n), field.as_str())));
        pairs.collect()
    });
    // 住所（会場） is 住所, if nobody knows it as it stands
    let plain = || folded_heading.split(['(', '※']).next().filter(|h| !h.is_empty() && h.len() < folded_heading.len());
    BY_HEADING.get(folded_heading).or_else(|| BY_HEADING.get(plain()?)).copied()
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
            let columns = Columns::find(&table, &Mappings::new(), "").unwrap();
            assert_eq!((columns.layout.id.as_str(), columns.data_from), (layout, 2), "{row}");
        }
        assert!(Columns::find(&from_text("a,b\n1,2\n"), &Mappings::new(), "").is_none());
    }

    #[test]
    fn two_heading_rows_are_read_together() {
        let table = from_text("名称,種別,会場,,開催日時,\n,,名称,所在地,曜日,時間\nA,通いの場,公民館,西区,月,10時\n");
        let c = Columns::find(&table, &Mappings::new(), "").unwrap();
        assert_eq!(c.data_from, 2);
        let row = &table.rows[2].1;
        let got: Vec<_> = ["name", "venue", "address", "days", "time"].iter().map(|f| c.get(row, f).unwrap()).collect();
        assert_eq!(got, ["A", "公民館", "西区", "月", "10時"]);
    }

    #[test]
    fn a_list_that_does_not_say_its_kind_is_told_by_its_title_its_names_or_its_office() {
        let rows = "会の名称,会場,住所（会場）,開催日・時間（毎月）,代表者電話,申込みについて\nひまわり会,公民館,西区花園5-8-3,第2火曜 10時,090-0000-0000,不要\n";
        let none = Mappings::new();
        assert!(Columns::find(&from_text(rows), &none, "R8一覧").is_none());
        for (title, text) in [("R8サロン一覧", rows.to_owned()), ("R8", format!("ふれあいサロン一覧\n{rows}"))] {
            let c = Columns::find(&from_text(&text), &none, title).unwrap();
            assert_eq!((c.layout.id.as_str(), c.kind.map(KindId::code)), ("titled_list", Some("salon")), "{title}");
            let row = c.guesses();
            let field = |i: usize| row[i].1.as_deref();
            let fields = [field(0), field(1), field(2), field(3), field(4), field(5)];
            assert_eq!(fields, [Some("name"), Some("venue"), Some("address"), Some("days"), Some("person"), Some("booking")]);
        }
        let by_name = "団体名,住所\n花園サロン,西区花園5-8-3\n池田ふれあいサロン,西区池田1-1\n";
        assert!(Columns::find(&from_text(by_name), &none, "R8").is_some());
        // headings no list has: the office says what they mean, once
        let odd = "つどい,どこで\nひまわり会,西区花園5-8-3\n";
        assert!(Columns::find(&from_text(odd), &none, "").is_none());
        let headings = likely_headings(&from_text(odd));
        let told = [("つどい", "name"), ("どこで", "address"), (KIND_OF_ALL, "kayoi")];
        let told = told.map(|(h, f)| (h.to_owned(), f.to_owned())).into();
        let said = Mappings::from([(serde_json::to_string(&headings).unwrap(), told)]);
        let c = Columns::find(&from_text(odd), &said, "").unwrap();
        assert_eq!((c.kind.map(KindId::code), c.data_from), (Some("kayoi"), 1));
    }
}
