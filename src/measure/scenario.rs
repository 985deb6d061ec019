//! A scenario: changes to a city, as they are saved and sent.

use serde::{Deserialize, Serialize};

/// One change. Positions are longitude, latitude.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// A new service of a kind.
    AddService {
        /// Kind code.
        kind: String,
        /// Where.
        at: [f64; 2],
        /// Name.
        #[serde(default)]
        name: Option<String>,
        /// Days and hours, in words.
        #[serde(default)]
        schedule: Option<String>,
        /// Seats.
        #[serde(default)]
        capacity: Option<u32>,
    },
    /// A service moves.
    MoveService {
        /// Register id.
        service: i64,
        /// Where to.
        at: [f64; 2],
    },
    /// A service closes.
    CloseService {
        /// Register id.
        service: i64,
    },
    /// A service opens on other days.
    SetSchedule {
        /// Register id.
        service: i64,
        /// Days and hours, in words.
        schedule: String,
    },
    /// A stop is no longer served.
    CloseStop {
        /// Its name; all poles of that name.
        stop: String,
    },
    /// A stop moves.
    MoveStop {
        /// Its name, or its id; all poles of that name.
        stop: String,
        /// Where to.
        at: [f64; 2],
    },
    /// A line stops at one more place, on its way from one stop to the next; its other times stay.
    AddStop {
        /// Name of the line, or its id.
        line: String,
        /// Who runs it; whoever does, if not said. Two operators may have lines of one name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        operator: Option<String>,
        /// Stop it comes after, by name or id.
        after: String,
        /// Where.
        at: [f64; 2],
        /// Name.
        #[serde(default)]
        name: Option<String>,
    },
    /// A new line: stops, headway and hours, both ways.
    AddLine {
        /// Name.
        name: String,
        /// Where it stops.
        stops: Vec<[f64; 2]>,
        /// First departure, `7:00`.
        first: String,
        /// Last departure.
        last: String,
        /// Minutes between departures.
        every_minutes: f64,
        /// Pace between stops over the straight line, km/h; 15 if not said (own assumption).
        #[serde(default)]
        pace: Option<f64>,
    },
    /// A line closes.
    CloseLine {
        /// Its name, or its id.
        line: String,
        /// Who runs it; whoever does, if not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        operator: Option<String>,
    },
    /// A new demand-taxi zone.
    AddZone {
        /// Name.
        name: String,
        /// Polygons of rings.
        area: Vec<Vec<Vec<[f64; 2]>>>,
        /// Where it takes people; nothing: anywhere in the zone.
        #[serde(default)]
        to: Vec<[f64; 2]>,
        /// Days, in words: 火・金.
        days: String,
        /// First boarding.
        from: String,
        /// Last boarding.
        until: String,
    },
    /// A demand service closes.
    CloseZone {
        /// Its name, or its id.
        zone: String,
    },
    /// A demand service runs on other days.
    SetZoneDays {
        /// Its name, or its id.
        zone: String,
        /// Days, in words.
        days: String,
    },
}

/// A named list of changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scenario {
    /// Name.
    #[serde(default)]
    pub name: String,
    /// Changes, in order.
    pub changes: Vec<Change>,
}
