//! Answers as tables: CSV for a spreadsheet, aligned text for a terminal.

use crate::measure::{AreaRow, ByWalker, Coverage, Gaps, Quality, Question, Record, Twins, WalkerRow};

/// One cell of a table: its heading and its text.
pub type Column = (String, String);

fn column(heading: impl Into<String>, text: impl ToString) -> Column {
    (heading.into(), text.to_string())
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "－".to_owned(), |s| format!("{:.1}%", s * 100.0))
}

fn metres(value: Option<f64>) -> String {
    value.map_or_else(|| "－".to_owned(), |m| format!("{m:.0}m"))
}

fn minutes(value: Option<f64>) -> String {
    value.map_or_else(|| "－".to_owned(), |m| format!("{m:.0}分"))
}

/// Coverage, one row per area and one for the whole.
pub fn coverage(answer: &Coverage) -> Vec<Vec<Column>> {
    answer.rows.iter().chain(std::iter::once(&answer.total)).map(|r| coverage_row(r, answer.basis.by)).collect()
}

fn coverage_row(row: &AreaRow, by: &str) -> Vec<Column> {
    let mut cells = vec![column("区域", &row.name), column("人口", format!("{:.0}", row.people))];
    for k in &row.kinds {
        let name = k.kind.map_or("", |k| k.kind().short.as_str());
        cells.push(column(format!("{name} 届く割合"), percent(k.share)));
        cells.push(column(format!("{name} 幅"), format!("{}～{}", percent(k.low), percent(k.high))));
        cells.push(column(format!("{name} 届く人"), format!("{:.0}", k.reached)));
        cells.push(column(format!("{name} 直線では"), format!("{:.0}", k.straight)));
        cells.push(column(format!("{name} 直線だけ届く人"), format!("{:.0}", k.straight_only)));
        if by == "walk" {
            cells.push(column(format!("{name} 半数の人の距離"), metres(k.p50_metres)));
            cells.push(column(format!("{name} 9割の人の距離"), metres(k.p90_metres)));
        } else {
            cells.push(column(format!("{name} 半数の人の分"), minutes(k.p50_minutes)));
            cells.push(column(format!("{name} 9割の人の分"), minutes(k.p90_minutes)));
        }
        if let Some(t) = &k.taxi {
            let people = |v: f64| format!("{v:.0}");
            cells.push(column(format!("{name} タクシー区域内"), people(t.in_zone)));
            cells.push(column("その日に運行", people(t.runs)));
            cells.push(column("予約できる", people(t.bookable)));
            cells.push(column("行き先に着く", people(t.leads)));
            cells.push(column("時間内に届く", people(t.within)));
            cells.push(column("席がある見込み", people(t.seated)));
            cells.push(column("席数が不明", people(t.seats_unknown)));
        }
    }
    if row.kinds.len() > 1 {
        cells.push(column("すべてに届く割合", percent(row.all.share)));
        cells.push(column("どれかに届く割合", percent(row.any.share)));
    }
    cells
}

/// People reached at each walker's pace, one row per area.
pub fn walkers(answer: &ByWalker, q: &Question) -> Vec<Vec<Column>> {
    let row = |r: &WalkerRow| {
        let mut cells = vec![column("区域", &r.name), column("人口", format!("{:.0}", r.people))];
        for w in &r.walkers {
            let named = |what: &str| format!("{} {what}", w.ja);
            let kinds = q.kinds.iter().zip(&w.kinds);
            cells.extend(kinds.map(|(k, people)| column(named(&k.kind().short), format!("{people:.0}"))));
            cells.extend((w.kinds.len() > 1).then(|| column(named("すべて"), format!("{:.0}", w.all))));
        }
        cells
    };
    answer.rows.iter().map(row).collect()
}

