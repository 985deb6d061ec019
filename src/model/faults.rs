//! What is wrong with a record somebody wrote, field by field, before it is kept.

use super::{Day, GeocodeLevel, Place, Schedule, Service, policy};
use serde::Serialize;
use std::collections::BTreeSet;

/// Something a record cannot be kept with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Where: `name`, `services/0/phone`.
    pub path: String,
    /// What to do, Japanese.
    pub ja: String,
    /// The same in English.
    pub en: String,
}

/// A record as it is kept: texts without spaces around them, empty ones gone, a position with the level it has.
pub fn tidy(place: &mut Place) {
    let trimmed = |t: &mut Option<String>| *t = t.take().map(|v| v.trim().to_owned()).filter(|v| !v.is_empty());
    place.name = place.name.trim().to_owned();
    [&mut place.kana, &mut place.address, &mut place.facility].into_iter().for_each(trimmed);
    if place.point.is_none() {
        place.level = GeocodeLevel::Unlocated;
    } else if place.level == GeocodeLevel::Unlocated {
        place.level = GeocodeLevel::Surveyed;
    }
    for s in &mut place.services {
        s.name = s.name.trim().to_owned();
        let fields = [&mut s.schedule_text, &mut s.fee, &mut s.pickup, &mut s.booking, &mut s.phone, &mut s.url, &mut s.serves];
        fields.into_iter().for_each(trimmed);
        trimmed(&mut s.verified_on);
        s.capacity = s.capacity.filter(|n| *n > 0);
        s.staff.values_mut().for_each(|v| *v = v.trim().to_owned());
        s.staff.retain(|_, v| !v.is_empty());
    }
}

/// What is wrong with a tidy record; nothing if it can be kept. `today` bounds the days somebody can have verified it on.
pub fn faults(place: &Place, today: Day) -> Vec<Fault> {
    let mut all = Vec::new();
    let mut say = |path: &str, ja: String, en: &str| all.push(Fault { path: path.into(), ja, en: en.into() });
    let limits = &policy().limits;
    let long = |t: &Option<String>, most: usize| t.as_ref().is_some_and(|v| v.chars().count() > most);
    if place.name.is_empty() && place.services.iter().all(|s| s.name.is_empty()) {
        say("name", "名前を書いてください。".into(), "A name is needed.");
    }
    if place.name.chars().count() > limits.longest_name {
        say("name", format!("名前は{}文字までにしてください。", limits.longest_name), "The name is too long.");
    }
    for (path, text) in [("kana", &place.kana), ("address", &place.address)] {
        if long(text, limits.longest_field) {
            say(path, format!("{}文字までにしてください。", limits.longest_field), "Too long.");
        }
    }
    if place.point.is_some_and(|p| !p.in_japan()) {
        say(
            "point",
            "位置が日本の外です。経度と緯度が逆になっていないか確かめてください。".into(),
            "The position is outside Japan.",
        );
    }
    let mut keys = BTreeSet::new();
    for (i, s) in place.services.iter().enumerate() {
        service_faults(s, today, &mut |field, ja, en| say(&format!("services/{i}/{field}"), ja, en));
        if !s.key.is_empty() && !keys.insert(&s.key) {
            say(&format!("services/{i}/key"), "同じ記録のサービスが2つあります。".into(), "The same service twice.");
        }
    }
    all
}

fn service_faults(s: &Service, today: Day, say: &mut dyn FnMut(&str, String, &str)) {
    let limits = &policy().limits;
    if s.name.is_empty() {
        say("name", "サービスの名前を書いてください。".into(), "The service needs a name.");
    }
    if s.name.chars().count() > limits.longest_name {
        say("name", format!("名前は{}文字までにしてください。", limits.longest_name), "The name is too long.");
    }
    let fields = [
        ("schedule_text", &s.schedule_text),
        ("fee", &s.fee),
        ("pickup", &s.pickup),
        ("booking", &s.booking),
        ("phone", &s.phone),
        ("url", &s.url),
        ("serves", &s.serves),
    ];
    let staff = s.staff.iter().map(|(code, text)| (code.as_str(), Some(text.clone()))).collect::<Vec<_>>();
    for (field, text) in fields.into_iter().chain(staff.iter().map(|(c, t)| (*c, t))) {
        if text.as_ref().is_some_and(|t| t.chars().count() > limits.longest_field) {
            say(field, format!("{}文字までにしてください。", limits.longest_field), "Too long.");
        }
    }
    if s.staff.keys().any(|k| policy().staff_field.iter().all(|f| f.code != *k)) {
        say("staff", "連携シートにない項目です。".into(), "No such field of the liaison sheet.");
    }
    if s.url.as_ref().is_some_and(|u| !u.starts_with("https://") && !u.starts_with("http://")) {
        say(
            "url",
            "ホームページは http:// か https:// で始めてください。".into(),
            "The address must begin with http:// or https://.",
        );
    }
    let digits = |t: &String| t.chars().filter(char::is_ascii_digit).count();
    if s.phone.as_ref().is_some_and(|t| digits(t) > 0 && !(9..=13).contains(&digits(t))) {
        say("phone", "電話番号の桁数を確かめてください。市外局番から書いてください。".into(), "Check the telephone number.");
    }
    for text in s.verified_on.iter().chain(s.verified.values()) {
        match Day::parse(text) {
            None => say("verified_on", "確認日は 2026-11-21 のように書いてください。".into(), "Write the day as 2026-11-21."),
            Some(day) if day > today => say("verified_on", "確認日が今日より先です。".into(), "The day lies in the future."),
            Some(_) => {}
        }
    }
}

/// How the days of a service are understood, in `opening_hours`; or why not, Japanese. Nothing if nothing is said.
pub fn schedule_reading(s: &Service) -> Option<Result<Schedule, &'static str>> {
    Some(Schedule::from_words(s.schedule_text.as_deref()?).map_err(|e| e.ja()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{LonLat, kind_by_code};

    #[test]
    fn each_fault_is_told_where_it_is() {
        let today = Day::parse("2026-11-21").unwrap();
        let mut s = Service::new("", kind_by_code("salon").unwrap(), " 花園サロン ");
        (s.phone, s.url, s.verified_on) = (Some("096".into()), Some("javascript:alert(1)".into()), Some("2027-01-01".into()));
        s.staff.insert("secret".into(), "x".into());
        let mut place = Place { point: Some(LonLat::new(32.8, 130.7)), services: vec![s], ..Place::default() };
        tidy(&mut place);
        let found: Vec<String> = faults(&place, today).into_iter().map(|f| f.path).collect();
        assert_eq!(found, ["point", "services/0/staff", "services/0/url", "services/0/phone", "services/0/verified_on"]);
        assert_eq!((place.services[0].name.as_str(), place.level), ("花園サロン", GeocodeLevel::Surveyed));
        let s = &mut place.services[0];
        (s.phone, s.url, s.verified_on) =
            (Some("096-356-1212".into()), Some("https://example.jp".into()), Some("2026-11-21".into()));
        s.staff.clear();
        place.point = Some(LonLat::new(130.7, 32.8));
        assert!(faults(&place, today).is_empty());
        assert_eq!(faults(&Place::default(), today)[0].path, "name");
        place.name = "あ".repeat(201);
        assert_eq!(faults(&place, today)[0].path, "name");
    }
}
