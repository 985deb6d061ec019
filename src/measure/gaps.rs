//! Which cells do not reach, how many people live there, why, what is nearest, and what would help most cheaply.

use super::costs::{Costs, costs};
use super::coverage::{kind_note, people_of};
use super::{Question, QuestionError, nearest_distances, nearest_of};
use crate::atlas::Atlas;
use crate::atlas::streets::NONE;
use crate::model::{Basis, Bounds, KindId, LonLat, ground_metres, rules};
use crate::travel::taxi::fact;
use serde::Serialize;

/// The answer.
#[derive(Debug, Serialize)]
pub struct Gaps {
    /// Cells with somebody left out, most people first.
    pub cells: Vec<Gap>,
    /// People who miss at least one of the kinds, each counted once.
    pub people: f64,
    /// What it stands on.
    pub basis: Basis,
}

/// Why somebody does not reach, the strongest reason first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// No street near enough to stand on.
    NoStreet,
    /// The streets do not lead there.
    NoPath,
    /// The service within reach is closed that day.
    ClosedThatDay,
    /// A demand taxi runs, but booking has closed or the traveller is not eligible.
    BookingMissed,
    /// One gets there, but not home again.
    NoWayBack,
    /// A demand taxi picks up there, but not that day.
    NoTaxiThatDay,
    /// Near enough, but farther than the traveller walks without a rest.
    OverLongestWalk,
    /// Too far.
    TooFar,
}

impl Reason {
    /// In plain Japanese.
    pub fn ja(self) -> &'static str {
        match self {
            Self::NoStreet => "近くに道路がない",
            Self::NoPath => "道がつながっていない",
            Self::ClosedThatDay => "その日は開いていない",
            Self::BookingMissed => "デマンドタクシーの予約ができない",
            Self::NoWayBack => "帰りの便がない",
            Self::NoTaxiThatDay => "その日はデマンドタクシーが走らない",
            Self::OverLongestWalk => "休まず歩ける距離より遠い",
            Self::TooFar => "遠い",
        }
    }
}

/// What would help, the cheapest found.
#[derive(Debug, Clone, Serialize)]
pub struct Remedy {
    /// `open_that_day`, `booking_help`, `taxi_that_day`, `later_return`, `use_hall`, `extend_zone`, `new_service`.
    pub what: &'static str,
    /// In plain Japanese.
    pub ja: String,
}

/// The people of one cell in one area who do not reach a kind.
#[derive(Debug, Serialize)]
pub struct Gap {
    /// Kind not reached.
    pub kind: KindId,
    /// Register id of the cell.
    pub cell_id: i64,
    /// Mesh or small-area code.
    pub cell: String,
    /// Name of the area.
    pub area: String,
    /// Register id of the area.
    pub area_id: i64,
    /// People of the cell in this area.
    pub people: f64,
    /// Of those, not reaching.
    pub left_out: f64,
    /// Why, for most of those left out.
    pub reason: Reason,
    /// The reason in words.
    pub reason_ja: &'static str,
    /// What would help.
    pub remedy: Remedy,
    /// Nearest service on the streets (register id), from the worst-placed demand point that has one.
    pub nearest_id: Option<i64>,
    /// Its name.
    pub nearest: Option<String>,
    /// How far it is, metres of walk.
    pub nearest_metres: Option<f64>,
    /// How long that walk takes, minutes.
    pub nearest_minutes: Option<f64>,
    /// How long it takes by the way of travel asked for, minutes.
    pub minutes: Option<f64>,
    /// Rectangle of the cell, or nothing for a small area.
    #[serde(skip)]
    pub bounds: Option<Bounds>,
    /// A point in it.
    #[serde(skip)]
    pub point: LonLat,
}

/// What is known of every demand point for one kind.
struct Known {
    cost: Vec<u32>,
    limit: u32,
    taxi: Vec<u8>,
    walk: Vec<u32>,
    /// Threshold on foot, were it not for the longest walk.
    walk_limit: u32,
    nearest: Vec<u32>,
    /// Walk to services of the kind open on any day; only if a day was asked about.
    any_day: Option<Vec<u32>>,
    /// There in time, though perhaps not back; only if a round trip was asked for.
    there: Option<Vec<bool>>,
}