/// Records to look at, one row each.
pub fn quality(answer: &Quality) -> Vec<Vec<Column>> {
    let one = |what: &str, r: &Record| {
        vec![
            column("点検", what),
            column("番号", r.id),
            column("種別", &r.kind.kind().short),
            column("名称", &r.name),
            column("くわしく", r.verified_on.as_deref().map_or_else(|| "確認の記録なし".to_owned(), |d| format!("確認 {d}"))),
        ]
    };
    let pair = |t: &Twins| {
        let apart = t.metres.map_or_else(String::new, |m| format!("、{m:.0}m"));
        vec![
            column("点検", "重複の疑い"),
            column("番号", format!("{}・{}", t.ids[0], t.ids[1])),
            column("種別", &t.kind.kind().short),
            column("名称", t.names.join(" ／ ")),
            column("くわしく", format!("{}{apart}", t.alike.ja())),
        ]
    };
    let lists = [("1年以上確認なし", &answer.stale), ("休止", &answer.paused), ("位置未確定", &answer.unlocated)];
    let records = lists.iter().flat_map(|(what, list)| list.iter().map(|r| one(what, r)));
    answer.twins.iter().map(pair).chain(records).collect()
}

/// Cells left out, one row each.
pub fn gaps(answer: &Gaps) -> Vec<Vec<Column>> {
    let row = |g: &crate::measure::Gap| {
        vec![
            column("区域", &g.area),
            column("区画", &g.cell),
            column("種類", &g.kind.kind().short),
            column("届かない人", format!("{:.1}", g.left_out)),
            column("区画の人口", format!("{:.1}", g.people)),
            column("理由", g.reason_ja),
            column("助けになる案", &g.remedy.ja),
            column("最寄り", g.nearest.as_deref().unwrap_or("－")),
            column("最寄りまで", metres(g.nearest_metres)),
            column("歩いて分", g.nearest_minutes.map_or_else(|| "－".into(), |m| format!("{m:.0}"))),
        ]
    };
    answer.cells.iter().map(row).collect()
}

/// A what-if: the areas whose people change, and the total.
pub fn what_if(answer: &crate::measure::WhatIf) -> Vec<Vec<Column>> {
    let kinds = &answer.after.total.kinds;
    let row = |r: &crate::measure::ChangedRow| {
        let mut cells = vec![column("区域", &r.name), column("人口", format!("{:.0}", r.people))];
        for (share, [before, after]) in kinds.iter().zip(&r.kinds) {
            let name = share.kind.map_or("", |k| k.kind().short.as_str());
            cells.push(column(format!("{name} いま届く人"), format!("{before:.0}")));
            cells.push(column(format!("{name} もしも"), format!("{after:.0}")));
            cells.push(column(format!("{name} 差"), format!("{:+.0}", after - before)));
        }
        cells
    };
    answer.rows.iter().map(row).collect()
}

/// Reach of visiting providers by area.
pub fn providers(answer: &crate::measure::ProviderReach) -> Vec<Vec<Column>> {
    let row = |r: &crate::measure::ProviderRow| {
        let people = |v: f64| format!("{v:.0}");
        vec![
            column("区域", &r.area),
            column("人口", people(r.people)),
            column("車で届く人", people(r.reached)),
            column("どの拠点からも届かない人", people(r.without)),
        ]
    };
    answer.rows.iter().map(row).collect()
}

/// Chosen sites.
pub fn siting(answer: &crate::measure::Siting) -> Vec<Vec<Column>> {
    let mut rows: Vec<Vec<Column>> = answer
        .chosen
        .iter()
        .enumerate()
        .map(|(i, c)| {
            vec![
                column("順", i + 1),
                column("候補", &c.candidate.name),
                column("経度", c.candidate.at[0]),
                column("緯度", c.candidate.at[1]),
                column("加わる数", format!("{:.0}", c.gain)),
            ]
        })
        .collect();
    let quality = answer.quality.map_or_else(|| "－".to_owned(), |q| format!("上限{:.0}の{:.1}%以上", answer.bound, q * 100.0));
    rows.push(vec![
        column("順", "計"),
        column("候補", quality),
        column("経度", ""),
        column("緯度", ""),
        column("加わる数", format!("{:.0}", answer.gain)),
    ]);
    rows
}

