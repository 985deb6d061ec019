//! What is asked: kinds, threshold, walker, people. Every field is checked before any work is done.

use super::gait::Gait;
use super::when::{Mode, Visit, When};
use crate::atlas::Atlas;
use crate::model::{AgeGroup, AreaType, Day, Effort, KindId, WalkerRule, kind_by_code, rules};
use crate::travel::Walker;
use crate::travel::transit::Rider;
use serde::{Deserialize, Serialize};

/// A question as it comes in from a URL or the command line.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct RawQuestion {
    /// Kind codes, comma separated.
    pub kind: Option<String>,
    /// Threshold in minutes.
    pub minutes: Option<f64>,
    /// Threshold in metres of walk.
    pub metres: Option<f64>,
    /// Named rule from `data/rules.toml`.
    pub rule: Option<String>,
    /// Who walks, from `data/rules.toml`.
    pub walker: Option<String>,
    /// Walking speed, metres per minute; instead of the walker's own.
    pub speed: Option<f64>,
    /// Area type code.
    pub area_type: Option<String>,
    /// Year of the population.
    pub year: Option<u16>,
    /// `total`, `aged65` or `aged75`.
    pub group: Option<String>,
    /// How to travel: `walk`, `transit` or `taxi`; each includes the ones before it.
    pub by: Option<String>,
    /// Service day, `YYYY-MM-DD`.
    pub day: Option<String>,
    /// Departures, `9:00-11:00`.
    pub depart: Option<String>,
    /// Which travel time of the window counts: `best`, `p50` or `p90`.
    pub stat: Option<String>,
    /// Registered with demand services that ask for it; yes if not said.
    pub registered: Option<bool>,
    /// Age, for demand services with a least age.
    pub age: Option<u8>,
    /// Longest walk without a rest, metres: no walk of a journey may be longer.
    pub longest_walk: Option<f64>,
    /// There and back.
    pub roundtrip: Option<bool>,
    /// When one wants to be there if the service says no hours, `10:00`.
    pub arrive: Option<String>,
    /// Minutes of stay if the service has open hours rather than a meeting.
    pub stay: Option<f64>,
    /// Minutes within which one must be home after leaving.
    pub home_within: Option<f64>,
    /// When a demand taxi is booked, `2026-06-09T16:00`; in good time if not said.
    pub booked: Option<String>,
    /// Population dataset, by title or position.
    pub population: Option<String>,
}

/// Why a question cannot be answered. The code is stable; the message is Japanese first.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct QuestionError {
    /// Stable code.
    pub code: &'static str,
    /// What is wrong and what to do, Japanese then English.
    pub message: String,
}

impl QuestionError {
    /// An error with a code and bilingual message.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

/// A checked question.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Kinds asked for, in order, without repeats.
    pub kinds: Vec<KindId>,
    /// Threshold as asked, millimetres of walk; with a timetable the time such a walk takes.
    pub threshold_mm: u32,
    /// The threshold is a time, not a length.
    pub of_time: bool,
    /// Threshold of a walk all the way: no longer than the longest walk, millimetres.
    pub limit_mm: u32,
    /// Who walks.
    pub walker: Walker,
    /// The walker named, or of that speed.
    pub who: Option<&'static WalkerRule>,
    /// What a walk costs beyond its length; thresholds in metres are lengths.
    pub effort: Effort,
    /// The rule named, or equal to the threshold.
    pub rule: Option<usize>,
    /// Areas reported on.
    pub area_type: AreaType,
    /// Population dataset, by position in the atlas.
    pub population: Option<usize>,
    /// Year.
    pub year: u16,
    /// Who is counted.
    pub group: AgeGroup,
    /// Longest walk without a rest, millimetres; [`u32::MAX`] if nobody says.
    pub longest_mm: u32,
    /// How to travel.
    pub by: Mode,
    /// When, if not only on foot.
    pub when: Option<When>,
    /// Only services open on this day count; nothing: whatever the day.
    pub open_on: Option<Day>,
    /// There and back: only those who also get home again count.
    pub visit: Option<Visit>,
}

