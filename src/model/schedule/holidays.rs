//! 国民の祝日, from `data/holidays.toml`: the days of the law, 振替休日 and 国民の休日.

use super::super::Day;
use jiff::civil::Date;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

#[derive(Deserialize, Default)]
struct Table {
    holiday: Vec<Rule>,
    once: Vec<Once>,
}

#[derive(Deserialize)]
struct Rule {
    name: String,
    month: i8,
    day: Option<i8>,
    /// The so-many-th Monday.
    monday: Option<i8>,
    /// Day of the equinox of 1980 with its fraction.
    equinox: Option<f64>,
    from: Option<i16>,
    #[serde(default)]
    except: Vec<i16>,
}

#[derive(Deserialize)]
struct Once {
    name: String,
    date: String,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    // part of the program and read by a test: cannot fail in front of a user
    toml::from_str(include_str!("../../../data/holidays.toml")).unwrap_or_default()
});

/// Years the table is kept for.
pub const YEARS: std::ops::RangeInclusive<i16> = 2015..=2099;

static DAYS: LazyLock<BTreeMap<Day, String>> = LazyLock::new(|| YEARS.flat_map(year).collect());

/// The holidays of a year with their names.
fn year(year: i16) -> BTreeMap<Day, String> {
    let mut days: BTreeMap<Day, String> = BTreeMap::new();
    let holds = |r: &&Rule| r.from.is_none_or(|f| f <= year) && !r.except.contains(&year);
    for r in TABLE.holiday.iter().filter(holds) {
        let day = match (r.day, r.monday, r.equinox) {
            (Some(d), ..) => Some(d),
            (_, Some(nth), _) => first_monday(year, r.month).map(|d| d + (nth - 1) * 7),
            (.., Some(base)) => {
                let years = f64::from(year - 1980);
                Some((base + 0.242_194 * years - (years / 4.0).floor()).floor() as i8)
            }
            _ => None,
        };
        if let Some(date) = day.and_then(|d| Date::new(year, r.month, d).ok()) {
            days.insert(Day::of(date), r.name.clone());
        }
    }
    for o in &TABLE.once {
        if let Some(day) = Day::parse(&o.date).filter(|d| d.date().year() == year) {
            days.insert(day, o.name.clone());
        }
    }
    // 第3条第3項: a day between two holidays
    let between: Vec<Day> =
        days.keys().map(|d| d.plus(1)).filter(|d| !days.contains_key(d) && days.contains_key(&d.plus(1))).collect();
    // 第3条第2項: a holiday on a Sunday moves to the next day that is none
    let moved: Vec<Day> = days
        .keys()
        .filter(|d| d.weekday() == 6)
        .filter_map(|d| (1..8).map(|k| d.plus(k)).find(|d| !days.contains_key(d)))
        .collect();
    between.into_iter().filter(|d| d.weekday() != 6).for_each(|d| {
        days.insert(d, "国民の休日".into());
    });
    moved.into_iter().for_each(|d| {
        days.entry(d).or_insert_with(|| "振替休日".into());
    });
    days
}

fn first_monday(year: i16, month: i8) -> Option<i8> {
    let first = Day::of(Date::new(year, month, 1).ok()?);
    Some(1 + (7 - first.weekday() as i8) % 7)
}

/// The holiday on a day, if it is one.
pub fn holiday(day: Day) -> Option<&'static str> {
    DAYS.get(&day).map(String::as_str)
}

/// Every holiday of the table.
pub fn holidays() -> impl Iterator<Item = Day> {
    DAYS.keys().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 内閣府「国民の祝日について」, year by year.
    #[test]
    fn the_official_lists() {
        let lists = [
            (
                2019,
                "0101 0114 0211 0321 0429 0430 0501 0502 0503 0504 0505 0506 0715 0811 0812 0916 0923 1014 1022 1103 1104 1123",
            ),
            (2020, "0101 0113 0211 0223 0224 0320 0429 0503 0504 0505 0506 0723 0724 0810 0921 0922 1103 1123"),
            (2021, "0101 0111 0211 0223 0320 0429 0503 0504 0505 0722 0723 0808 0809 0920 0923 1103 1123"),
            (2022, "0101 0110 0211 0223 0321 0429 0503 0504 0505 0718 0811 0919 0923 1010 1103 1123"),
            (2023, "0101 0102 0109 0211 0223 0321 0429 0503 0504 0505 0717 0811 0918 0923 1009 1103 1123"),
            (2024, "0101 0108 0211 0212 0223 0320 0429 0503 0504 0505 0506 0715 0811 0812 0916 0922 0923 1014 1103 1104 1123"),
            (2025, "0101 0113 0211 0223 0224 0320 0429 0503 0504 0505 0506 0721 0811 0915 0923 1013 1103 1123 1124"),
            (2026, "0101 0112 0211 0223 0320 0429 0503 0504 0505 0506 0720 0811 0921 0922 0923 1012 1103 1123"),
            (2027, "0101 0111 0211 0223 0321 0322 0429 0503 0504 0505 0719 0811 0920 0923 1011 1103 1123"),
        ];
        for (y, expected) in lists {
            let ours: Vec<String> = year(y).keys().map(|d| d.date().strftime("%m%d").to_string()).collect();
            assert_eq!(ours.join(" "), expected, "{y}");
        }
    }
}
