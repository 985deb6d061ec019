//! calendar.txt and calendar_dates.txt: on which days. Either may be missing.

use super::super::Findings;
use super::Files;
use super::rows::Rows;
use crate::model::{Calendar, Day, Severity};
use std::collections::HashMap;

const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Reads the calendars of a feed.
pub fn read(files: &Files, findings: &mut Findings) -> Vec<Calendar> {
    let mut list: Vec<Calendar> = Vec::new();
    let mut number: HashMap<String, usize> = HashMap::new();
    if let Some(content) = files.text("calendar.txt") {
        Rows::new(&content).each(|line, r| {
            let id = r.get("service_id");
            let (Some(start), Some(end)) = (Day::parse(r.get("start_date")), Day::parse(r.get("end_date"))) else {
                let value = format!("{}～{}", r.get("start_date"), r.get("end_date"));
                let message = "calendar.txt の日付を YYYYMMDD として読めません。この運行日は使いません。";
                findings.say(Severity::Left, line, "start_date・end_date", &value, "bad_date", message);
                return;
            };
            let weekdays = (0..7).fold(0, |bits, i| bits | u8::from(r.get(WEEKDAYS[i]) == "1") << i);
            number.entry(id.to_owned()).or_insert_with(|| {
                list.push(Calendar { id: id.to_owned(), weekdays, start, end, added: vec![], removed: vec![] });
                list.len() - 1
            });
        });
    }
    if let Some(content) = files.text("calendar_dates.txt") {
        Rows::new(&content).each(|line, r| {
            let id = r.get("service_id");
            let Some(day) = Day::parse(r.get("date")) else {
                let message = "calendar_dates.txt の日付を YYYYMMDD として読めません。";
                findings.say(Severity::Left, line, "date", r.get("date"), "bad_date", message);
                return;
            };
            // a service known only by its dates is a calendar without weekdays
            let i = *number.entry(id.to_owned()).or_insert_with(|| {
                list.push(Calendar {
                    id: id.to_owned(),
                    weekdays: 0,
                    start: Day(1),
                    end: Day(0),
                    added: vec![],
                    removed: vec![],
                });
                list.len() - 1
            });
            match r.get("exception_type") {
                "1" => list[i].added.push(day),
                "2" => list[i].removed.push(day),
                other => {
                    let message = "exception_type は 1（追加）か 2（運休）です。";
                    findings.say(Severity::Left, line, "exception_type", other, "bad_exception", message);
                }
            }
        });
    }
    for c in &mut list {
        for days in [&mut c.added, &mut c.removed] {
            days.sort_unstable();
            days.dedup();
        }
    }
    list
}
