//! A timetable as an operator publishes it (GTFS-JP), and demand services beside it. Times are seconds after midnight
//! of the service day and may pass 24:00; days are counted from 1970-01-01.

use super::{DemandService, LonLat};
use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};

/// Seconds after midnight of the service day.
pub type Seconds = u32;

/// A calendar day, counted from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
pub struct Day(pub i32);

impl Day {
    /// From a civil date.
    pub fn of(d: Date) -> Self {
        Self((d - date(1970, 1, 1)).get_days())
    }

    /// As a civil date.
    pub fn date(self) -> Date {
        date(1970, 1, 1).saturating_add(jiff::Span::new().days(self.0))
    }

    /// From `YYYY-MM-DD` or `YYYYMMDD`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: String = text.trim().chars().filter(|c| *c != '-' && *c != '/').collect();
        if digits.len() != 8 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let part = |r: std::ops::Range<usize>| digits[r].parse::<i16>().ok();
        let (y, m, d) = (part(0..4)?, part(4..6)?, part(6..8)?);
        Date::new(y, i8::try_from(m).ok()?, i8::try_from(d).ok()?).ok().map(Self::of)
    }

    /// Its calendar year.
    pub fn year(self) -> u16 {
        u16::try_from(self.date().year()).unwrap_or(0)
    }

    /// Its fiscal year, April to March.
    pub fn fiscal_year(self) -> u16 {
        if self.date().month() >= 4 { self.year() } else { self.year() - 1 }
    }

    /// The first day of a month written `YYYY-MM`.
    pub fn month(text: &str) -> Option<Self> {
        Self::parse(&format!("{text}-01"))
    }

    /// The first day of its month.
    pub fn first_of_month(self) -> Self {
        Self::of(self.date().first_of_month())
    }

    /// The first day of the month after.
    pub fn next_month(self) -> Self {
        Self::of(self.date().first_of_month().saturating_add(jiff::Span::new().months(1)))
    }

    /// 0 for Monday … 6 for Sunday.
    pub fn weekday(self) -> u8 {
        (self.0 + 3).rem_euclid(7) as u8 // 1970-01-01 was a Thursday
    }

    /// The weekday in Japanese, one character.
    pub fn weekday_ja(self) -> char {
        ['月', '火', '水', '木', '金', '土', '日'][usize::from(self.weekday())]
    }

    /// Some days later.
    pub fn plus(self, days: i32) -> Self {
        Self(self.0 + days)
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.date())
    }
}

/// One operator's services.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Feed {
    /// Operator.
    pub agency: String,
    /// Where one boards and alights.
    pub stops: Vec<FeedStop>,
    /// Lines.
    pub routes: Vec<Route>,
    /// On which days.
    pub calendars: Vec<Calendar>,
    /// Runs of a line.
    pub trips: Vec<Trip>,
    /// Stop times of all trips, trip by trip.
    #[serde(skip)]
    pub times: Vec<StopTime>,
    /// Changes the operator rules.
    pub transfers: Vec<TransferRule>,
    /// Demand taxis and flexible lines.
    pub demand: Vec<DemandService>,
    /// Why the timetable cannot be used for routing, if it cannot.
    pub no_timetable: Option<String>,
}

/// A stop or platform.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FeedStop {
    /// Id in the feed.
    pub id: String,
    /// Name.
    pub name: String,
    /// Platform, if signed.
    pub platform: Option<String>,
    /// Position; a stop without one cannot be walked to.
    pub point: Option<LonLat>,
    /// Station it belongs to.
    pub station: Option<String>,
}

/// A line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Route {
    /// Id in the feed.
    pub id: String,
    /// Name as passengers know it.
    pub name: String,
    /// GTFS route type: 0 tram, 1 metro, 2 rail, 3 bus, 4 ferry …
    pub kind: u16,
}

impl Route {
    /// True for rail of any sort (trams included): a 駅 in the measures of transport-poor areas.
    pub fn is_rail(&self) -> bool {
        matches!(self.kind, 0..=2 | 5 | 7 | 12 | 100..=199 | 400..=599 | 900..=999)
    }

    /// The vehicle in Japanese.
    pub fn vehicle_ja(&self) -> &'static str {
        match self.kind {
            0 | 5 | 900..=999 => "路面電車",
            4 | 1000..=1099 | 1200..=1299 => "船",
            _ if self.is_rail() => "電車",
            _ => "バス",
        }
    }
}

