//! Where the next k services should go among given candidates: most people newly within reach, or least walking in all.
//!
//! Both gains are monotone and submodular, so the greedy choice is at least 1 − 1/e of the best (Nemhauser, Wolsey, Fisher
//! 1978); swaps improve it, and the sum of the k largest remaining gains on top of any chosen set bounds the best from above.

use super::near::Counted;
use super::reachable::{distances, field};
use super::{Question, QuestionError};
use crate::atlas::Atlas;
use crate::atlas::streets::{NONE, Snapped};
use crate::model::{Basis, LonLat, rules};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// What is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Aim {
    /// Most people newly within the threshold (maximal covering).
    #[default]
    Cover,
    /// Least walking in all (p-median): person-minutes saved.
    Median,
}

/// A candidate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// Name.
    pub name: String,
    /// Longitude, latitude.
    pub at: [f64; 2],
}

/// A chosen site.
#[derive(Debug, Clone, Serialize)]
pub struct Chosen {
    /// Which.
    #[serde(flatten)]
    pub candidate: Candidate,
    /// What it adds to those before it: people, or person-minutes.
    pub gain: f64,
}

/// The answer.
#[derive(Debug, Serialize)]
pub struct Siting {
    /// In the order of their gains.
    pub chosen: Vec<Chosen>,
    /// What they gain together.
    pub gain: f64,
    /// No choice of as many can gain more.
    pub bound: f64,
    /// Gain as a share of the bound, at most 1: the choice is at least this good.
    pub quality: Option<f64>,
    /// Candidates looked at.
    pub candidates: usize,
    /// What it stands on.
    pub basis: Basis,
}

/// Halls, schools and other public rooms of the register as candidates.
pub fn public_rooms(atlas: &Atlas) -> Vec<Candidate> {
    let room = |p: &&crate::model::Place| matches!(p.facility.as_deref(), Some("community_centre" | "public_facility"));
    let candidate = |p: &crate::model::Place| Some(Candidate { name: p.name.clone(), at: p.point.map(|x| [x.lon, x.lat])? });
    atlas.facilities.iter().filter(room).filter_map(candidate).collect()
}

/// Chooses k sites for the first kind of a question.
///
/// # Errors
/// As for coverage; without streets, kinds or candidates.
pub fn siting(atlas: &Atlas, q: &Question, candidates: &[Candidate], k: usize, aim: Aim) -> Result<Siting, QuestionError> {
    let error = |code, text: String| Err(QuestionError::new(code, text));
    let Some(&kind) = q.kinds.first() else {
        return error("no_kind", "種類（kind）を指定してください。/ Name a kind.".into());
    };
    let Some(streets) = &atlas.streets else {
        return error("no_streets", "道路が取り込まれていません。/ No streets have been imported.".into());
    };
    let most = &rules().what_if;
    if candidates.is_empty() || candidates.len() > most.max_candidates || k == 0 || k > most.max_chosen {
        let text = format!(
            "候補は1～{}か所、選ぶ数は1～{}です。候補がないときは公民館などの一覧を取り込んでください。/ Candidates or k out of range.",
            most.max_candidates, most.max_chosen
        );
        return error("bad_siting", text);
    }
    let counted = Counted::new(atlas, q)?;
    let weights = counted.weights();
    let view = streets.view();
    // the median looks as far as anyone walks at all
    let limit = if aim == Aim::Cover { q.limit_mm } else { q.limit_mm.saturating_mul(3).min(q.far_mm()) };
    let known = super::nearest_of(atlas, &counted.demand, &q.sites(atlas, kind), limit, q.walker, false).0;
    let value = |p: usize, mm: u32| -> f64 {
        match aim {
            Aim::Cover if known[p] == NONE => weights[p],
            Aim::Cover => 0.0,
            Aim::Median => weights[p] * q.walker.minutes(known[p].min(limit).saturating_sub(mm)),
        }
    };
    let reach = |c: &Candidate| -> Vec<(u32, f64)> {
        let Some(at) = view.snap(LonLat::new(c.at[0], c.at[1]), &rules().network) else { return Vec::new() };
        let at: [(u32, Snapped); 1] = [(0, at)];
        let search = field(&view, &at, limit, q.walker, false);
        let mm = distances(&view, &counted.demand, &at, &search, limit, false).0;
        let worth =
            |(p, mm): (usize, &u32)| (*mm != NONE && weights[p] > 0.0).then(|| (p as u32, value(p, *mm))).filter(|v| v.1 > 0.0);
        mm.iter().enumerate().filter_map(worth).collect()
    };
    let gains: Vec<Vec<(u32, f64)>> = candidates.par_iter().map(reach).collect();
    let (order, total, bound) = choose(&gains, weights.len(), k);
    let mut best = vec![0.0; weights.len()];
    let chosen = order
        .into_iter()
        .map(|c| Chosen { candidate: candidates[c].clone(), gain: take(&gains[c], &mut best) })
        .filter(|c| c.gain > 0.0)
        .collect();
    let what = if aim == Aim::Cover { "新しく届く人" } else { "減る歩行時間（人・分）" };
    let notes = vec![
        format!("候補{}か所から{k}か所を選びました。数は{what}。歩行の道のりで計算しています。", candidates.len()),
        "上限は、どの選び方でもこれを超えられないことが証明された値です。".into(),
    ];
    let quality = (bound > 0.0).then(|| total / bound);
    Ok(Siting { chosen, gain: total, bound, quality, candidates: candidates.len(), basis: q.basis(atlas, notes) })
}

