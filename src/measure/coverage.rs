//! M1 徒歩圏カバー率: what share of the people of each area reaches each kind, by street and in a straight line.

use super::costs::{Costs, costs};
use super::taxi_people::TaxiPeople;
use super::{Mode, Question, QuestionError, weighted_quantiles};
use crate::atlas::demand::DemandView;
use crate::atlas::streets::NONE;
use crate::atlas::{Atlas, Groups, PopulationSet};
use crate::model::{Area, Basis, Bounds, GeocodeLevel, KindId, LonLat, ground_metres};
use rayon::prelude::*;
use serde::Serialize;
use std::collections::HashMap;

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
    #[serde(skip)]
    low_people: f64,
    #[serde(skip)]
    high_people: f64,
}

impl KindShare {
    fn settle(&mut self, people: f64) {
        let share = |v: f64| (people > 0.0).then(|| (v / people).clamp(0.0, 1.0));
        (self.share, self.low, self.high) = (share(self.reached), share(self.low_people), share(self.high_people));
    }

    fn add(&mut self, o: &Self) {
        self.reached += o.reached;
        self.low_people += o.low_people;
        self.high_people += o.high_people;
        self.straight += o.straight;
        self.straight_only += o.straight_only;
        if let Some(theirs) = &o.taxi {
            self.taxi.get_or_insert_default().add(theirs);
        }
    }
}

/// Distances of every demand point for one kind.
struct Reach {
    kind: KindId,
    /// Cost of each demand point: millimetres of walk, or milliseconds if a timetable is used; [`NONE`] if there is no way.
    cost: Vec<u32>,
    /// Greatest cost that counts as reached.
    limit: u32,
    /// Facts about demand taxis, if asked for.
    taxi: Vec<u8>,
    /// Expected share of rides with a seat.
    seats: HashMap<u32, f64>,
    /// One bit per demand point: inside the straight line.
    straight: Vec<bool>,
}

impl Reach {
    fn has(&self, point: usize) -> bool {
        self.cost[point] <= self.limit
    }
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
            let Costs { cost, limit, taxi, seats, .. } = costs(atlas, &demand, q, kind);
            Reach { kind, cost, limit, taxi, seats, straight: straight_reach(atlas, &demand, kind, q.metres()) }
        })
        .collect();
    let areas = &atlas.areas[&q.area_type].areas;
    let main = atlas.streets.as_ref().map(|s| s.view());
    let mut of_area: Vec<Vec<usize>> = vec![Vec::new(); areas.len()];
    (0..groups.area.len()).for_each(|g| of_area[groups.area[g] as usize].push(g));
    let rows: Vec<AreaRow> = areas
        .par_iter()
        .zip(&of_area)
        .map(|(area, members)| row(area, members, groups, &demand, &people.of_cell, &reaches, q, main.as_ref()))
        .collect();
    let total = total_of(&rows, groups, &people.of_cell, &reaches, q);
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

/// Which demand points lie within some straight metres of a running service. Whole cells are decided at once where they can be.
fn straight_reach(atlas: &Atlas, demand: &DemandView, kind: KindId, metres: f64) -> Vec<bool> {
    let cells = demand.sources.len();
    let of_cell = |cell: usize| -> Vec<bool> {
        let points = &demand.points[demand.of_cell(cell)];
        let bounds = Bounds::of(points.iter().map(|p| LonLat::from_e7(p.point)));
        if bounds.is_empty() {
            return Vec::new();
        }
        let middle = bounds.center();
        let radius =
            ground_metres(LonLat::new(bounds.west, bounds.south), LonLat::new(bounds.east, bounds.north)) / 2.0 * 1.001 + 0.1;
        match atlas.sites.nearest_straight(kind, middle) {
            Some((_, d)) if d + radius <= metres => vec![true; points.len()],
            Some((_, d)) if d - radius <= metres => {
                let near: Vec<LonLat> = atlas
                    .sites
                    .candidates(kind, &bounds.grown(metres + 1.0))
                    .map(|id| atlas.sites.all[id as usize].point)
                    .collect();
                points.iter().map(|p| near.iter().any(|s| ground_metres(LonLat::from_e7(p.point), *s) <= metres)).collect()
            }
            _ => vec![false; points.len()],
        }
    };
    (0..cells).into_par_iter().with_min_len(256).flat_map_iter(of_cell).collect()
}