/// Days a trip runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calendar {
    /// Id in the feed.
    pub id: String,
    /// Weekdays, bit 0 for Monday.
    pub weekdays: u8,
    /// First day of the weekday pattern.
    pub start: Day,
    /// Last day of it.
    pub end: Day,
    /// Days added, ascending.
    pub added: Vec<Day>,
    /// Days taken out, ascending.
    pub removed: Vec<Day>,
}

impl Calendar {
    /// True if it runs on a day.
    pub fn runs(&self, day: Day) -> bool {
        let regular = (self.start..=self.end).contains(&day) && self.weekdays >> day.weekday() & 1 == 1;
        self.added.binary_search(&day).is_ok() || regular && self.removed.binary_search(&day).is_err()
    }

    /// First and last day it may run.
    pub fn span(&self) -> Option<(Day, Day)> {
        let regular = (self.weekdays != 0 && self.start <= self.end).then_some((self.start, self.end));
        let added = self.added.first().copied().zip(self.added.last().copied());
        match (regular, added) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        }
    }
}

/// One run of a line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trip {
    /// Id in the feed.
    pub id: String,
    /// Position among the routes.
    pub route: u32,
    /// Position among the calendars.
    pub calendar: u32,
    /// Where it says it goes.
    pub headsign: String,
    /// First of its stop times.
    pub first: u32,
    /// How many it has.
    pub count: u32,
}

/// A call at a stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
pub struct StopTime {
    /// Position among the stops.
    pub stop: u32,
    /// Arrival, seconds.
    pub arrival: Seconds,
    /// Departure, seconds.
    pub departure: Seconds,
    /// Bits: [`NO_BOARDING`], [`NO_ALIGHTING`].
    pub flags: u32,
}

/// Nobody boards here.
pub const NO_BOARDING: u32 = 1;
/// Nobody alights here.
pub const NO_ALIGHTING: u32 = 2;

/// A change the operator rules (transfers.txt).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TransferRule {
    /// Position of the stop one arrives at.
    pub from: u32,
    /// Position of the stop one leaves from.
    pub to: u32,
    /// Least seconds it takes; nothing if the change is impossible.
    pub seconds: Option<u32>,
}

impl Feed {
    /// First and last day any trip or demand service runs.
    pub fn validity(&self) -> Option<(Day, Day)> {
        let spans = self.calendars.iter().filter_map(Calendar::span);
        spans.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }

    /// True if something can be ridden.
    pub fn is_routable(&self) -> bool {
        !self.trips.is_empty() || !self.demand.is_empty()
    }
}

/// Clock time of some seconds after midnight, `9:05`; past midnight it says 翌.
pub fn clock(seconds: Seconds) -> String {
    let (next, s) = if seconds >= 86_400 { ("翌", seconds - 86_400) } else { ("", seconds) };
    format!("{next}{}:{:02}", s / 3600, s / 60 % 60)
}

/// Seconds from `H:MM` or `HH:MM:SS`, past 24:00 allowed.
pub fn parse_clock(text: &str) -> Option<Seconds> {
    let mut parts = text.trim().split(':');
    let mut number = || parts.next().map(|p| p.trim().parse::<u32>());
    let (h, m) = (number()?.ok()?, number()?.ok()?);
    let s = match number() {
        Some(s) => s.ok()?,
        None => 0,
    };
    (h < 168 && m < 60 && s < 60 && parts.next().is_none()).then_some(h * 3600 + m * 60 + s)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_clocks() {
        let day = Day::parse("20260610").unwrap();
        assert_eq!((day.to_string().as_str(), day.weekday_ja()), ("2026-06-10", '水'));
        assert_eq!(Day::parse("2026-06-10"), Some(day));
        assert_eq!(Day::parse("2026-02-30"), None);
        assert_eq!(parse_clock("9:58:00"), Some(35_880));
        assert_eq!(parse_clock("25:02:00").map(clock).as_deref(), Some("翌1:02"));
        assert_eq!(parse_clock("9:60"), None);
    }

    #[test]
    fn a_calendar_with_exceptions() {
        let day = |t: &str| Day::parse(t).unwrap();
        let c = Calendar {
            id: "平日".into(),
            weekdays: 0b1_1111,
            start: day("20260401"),
            end: day("20270331"),
            added: vec![day("20260801")],
            removed: vec![day("20260811")],
        };
        assert!(c.runs(day("20260610")) && c.runs(day("20260801")));
        assert!(!c.runs(day("20260613")) && !c.runs(day("20260811")) && !c.runs(day("20270401")));
    }
}
