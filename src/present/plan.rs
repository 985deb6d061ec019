//! The action-plan sheet: items in the plan's column order, results by fiscal year, the rating the numbers suggest and the officer's own
//! beside it (西区アクションプラン: 取組項目／活動内容／目標／実績／評価／見直し／担当課・関係機関).

use crate::measure::{HalfRow, Suggested};
use crate::model::{Figure, IndicatorRule, Note, NoteKind, PublicService, Status, district_key, kinds, policy};
use crate::present::export::ExportError;
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook};
use std::collections::{BTreeMap, BTreeSet};

/// What a plan undertakes: a row of its sheet.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Undertaking {
    /// 取組項目.
    pub item: String,
    /// 活動内容: the area or subject, and the unit.
    pub content: String,
    /// 目標.
    pub goal: String,
    /// 実績 by fiscal year.
    pub results: BTreeMap<u16, Achieved>,
    /// 評価（案）.
    pub suggested: String,
    /// 評価 by an officer, and why.
    pub rated: [String; 2],
}

/// A result: a figure stays one, so that it can be counted on with.
#[derive(Debug, Clone, PartialEq)]
pub enum Achieved {
    /// A figure.
    Figure(f64),
    /// In words: 4/5町内.
    Words(String),
}

/// What a plan is made of.
pub struct Plan<'a> {
    /// Ratings the numbers of the current fiscal year suggest.
    pub ratings: &'a [Suggested],
    /// Figures by fiscal year.
    pub figures: &'a [Figure],
    /// Ratings of officers, with the name of their area.
    pub notes: &'a [(String, Note)],
    /// Running and paused services by kind code.
    pub services: &'a BTreeMap<&'static str, [usize; 2]>,
    /// The current fiscal year.
    pub year: u16,
}

/// R4, H30.
pub fn fiscal(year: u16) -> String {
    if year >= 2019 { format!("R{}", year - 2018) } else { format!("H{}", year.saturating_sub(1988)) }
}

/// The items: indicators with a suggested rating, then figures, then what the register holds.
pub fn items(p: &Plan) -> Vec<Undertaking> {
    let mut out = Vec::new();
    for s in p.ratings {
        out.extend(s.rows.iter().filter_map(|row| Some(rated(p, s.rule, row, row.rating?))));
    }
    let mut totals: BTreeMap<(&str, &str), Undertaking> = BTreeMap::new();
    let mut singles: BTreeMap<(&str, &str, &str), Undertaking> = BTreeMap::new();
    for f in p.figures {
        let named = |content: String| Undertaking { item: f.measure.clone(), content, ..Undertaking::default() };
        let one =
            singles.entry((&f.measure, &f.unit, &f.subject)).or_insert_with(|| named(format!("{}（{}）", f.subject, f.unit)));
        one.results.insert(f.year, Achieved::Figure(f.value));
        let all = totals.entry((&f.measure, &f.unit)).or_insert_with(|| named(format!("計（{}）", f.unit)));
        if let Achieved::Figure(v) = all.results.entry(f.year).or_insert(Achieved::Figure(0.0)) {
            *v += f.value;
        }
    }
    for ((measure, unit), total) in totals {
        let of: Vec<Undertaking> =
            singles.iter().filter(|(k, _)| (k.0, k.1) == (measure, unit)).map(|(_, i)| i.clone()).collect();
        // a sum of one says nothing more
        let total = (of.len() > 1).then_some(total);
        out.extend(of.into_iter().chain(total));
    }
    for k in kinds() {
        if let Some([running, paused]) = p.services.get(k.code.as_str()) {
            let words =
                if *paused > 0 { format!("{running}か所（ほかに休止{paused}）") } else { format!("{running}か所") };
            let results = [(p.year, Achieved::Words(words))].into();
            out.push(Undertaking {
                item: k.ja.clone(), content: "登録簿にある数".into(), results, ..Undertaking::default()
            });
        }
    }
    out
}