impl Known {
    fn new(atlas: &Atlas, q: &Question, kind: KindId) -> Option<Self> {
        let demand = atlas.population[q.population?].1.view();
        let (walk, nearest) = nearest_distances(atlas, &demand, q, kind, true);
        let Costs { cost, limit, taxi, there, .. } = match q.when {
            // on foot the cost is the walk just found
            None => Costs::on_foot(walk.clone(), q),
            Some(_) => costs(atlas, &demand, q, kind),
        };
        let all = atlas.sites.of_kind(kind);
        let open = q.sites(atlas, kind);
        let any_day = (open.len() < all.len()).then(|| nearest_of(atlas, &demand, all, q.limit_mm, q.walker, false).0);
        Some(Self { cost, limit, taxi, walk, walk_limit: q.threshold_mm, nearest, any_day, there })
    }

    fn reason(&self, atlas: &Atlas, edge: u32, p: usize) -> Reason {
        let taxi = self.taxi.get(p).copied().unwrap_or(0);
        let has = |bits: u8| taxi & bits == bits;
        match () {
            () if edge == NONE && atlas.streets.is_some() => Reason::NoStreet,
            () if self.any_day.as_ref().is_some_and(|mm| mm[p] != NONE) => Reason::ClosedThatDay,
            () if self.there.as_ref().is_some_and(|t| t[p]) => Reason::NoWayBack,
            () if has(fact::IN_ZONE | fact::RUNS) && !has(fact::BOOKABLE) => Reason::BookingMissed,
            () if has(fact::IN_ZONE) && !has(fact::RUNS) => Reason::NoTaxiThatDay,
            () if self.walk[p] <= self.walk_limit && self.walk[p] != NONE => Reason::OverLongestWalk,
            () if self.walk[p] == NONE && self.cost[p] == NONE => Reason::NoPath,
            () => Reason::TooFar,
        }
    }
}

/// Answers the question; `only` keeps one area.
///
/// # Errors
/// As for coverage.
pub fn gaps(atlas: &Atlas, q: &Question, only: Option<i64>) -> Result<Gaps, QuestionError> {
    if q.kinds.is_empty() {
        return Err(QuestionError::new("no_kind", "種類（kind）を1つ以上指定してください。/ Name at least one kind."));
    }
    let (set, groups, demand) = people_of(atlas, q)?;
    let people = set.people(q.year, q.group).of_cell;
    let index = &atlas.areas[&q.area_type];
    let only = match only {
        Some(id) => {
            Some(index.find(id).ok_or_else(|| QuestionError::new("no_such_area", "その区域はありません。/ No such area."))?)
        }
        None => None,
    };
    let mut cells = Vec::new();
    let mut misses = vec![false; demand.points.len()];
    for &kind in &q.kinds {
        let Some(known) = Known::new(atlas, q, kind) else { continue };
        for g in (0..groups.cell.len()).filter(|&g| only.is_none_or(|a| groups.area[g] == a)) {
            let cell = groups.cell[g] as usize;
            let here = people[cell] * groups.share[g];
            let points = groups.members(g);
            let out: Vec<u32> = points.iter().copied().filter(|&p| known.cost[p as usize] > known.limit).collect();
            if here <= 0.0 || out.is_empty() {
                continue;
            }
            out.iter().for_each(|&p| misses[p as usize] = true);
            let mut reasons: Vec<Reason> =
                out.iter().map(|&p| known.reason(atlas, demand.points[p as usize].edge, p as usize)).collect();
            reasons.sort_unstable();
            let reason = reasons.chunk_by(|a, b| a == b).max_by_key(|run| run.len()).map_or(Reason::TooFar, |run| run[0]);
            let farthest = |list: &[u32]| {
                out.iter().filter(|p| list[**p as usize] != NONE).max_by_key(|p| list[**p as usize]).map(|p| *p as usize)
            };
            let worst = farthest(&known.walk);
            let site = worst.and_then(|p| atlas.sites.all.get(known.nearest[p] as usize));
            let c = &set.cells[cell];
            let area = &index.areas[groups.area[g] as usize];
            let point = LonLat::from_e7(demand.points[out[0] as usize].point);
            let cost_minutes = |p: usize| match &q.when {
                None => q.walker.minutes(known.cost[p]),
                Some(_) => f64::from(known.cost[p]) / 60_000.0,
            };
            cells.push(Gap {
                kind,
                cell_id: c.id,
                cell: c.code.clone(),
                area: area.name.clone(),
                area_id: area.id,
                people: here,
                left_out: here * out.len() as f64 / points.len() as f64,
                reason,
                reason_ja: reason.ja(),
                remedy: remedy(atlas, q, kind, reason, point),
                nearest_id: site.map(|s| s.service.id),
                nearest: site.map(|s| s.service.name.clone()),
                nearest_metres: worst.map(|p| f64::from(known.walk[p]) / 1000.0),
                nearest_minutes: worst.map(|p| q.walker.minutes(known.walk[p])),
                minutes: farthest(&known.cost).map(cost_minutes),
                bounds: c.bounds,
                point,
            });
        }
    }
    cells.sort_by(|a, b| b.left_out.total_cmp(&a.left_out).then(a.cell_id.cmp(&b.cell_id)).then(a.area_id.cmp(&b.area_id)));
    let missing = |g: usize| {
        let (all, points) = (groups.members(g), if only.is_some() { groups.members(g) } else { groups.own(g) });
        let share = points.iter().filter(|p| misses[**p as usize]).count() as f64 / all.len() as f64;
        people[groups.cell[g] as usize] * groups.share[g] * share
    };
    let people = (0..groups.cell.len()).filter(|&g| only.is_none_or(|a| groups.area[g] == a)).map(missing).sum();
    let mut notes: Vec<String> = q.kinds.iter().filter_map(|k| kind_note(atlas, *k)).collect();
    notes.push(format!("最寄りは{}mまで探しました。", rules().limits.max_metres));
    notes.push("助けになる案は、費用の少ない順に最初に見つかったものです。会場までの距離は直線です。".into());
    Ok(Gaps { cells, people, basis: q.basis(atlas, notes) })
}

