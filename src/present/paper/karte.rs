//! 校区カルテ: a district on one sheet of A3: its people, its map, its list, who has nothing near, and room to write.

use super::document::{Document, Role};
use super::edges::{FOOT, HEAD, foot, head};
use super::letters::Style;
use super::list::{following, list_table};
use super::map::{MapSheet, draw_map};
use super::numbered::{Numbered, numbered};
use super::table::{Room, Table};
use super::{A3, MARGIN};
use crate::measure::District;
use crate::model::rules;
use crate::present::sketch::{Ink, Spot};

/// A sheet about a district with its numbers.
pub struct Karte<'a> {
    /// The district, what is in it.
    pub sheet: MapSheet<'a>,
    /// Its numbers.
    pub numbers: &'a District,
    /// Name and telephone of its ささえりあ.
    pub hub: Option<(String, Option<String>)>,
    /// ええとこ and いかんとこ, as people of the district wrote them.
    pub notes: [Vec<String>; 2],
}

const SMALL: f32 = 9.5;

/// Draws the sheet; the list goes on over more pages if it must.
pub fn karte(d: &mut Document, k: &Karte) -> Vec<Numbered> {
    let [h, w] = A3;
    let s = &k.sheet;
    d.page([w, h], Some(&s.area.name));
    head(d, s, Role::Heading(1), &format!("{} 校区カルテ", s.area.name));
    let top = MARGIN + HEAD;
    let (left, middle, lower) = (225.0, 490.0, 205.0);
    let bottom = h - MARGIN - FOOT;
    let frame = s.frame([MARGIN + left + 12.0, top], [middle, bottom - lower - top - 10.0]);
    let list = numbered(&s.services, &frame);
    people(d, k, [MARGIN, top], left);
    draw_map(d, s, &frame, &list);
    let y = bottom - lower;
    numbers(d, k, [MARGIN, y], left + 12.0 + middle * 0.42);
    writing(d, k, [MARGIN + left + 12.0 + middle * 0.42 + 14.0, y], middle * 0.58 - 14.0, lower);
    foot(d, s, &list);
    let x = MARGIN + left + middle + 26.0;
    let room = Room { at: [x, top], width: w - MARGIN - x, bottom };
    list_table(d, room, &list, following(s, format!("{} 校区カルテ 一覧（つづき）", s.area.name)));
    list
}

fn heading(d: &mut Document, at: Spot, width: f32, words: &str) -> f32 {
    let h = d.text(at, width, &Style::new(12.0).bold(), Role::Heading(2), words);
    d.line([at[0], at[1] + h + 1.0], [at[0] + width, at[1] + h + 1.0], 1.2, Ink::grey(60));
    at[1] + h + 5.0
}

fn whole(v: Option<f64>) -> String {
    v.map_or_else(|| "—".to_owned(), |v| thousands(v.round()))
}

/// So few people that a figure would tell of persons; on sheets for the public they are not told.
fn few(k: &Karte, v: Option<f64>) -> bool {
    !k.sheet.staff && v.is_some_and(|v| v > 0.0 && v < f64::from(rules().limits.max_public_count))
}

/// So many, or fewer than a figure may tell.
fn told(k: &Karte, v: Option<f64>) -> String {
    if few(k, v) { format!("{}人未満", rules().limits.max_public_count) } else { whole(v) }
}

/// So many people.
fn counted(k: &Karte, v: Option<f64>) -> String {
    if few(k, v) { told(k, v) } else { format!("{}人", whole(v)) }
}

/// 12,345.
fn thousands(v: f64) -> String {
    let digits = format!("{v:.0}");
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i) % 3 == 0 {
            out.push(',');
        }
        out.push(c);
    }
    out
}

fn percent(part: Option<f64>, all: Option<f64>) -> String {
    match (part, all) {
        (Some(p), Some(a)) if a > 0.0 => format!("{:.1}%", p / a * 100.0),
        _ => "—".to_owned(),
    }
}

/// Who looks after the district, and its people over the years beside the city's.
fn people(d: &mut Document, k: &Karte, at: Spot, width: f32) {
    let mut y = heading(d, at, width, "担当");
    let hub = match &k.hub {
        Some((name, Some(phone))) => format!("{name}\n電話 {phone}"),
        Some((name, None)) => name.clone(),
        None => "ささえりあの一覧がありません".into(),
    };
    y += d.text([at[0], y], width, &Style::new(SMALL + 0.5), Role::Text, &hub) + 8.0;
    y = heading(d, [at[0], y], width, "人口の移り変わり");
    let rows: Vec<Vec<String>> = k
        .numbers
        .people
        .iter()
        .map(|p| {
            let [all, _, old] = p.district;
            vec![
                p.year.to_string(),
                told(k, all),
                told(k, p.district[1]),
                told(k, old),
                if few(k, old) || few(k, all) { "—".into() } else { percent(old, all) },
                percent(p.city[2], p.city[0]),
            ]
        })
        .collect();
    if rows.is_empty() {
        d.text([at[0], y], width, &Style::new(SMALL), Role::Text, "人口のデータが取り込まれていません。");
        return;
    }
    let table = Table {
        heads: &["年", "総人口", "65歳以上", "75歳以上", "その割合", "市の割合"],
        shares: &[1.15, 1.6, 1.55, 1.5, 1.25, 1.25],
        style: Style::new(7.5),
    };
    let room = Room { at: [at[0], y], width, bottom: y + 400.0 };
    y = table.set(d, room, &rows, |_| room) + 6.0;
    bars(d, k, [at[0], y], width);
}

