//! RFC 5545 iCalendar: the days of services, each written out, so that any calendar shows the same days as this program.

use crate::measure::Meeting;
use crate::model::{Day, PublicService, Seconds};
use std::fmt::Write;

/// A calendar of meetings. `now` is RFC 3339 in UTC.
pub fn calendar(title: &str, meetings: &[Meeting], now: &str) -> String {
    let stamp: String = now.chars().filter(|c| !matches!(c, '-' | ':')).collect();
    let mut out = String::new();
    let mut line = |text: &str| fold_into(&mut out, text);
    line("BEGIN:VCALENDAR");
    line("VERSION:2.0");
    line("PRODID:-//Kayoi//Kayoi//JA");
    line("CALSCALE:GREGORIAN");
    line(&format!("X-WR-CALNAME:{}", escaped(title)));
    line("X-WR-TIMEZONE:Asia/Tokyo");
    for text in ["BEGIN:VTIMEZONE", "TZID:Asia/Tokyo", "BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+0900"] {
        line(text);
    }
    for text in ["TZOFFSETTO:+0900", "TZNAME:JST", "END:STANDARD", "END:VTIMEZONE"] {
        line(text);
    }
    for m in meetings {
        let (from, to) = times(m);
        let start = m.hours.map_or(0, |h| h.0);
        line("BEGIN:VEVENT");
        line(&format!("UID:{}-{}-{start}@kayoi", m.service.id, m.day));
        line(&format!("DTSTAMP:{stamp}"));
        line(&format!("DTSTART;{from}"));
        line(&format!("DTEND;{to}"));
        line(&format!("SUMMARY:{}", escaped(&m.service.name)));
        let place: Vec<&str> = [&m.service.venue, &m.service.address].into_iter().flatten().map(String::as_str).collect();
        if !place.is_empty() {
            line(&format!("LOCATION:{}", escaped(&place.join(" "))));
        }
        line(&format!("DESCRIPTION:{}", escaped(&description(m.service))));
        if let Some(url) = &m.service.url {
            line(&format!("URL:{}", url.replace(char::is_whitespace, "")));
        }
        line("END:VEVENT");
    }
    line("END:VCALENDAR");
    out
}

/// Value parts of DTSTART and DTEND, with their parameters.
fn times(m: &Meeting) -> (String, String) {
    const MIDNIGHT: Seconds = 86_400;
    match m.hours {
        None => {
            let date = |d: Day| format!("VALUE=DATE:{}", d.date().strftime("%Y%m%d"));
            (date(m.day), date(m.day.plus(1)))
        }
        Some((from, to)) => {
            let at = |s: Seconds| {
                let day = m.day.plus((s / MIDNIGHT) as i32).date().strftime("%Y%m%d");
                let s = s % MIDNIGHT;
                format!("TZID=Asia/Tokyo:{day}T{:02}{:02}{:02}", s / 3600, s / 60 % 60, s % 60)
            };
            (at(from), at(to))
        }
    }
}

fn description(s: &PublicService) -> String {
    let parts = [("", &s.schedule), ("参加費: ", &s.fee), ("送迎: ", &s.pickup), ("電話: ", &s.phone)];
    let mut text = String::new();
    for (label, value) in parts.iter().filter_map(|(l, v)| Some((l, v.as_ref()?))) {
        // writing to a String cannot fail
        let _ = writeln!(text, "{label}{value}");
    }
    text + "日程は変わることがあります。お出かけの前に確かめてください。"
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace("\r\n", "\\n").replace(['\n', '\r'], "\\n")
}

/// Adds a content line, folded at 75 octets without cutting a character (RFC 5545 §3.1).
fn fold_into(out: &mut String, text: &str) {
    let mut room = 75;
    for c in text.chars() {
        if c.len_utf8() > room {
            out.push_str("\r\n ");
            room = 74;
        }
        out.push(c);
        room -= c.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Place, Service, kind_by_code};

    fn service(name: &str) -> PublicService {
        let mut s = Service::new("k", kind_by_code("salon").unwrap(), name);
        (s.id, s.fee) = (7, Some("100円, お茶代;別".into()));
        let place = Place {
            id: 1,
            key: "k".into(),
            name: "花園公民館".into(),
            kana: None,
            address: Some("西区花園5丁目8-3".into()),
            point: None,
            level: crate::model::GeocodeLevel::Unlocated,
            facility: None,
            home: false,
            services: vec![],
        };
        PublicService::of(&place, &s, "試験").unwrap()
    }

    #[test]
    fn a_meeting_as_calendars_read_it() {
        let s = service("いきいきサロン");
        let day = Day::parse("2026-11-25").unwrap();
        let timed = Meeting { service: &s, day, hours: Some((36_000, 41_400)) };
        let text = calendar("花園校区", &[timed], "2026-11-21T03:04:05Z");
        let whole = text.replace("\r\n ", "");
        for line in [
            "UID:7-2026-11-25-36000@kayoi",
            "DTSTAMP:20261121T030405Z",
            "DTSTART;TZID=Asia/Tokyo:20261125T100000",
            "DTEND;TZID=Asia/Tokyo:20261125T113000",
            "SUMMARY:いきいきサロン",
            "LOCATION:花園公民館 西区花園5丁目8-3",
        ] {
            assert!(whole.lines().any(|l| l == line), "{line} in {whole}");
        }
        assert!(whole.contains("参加費: 100円\\, お茶代\\;別\\n"));
        assert!(text.split("\r\n").all(|l| l.len() <= 75) && text.ends_with("END:VCALENDAR\r\n"));
        assert!(!text.replace("\r\n", "").contains(['\r', '\n']));
    }

    #[test]
    fn a_day_without_hours_and_a_night_past_midnight() {
        let s = service("夜の会");
        let day = Day::parse("2026-12-31").unwrap();
        let meetings = [Meeting { service: &s, day, hours: None }, Meeting { service: &s, day, hours: Some((82_800, 90_000)) }];
        let text = calendar("会", &meetings, "2026-11-21T03:04:05Z");
        assert!(text.contains("DTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20270101"));
        assert!(text.contains("DTEND;TZID=Asia/Tokyo:20270101T010000"));
    }
}