fn rated(p: &Plan, rule: &IndicatorRule, row: &HalfRow, rating: char) -> Undertaking {
    let mine = p.notes.iter().rev().find(|(name, n)| {
        n.kind == NoteKind::Rating && n.about.as_deref() == Some(&rule.code) && district_key(name) == district_key(&row.area)
    });
    let words = format!("{}/{}町内", row.with, row.all);
    Undertaking {
        item: rule.ja.clone(),
        content: row.area.clone(),
        goal: rule.goal.clone().unwrap_or_default(),
        results: [(p.year, Achieved::Words(words))].into(),
        suggested: rating.to_string(),
        rated: mine.map_or_else(Default::default, |(_, n)| {
            let why = format!("{}（{} {}）", n.text, n.actor, n.at.get(..10).unwrap_or_default());
            [n.value.clone().unwrap_or_default(), why]
        }),
    }
}

/// Counts of running and paused services that meet, by kind.
pub fn counted<'a>(services: impl Iterator<Item = &'a PublicService>) -> BTreeMap<&'static str, [usize; 2]> {
    let mut out: BTreeMap<&'static str, [usize; 2]> = BTreeMap::new();
    for s in services.filter(|s| policy().calendar.tells(s.kind)) {
        let counts = out.entry(s.kind.code()).or_default();
        match s.status {
            Status::Active => counts[0] += 1,
            Status::Paused => counts[1] += 1,
            Status::Ended | Status::Planned => {}
        }
    }
    out
}

