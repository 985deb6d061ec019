//! Named, sourced thresholds, read once from `data/rules.toml`.

use super::{Effort, IndicatorRule, SlopeRule};
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// Everything in the rules file.
#[derive(Debug, Default, Deserialize)]
pub struct Rules {
    /// Reach thresholds.
    #[serde(default)]
    pub rule: Vec<Rule>,
    /// Who walks.
    #[serde(default)]
    pub walker: Vec<WalkerRule>,
    /// How slopes count.
    #[serde(default)]
    pub slope: SlopeRule,
    /// How points join the street network.
    #[serde(default)]
    pub network: NetworkRule,
    /// Where the people of a cell stand.
    #[serde(default)]
    pub demand: DemandRule,
    /// Buses, trams, changes.
    #[serde(default)]
    pub transit: TransitRule,
    /// Definitions of transit-poor areas.
    #[serde(default)]
    pub transit_poor: Vec<TransitPoorRule>,
    /// The indicators of a plan.
    #[serde(default)]
    pub indicator: Vec<IndicatorRule>,
    /// How addresses are looked up.
    #[serde(default)]
    pub address: AddressRule,
    /// When two records may be one.
    #[serde(default)]
    pub twins: TwinsRule,
    /// What-if.
    #[serde(default)]
    pub what_if: WhatIfRule,
    /// There and back.
    #[serde(default)]
    pub visit: VisitRule,
    /// Demand taxis.
    #[serde(default)]
    pub taxi: TaxiRule,
    /// What a question may ask for at most.
    #[serde(default)]
    pub limits: Limits,
}

/// How timetables are used.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
pub struct TransitRule {
    /// Longest walk between a junction and a stop, metres.
    pub access_metres: f64,
    /// Longest walk between two stops for a change, metres.
    pub change_metres: f64,
    /// Least time for a change beside the walk, seconds.
    pub change_seconds: u32,
    /// Most vehicles in one journey.
    pub max_rides: usize,
    /// Departures asked about when a question names none, `H:MM`.
    pub window: [String; 2],
    /// Latest arrival looked at after the window, minutes.
    pub horizon_minutes: f64,
}

/// A definition of transit-poor areas: near a station, near a bus stop only, near neither.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub struct TransitPoorRule {
    /// Stable id.
    pub id: String,
    /// Japanese label.
    pub ja: String,
    /// A station within this is near, metres.
    pub rail_metres: f64,
    /// A bus stop within this is near, metres.
    pub stop_metres: f64,
    /// Least departures of a bus stop on the service day to count.
    #[serde(default)]
    pub departures: u32,
    /// As for [`Rule::status`].
    pub status: String,
    /// Where it comes from.
    pub source: String,
}

/// A visit, where the service or the question says nothing else.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
pub struct VisitRule {
    /// When one wants to be there, `H:MM`.
    pub arrive: String,
    /// Minutes of stay at a service with open hours.
    pub stay_minutes: f64,
    /// Minutes within which one is home after leaving.
    pub home_within_minutes: f64,
    /// A service open this long or less is a meeting: one comes for its start and leaves at its end, hours.
    pub meeting_hours: f64,
}

/// How demand taxis are reckoned with.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
pub struct TaxiRule {
    /// Longest walk to or from a 乗降点, metres.
    pub spot_metres: f64,
    /// Minutes a vehicle is bound by one run, for the expected share of people served.
    pub cycle_minutes: f64,
    /// Rides wanted by a person of the zone on a service day, for the same.
    pub rides_per_person: f64,
    /// Most bus stops looked at for a change from taxi to bus, for each leg.
    pub hubs: usize,
}

/// How addresses are looked up.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
pub struct AddressRule {
    /// Towns of one name in two lists are the same town if they are not farther apart, metres.
    pub same_town_metres: f64,
    /// A position is told by a house number not farther than this, metres.
    pub near_metres: f64,
}

/// When two records of one kind may be one service.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
pub struct TwinsRule {
    /// Not farther apart, metres.
    pub metres: f64,
    /// Least likeness of their names, 0 to 1.
    pub similarity: f64,
    /// A telephone number more services share is a contact point.
    pub phone_shared_by: usize,
}

/// What a what-if assumes, and how much it may change.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
pub struct WhatIfRule {
    /// Pace of a new line over the straight line between its stops, km/h.
    pub pace_kmh: f64,
    /// Most changes in one scenario.
    pub max_changes: usize,
    /// Most stops of a new line, and most runs a day.
    pub max_line: usize,
    /// Most candidates of a siting.
    pub max_candidates: usize,
    /// Most places chosen by one.
    pub max_chosen: usize,
}