impl Question {
    /// Checks a question against an atlas. `today` is for the default population year and service day.
    ///
    /// # Errors
    /// On an unknown code or a value out of range.
    pub fn new(raw: &RawQuestion, atlas: &Atlas, today: Day) -> Result<Self, QuestionError> {
        let by = match raw.by.as_deref() {
            None | Some("") => Mode::Walk,
            Some(code) => Mode::from_code(code).ok_or_else(|| unknown("by", code, "walk, transit, taxi"))?,
        };
        let when = if by == Mode::Walk { None } else { Some(When::new(raw, atlas, today)?) };
        let named_day = match raw.day.as_deref().filter(|d| !d.is_empty()) {
            None => None,
            Some(t) => Some(Day::parse(t).ok_or_else(|| unknown("day", t, "YYYY-MM-DD"))?),
        };
        let open_on = when.as_ref().map(|t| t.day).or(named_day);
        let visit = Visit::new(raw)?;
        if visit.is_some() && when.is_none() {
            return Err(QuestionError::new(
                "roundtrip_needs_timetable",
                "往復（roundtrip）は by=transit か by=taxi で尋ねてください。/ roundtrip needs by=transit or by=taxi.",
            ));
        }
        let kinds = parse_kinds(raw.kind.as_deref())?;
        let Gait { walker, who, effort, longest_metres } = Gait::new(raw)?;
        let longest_mm = match raw.longest_walk.or(longest_metres) {
            None => u32::MAX,
            Some(m) if m > 0.0 && m <= rules().limits.max_metres => (m * 1000.0).round() as u32,
            Some(m) => return Err(unknown("longest_walk", &m.to_string(), "0より大きい数（m）")),
        };
        let (threshold_mm, rule, of_time) = threshold(raw, walker)?;
        let effort = if of_time { effort } else { Effort::LENGTH };
        let limit_mm = threshold_mm.min(longest_mm);
        if visit.is_some() && longest_mm != u32::MAX {
            return Err(QuestionError::new(
                "longest_walk_one_way",
                "休まず歩ける距離（longest_walk）は往復（roundtrip）と同時には使えません。/ longest_walk does not go with roundtrip.",
            ));
        }
        let area_type = match raw.area_type.as_deref() {
            Some(code) => AreaType::from_code(code)
                .ok_or_else(|| unknown("area_type", code, "elementary_district, junior_high_district, ward …"))?,
            None => atlas.areas.keys().next().copied().unwrap_or(AreaType::ElementaryDistrict),
        };
        let group = match raw.group.as_deref() {
            Some(code) => AgeGroup::from_code(code).ok_or_else(|| unknown("group", code, "total, aged65, aged75"))?,
            None => AgeGroup::Total,
        };
        let (population, year) = population(raw, atlas, group, today.year())?;
        Ok(Self {
            kinds,
            threshold_mm,
            of_time,
            limit_mm,
            walker,
            who,
            effort,
            rule,
            area_type,
            population,
            year,
            group,
            by,
            when,
            open_on,
            visit,
            longest_mm,
        })
    }

    /// The same question on foot: for what explains the walk itself.
    pub fn on_foot(self) -> Self {
        Self { by: Mode::Walk, when: None, visit: None, ..self }
    }

    /// Running services of a kind that count: on the day asked about, those not known to be closed.
    pub fn sites(&self, atlas: &Atlas, kind: KindId) -> Vec<u32> {
        let all = atlas.sites.of_kind(kind).iter().copied();
        match self.open_on {
            None => all.collect(),
            Some(day) => all.filter(|s| atlas.sites.all[*s as usize].is_on(day) != Some(false)).collect(),
        }
    }

    /// The same threshold of time for another walker.
    pub fn walked_by(&self, who: &'static WalkerRule) -> Self {
        let walker = Walker { metres_per_minute: who.metres_per_minute };
        let threshold_mm = walker.mm_in(self.walker.minutes(self.threshold_mm));
        let longest_mm = who.longest_metres.map_or(u32::MAX, |m| (m * 1000.0).round() as u32);
        let limit_mm = threshold_mm.min(longest_mm);
        Self { walker, who: Some(who), effort: who.effort, threshold_mm, limit_mm, longest_mm, ..self.clone() }
    }

    /// Threshold, metres.
    pub fn metres(&self) -> f64 {
        f64::from(self.threshold_mm) / 1000.0
    }

    /// Who rides: no walk to a stop longer than the longest walk.
    pub fn rider(&self) -> Rider {
        let usual = Rider::new(self.walker);
        Rider { access_mm: usual.access_mm.min(self.longest_mm), ..usual }
    }

    /// Threshold, milliseconds.
    pub fn limit_ms(&self) -> u32 {
        self.walker.ms(self.threshold_mm) as u32
    }

    /// What one trip from one place may use up, millimetres of walk or the time they take.
    pub fn budget_mm(&self) -> u32 {
        if self.when.is_some() { self.threshold_mm } else { self.limit_mm }
    }

    /// Metres beyond which nothing in a straight line can be within a walk: downhill one goes a little farther than on the level.
    pub fn straight_metres(&self, mm: u32) -> f64 {
        let farther = if self.effort.slope { 1.0 / rules().slope.least_factor() } else { 1.0 };
        f64::from(mm) / 1000.0 * farther + 1.0
    }

    /// Everything the travel times follow from, in words: the question but for its kinds and its threshold.
    pub(super) fn but_for_threshold(&self) -> String {
        let same = Self { kinds: vec![], threshold_mm: 0, limit_mm: 0, of_time: true, rule: None, ..self.clone() };
        format!("{same:?} {}", self.far_mm())
    }

