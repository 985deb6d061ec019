//! How an office keeps its register, read once from `data/office.toml`.

use super::{Day, KindId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// How an office keeps its register.
#[derive(Debug, Default, Deserialize)]
pub struct Policy {
    /// Signing in.
    pub sign_in: SignIn,
    /// When a record is to be verified again.
    pub verify: Verify,
    /// What calendars tell.
    pub calendar: CalendarPolicy,
    /// What residents may send.
    pub suggestions: SuggestionPolicy,
    /// Levels a finding goes through after its district.
    pub level: Vec<Level>,
    /// Ratings of officers.
    pub ratings: RatingPolicy,
    /// Sizes.
    pub limits: DeskLimits,
    /// What professionals tell each other of a service.
    pub staff_field: Vec<StaffField>,
}

/// Signing in.
#[derive(Debug, Default, Deserialize)]
pub struct SignIn {
    /// Most characters of a name.
    pub longest_name: usize,
    /// Least characters of a password.
    pub least_password: usize,
    /// Most characters of a password.
    pub longest_password: usize,
    /// Wrong passwords in a row that shut an account.
    pub failures: i64,
    /// For how long.
    pub locked_minutes: i64,
    /// How long a session lasts.
    pub session_hours: i64,
    /// Attempts from one network address in a minute.
    pub per_minute: u32,
}

/// When a record is to be verified again.
#[derive(Debug, Default, Deserialize)]
pub struct Verify {
    /// Days after which a record is no longer fresh.
    pub days: i32,
    /// A record nobody ever verified counts as if it was this many times the days ago.
    pub never: i32,
    /// Formats of lists an office keeps itself.
    pub own_formats: Vec<String>,
    /// Weight of a kind in the queue; `other` for the rest. Nothing of weight 0 is verified by visits.
    pub weight: BTreeMap<String, f64>,
    /// What living near it adds.
    pub near: Near,
}

/// People around a record.
#[derive(Debug, Default, Deserialize)]
pub struct Near {
    /// How far around, metres in a straight line.
    pub metres: f64,
}

/// What calendars tell.
#[derive(Debug, Default, Deserialize)]
pub struct CalendarPolicy {
    groups: Vec<String>,
    kinds: Vec<String>,
    /// How far ahead feeds and coming dates reach, days.
    pub ahead_days: i32,
    /// Dates listed at once.
    pub listed: usize,
}

impl CalendarPolicy {
    /// Whether the calendar of a district tells of a kind.
    pub fn tells(&self, kind: KindId) -> bool {
        let k = kind.kind();
        self.groups.contains(&k.group) || self.kinds.contains(&k.code)
    }
}

/// What residents may send.
#[derive(Debug, Default, Deserialize)]
pub struct SuggestionPolicy {
    /// From one address in an hour.
    pub per_hour: u32,
    /// Waiting for a decision at once.
    pub most_open: usize,
    /// Characters of a suggestion.
    pub longest_text: usize,
    /// Characters of how to reach its author.
    pub longest_contact: usize,
}

/// A level of the city.
#[derive(Debug, Deserialize, Serialize)]
pub struct Level {
    /// Stable code.
    pub code: String,
    /// Name.
    pub ja: String,
}

/// Ratings of officers.
#[derive(Debug, Default, Deserialize)]
pub struct RatingPolicy {
    /// Marks an officer may give.
    pub marks: Vec<String>,
}

/// Sizes.
#[derive(Debug, Default, Deserialize)]
pub struct DeskLimits {
    /// Characters of a field.
    pub longest_field: usize,
    /// Characters of a name.
    pub longest_name: usize,
    /// Services in a reach from a place, if nobody says how many.
    pub usual_reach: usize,
    /// Most services in a reach from a place.
    pub most_reach: usize,
    /// Most rows of the table of the desk.
    pub most_records: usize,
    /// Most services of a list of residents.
    pub most_listed: usize,
    /// Characters of the address of a view.
    pub longest_view: usize,
    /// Bytes of a list sent over HTTP.
    pub largest_upload: usize,
}

/// A field of the 連携シート.
#[derive(Debug, Deserialize, Serialize)]
pub struct StaffField {
    /// Stable code.
    pub code: String,
    /// Label.
    pub ja: String,
    /// Label in English.
    pub en: String,
}

impl Verify {
    /// Days since somebody made sure of a record; what nobody ever did counts as the policy says.
    pub fn age(&self, verified_on: Option<&str>, today: Day) -> i32 {
        verified_on.and_then(Day::parse).map_or(self.never * self.days, |d| (today.0 - d.0).max(0))
    }

    /// Whether somebody made sure of it lately enough.
    pub fn is_fresh(&self, verified_on: Option<&str>, today: Day) -> bool {
        self.age(verified_on, today) <= self.days
    }

    /// Weight of a kind in the queue.
    pub fn weight_of(&self, kind: KindId) -> f64 {
        self.weight.get(kind.code()).or_else(|| self.weight.get("other")).copied().unwrap_or(1.0)
    }
}

static POLICY: LazyLock<Policy> = LazyLock::new(|| toml::from_str(include_str!("../../data/office.toml")).unwrap_or_default());

/// The policy of the office.
pub fn policy() -> &'static Policy {
    &POLICY
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::kind_by_code;

    #[test]
    fn the_file_is_read_whole_and_names_kinds_there_are() {
        let file = toml::from_str::<Policy>(include_str!("../../data/office.toml")).unwrap();
        assert!(file.sign_in.failures > 0 && file.limits.largest_upload > 1 << 20 && !file.staff_field.is_empty());
        let unknown: Vec<_> = file.verify.weight.keys().filter(|k| *k != "other" && kind_by_code(k).is_none()).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }
}