/// A reach threshold with its source.
#[derive(Debug, Deserialize, Serialize)]
pub struct Rule {
    /// Stable id.
    pub id: String,
    /// Japanese label.
    pub ja: String,
    /// English label.
    pub en: String,
    /// Threshold in minutes, if it is one of time.
    pub minutes: Option<f64>,
    /// Threshold in metres, if it is one of distance.
    pub metres: Option<f64>,
    /// `verified`, `secondary`, `unverified` or `own`.
    pub status: String,
    /// Where it comes from.
    pub source: String,
}

/// Who walks, with the source.
#[derive(Debug, PartialEq, Deserialize, Serialize)]
pub struct WalkerRule {
    /// Stable id.
    pub id: String,
    /// Japanese label.
    pub ja: String,
    /// English label.
    pub en: String,
    /// Metres per minute on the level.
    pub metres_per_minute: f64,
    /// What a walk costs beyond its length.
    #[serde(flatten)]
    pub effort: Effort,
    /// Longest walk without a rest, metres.
    pub longest_metres: Option<f64>,
    /// Used when a question names none.
    #[serde(default)]
    pub default: bool,
    /// As for [`Rule::status`].
    pub status: String,
    /// Where it comes from.
    pub source: String,
}

/// How a point joins the street network.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
pub struct NetworkRule {
    /// A large network within this is preferred to a small fragment, metres.
    pub snap_metres: f64,
    /// Beyond this a point is unsnapped, metres.
    pub snap_limit_metres: f64,
    /// A component with less street than this is a fragment, metres.
    pub small_component_metres: f64,
    /// Straight line × this when no streets are loaded.
    pub detour_factor: f64,
}

/// Where the people of a cell stand.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
pub struct DemandRule {
    /// Least number of address points for them to be used.
    pub address_min_points: usize,
    /// Least number of address points per resident.
    pub address_min_per_person: f64,
    /// Distance between street points, metres.
    pub street_spacing_metres: f64,
    /// Most street points in one cell.
    pub street_max_points: usize,
}

/// What a question may ask for at most.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
pub struct Limits {
    /// Longest walk, minutes.
    pub max_minutes: f64,
    /// Longest walk, metres.
    pub max_metres: f64,
    /// Slowest walker, metres per minute.
    pub min_speed: f64,
    /// Fastest walker, metres per minute.
    pub max_speed: f64,
    /// Longest window of departures, hours.
    pub max_window_hours: f64,
    /// Nothing on rails or wheels brings one farther than this as the crow flies, km/h: bounds the places looked at.
    pub crow_kmh: f64,
    /// Longest stay, or way home, of a visit, minutes.
    pub max_visit_minutes: f64,
    /// A public cell with fewer persons shows no figure.
    pub max_public_count: u32,
    /// Memory for what was worked out once for a picture.
    pub remembered_bytes: usize,
}

static RULES: LazyLock<Rules> = LazyLock::new(|| {
    // part of the program and parsed by a test: cannot fail in front of a user
    toml::from_str(include_str!("../../data/rules.toml")).unwrap_or_default()
});

/// The rules of this program.
pub fn rules() -> &'static Rules {
    &RULES
}

impl Rules {
    /// A walker by id.
    pub fn walker_named(&self, id: &str) -> Option<&WalkerRule> {
        self.walker.iter().find(|w| w.id == id)
    }

    /// The first walker of a speed.
    pub fn walker_of_speed(&self, metres_per_minute: f64) -> Option<&WalkerRule> {
        self.walker.iter().find(|w| (w.metres_per_minute - metres_per_minute).abs() < 1e-9)
    }

    /// The walker when a question names none.
    pub fn usual_walker(&self) -> Option<&WalkerRule> {
        self.walker.iter().find(|w| w.default).or(self.walker.first())
    }

    /// Every effort some walker makes beside the length of the way.
    pub fn efforts(&self) -> Vec<Effort> {
        let mut all = Vec::new();
        for w in self.walker.iter().filter(|w| w.effort != Effort::LENGTH) {
            if !all.contains(&w.effort) {
                all.push(w.effort);
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_threshold_a_source_and_a_known_status() {
        let r = rules();
        assert!(r.rule.len() >= 5 && r.walker.len() == 4 && r.efforts().len() == 2);
        assert!(r.network.snap_limit_metres >= r.network.snap_metres && r.limits.max_minutes > 0.0);
        for rule in &r.rule {
            assert!(rule.minutes.is_some() != rule.metres.is_some(), "{}", rule.id);
            assert!(["verified", "secondary", "unverified", "own"].contains(&rule.status.as_str()));
            assert!(!rule.source.is_empty());
        }
        assert_eq!(r.usual_walker().map(|w| w.metres_per_minute), Some(60.0));
        // level way is level; uphill is slower than down, gently down is fastest
        let f = |grade: f64| r.slope.factor(grade);
        assert_eq!(f(0.0), 1.0);
        assert!(f(0.1) > f(-0.1) && f(-0.05) == r.slope.least_factor() && f(0.9) == f(0.4));
    }
}
