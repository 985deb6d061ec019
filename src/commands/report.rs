//! What an import says: each file with what was taken and left, and what became of the addresses.

use crate::app::Locating;
use crate::model::{FileReport, Severity};

/// What was found from addresses, and what a person must look at.
pub fn located_text(l: &Locating) -> String {
    const SHOWN: usize = 20;
    if l.all() == 0 {
        return String::new();
    }
    let mut text = format!(
        "住所から位置を調べました: {}件のうち 番地まで {}、街区まで {}。位置未確定のまま {}（町・大字まで {}、候補が複数 {}、見つからない {}）。\n",
        l.all(),
        l.house,
        l.block,
        l.town + l.ambiguous.len() + l.unknown.len(),
        l.town,
        l.ambiguous.len(),
        l.unknown.len()
    );
    for (name, address, all) in l.ambiguous.iter().take(SHOWN) {
        text += &format!("    ・{name}「{address}」: 候補 {}。市区町村から書いてください。\n", all.join("、"));
    }
    for (name, address) in l.unknown.iter().take(SHOWN) {
        text += &format!("    ・{name}「{address}」: この市区町村か町の名前は、取り込んだ一覧にありません。\n");
    }
    let more = l.ambiguous.len().saturating_sub(SHOWN) + l.unknown.len().saturating_sub(SHOWN);
    if more > 0 {
        text += &format!("    ・ほか {more} 件\n");
    }
    text
}

/// The first names of a list, and how many more there are.
fn named(names: &[String]) -> String {
    const SHOWN: usize = 10;
    let more = names.len().saturating_sub(SHOWN);
    let first = names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("、");
    if more > 0 { format!("{first} ほか{more}件") } else { first }
}

/// The reports in words.
pub fn report_text(reports: &[FileReport]) -> String {
    const SHOWN: usize = 5;
    let mut out = String::new();
    let mut line = |text: String| {
        out.push_str(&text);
        out.push('\n');
    };
    for r in reports {
        if let Some(why) = &r.refused {
            line(format!("✗ {}\n    取り込みませんでした: {why}", r.file));
            continue;
        }
        let title = r.dataset.as_ref().map_or("", |d| d.title.as_str());
        let mut words = format!("✓ {}\n    {title}: {}件", r.file, r.taken);
        if r.left > 0 {
            words += &format!("、残した行 {}", r.left);
        }
        if r.unlocated > 0 {
            words += &format!("、位置未確定 {}", r.unlocated);
        }
        if let Some(o) = &r.outcome {
            words += &match o.revision {
                Some(revision) => format!(
                    "（追加 {}、更新 {}、変化なし {}、消えたもの {}／改訂 {revision}）",
                    o.added,
                    o.updated,
                    o.unchanged,
                    o.gone.len()
                ),
                None if o.added + o.updated + o.gone.len() > 0 => format!(
                    "（取り込むと: 追加 {}、更新 {}、変化なし {}、消えるもの {}）",
                    o.added,
                    o.updated,
                    o.unchanged,
                    o.gone.len()
                ),
                None => "（前回と同じ。変化なし）".to_owned(),
            };
        }
        line(words);
        for f in r.findings.iter().filter(|f| f.severity != Severity::Note || f.row == 0).take(SHOWN) {
            let place = if f.row > 0 { format!("{}行目 ", f.row) } else { String::new() };
            let cell = if f.column.is_empty() { String::new() } else { format!("{}「{}」: ", f.column, f.value) };
            line(format!("      ・{place}{cell}{}", f.message));
        }
        let more = r.findings.len().saturating_sub(SHOWN) + r.findings_left;
        if more > 0 {
            line(format!("      ・ほか {more} 件（--format json ですべて見られます）"));
        }
        if let Some(o) = &r.outcome {
            // of a first import everything is new
            let fresh = if o.new.len() < r.taken { o.new.as_slice() } else { &[] };
            for (what, names) in [("新しいもの", fresh), ("変わったもの", &o.changed), ("消えたもの", &o.gone)] {
                if !names.is_empty() {
                    line(format!("      {what}: {}", named(names)));
                }
            }
        }
    }
    let (taken, refused) =
        (reports.iter().map(|r| r.taken).sum::<usize>(), reports.iter().filter(|r| r.refused.is_some()).count());
    line(format!("計 {}ファイル、{taken}件を読みました。取り込まなかったファイル {refused}。", reports.len()));
    out
}