/// The sheet as a workbook.
///
/// # Errors
/// If there is nothing to write.
pub fn workbook(p: &Plan, day: &str) -> Result<Vec<u8>, ExportError> {
    let items = items(p);
    if items.is_empty() {
        return Err(ExportError::Empty);
    }
    let years: BTreeSet<u16> = items.iter().flat_map(|i| i.results.keys().copied()).collect();
    let mut book = Workbook::new();
    let head = Format::new().set_bold().set_border(FormatBorder::Thin).set_background_color(0x00E4_E4E4).set_text_wrap();
    let cell = Format::new().set_border(FormatBorder::Thin).set_text_wrap().set_align(FormatAlign::Top);
    let sheet = book.add_worksheet().set_name("アクションプラン")?;
    sheet.set_landscape().set_paper_size(8).set_print_fit_to_pages(1, 0).set_repeat_rows(1, 1)?;
    sheet.set_footer(format!("&L作成 {day}　評価（案）は数からの提案で、評価は担当者が決めます&R&P / &N"));
    sheet.write_string_with_format(0, 0, "アクションプラン 実績と評価", &Format::new().set_bold().set_font_size(16))?;
    let mut heads: Vec<(String, f64)> = vec![("取組項目".into(), 34.0), ("活動内容".into(), 26.0), ("目標".into(), 16.0)];
    heads.extend(years.iter().map(|y| (format!("{}実績", fiscal(*y)), 14.0)));
    let tail = [("評価（案）", 9.0), ("評価", 7.0), ("評価の理由", 34.0), ("見直し", 22.0), ("担当課・関係機関・関係団体", 24.0)];
    heads.extend(tail.map(|(h, w)| (h.to_owned(), w)));
    for (c, (h, w)) in heads.iter().enumerate() {
        sheet.write_string_with_format(1, c as u16, h, &head)?.set_column_width(c as u16, *w)?;
    }
    for (r, i) in items.iter().enumerate() {
        let row = r as u32 + 2;
        let mut c = 0u16;
        for text in [&i.item, &i.content, &i.goal] {
            sheet.write_string_with_format(row, c, text, &cell)?;
            c += 1;
        }
        for y in &years {
            match i.results.get(y) {
                Some(Achieved::Figure(v)) => sheet.write_number_with_format(row, c, *v, &cell)?,
                Some(Achieved::Words(t)) => sheet.write_string_with_format(row, c, t, &cell)?,
                None => sheet.write_string_with_format(row, c, "", &cell)?,
            };
            c += 1;
        }
        for text in [&i.suggested, &i.rated[0], &i.rated[1], &String::new(), &String::new()] {
            sheet.write_string_with_format(row, c, text, &cell)?;
            c += 1;
        }
    }
    sheet.set_freeze_panes(2, 2)?;
    Ok(book.save_to_buffer()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::rules;

    fn figure(subject: &str, year: u16, value: f64) -> Figure {
        Figure {
            subject: subject.into(), measure: "デマンドタクシー利用者数".into(), unit: "人".into(), year, value
        }
    }

    #[test]
    fn results_stand_under_their_years_and_the_officers_rating_beside_the_suggested_one() {
        let riders = [
            ("松尾東・北校区", 549.0, 483.0),
            ("池上地区", 135.0, 141.0),
            ("三ノ岳・山口地区", 25.0, 2.0),
            ("大将陣地区", 137.0, 308.0),
            ("沖新町", 505.0, 503.0),
            ("野出・東門寺地区", 434.0, 487.0),
        ];
        let figures: Vec<Figure> = riders.iter().flat_map(|(s, a, b)| [figure(s, 2021, *a), figure(s, 2022, *b)]).collect();
        let rule = rules().indicator.iter().find(|r| r.goal.is_some()).unwrap();
        let row = |area: &str, rating| HalfRow { area: area.into(), all: 9, with: 4, ratio: None, rating, without: vec![] };
        let ratings = [Suggested { rule, rows: vec![row("五福校区", Some('〇')), row("合計", None)] }];
        let note = Note {
            id: 1,
            at: "2026-11-21T00:00:00Z".into(),
            actor: "baba".into(),
            area: 3,
            kind: NoteKind::Rating,
            text: "=来られない人が多い".into(),
            about: Some(rule.code.clone()),
            value: Some("△".into()),
            parent: None,
        };
        let services = [("salon", [12, 3])].into();
        let notes = [("五福小学校".to_owned(), note)];
        let p = Plan { ratings: &ratings, figures: &figures, notes: &notes, services: &services, year: 2026 };
        let all = items(&p);
        assert_eq!((all[0].suggested.as_str(), all[0].rated[0].as_str(), all[0].content.as_str()), ("〇", "△", "五福校区"));
        let total = all.iter().find(|i| i.content == "計（人）").unwrap();
        assert_eq!(total.results, [(2021, Achieved::Figure(1785.0)), (2022, Achieved::Figure(1924.0))].into());
        assert_eq!(all.iter().filter(|i| i.item == "デマンドタクシー利用者数").count(), 7);
        assert_eq!(all.last().unwrap().results, [(2026, Achieved::Words("12か所（ほかに休止3）".into()))].into());
        assert_eq!((fiscal(2022), fiscal(2018)), ("R4".to_owned(), "H30".to_owned()));
        // as a spreadsheet reads it: years in order, figures as numbers, and what looks like a formula is text
        let bytes = workbook(&p, "2026-11-21").unwrap();
        let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(bytes)).unwrap();
        let range = calamine::Reader::worksheet_range(&mut book, "アクションプラン").unwrap();
        let text = |r: u32, c: u32| range.get_value((r, c)).map(ToString::to_string).unwrap_or_default();
        assert_eq!([text(1, 3), text(1, 4), text(1, 5), text(1, 6)], ["R3実績", "R4実績", "R8実績", "評価（案）"]);
        assert!(text(2, 8).starts_with("=来られない"));
        assert!(matches!(range.get_value((3, 3)), Some(calamine::Data::Float(_))));
        let empty = BTreeMap::new();
        let none = Plan { ratings: &[], figures: &[], notes: &[], services: &empty, year: 2026 };
        assert!(matches!(workbook(&none, "2026-11-21"), Err(ExportError::Empty)));
    }
}
