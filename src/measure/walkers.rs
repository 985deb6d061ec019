//! The same threshold for every walker, side by side: one search for all who feel the way alike, counted at each one's reach.

use super::costs::costs;
use super::near::Counted;
use super::{Question, QuestionError};
use crate::atlas::Atlas;
use crate::atlas::streets::{FERRY, NONE};
use crate::model::{Basis, Effort, WalkerRule, rules};
use serde::Serialize;

/// A district with the people each walker's pace brings to the services.
#[derive(Debug, Clone, Serialize)]
pub struct WalkerRow {
    /// District, or 合計.
    pub name: String,
    /// People.
    pub people: f64,
    /// One for each walker, in the order of the rules.
    pub walkers: Vec<WalkerShare>,
}

/// What one walker reaches.
#[derive(Debug, Clone, Serialize)]
pub struct WalkerShare {
    /// The walker.
    pub walker: &'static str,
    /// Their Japanese label.
    pub ja: &'static str,
    /// People who reach each kind of the question.
    pub kinds: Vec<f64>,
    /// People who reach all of them.
    pub all: f64,
}

/// Answer.
#[derive(Debug, Clone, Serialize)]
pub struct ByWalker {
    /// Districts, and the total last.
    pub rows: Vec<WalkerRow>,
    /// What it rests on.
    pub basis: Basis,
}

/// Counts for every walker of the rules. `plain` is the picture with all its efforts.
///
/// # Errors
/// As for coverage; and if the threshold is a length, which is the same for everybody.
pub fn by_walker(plain: &Atlas, q: &Question) -> Result<ByWalker, QuestionError> {
    if q.kinds.is_empty() || !q.of_time {
        return Err(QuestionError::new(
            "minutes_needed",
            "歩く人ごとの比較には、種類（kind）と分のしきい値（minutes）が要ります。/ Name a kind and a threshold in minutes.",
        ));
    }
    if q.visit.is_some() {
        return Err(QuestionError::new(
            "one_way",
            "歩く人ごとの比較は片道で尋ねてください（roundtrip なし）。/ Walkers are compared one way.",
        ));
    }
    let people = Counted::new(plain, q)?;
    let within: Vec<Vec<Vec<bool>>> = paces(plain, q, &people);
    let every = people.classes::<1>(|_| Some(0));
    let shares: Vec<Vec<WalkerShare>> = rules().walker.iter().zip(&within).map(|(w, kinds)| share(&people, w, kinds)).collect();
    let row = |(i, name): (usize, String)| WalkerRow {
        name,
        people: every[i][0],
        walkers: shares.iter().map(|of_walker| of_walker[i].clone()).collect(),
    };
    let rows = people.names().into_iter().enumerate().map(row).collect();
    let notes = rules().walker.iter().map(|w| format!("{}: {}", w.ja, w.source)).collect();
    Ok(ByWalker { rows, basis: q.basis(plain.walked(q.effort), notes) })
}

/// Walker, kind, demand point: whether it is within reach.
fn paces(plain: &Atlas, q: &Question, people: &Counted) -> Vec<Vec<Vec<bool>>> {
    // a walk on foot costs the same way for every speed, unless it sails
    let sails = plain.streets.as_ref().is_some_and(|s| s.view().arcs.iter().any(|a| a.cost & FERRY != 0));
    let shared = q.when.is_none() && !sails;
    let mut known: Vec<(Effort, Vec<Vec<u32>>)> = Vec::new();
    let mut all = Vec::new();
    for w in &rules().walker {
        let own = q.walked_by(w);
        let atlas = plain.walked(w.effort);
        let points = atlas.population[q.population.unwrap_or(0)].1.view();
        let search = || own.kinds.iter().map(|k| costs(atlas, &points, &own, *k).cost).collect::<Vec<_>>();
        let limit = if own.when.is_some() { own.limit_ms() } else { own.limit_mm };
        let within = |costs: &[Vec<u32>]| {
            let near = |cost: &Vec<u32>| (0..people.demand.points.len()).map(|p| cost[p] != NONE && cost[p] <= limit).collect();
            costs.iter().map(near).collect::<Vec<Vec<bool>>>()
        };
        match known.iter().find(|(e, _)| shared && *e == w.effort) {
            Some((_, costs)) => all.push(within(costs)),
            None => {
                let costs = search();
                all.push(within(&costs));
                known.push((w.effort, costs));
            }
        }
    }
    all
}

/// One walker's people, district by district.
fn share(people: &Counted, walker: &'static WalkerRule, kinds: &[Vec<bool>]) -> Vec<WalkerShare> {
    let of_kind: Vec<Vec<[f64; 1]>> = kinds.iter().map(|near| people.classes(|p| near[p].then_some(0))).collect();
    let all = people.classes::<1>(|p| kinds.iter().all(|near| near[p]).then_some(0));
    let one = |i: usize| WalkerShare {
        walker: &walker.id,
        ja: &walker.ja,
        kinds: of_kind.iter().map(|rows| rows[i][0]).collect(),
        all: all[i][0],
    };
    (0..all.len()).map(one).collect()
}
