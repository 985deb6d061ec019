//! From the provider's side: which homes a base reaches by car within some minutes (定期巡回「概ね…分」: the minutes are the
//! question's), and who is out of every base's reach.

use super::near::Counted;
use super::{Question, QuestionError};
use crate::atlas::Atlas;
use crate::atlas::streets::NONE;
use crate::model::{Basis, LonLat, rules};
use crate::travel::{Search, drive_from, drive_toward};
use serde::Serialize;

/// The answer.
#[derive(Debug, Serialize)]
pub struct ProviderReach {
    /// One row per area; the last is the total.
    pub rows: Vec<ProviderRow>,
    /// What each base reaches by itself, most people first.
    pub bases: Vec<BaseRow>,
    /// What it stands on.
    pub basis: Basis,
}

/// One area.
#[derive(Debug, Serialize)]
pub struct ProviderRow {
    /// Name.
    pub area: String,
    /// People.
    pub people: f64,
    /// People some base reaches.
    pub reached: f64,
    /// People out of every base's reach.
    pub without: f64,
}

/// One base.
#[derive(Debug, Serialize)]
pub struct BaseRow {
    /// Name.
    pub name: String,
    /// People it reaches.
    pub reached: f64,
}

/// Answers the question; its minutes are minutes of driving, outwards from each base.
///
/// # Errors
/// As for coverage; without drivable streets or kinds.
pub fn provider_reach(atlas: &Atlas, q: &Question) -> Result<ProviderReach, QuestionError> {
    if q.kinds.is_empty() {
        return Err(QuestionError::new(
            "no_kind",
            "種類（kind）を1つ以上指定してください。例: home_nurse / Name at least one kind.",
        ));
    }
    let missing = || {
        let text = "車の道路網がありません。OpenStreetMapの道路をもう一度取り込んでください。/ No drivable streets.";
        QuestionError::new("no_drive", text)
    };
    let view = atlas.drive.as_ref().ok_or_else(missing)?.view();
    let counted = Counted::new(atlas, q)?;
    let (limit, rule) = (q.limit_ms(), &rules().network);
    // homes joined to the drivable streets: by their ends, as a drive arrives there
    let homes: Vec<[(u32, u32); 2]> = counted
        .demand
        .points
        .iter()
        .map(|p| {
            let mut ends = [(NONE, NONE); 2];
            if let Some(at) = view.snap(LonLat::from_e7(p.point), rule) {
                ends.iter_mut().zip(drive_toward(&view, &at, q.walker, 0)).for_each(|(e, s)| *e = (s.node, s.mm));
            }
            ends
        })
        .collect();
    let near = |search: &Search, home: &[(u32, u32); 2]| {
        let via = home.iter().filter(|e| e.0 != NONE).map(|e| search.mm[e.0 as usize].saturating_add(e.1));
        via.min().is_some_and(|ms| ms <= limit)
    };
    let bases: Vec<(&str, _)> = q
        .kinds
        .iter()
        .flat_map(|k| q.sites(atlas, *k))
        .filter_map(|s| {
            let site = &atlas.sites.all[s as usize];
            Some((site.service.name.as_str(), view.snap(site.point, rule)?))
        })
        .collect();
    let mut search = Search::new(view.nodes.len());
    let all = bases.iter().flat_map(|(_, at)| drive_from(&view, at, q.walker, 0)).collect::<Vec<_>>();
    search.outward(&view, all.into_iter(), limit, q.walker);
    let reached: Vec<bool> = homes.iter().map(|h| near(&search, h)).collect();
    let rows = counted.classes::<2>(|p| Some(usize::from(!reached[p])));
    let row = |(area, [a, b]): (String, [f64; 2])| ProviderRow { area, people: a + b, reached: a, without: b };
    let weights = counted.weights();
    let mut own: Vec<BaseRow> = bases
        .iter()
        .map(|(name, at)| {
            search.outward(&view, drive_from(&view, at, q.walker, 0), limit, q.walker);
            let people = homes.iter().zip(&weights).filter(|(h, w)| **w > 0.0 && near(&search, h)).map(|(_, w)| w);
            BaseRow { name: (*name).to_owned(), reached: people.sum() }
        })
        .collect();
    own.sort_by(|a, b| b.reached.total_cmp(&a.reached).then(a.name.cmp(&b.name)));
    let notes = vec![format!(
        "拠点{}か所から車で{:.0}分以内。車の速さは道の種類ごとの仮定（未確認）で、信号や渋滞を平均として含みます。分は質問の値で、公的な基準ではありません。",
        bases.len(),
        q.walker.minutes(q.threshold_mm)
    )];
    Ok(ProviderReach { rows: counted.names().into_iter().zip(rows).map(row).collect(), bases: own, basis: q.basis(atlas, notes) })
}
