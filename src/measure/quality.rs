//! Q8: which records have not been verified for a year, which are paused, which have no certain position, and which two may be
//! one. Proposals for a person to look at; nothing is merged here.

use super::Question;
use crate::atlas::Atlas;
use crate::model::{Day, KindId, LonLat, PublicService, Status, fold, ground_metres, policy, rules};
use serde::Serialize;
use std::collections::BTreeMap;

/// Why two records may be one service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Alike {
    /// Near each other, with almost the same name.
    NameNearby,
    /// The same telephone number, which few share.
    Phone,
}

impl Alike {
    /// In words.
    pub fn ja(self) -> &'static str {
        match self {
            Self::NameNearby => "近くにあり、名前がほとんど同じ",
            Self::Phone => "電話番号が同じ",
        }
    }
}

/// Two records that may be one; the first has the lower id.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Twins {
    /// Register ids.
    pub ids: [i64; 2],
    /// Names.
    pub names: [String; 2],
    /// Their kind.
    pub kind: KindId,
    /// Why.
    pub alike: Alike,
    /// Metres between them; nothing if one has no certain position.
    pub metres: Option<f64>,
}

/// What two records are compared by.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Register id.
    pub id: i64,
    /// Its kind.
    pub kind: KindId,
    /// Name.
    pub name: &'a str,
    /// Telephone number.
    pub phone: Option<&'a str>,
    /// Where it is, if that is certain.
    pub point: Option<LonLat>,
}

impl<'a> Known<'a> {
    fn of(s: &'a PublicService) -> Self {
        Self { id: s.id, kind: s.kind, name: &s.name, phone: s.phone.as_deref(), point: s.point }
    }
}

/// A record to look at.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Record {
    /// Register id.
    pub id: i64,
    /// Its kind.
    pub kind: KindId,
    /// Name.
    pub name: String,
    /// When it was last verified, if ever.
    pub verified_on: Option<String>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Quality {
    /// Records looked at.
    pub all: usize,
    /// Not verified for a year, or never: oldest first.
    pub stale: Vec<Record>,
    /// 休止.
    pub paused: Vec<Record>,
    /// 位置未確定.
    pub unlocated: Vec<Record>,
    /// Pairs that may be one.
    pub twins: Vec<Twins>,
}

/// Looks over the public records of the kinds of a question; all that are walked to if it names none.
pub fn quality(atlas: &Atlas, q: &Question, today: Day) -> Quality {
    let wanted = |s: &&PublicService| {
        s.status != Status::Ended && if q.kinds.is_empty() { s.kind.kind().walk } else { q.kinds.contains(&s.kind) }
    };
    let all: Vec<&PublicService> = atlas.sites.services().filter(wanted).collect();
    let record = |s: &&PublicService| Record { id: s.id, kind: s.kind, name: s.name.clone(), verified_on: s.verified_on.clone() };
    let some = |test: &dyn Fn(&PublicService) -> bool| all.iter().filter(|s| test(s)).map(record).collect::<Vec<_>>();
    let fresh = |s: &PublicService| policy().verify.is_fresh(s.verified_on.as_deref(), today);
    let mut stale = some(&|s| !fresh(s));
    stale.sort_by(|a, b| a.verified_on.cmp(&b.verified_on).then(a.id.cmp(&b.id)));
    Quality {
        all: all.len(),
        stale,
        paused: some(&|s| s.status == Status::Paused),
        unlocated: some(&|s| s.point.is_none()),
        twins: twins(&all.iter().map(|s| Known::of(s)).collect::<Vec<_>>()),
    }
}

/// Pairs of one kind that are near each other with almost the same name, or share a telephone number that is no contact point
/// for many. Two services of different names at one address are a bundle, not duplicates.
pub fn twins(all: &[Known]) -> Vec<Twins> {
    let rule = &rules().twins;
    let names: Vec<String> = all.iter().map(|s| fold(s.name)).collect();
    let mut found: BTreeMap<[i64; 2], Twins> = BTreeMap::new();
    let mut offer = |i: usize, j: usize, alike: Alike| {
        let (a, b) = if all[i].id <= all[j].id { (&all[i], &all[j]) } else { (&all[j], &all[i]) };
        let metres = a.point.zip(b.point).map(|(p, q)| ground_metres(p, q));
        let pair = || Twins { ids: [a.id, b.id], names: [a.name.to_owned(), b.name.to_owned()], kind: a.kind, alike, metres };
        found.entry([a.id, b.id]).or_insert_with(pair);
    };
    // sorted by latitude: only neighbours in it can be near
    let mut order: Vec<usize> = (0..all.len()).filter(|i| all[*i].point.is_some()).collect();
    let lat = |i: usize| all[i].point.map_or(0.0, |p| p.lat);
    order.sort_by(|a, b| lat(*a).total_cmp(&lat(*b)));
    let band = rule.metres / 110_000.0;
    for (k, &i) in order.iter().enumerate() {
        for &j in order[k + 1..].iter().take_while(|j| lat(**j) - lat(i) <= band) {
            let near = || all[i].point.zip(all[j].point).is_some_and(|(p, q)| ground_metres(p, q) <= rule.metres);
            if all[i].kind == all[j].kind && near() && strsim::normalized_levenshtein(&names[i], &names[j]) >= rule.similarity {
                offer(i, j, Alike::NameNearby);
            }
        }
    }
    let mut by_phone: BTreeMap<(KindId, String), Vec<usize>> = BTreeMap::new();
    for (i, phone) in all.iter().enumerate().filter_map(|(i, s)| Some((i, s.phone?))) {
        let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
        if digits.len() >= 9 {
            by_phone.entry((all[i].kind, digits)).or_default().push(i);
        }
    }
    for same in by_phone.values().filter(|s| s.len() <= rule.phone_shared_by) {
        for (k, &i) in same.iter().enumerate() {
            same[k + 1..].iter().for_each(|&j| offer(i, j, Alike::Phone));
        }
    }
    found.into_values().collect()
}