    /// How far the nearest service is looked for, millimetres: quantiles and "what is nearest" need more than the threshold.
    pub fn far_mm(&self) -> u32 {
        self.limit_mm.max((rules().limits.max_metres * 1000.0) as u32)
    }
}

pub(super) fn unknown(name: &str, value: &str, known: &str) -> QuestionError {
    QuestionError::new("unknown_value", format!("{name}「{value}」は使えません。使える値: {known} / Unknown {name}."))
}

fn parse_kinds(text: Option<&str>) -> Result<Vec<KindId>, QuestionError> {
    let mut kinds = Vec::new();
    for code in text.unwrap_or_default().split(',').map(str::trim).filter(|c| !c.is_empty()) {
        let kind = kind_by_code(code).ok_or_else(|| {
            QuestionError::new(
                "unknown_kind",
                format!(
                    "種類「{code}」はありません。kinds.toml の code を使ってください（例: hospital, salon）。/ Unknown kind."
                ),
            )
        })?;
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    Ok(kinds)
}

fn threshold(raw: &RawQuestion, walker: Walker) -> Result<(u32, Option<usize>, bool), QuestionError> {
    let r = rules();
    let named = match raw.rule.as_deref() {
        Some(id) => Some(
            r.rule
                .iter()
                .position(|x| x.id == id)
                .ok_or_else(|| unknown("rule", id, &r.rule.iter().map(|x| x.id.as_str()).collect::<Vec<_>>().join(", ")))?,
        ),
        None => None,
    };
    let from_rule = |i: usize| r.rule[i].metres.map_or(Ask::Minutes(r.rule[i].minutes.unwrap_or(30.0)), Ask::Metres);
    let ask = match (raw.minutes, raw.metres, named) {
        (Some(_), Some(_), _) => {
            return Err(QuestionError::new(
                "two_thresholds",
                "minutes と metres はどちらか一方だけを指定してください。/ Give minutes or metres, not both.",
            ));
        }
        (Some(m), None, _) => Ask::Minutes(m),
        (None, Some(m), _) => Ask::Metres(m),
        (None, None, Some(i)) => from_rule(i),
        (None, None, None) => Ask::Minutes(30.0),
    };
    let (value, limit, unit) = match ask {
        Ask::Minutes(m) => (m, r.limits.max_minutes, "分"),
        Ask::Metres(m) => (m, r.limits.max_metres, "m"),
    };
    if !(value > 0.0 && value <= limit) {
        return Err(QuestionError::new(
            "threshold_out_of_range",
            format!("しきい値は0より大きく{limit}{unit}以下にしてください。/ Threshold is out of range."),
        ));
    }
    let same = |i: &usize| match ask {
        Ask::Minutes(m) => r.rule[*i].minutes == Some(m),
        Ask::Metres(m) => r.rule[*i].metres == Some(m),
    };
    let rule = named.filter(same).or_else(|| (0..r.rule.len()).find(same));
    let mm = match ask {
        Ask::Minutes(m) => walker.mm_in(m),
        Ask::Metres(m) => (m * 1000.0).round() as u32,
    };
    Ok((mm, rule, matches!(ask, Ask::Minutes(_))))
}

#[derive(Clone, Copy)]
enum Ask {
    Minutes(f64),
    Metres(f64),
}

fn population(raw: &RawQuestion, atlas: &Atlas, group: AgeGroup, today: u16) -> Result<(Option<usize>, u16), QuestionError> {
    if atlas.population.is_empty() {
        return Ok((None, today));
    }
    let at = match raw.population.as_deref() {
        Some(wanted) => atlas
            .population
            .iter()
            .position(|(s, _)| s.title == wanted)
            .or_else(|| wanted.parse().ok().filter(|i: &usize| *i < atlas.population.len()))
            .ok_or_else(|| {
                unknown(
                    "population",
                    wanted,
                    &atlas.population.iter().map(|(s, _)| s.title.as_str()).collect::<Vec<_>>().join("、"),
                )
            })?,
        None => atlas.population.iter().position(|(s, _)| s.groups.contains(&group)).unwrap_or(0),
    };
    let set = &atlas.population[at].0;
    if !set.groups.contains(&group) {
        return Err(QuestionError::new(
            "no_such_group",
            format!("人口データ「{}」には{}の数がありません。/ This population has no such age group.", set.title, group.ja()),
        ));
    }
    let year = match raw.year {
        Some(y) if set.years.contains(&y) => y,
        Some(y) => {
            return Err(QuestionError::new(
                "no_such_year",
                format!("人口データ「{}」に{y}年はありません。使える年: {:?} / No such year.", set.title, set.years),
            ));
        }
        None => set.nearest_year(today).unwrap_or(today),
    };
    Ok((Some(at), year))
}