/// The cheapest help found: a changed day or a telephone call before a room that exists, a room before a zone, a zone before
/// something new.
fn remedy(atlas: &Atlas, q: &Question, kind: KindId, reason: Reason, at: LonLat) -> Remedy {
    let name = &kind.kind().short;
    match reason {
        Reason::ClosedThatDay => {
            return Remedy { what: "open_that_day", ja: format!("近くの{name}を、この曜日にも開く") };
        }
        Reason::BookingMissed => {
            return Remedy { what: "booking_help", ja: "デマンドタクシーの登録や予約を手伝う".into() };
        }
        Reason::NoTaxiThatDay => {
            return Remedy { what: "taxi_that_day", ja: "この曜日にもデマンドタクシーを走らせる".into() };
        }
        Reason::NoWayBack => {
            return Remedy {
                what: "later_return", ja: "帰りの便に合わせて時間を動かす、または帰りの便を足す".into()
            };
        }
        _ => {}
    }
    if kind.kind().group == "予防" {
        let near = |p: &&crate::model::Place| p.facility.is_some() && p.point.is_some();
        let metres = |p: &crate::model::Place| p.point.map_or(f64::INFINITY, |x| ground_metres(x, at));
        let hall = atlas.facilities.iter().filter(near).map(|p| (metres(p), p)).filter(|(m, _)| *m <= q.metres());
        if let Some((m, hall)) = hall.min_by(|a, b| a.0.total_cmp(&b.0)) {
            return Remedy { what: "use_hall", ja: format!("{}（直線{m:.0}m）で{name}を開く", hall.name) };
        }
    }
    let zone = atlas.transit.as_ref().and_then(|t| {
        let middle = |l: &crate::atlas::transit::ZoneLeg| ground_metres(l.pickup.bounds.center(), at);
        let legs = t.zone_legs.iter().filter(|l| !l.pickup.bounds.is_empty());
        legs.min_by(|a, b| middle(a).total_cmp(&middle(b))).map(|l| t.service_of(l).0.name.clone())
    });
    match zone {
        Some(zone) => {
            Remedy { what: "extend_zone", ja: format!("デマンドタクシー「{zone}」の区域や行き先を広げる") }
        }
        None => Remedy { what: "new_service", ja: format!("新しい{name}か、乗合の足をつくる") },
    }
}
