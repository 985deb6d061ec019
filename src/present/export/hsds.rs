//! OpenReferral HSDS 3.1: services with organisation, schedule, cost, telephone and the location they are at.

use crate::model::{PublicService, Schedule, Status, clock};
use crate::present::list::Listed;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The services, as a publisher's `GET /services` gives them on one page.
pub fn services(listed: &[Listed]) -> Value {
    let contents: Vec<Value> = listed.iter().map(service).collect();
    let n = contents.len();
    json!({
        "total_items": n, "total_pages": 1, "page_number": 1, "size": n, "first_page": true, "last_page": true, "empty": n == 0,
        "contents": contents,
    })
}

/// HSDS wants UUIDs: version 8 of RFC 9562, made of what the thing is, so that they stay the same.
fn id(what: &str, of: impl std::fmt::Display) -> String {
    let mut b: [u8; 16] = [0; 16];
    b.copy_from_slice(&Sha256::digest(format!("kayoi/{what}/{of}").as_bytes())[..16]);
    b[6] = (b[6] & 0x0f) | 0x80;
    b[8] = (b[8] & 0x3f) | 0x80;
    let hex: String = b.iter().map(|b| format!("{b:02x}")).collect();
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

fn status(s: Status) -> &'static str {
    match s {
        Status::Active => "active",
        Status::Paused => "temporarily closed",
        Status::Ended => "defunct",
        Status::Planned => "inactive",
    }
}

fn service(l: &Listed) -> Value {
    let s = l.service;
    let kind = s.kind.kind();
    let description = [Some(kind.ja.clone()), l.district.map(str::to_owned), s.serves.as_ref().map(|t| format!("対象: {t}"))];
    json!({
        "id": id("service", s.id),
        "name": s.name,
        "description": description.into_iter().flatten().collect::<Vec<_>>().join("、"),
        "status": status(s.status),
        "url": s.url,
        "fees_description": s.fee,
        "application_process": s.booking,
        "assured_date": s.verified_on,
        "organization": {
            "id": id("organization", &s.source), "name": s.source, "description": "この記録のもとになった一覧",
        },
        "phones": s.phone.iter().map(|p| json!({ "id": id("phone", s.id), "number": p })).collect::<Vec<_>>(),
        "schedules": schedules(s),
        "cost_options": s.fee.iter().map(|f| json!({ "id": id("cost", s.id), "currency": "jpy", "amount_description": f })).collect::<Vec<_>>(),
        "service_at_locations": [{ "id": id("at", s.id), "location": location(s) }],
        "attributes": [{
            "id": id("attribute", s.id), "link_entity": "service", "link_id": id("service", s.id),
            "taxonomy_term": { "id": id("term", &kind.code), "code": kind.code, "name": kind.ja, "description": kind.en },
        }],
    })
}

fn location(s: &PublicService) -> Value {
    let address = s.address.iter().map(|a| {
        json!({
            "id": id("address", s.id), "address_1": a, "city": "", "state_province": "", "postal_code": "", "country": "JP",
            "address_type": "physical",
        })
    });
    json!({
        "id": id("location", s.id),
        "location_type": "physical",
        "name": s.venue.as_ref().unwrap_or(&s.name),
        "latitude": s.point.map(|p| p.lat),
        "longitude": s.point.map(|p| p.lon),
        // HSDS has no word for a pick-up
        "transportation": s.pickup.as_ref().map(|p| format!("送迎: {p}")),
        "addresses": address.collect::<Vec<_>>(),
    })
}