/// Indicators as one long table: indicator, area, figure. Basis and notes follow as rows of their own.
pub fn indicators(answer: &[crate::measure::Indicator]) -> Vec<Vec<Column>> {
    use serde_json::Value;
    let mut out = Vec::new();
    let mut row = |what: &str, area: &str, name: &str, text: String| {
        out.push(vec![column("指標", what), column("区域・対象", area), column("項目", name), column("値", text)]);
    };
    fn figure(v: &Value) -> Option<String> {
        match v {
            Value::Number(n) => n.as_f64().map(|n| if n.fract() == 0.0 { format!("{n:.0}") } else { format!("{n:.3}") }),
            Value::String(s) => Some(s.clone()),
            Value::Bool(b) => Some(if *b { "はい".into() } else { "いいえ".into() }),
            Value::Array(list) if list.iter().all(Value::is_number) => {
                Some(list.iter().filter_map(figure).collect::<Vec<_>>().join("／"))
            }
            Value::Array(list) if list.iter().all(Value::is_string) => {
                Some(list.iter().filter_map(|v| v.as_str()).collect::<Vec<_>>().join("、"))
            }
            _ => None,
        }
    }
    fn walk(what: &str, area: &str, value: &Value, row: &mut dyn FnMut(&str, &str, &str, String)) {
        let Some(object) = value.as_object() else { return };
        let named = ["area", "subject", "kind", "name"].iter().find_map(|k| object.get(*k)?.as_str());
        let named = named.or_else(|| value.pointer("/rule/ja")?.as_str());
        let area = match (area.is_empty(), named) {
            (_, None) => area.to_owned(),
            (true, Some(n)) => n.to_owned(),
            (false, Some(n)) => format!("{area} {n}"),
        };
        for (name, v) in object {
            match (name.as_str(), v) {
                ("basis" | "area" | "subject" | "id" | "city_code" | "rule", _) => {}
                (_, Value::Array(list)) if list.iter().any(Value::is_object) => {
                    list.iter().for_each(|v| walk(what, &area, v, row))
                }
                (_, Value::Object(_)) => walk(what, &format!("{area} {name}"), v, row),
                _ => figure(v).into_iter().for_each(|text| row(what, &area, name, text)),
            }
        }
    }
    for i in answer {
        match (&i.answer, &i.missing) {
            (Some(Value::Array(list)), _) => list.iter().for_each(|v| walk(i.ja, "", v, &mut row)),
            (Some(v), _) => {
                walk(i.ja, "", v, &mut row);
                let notes = v.pointer("/basis/notes").and_then(Value::as_array).into_iter().flatten();
                notes.filter_map(Value::as_str).for_each(|n| row(i.ja, "", "※", n.to_owned()));
            }
            (None, Some(why)) => row(i.ja, "", "計算できません", why.clone()),
            (None, None) => {}
        }
    }
    out
}

/// CSV with a BOM, so that a spreadsheet reads it as UTF-8. A text that a spreadsheet would run as a formula is quoted with `'`.
///
/// # Errors
/// If writing fails, which memory does not.
pub fn csv(rows: &[Vec<Column>]) -> Result<String, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    if let Some(first) = rows.first() {
        writer.write_record(first.iter().map(|c| &c.0))?;
    }
    for row in rows {
        writer.write_record(row.iter().map(|c| guarded(&c.1)))?;
    }
    let bytes = writer.into_inner().map_err(|e| e.into_error())?;
    Ok(format!("\u{feff}{}", String::from_utf8_lossy(&bytes)))
}

fn guarded(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

/// Text in columns; a full-width character is two wide.
pub fn aligned(rows: &[Vec<Column>]) -> String {
    let Some(first) = rows.first() else { return "該当なし".into() };
    let width = |t: &str| t.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>();
    let widths: Vec<usize> =
        (0..first.len()).map(|i| rows.iter().map(|r| width(&r[i].1)).chain([width(&first[i].0)]).max().unwrap_or(0)).collect();
    let line = |cells: Vec<&str>| {
        let padded = cells.iter().zip(&widths).map(|(t, w)| format!("{t}{}", " ".repeat(w - width(t))));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let head = line(first.iter().map(|c| c.0.as_str()).collect());
    let body = rows.iter().map(|r| line(r.iter().map(|c| c.1.as_str()).collect()));
    std::iter::once(head).chain(body).collect::<Vec<_>>().join("\n")
}
