//! A month of a district on a sheet: what meets on which day.

use super::document::{Document, Role};
use super::letters::Style;
use super::{A4, MARGIN};
use crate::measure::{Meeting, Month};
use crate::model::{Day, clock, holiday};
use crate::present::sketch::Ink;

const WEEK: [&str; 7] = ["日", "月", "火", "水", "木", "金", "土"];

/// Draws the month that begins on a day. What does not fit in the square of its day is told below the month in full.
pub fn month_sheet(d: &mut Document, name: &str, first: Day, month: &Month) {
    let meetings = &month.meetings;
    let [h, w] = A4;
    d.page([w, h], Some(name));
    let date = first.date();
    let title = format!("{name}　{}年{}月の通いの場", date.year(), date.month());
    d.text([MARGIN, MARGIN], w - 2.0 * MARGIN, &Style::new(18.0).bold(), Role::Heading(1), &title);
    let days = i32::from(date.days_in_month());
    // 0 is Sunday
    let offset = WEEK.iter().position(|n| n.starts_with(first.weekday_ja())).unwrap_or(0) as i32;
    let weeks = (offset + days + 6) / 7;
    let (top, wide) = (MARGIN + 34.0, (w - 2.0 * MARGIN) / 7.0);
    let high = (h - top - MARGIN - 40.0) / weeks as f32;
    let mut over: Vec<String> = Vec::new();
    d.open_table();
    d.open_row();
    for (i, name) in WEEK.iter().enumerate() {
        let x = MARGIN + i as f32 * wide;
        d.block([x, top], [wide, 15.0], Ink::grey(228));
        d.text([x, top + 0.5], wide, &Style::new(10.0).bold().centred(), Role::ColumnHead, name);
    }
    d.close();
    for week in 0..weeks {
        d.open_row();
        for column in 0..7 {
            let n = week * 7 + column - offset;
            let at = [MARGIN + column as f32 * wide, top + 15.0 + week as f32 * high];
            d.frame(at, [wide, high], 0.5, Ink::grey(110));
            let day = first.plus(n);
            let words = if (0..days).contains(&n) {
                square(d, day, meetings, [wide - 6.0, high - 4.0], &mut over)
            } else {
                String::new()
            };
            d.text([at[0] + 3.0, at[1] + 2.0], wide - 6.0, &Style::new(8.5), Role::Cell, &words);
        }
        d.close();
    }
    d.close();
    let mut foot = Vec::new();
    if !month.unclear.is_empty() {
        foot.push(format!(
            "日が決まっていないもの（電話でお確かめください）: {}",
            month.unclear.iter().map(|u| u.0.name.as_str()).collect::<Vec<_>>().join("、")
        ));
    }
    foot.push("日程は変わることがあります。お出かけの前にお確かめください。".to_owned());
    let words = foot.join("\n");
    let y = top + 15.0 + weeks as f32 * high + 4.0;
    let block = d.letters.set(&words, w - 2.0 * MARGIN, &Style::new(8.5));
    if y + block.height <= h - MARGIN + 12.0 && over.is_empty() {
        d.place(block, [MARGIN, y], Role::Text);
        return;
    }
    d.page([w, h], None);
    let over: Vec<String> = over.into_iter().chain(foot).collect();
    d.text([MARGIN, MARGIN], w - 2.0 * MARGIN, &Style::new(10.5), Role::Text, &over.join("\n"));
}

/// The words of a day: as many meetings as fit; the rest goes below the month.
fn square(d: &mut Document, day: Day, meetings: &[Meeting], [wide, high]: [f32; 2], over: &mut Vec<String>) -> String {
    let line = |m: &&Meeting| {
        let from = m.hours.map_or(String::new(), |h| format!("{} ", clock(h.0)));
        format!("{from}{}", m.service.name)
    };
    let of_day: Vec<String> = meetings.iter().filter(|m| m.day == day).collect::<Vec<_>>().iter().map(line).collect();
    let head = format!("{}{}", day.date().day(), holiday(day).map_or(String::new(), |h| format!(" {h}")));
    let mut words = head.clone();
    for (i, line) in of_day.iter().enumerate() {
        let more = of_day.len() - i - 1;
        let tail = if more > 0 { format!("\nほか{more}件") } else { String::new() };
        let next = format!("{words}\n{line}");
        if d.letters.set(&format!("{next}{tail}"), wide, &Style::new(8.5)).height > high {
            let rest = of_day[i..].join("、");
            over.push(format!("{}日: {rest}", day.date().day()));
            return format!("{words}\nほか{}件（次のページ）", of_day.len() - i);
        }
        words = next;
    }
    words
}