/// Adds a candidate; what it gains over what is taken.
fn take(gains: &[(u32, f64)], best: &mut [f64]) -> f64 {
    let mut sum = 0.0;
    for &(p, v) in gains {
        let b = &mut best[p as usize];
        if v > *b {
            sum += v - *b;
            *b = v;
        }
    }
    sum
}

fn marginal(gains: &[(u32, f64)], best: &[f64]) -> f64 {
    gains.iter().map(|&(p, v)| (v - best[p as usize]).max(0.0)).sum()
}

fn value_of(gains: &[Vec<(u32, f64)>], chosen: &[usize], best: &mut [f64]) -> f64 {
    best.fill(0.0);
    chosen.iter().map(|c| take(&gains[*c], best)).sum()
}

/// Greedy with lazy evaluation, then swaps; the chosen, their value, and a bound no choice of k exceeds.
pub fn choose(gains: &[Vec<(u32, f64)>], points: usize, k: usize) -> (Vec<usize>, f64, f64) {
    let mut best = vec![0.0; points];
    let mut chosen: Vec<usize> = Vec::new();
    let (mut value, mut bound) = (0.0, f64::INFINITY);
    let mut tighten = |value: f64, best: &[f64]| {
        let mut left: Vec<f64> = gains.par_iter().map(|g| marginal(g, best)).collect();
        left.sort_by(|a, b| b.total_cmp(a));
        bound = bound.min(value + left.iter().take(k).sum::<f64>());
        bound
    };
    tighten(0.0, &best);
    let mut upper: Vec<f64> = gains.iter().map(|g| g.iter().map(|v| v.1).sum()).collect();
    for _ in 0..k.min(gains.len()) {
        // lazily: an old gain can only have shrunk
        let mut pick: Option<(f64, usize)> = None;
        let mut order: Vec<usize> = (0..gains.len()).filter(|c| !chosen.contains(c)).collect();
        order.sort_by(|a, b| upper[*b].total_cmp(&upper[*a]).then(a.cmp(b)));
        for c in order {
            if pick.is_some_and(|(g, _)| upper[c] < g) {
                break;
            }
            upper[c] = marginal(&gains[c], &best);
            // ties go to the candidate named first
            if pick.is_none_or(|(g, i)| upper[c] > g || upper[c] == g && c < i) {
                pick = Some((upper[c], c));
            }
        }
        let Some((gain, c)) = pick.filter(|p| p.0 > 0.0) else { break };
        value += gain;
        take(&gains[c], &mut best);
        chosen.push(c);
        tighten(value, &best);
    }
    // swaps, as long as one helps
    const ROUNDS: usize = 20;
    for _ in 0..ROUNDS {
        let mut better: Option<(f64, usize, usize)> = None;
        for out in 0..chosen.len() {
            let rest: Vec<usize> = chosen.iter().enumerate().filter(|(i, _)| *i != out).map(|(_, c)| *c).collect();
            let base = value_of(gains, &rest, &mut best);
            let candidate =
                (0..gains.len()).into_par_iter().filter(|c| !chosen.contains(c)).map(|c| (base + marginal(&gains[c], &best), c));
            let Some((v, c)) = candidate.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1))) else { continue };
            if v > value * (1.0 + 1e-12) && better.is_none_or(|(w, ..)| v > w) {
                better = Some((v, out, c));
            }
        }
        let Some((v, out, c)) = better else { break };
        (chosen[out], value) = (c, v);
        value_of(gains, &chosen, &mut best);
        tighten(value, &best);
    }
    let exact = value_of(gains, &chosen, &mut best);
    // sums in another order differ in their last digits
    (chosen, exact, bound.max(exact))
}