#[allow(clippy::too_many_arguments)]
fn row(
    area: &Area,
    members: &[usize],
    groups: &Groups,
    demand: &DemandView,
    people: &[f64],
    reaches: &[Reach],
    q: &Question,
    streets: Option<&crate::atlas::streets::View>,
) -> AreaRow {
    let mut kinds: Vec<KindShare> = reaches.iter().map(|r| KindShare { kind: Some(r.kind), ..KindShare::default() }).collect();
    let (mut all, mut any) = (KindShare::default(), KindShare::default());
    let (mut whole, mut unsnapped, mut cut_off) = (0.0, 0.0, 0.0);
    for &g in members {
        let points = groups.members(g);
        let here = people[groups.cell[g] as usize] * groups.share[g];
        if here <= 0.0 {
            continue;
        }
        let each = here / points.len() as f64;
        whole += here;
        let lost = points.iter().filter(|p| demand.points[**p as usize].edge == NONE).count();
        unsnapped += if streets.is_some() { each * lost as f64 } else { 0.0 };
        let apart = |p: &&u32| {
            Some(demand.points[**p as usize].edge)
                .filter(|e| *e != NONE)
                .zip(streets)
                .is_some_and(|(e, s)| s.edge_component(e) != 0)
        };
        cut_off += each * points.iter().filter(apart).count() as f64;
        for (share, reach) in kinds.iter_mut().zip(reaches) {
            tally(share, points, here, |p| (reach.has(p), reach.straight[p]));
            if !reach.taxi.is_empty() {
                let taxi = share.taxi.get_or_insert_default();
                points
                    .iter()
                    .for_each(|&p| taxi.count(reach.taxi[p as usize], reach.has(p as usize), reach.seats.get(&p).copied(), each));
            }
        }
        tally(&mut all, points, here, |p| (reaches.iter().all(|r| r.has(p)), reaches.iter().all(|r| r.straight[p])));
        tally(&mut any, points, here, |p| (reaches.iter().any(|r| r.has(p)), reaches.iter().any(|r| r.straight[p])));
    }
    for (share, reach) in kinds.iter_mut().zip(reaches) {
        share.settle(whole);
        set_quantiles(share, members.iter().copied(), groups, people, reach, q);
    }
    all.settle(whole);
    any.settle(whole);
    AreaRow {
        id: area.id,
        name: area.name.clone(),
        city_code: area.city_code.clone(),
        people: whole,
        unsnapped,
        cut_off,
        kinds,
        all,
        any,
    }
}

fn tally(share: &mut KindShare, points: &[u32], here: f64, test: impl Fn(usize) -> (bool, bool)) {
    let (mut reached, mut straight, mut straight_only) = (0usize, 0usize, 0usize);
    for &p in points {
        let (walk, line) = test(p as usize);
        reached += usize::from(walk);
        straight += usize::from(line);
        straight_only += usize::from(line && !walk);
    }
    let each = here / points.len() as f64;
    share.reached += each * reached as f64;
    share.straight += each * straight as f64;
    share.straight_only += each * straight_only as f64;
    share.low_people += if reached == points.len() { here } else { 0.0 };
    share.high_people += if reached > 0 { here } else { 0.0 };
}

fn set_quantiles(
    share: &mut KindShare,
    members: impl Iterator<Item = usize>,
    groups: &Groups,
    people: &[f64],
    reach: &Reach,
    q: &Question,
) {
    let mut values = Vec::new();
    for g in members {
        let points = groups.members(g);
        let each = people[groups.cell[g] as usize] * groups.share[g] / points.len() as f64;
        if each > 0.0 {
            values.extend(points.iter().map(|&p| (reach.cost[p as usize], each)));
        }
    }
    let [p50, p90] = weighted_quantiles(&values, [0.5, 0.9]);
    if q.by == Mode::Walk {
        let metres = |mm: u32| f64::from(mm) / 1000.0;
        (share.p50_metres, share.p90_metres) = (p50.map(metres), p90.map(metres));
    }
    let minutes = |cost: u32| if q.by == Mode::Walk { q.walker.minutes(cost) } else { f64::from(cost) / 60_000.0 };
    (share.p50_minutes, share.p90_minutes) = (p50.map(minutes), p90.map(minutes));
}

fn total_of(rows: &[AreaRow], groups: &Groups, people: &[f64], reaches: &[Reach], q: &Question) -> AreaRow {
    let blank = KindShare::default();
    let mut total = AreaRow {
        id: 0,
        name: "合計".into(),
        city_code: None,
        people: 0.0,
        unsnapped: 0.0,
        cut_off: 0.0,
        kinds: reaches.iter().map(|r| KindShare { kind: Some(r.kind), ..blank }).collect(),
        all: blank,
        any: blank,
    };
    for row in rows {
        total.people += row.people;
        total.unsnapped += row.unsnapped;
        total.cut_off += row.cut_off;
        total.kinds.iter_mut().zip(&row.kinds).for_each(|(t, k)| t.add(k));
        total.all.add(&row.all);
        total.any.add(&row.any);
    }
    total.kinds.par_iter_mut().zip(reaches).for_each(|(share, reach)| {
        share.settle(total.people);
        set_quantiles(share, 0..groups.cell.len(), groups, people, reach, q);
    });
    total.all.settle(total.people);
    total.any.settle(total.people);
    total
}
