//! When a service is open: OSM `opening_hours` text, evaluated with our own holiday table.

mod holidays;
mod japanese;

pub use holidays::{holiday, holidays};
pub use japanese::{Unclear, from_japanese};

use super::{Day, Seconds};
use opening_hours::{Context, ContextHolidays, OpeningHours, RuleKind};
use std::sync::{Arc, LazyLock};

static CONTEXT: LazyLock<Context> = LazyLock::new(|| {
    let public: compact_calendar::CompactCalendar = holidays::holidays().filter_map(naive).collect();
    Context::default().with_holidays(ContextHolidays::new(Arc::new(public), Arc::default()))
});

fn naive(day: Day) -> Option<chrono::NaiveDate> {
    chrono::NaiveDate::from_ymd_opt(1970, 1, 1)?.checked_add_signed(chrono::TimeDelta::days(i64::from(day.0)))
}

/// Days and hours.
#[derive(Clone)]
pub struct Schedule {
    text: String,
    hours: OpeningHours,
    timed: bool,
}

impl std::fmt::Debug for Schedule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Schedule({})", self.text)
    }
}

impl Schedule {
    /// From `opening_hours` text; nothing if it cannot be read.
    pub fn parse(text: &str) -> Option<Self> {
        let hours = text.parse::<OpeningHours>().ok()?.with_context(CONTEXT.clone());
        let timed = text.contains(':') || text.contains("24/7");
        Some(Self { text: text.to_owned(), hours, timed })
    }

    /// From what a list says, Japanese or `opening_hours`.
    ///
    /// # Errors
    /// What is not clear about it.
    pub fn from_words(text: &str) -> Result<Self, Unclear> {
        if let Some(s) = Self::parse(text).filter(|_| text.is_ascii()) {
            return Ok(s);
        }
        Self::parse(&from_japanese(text)?).ok_or(Unclear::Words)
    }

    /// The `opening_hours` text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// True if hours are known, not only days.
    pub fn is_timed(&self) -> bool {
        self.timed
    }

    /// Open hours of a day, seconds from its midnight.
    pub fn on(&self, day: Day) -> Vec<(Seconds, Seconds)> {
        let Some(date) = naive(day) else { return Vec::new() };
        let seconds = |t: &opening_hours::schedule::TimeRange| {
            let s = |m: u16| u32::from(m) * 60;
            (t.kind == RuleKind::Open).then(|| (s(t.range.start.mins_from_midnight()), s(t.range.end.mins_from_midnight())))
        };
        self.hours.schedule_at(date).into_iter().filter_map(|t| seconds(&t)).collect()
    }

    /// True if it is open at some time of a day.
    pub fn is_on(&self, day: Day) -> bool {
        !self.on(day).is_empty()
    }

    /// Days it is open on, from one day up to and without another.
    pub fn days(&self, from: Day, to: Day) -> impl Iterator<Item = Day> + '_ {
        (from.0..to.0).map(Day).filter(|d| self.is_on(*d))
    }
}