/// People of 75 and over as bars, so that the way it goes is seen at a glance.
fn bars(d: &mut Document, k: &Karte, at: Spot, width: f32) {
    let all: Vec<(u16, f64)> = k.numbers.people.iter().filter_map(|p| Some((p.year, p.district[2]?))).collect();
    let most = all.iter().map(|a| a.1).fold(0.0, f64::max);
    if all.len() < 2 || most <= 0.0 || all.iter().any(|(_, n)| few(k, Some(*n))) {
        return;
    }
    let step = width / all.len() as f32;
    let words = format!(
        "75歳以上の人口: {}",
        all.iter().map(|(y, n)| format!("{y}年 {}人", thousands(n.round()))).collect::<Vec<_>>().join("、")
    );
    d.figure(&words, |d| {
        d.lettering(at, width, &Style::new(8.5), "75歳以上の人口（人）", false);
        for (i, (year, n)) in all.iter().enumerate() {
            let high = (n / most) as f32 * 60.0;
            let x = at[0] + i as f32 * step;
            d.block([x + step * 0.2, at[1] + 90.0 - high], [step * 0.6, high], Ink::grey(120));
            d.lettering([x, at[1] + 90.0 - high - 11.0], step, &Style::new(7.5).centred(), &thousands(n.round()), false);
            d.lettering([x, at[1] + 91.0], step, &Style::new(7.5).centred(), &year.to_string(), false);
        }
    });
}

/// Who has nothing near, and the 町内 without a salon.
fn numbers(d: &mut Document, k: &Karte, at: Spot, width: f32) {
    let n = k.numbers;
    let mut y = heading(d, at, width, &format!("{}の人のうち", n.group.ja()));
    let row = |l: &crate::measure::Lacking| {
        let hidden = l.unlisted || few(k, l.people) || few(k, l.of);
        let people = if l.unlisted { "登録なし".to_owned() } else { counted(k, l.people) };
        let share = |v: Option<f64>| v.filter(|_| !hidden).map_or("—".to_owned(), |v| format!("{:.0}%", v * 100.0));
        vec![l.ja.to_owned(), people, share(l.share), share(l.city), l.rule.clone()]
    };
    let mut rows: Vec<Vec<String>> = n.lacking.iter().map(row).collect();
    if let Some(z) = n.in_zones {
        rows.push(vec!["デマンドタクシーの区域に住む".into(), counted(k, Some(z)), String::new(), String::new(), String::new()]);
    }
    let table = Table {
        heads: &["", "人", "割合", "市の割合", "ものさし"],
        shares: &[3.2, 1.3, 1.0, 1.0, 2.6],
        style: Style::new(SMALL),
    };
    let room = Room { at: [at[0], y], width, bottom: y + 400.0 };
    y = table.set(d, room, &rows, |_| room) + 5.0;
    let words = match &n.neighbourhoods {
        Some(h) => {
            let rating = h.rating.map_or("該当なし".to_owned(), |r| r.to_string());
            let without =
                if h.without.is_empty() { String::new() } else { format!("　ない町内: {}", h.without.join("、")) };
            format!("月1回以上の通いの場がある町内: {}/{}町内（評価案 {rating}）{without}", h.with, h.all)
        }
        None => "月1回以上の通いの場がある町内: 町内の一覧がないため数えられません。".to_owned(),
    };
    y += d.text([at[0], y], width, &Style::new(SMALL), Role::Text, &words) + 3.0;
    let notes = n.notes.join(" ");
    if !notes.is_empty() {
        d.text([at[0], y], width, &Style::new(7.5).ink(Ink::grey(60)), Role::Text, &notes);
    }
}

/// What the people of the district say, and room for more.
fn writing(d: &mut Document, k: &Karte, at: Spot, width: f32, height: f32) {
    let boxes = [
        ("強み（ええとこ）", &k.notes[0]),
        ("課題（いかんとこ）", &k.notes[1]),
        ("今年度の取組", &Vec::new()),
        ("配布先・説明日", &Vec::new()),
    ];
    let each = (height - 6.0) / boxes.len() as f32;
    for (i, (title, notes)) in boxes.into_iter().enumerate() {
        let y = at[1] + i as f32 * each;
        d.frame([at[0], y], [width, each - 5.0], 0.8, Ink::grey(90));
        let h = d.text([at[0] + 5.0, y + 3.0], width - 10.0, &Style::new(SMALL).bold(), Role::Heading(3), title);
        let mut text = notes.join("　");
        // what does not fit in the box is cut, and says so
        loop {
            let block = d.letters.set(&text, width - 10.0, &Style::new(SMALL));
            if block.height <= each - 10.0 - h || text.is_empty() {
                d.place(block, [at[0] + 5.0, y + 4.0 + h], Role::Text);
                break;
            }
            let keep = text.chars().count().saturating_sub(8);
            text = text.chars().take(keep).collect::<String>().trim_end_matches('…').to_owned() + "…";
            if keep == 0 {
                text.clear();
            }
        }
    }
}