/// Days and hours: as rules where they are weekdays, else in words only. Closures on holidays stay in the words, for HSDS has no
/// exception dates.
fn schedules(s: &PublicService) -> Vec<Value> {
    let Some(words) = &s.schedule else { return Vec::new() };
    let plain = |n: usize| json!({ "id": id("schedule", format!("{}-{n}", s.id)), "description": words, "timezone": 9 });
    let rules = Schedule::from_words(words).ok().and_then(|s| weekly(s.text()));
    let Some(rules) = rules else { return vec![plain(0)] };
    let one = |(n, r): (usize, &Rule)| {
        let mut schedule = plain(n);
        schedule["freq"] = json!(if r.nth { "MONTHLY" } else { "WEEKLY" });
        schedule["interval"] = json!(1);
        schedule["byday"] = json!(r.days.join(","));
        if let Some((from, to)) = r.hours {
            schedule["opens_at"] = json!(clock(from));
            schedule["closes_at"] = json!(clock(to));
        }
        schedule
    };
    rules.iter().enumerate().map(one).collect()
}

/// A rule of weekdays.
#[derive(Debug, PartialEq)]
struct Rule {
    /// `TU`, `2TU`.
    days: Vec<String>,
    /// Whether days are counted in the month.
    nth: bool,
    /// Opening and closing, seconds.
    hours: Option<(u32, u32)>,
}

/// `Tu[2,4] 10:00-11:30; PH off` → 2TU,4TU 10:00 to 11:30. Nothing if a rule is of another sort.
fn weekly(text: &str) -> Option<Vec<Rule>> {
    let mut all = Vec::new();
    for rule in text.split(';').map(str::trim).filter(|r| !r.is_empty() && !r.ends_with(" off")) {
        let (days, hours) = rule.split_once(' ').map_or((rule, None), |(d, h)| (d, Some(h)));
        let (days, nth) = weekdays(days)?;
        match hours {
            None => all.push(Rule { days, nth, hours: None }),
            Some(spans) => {
                for span in spans.split(',') {
                    let (from, to) = span.split_once('-')?;
                    let hours = (crate::model::parse_clock(from)?, crate::model::parse_clock(to)?);
                    all.push(Rule { days: days.clone(), nth, hours: Some(hours) });
                }
            }
        }
    }
    (!all.is_empty()).then_some(all)
}

fn weekdays(text: &str) -> Option<(Vec<String>, bool)> {
    const DAYS: [&str; 7] = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];
    let at = |d: &str| DAYS.iter().position(|x| *x == d);
    let (mut days, mut nth) = (Vec::new(), false);
    // commas inside brackets belong to their day
    let mut depth = 0;
    let parts = text.split(|c: char| {
        depth += i32::from(c == '[') - i32::from(c == ']');
        c == ',' && depth == 0
    });
    for part in parts {
        if let Some((day, counts)) = part.split_once('[') {
            let name = DAYS.get(at(day)?)?.to_uppercase();
            for n in counts.trim_end_matches(']').split(',') {
                days.push(format!("{}{name}", n.parse::<i8>().ok()?));
            }
            nth = true;
        } else if let Some((a, b)) = part.split_once('-') {
            days.extend(DAYS.get(at(a)?..=at(b)?)?.iter().map(|d| d.to_uppercase()));
        } else {
            days.push(DAYS.get(at(part)?)?.to_uppercase());
        }
    }
    (!days.is_empty()).then_some((days, nth))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weekdays_become_rules_and_the_rest_stays_words() {
        let rules = |words: &str| weekly(Schedule::from_words(words).unwrap().text());
        let one = |days: &[&str], nth, hours| Rule { days: days.iter().map(|d| (*d).to_owned()).collect(), nth, hours };
        assert_eq!(rules("第2・4火曜 10時〜11時半"), Some(vec![one(&["2TU", "4TU"], true, Some((36_000, 41_400)))]));
        assert_eq!(
            rules("月〜金（祝日除く） 9時～17時"),
            Some(vec![one(&["MO", "TU", "WE", "TH", "FR"], false, Some((32_400, 61_200)))])
        );
        assert_eq!(rules("毎月15日"), None);
        assert_eq!(id("service", 1), id("service", 1));
        assert_ne!(id("service", 1), id("location", 1));
        assert_eq!(id("service", 1).len(), 36);
    }
}
