//! M1 徒歩圏カバー率: what share of the people of each area reaches each kind, by street and in a straight line.

use super::costs::costs;
use super::straight::straight_to_kind;
use super::tally::{Reach, Tally};
use super::taxi_people::TaxiPeople;
use super::{Question, QuestionError};
use crate::atlas::demand::DemandView;
use crate::atlas::{Atlas, Groups, PopulationSet, Streets};
use crate::model::{Basis, GeocodeLevel, KindId};
use rayon::prelude::*;
use serde::Serialize;

/// The answer.
#[derive(Debug, Serialize)]
pub struct Coverage {
    /// One row per area.
    pub rows: Vec<AreaRow>,
    /// The whole of the areas.
    pub total: AreaRow,
    /// What it stands on.
    pub basis: Basis,
}

/// One area.
#[derive(Debug, Clone, Serialize)]
pub struct AreaRow {
    /// Register id; 0 for the total.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Municipality code.
    pub city_code: Option<String>,
    /// People counted.
    pub people: f64,
    /// People with no street near enough to stand on.
    pub unsnapped: f64,
    /// People on a piece of network cut off from the main one.
    pub cut_off: f64,
    /// By kind, in the order asked.
    pub kinds: Vec<KindShare>,
    /// People who reach every kind asked for.
    pub all: KindShare,
    /// People who reach at least one of them.
    pub any: KindShare,
}

/// How many reach one kind.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct KindShare {
    /// Kind; absent for "all" and "any".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<KindId>,
    /// People who reach it on the streets.
    pub reached: f64,
    /// Share of the people, 0 to 1; absent where nobody lives.
    pub share: Option<f64>,
    /// Least share the data allow: only cells all of whose demand points reach.
    pub low: Option<f64>,
    /// Greatest share the data allow: cells any of whose demand points reach.
    pub high: Option<f64>,
    /// People inside the same distance in a straight line.
    pub straight: f64,
    /// People inside the straight line who do not reach it on the streets.
    pub straight_only: f64,
    /// Half of the people have one within this, metres of walk; absent if more than half have none at all.
    pub p50_metres: Option<f64>,
    /// Nine in ten have one within this.
    pub p90_metres: Option<f64>,
    /// The same in minutes, by the way of travel asked for.
    pub p50_minutes: Option<f64>,
    /// The same in minutes.
    pub p90_minutes: Option<f64>,
    /// What demand taxis are to these people; absent unless asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taxi: Option<TaxiPeople>,
    /// People of [`Self::low`].
    #[serde(skip)]
    pub(super) low_people: f64,
    /// People of [`Self::high`].
    #[serde(skip)]
    pub(super) high_people: f64,
}

/// Answers the question.
///
/// # Errors
/// If there are no areas of the type, no population, or no kind was named.
pub fn coverage(atlas: &Atlas, q: &Question) -> Result<Coverage, QuestionError> {
    if q.kinds.is_empty() {
        return Err(QuestionError::new(
            "no_kind",
            "種類（kind）を1つ以上指定してください。例: kind=hospital,salon / Name at least one kind.",
        ));
    }
    let (set, groups, demand) = people_of(atlas, q)?;
    let people = set.people(q.year, q.group);
    let reaches: Vec<Reach> = q
        .kinds
        .par_iter()
        .map(|&kind| {
            let (costs, straight) = (costs(atlas, &demand, q, kind), straight_to_kind(atlas, &demand, q, kind));
            Reach { kind, costs, straight, straight_limit: q.metres() }
        })
        .collect();
    let tally = Tally {
        groups,
        demand,
        people: &people.of_cell,
        reaches: &reaches,
        q,
        streets: atlas.streets.as_ref().map(Streets::view),
    };
    let (rows, total) = tally.rows(&atlas.areas[&q.area_type].areas);
    let mut notes = Vec::new();
    if people.shared_out > 0 {
        notes.push(format!("秘匿された{}区画の人口は、合算先の数を総人口の比で分けました。", people.shared_out));
    }
    if people.unknown > 0 {
        notes.push(format!("{}の数が分からない{}区画は数えていません。", q.group.ja(), people.unknown));
    }
    if total.unsnapped >= 0.5 {
        notes.push(format!("近くに道路がなく測れない人が約{:.0}人います（届かない人に数えています）。", total.unsnapped));
    }
    if total.cut_off >= 0.5 {
        notes.push(format!("主な道路網から切れた道路にいる人が約{:.0}人います。", total.cut_off));
    }
    notes.extend(q.kinds.iter().filter_map(|k| kind_note(atlas, *k)));
    notes.push("境界をまたぐ区画の人口は、点の数の割合で分けました。区域の外のサービスも数えています。".into());
    Ok(Coverage { rows, total, basis: q.basis(atlas, notes) })
}

/// What was left out for a kind.
pub(super) fn kind_note(atlas: &Atlas, kind: KindId) -> Option<String> {
    let missing = atlas.sites.unlocated.iter().filter(|s| s.kind == kind && s.status == crate::model::Status::Active).count();
    let paused =
        atlas.sites.all.iter().filter(|s| s.service.kind == kind && s.service.status == crate::model::Status::Paused).count();
    let off = atlas
        .sites
        .of_kind(kind)
        .iter()
        .filter(|id| atlas.streets.is_some() && atlas.sites.all[**id as usize].snapped.is_none())
        .count();
    let n = atlas.sites.of_kind(kind).len() - off;
    let mut words = vec![format!("{}: {n}か所を数えました", kind.kind().short)];
    let looked_up = |s: &&u32| atlas.sites.all[**s as usize].service.level != GeocodeLevel::Surveyed;
    let by_address = atlas.sites.of_kind(kind).iter().filter(looked_up).count();
    words.extend((by_address > 0).then(|| format!("うち{by_address}か所は住所から位置を決めました")));
    words.extend((missing > 0).then(|| format!("位置未確定の{missing}件は含みません")));
    words.extend((paused > 0).then(|| format!("休止中の{paused}件は含みません")));
    words.extend((off > 0).then(|| format!("道路網の外にある{off}件は徒歩では数えません")));
    Some(words.join("、") + "。")
}

/// The people, their demand points and their districts.
pub(super) fn people_of<'a>(
    atlas: &'a Atlas,
    q: &Question,
) -> Result<(&'a PopulationSet, &'a Groups, DemandView<'a>), QuestionError> {
    let at = q.population.ok_or_else(|| {
        QuestionError::new(
            "no_population",
            "人口データがありません。国勢調査メッシュなどを取り込んでください。/ No population has been imported.",
        )
    })?;
    let groups = atlas.groups(q.area_type, at).ok_or_else(|| {
        QuestionError::new(
            "no_areas",
            format!("{}のデータがありません。取り込んでください。/ No areas of this type.", q.area_type.ja()),
        )
    })?;
    Ok((&atlas.population[at].0, groups, atlas.population[at].1.view()))
}
