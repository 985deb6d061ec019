//! Indicators of a plan: M2, M3, M6, M10/M11 (2SFCA, E2SFCA), M12, M16, 移動販売 (Q9) and 町内 (§ 全町内の半数に月1回以上の通いの場).

use super::near::{Counted, Spots};
use super::{Question, QuestionError};
use crate::atlas::Atlas;
use crate::atlas::streets::NONE;
use crate::model::{AreaType, Basis, Day, KindId, LonLat, kind_by_code, kinds, rules};
use crate::travel::{Search, seeds_toward};
use serde::Serialize;
use std::collections::{HashMap, HashSet};

/// M12: on how many days of a week at least one service can be walked to.
#[derive(Debug, Serialize)]
pub struct DaysPerWeek {
    /// One row per area; the last is the total.
    pub rows: Vec<DaysRow>,
    /// What it stands on.
    pub basis: Basis,
}

/// One area.
#[derive(Debug, Serialize)]
pub struct DaysRow {
    /// Name.
    pub area: String,
    /// People.
    pub people: f64,
    /// Mean days per week.
    pub days: Option<f64>,
    /// People with none at all in the year.
    pub none: f64,
}

/// A year is looked at, so that 第2・4, holidays and summer breaks weigh what they weigh.
const WEEKS: i32 = 52;
/// Weeks in each of which a mobile shop must come to be weekly.
const WEEKLY: i32 = 4;

/// M12 for the kinds of a question, from a day on.
///
/// # Errors
/// As for coverage.
pub fn days_per_week(atlas: &Atlas, q: &Question, from: Day) -> Result<DaysPerWeek, QuestionError> {
    let counted = Counted::new(atlas, q)?;
    let mut sets: HashMap<Vec<u32>, u32> = HashMap::new();
    let (mut undated, mut all) = (0, 0);
    for kind in &q.kinds {
        let sites = atlas.sites.of_kind(*kind);
        all += sites.len();
        undated += sites.iter().filter(|s| atlas.sites.all[**s as usize].schedule.is_none()).count();
    }
    for k in 0..WEEKS * 7 {
        let open = |s: &u32| atlas.sites.all[*s as usize].is_on(from.plus(k)) == Some(true);
        let set: Vec<u32> = q.kinds.iter().flat_map(|kind| atlas.sites.of_kind(*kind)).copied().filter(open).collect();
        *sets.entry(set).or_default() += 1;
    }
    let mut days = vec![0u32; counted.demand.points.len()];
    for (set, count) in sets.iter().filter(|(s, _)| !s.is_empty()) {
        let (mm, _) = super::nearest_of(atlas, &counted.demand, set, q.limit_mm, q.walker, false);
        days.iter_mut().zip(mm).filter(|(_, mm)| *mm != NONE).for_each(|(d, _)| *d += count);
    }
    let mut rows = vec![(0.0, 0.0, 0.0); counted.areas.areas.len() + 1];
    let last = rows.len() - 1;
    counted.each(|area, p, people| {
        for r in [area, last] {
            rows[r].0 += people;
            rows[r].1 += people * f64::from(days[p]) / f64::from(WEEKS);
            rows[r].2 += if days[p] == 0 { people } else { 0.0 };
        }
    });
    let row = |(area, (people, sum, none)): (String, (f64, f64, f64))| DaysRow {
        area,
        people,
        days: (people > 0.0).then(|| sum / people),
        none,
    };
    let rows = counted.names().into_iter().zip(rows).map(row).collect();
    let notes = vec![format!(
        "{from} からの1年（52週）について、歩いて届く所が1か所でも開いている日を数えました。曜日の分からない{undated}か所（{all}か所中）は数えていません。休止は数えません。"
    )];
    Ok(DaysPerWeek { rows, basis: q.basis(atlas, notes) })
}

/// M10/M11: supply for each person within reach (two-step floating catchment area).
#[derive(Debug, Serialize)]
pub struct Catchment {
    /// One row per area; the last is the total: people, people-weighted mean of A (2SFCA), of A (E2SFCA).
    pub rows: Vec<CatchmentRow>,
    /// Supply of providers that reach somebody: equals Σ P·A.
    pub supply: f64,
    /// Σ P·A of 2SFCA.
    pub served: f64,
    /// What it stands on.
    pub basis: Basis,
}

/// One area.
#[derive(Debug, Serialize)]
pub struct CatchmentRow {
    /// Name.
    pub area: String,
    /// People.
    pub people: f64,
    /// Mean places a month for a person (2SFCA, Luo & Wang 2003).
    pub two_step: Option<f64>,
    /// The same, nearer counting more (E2SFCA, Gaussian weights falling to 0.01 at the edge).
    pub enhanced: Option<f64>,
    /// People within reach of no provider with a known supply.
    pub none: f64,
}

/// 2SFCA and E2SFCA of the kinds of a question. S = 定員 × 回/月; a service without 定員 is left out and counted.
///
/// # Errors
/// As for coverage, and without streets.
pub fn catchment(atlas: &Atlas, q: &Question, from: Day) -> Result<Catchment, QuestionError> {
    let counted = Counted::new(atlas, q)?;
    let streets = atlas
        .streets
        .as_ref()
        .ok_or_else(|| QuestionError::new("no_streets", "道路が取り込まれていません。/ No streets have been imported."))?;
    let view = streets.view();
    let weights = counted.weights();
    let mut search = Search::new(view.nodes.len());
    let (mut plain, mut near) = (vec![0.0; weights.len()], vec![0.0; weights.len()]);
    let (mut supply, mut left) = (0.0, 0usize);
    let limit = f64::from(q.limit_mm);
    // Gaussian with W(d0) = 0.01
    let weight = |mm: u32| (-(f64::from(mm) / limit).powi(2) * 100f64.ln()).exp();
    for id in q.kinds.iter().flat_map(|k| atlas.sites.of_kind(*k)) {
        let site = &atlas.sites.all[*id as usize];
        let times = site.schedule.as_ref().map(|s| s.days(from, from.plus(28)).count() as f64 * 365.25 / 12.0 / 28.0);
        let (Some(seats), Some(times), Some(at)) = (site.service.capacity, times.filter(|t| *t > 0.0), site.snapped) else {
            left += 1;
            continue;
        };
        let s = f64::from(seats) * times;
        search.inward(&view, seeds_toward(&view, &at, *id), q.limit_mm, q.walker);
        let (mm, _) = super::reachable::distances(&view, &counted.demand, &[(*id, at)], &search, q.limit_mm, false);
        let reached: Vec<(usize, u32)> =
            mm.iter().enumerate().filter(|(i, m)| **m != NONE && weights[*i] > 0.0).map(|(i, m)| (i, *m)).collect();
        let people: f64 = reached.iter().map(|(i, _)| weights[*i]).sum();
        let weighted: f64 = reached.iter().map(|(i, m)| weights[*i] * weight(*m)).sum();
        if people <= 0.0 {
            continue;
        }
        supply += s;
        for (i, m) in reached {
            plain[i] += s / people;
            near[i] += s * weight(m) / weighted;
        }
    }
    let served: f64 = weights.iter().zip(&plain).map(|(w, a)| w * a).sum();
    let mut rows = vec![[0.0; 4]; counted.areas.areas.len() + 1];
    let last = rows.len() - 1;
    counted.each(|area, p, people| {
        for r in [area, last] {
            let none = if plain[p] == 0.0 { people } else { 0.0 };
            for (sum, add) in rows[r].iter_mut().zip([people, people * plain[p], people * near[p], none]) {
                *sum += add;
            }
        }
    });
    let row = |(area, [people, a, e, none]): (String, [f64; 4])| CatchmentRow {
        area,
        people,
        two_step: (people > 0.0).then(|| a / people),
        enhanced: (people > 0.0).then(|| e / people),
        none,
    };
    let rows = counted.names().into_iter().zip(rows).map(row).collect();
    let notes = vec![
        "供給は定員×月あたり回数。値は1人あたり月あたりの席数です。".into(),
        format!("定員か曜日の分からない{left}か所は含みません（0とはみなしません）。"),
    ];
    Ok(Catchment { rows, supply, served, basis: q.basis(atlas, notes) })
}

/// Q9 移動販売: people far from every shop, and those of them a weekly mobile shop stops near.
#[derive(Debug, Serialize)]
pub struct MobileShops {
    /// One row per area; the last is the total.
    pub rows: Vec<MobileRow>,
    /// What it stands on.
    pub basis: Basis,
}

/// One area.
#[derive(Debug, Serialize)]
pub struct MobileRow {
    /// Name.
    pub area: String,
    /// People.
    pub people: f64,
    /// 店舗500m圏外.
    pub far: f64,
    /// Of those, within reach of a mobile shop at least once a week.
    pub rescued: f64,
}

/// Q9. Distances are of the named rules `shop_500m` and `mobile_300m`.
///
/// # Errors
/// As for coverage.
pub fn mobile_shops(atlas: &Atlas, q: &Question, from: Day) -> Result<MobileShops, QuestionError> {
    let counted = Counted::new(atlas, q)?;
    let metres = |id: &str, usual: f64| rules().rule.iter().find(|r| r.id == id).and_then(|r| r.metres).unwrap_or(usual);
    let of = |code: &str| kind_by_code(code).map_or(Vec::new(), |k| atlas.sites.of_kind(k).to_vec());
    let mm = |m: f64| (m * 1000.0) as u32;
    let shops = of("shop");
    let weekly = |s: &u32| {
        let site = &atlas.sites.all[*s as usize];
        site.schedule
            .as_ref()
            .is_some_and(|sch| (0..WEEKLY).all(|w| sch.days(from.plus(w * 7), from.plus(w * 7 + 7)).next().is_some()))
    };
    let all = of("mobile_shop");
    let vans: Vec<u32> = all.iter().copied().filter(weekly).collect();
    let unlocated = atlas.sites.unlocated.iter().filter(|s| s.kind.code() == "mobile_shop").count();
    let near = |sites: &[u32], limit: f64| super::nearest_of(atlas, &counted.demand, sites, mm(limit), q.walker, false).0;
    let (shop, van) = (near(&shops, metres("shop_500m", 500.0)), near(&vans, metres("mobile_300m", 300.0)));
    let rows = counted.classes::<3>(|p| Some(if shop[p] != NONE { 0 } else { 1 + usize::from(van[p] != NONE) }));
    let row = |(area, [near, far, rescued]): (String, [f64; 3])| MobileRow {
        area,
        people: near + far + rescued,
        far: far + rescued,
        rescued,
    };
    let notes = vec![
        "店舗500m圏外の人であり、食料品アクセス困難人口ではありません（自動車の利用は分からないため）。".into(),
        format!(
            "移動販売は、週1回以上と分かる{}か所（{}か所中）を数えました。位置未確定の{unlocated}件は助けに数えません。",
            vans.len(),
            all.len()
        ),
    ];
    Ok(MobileShops { rows: counted.names().into_iter().zip(rows).map(row).collect(), basis: q.basis(atlas, notes) })
}

/// Shares of facilities and people inside the induction areas (M6), and density of the reach (M3).
#[derive(Debug, Serialize)]
pub struct Induction {
    /// By kind: inside 都市機能誘導区域, all.
    pub kinds: Vec<InsideRow>,
    /// People inside 居住誘導区域; nothing if there is none.
    pub residents: Option<f64>,
    /// All people.
    pub people: f64,
    /// What it stands on.
    pub basis: Basis,
}

/// One kind.
#[derive(Debug, Serialize)]
pub struct InsideRow {
    /// The kind.
    pub kind: KindId,
    /// Services inside a 都市機能誘導区域.
    pub inside: usize,
    /// Located running services.
    pub all: usize,
}

/// M6. A service on the boundary is inside; one in two overlapping areas counts once.
///
/// # Errors
/// As for coverage, and without 都市機能誘導区域.
pub fn induction(atlas: &Atlas, q: &Question) -> Result<Induction, QuestionError> {
    let counted = Counted::new(atlas, q)?;
    let missing = || {
        QuestionError::new(
            "no_induction_areas",
            "誘導区域のデータがありません。国土数値情報 A50 を取り込んでください。/ No induction areas have been imported.",
        )
    };
    let areas = atlas.areas.get(&AreaType::FunctionInduction).ok_or_else(missing)?;
    let wanted: Vec<KindId> =
        if q.kinds.is_empty() { (0..kinds().len()).map(|i| KindId(i as u8)).collect() } else { q.kinds.clone() };
    let row = |kind: KindId| {
        let sites = atlas.sites.of_kind(kind);
        let inside = sites.iter().filter(|s| !areas.at(atlas.sites.all[**s as usize].point).is_empty()).count();
        InsideRow { kind, inside, all: sites.len() }
    };
    let kinds = wanted.into_iter().map(row).filter(|r| r.all > 0).collect();
    let residence = atlas.areas.get(&AreaType::ResidenceInduction);
    let weights = counted.weights();
    let inside = |index: &crate::atlas::AreaIndex| -> f64 {
        let here = |p: usize| !index.at(LonLat::from_e7(counted.demand.points[p].point)).is_empty();
        weights.iter().enumerate().filter(|(p, w)| **w > 0.0 && here(*p)).map(|(_, w)| w).sum()
    };
    let people = weights.iter().sum();
    Ok(Induction {
        kinds,
        residents: residence.map(inside),
        people,
        basis: q.basis(atlas, vec!["境界の上は内側に数えました。".into()]),
    })
}

/// M16: how fresh the register is, by source.
#[derive(Debug, Serialize)]
pub struct Freshness {
    /// By kind: verified within a year, all running services.
    pub kinds: Vec<FreshRow>,
}

/// One kind.
#[derive(Debug, Serialize)]
pub struct FreshRow {
    /// The kind.
    pub kind: KindId,
    /// Verified within 365 days.
    pub fresh: usize,
    /// With any date of verification.
    pub dated: usize,
    /// Running services, 位置未確定 included.
    pub all: usize,
}

/// M16 on a day.
pub fn freshness(atlas: &Atlas, today: Day) -> Freshness {
    let mut rows: Vec<FreshRow> = Vec::new();
    let services = atlas.sites.all.iter().map(|s| &s.service).chain(atlas.sites.unlocated.iter());
    for s in services.filter(|s| s.status == crate::model::Status::Active) {
        let at = rows.iter().position(|r| r.kind == s.kind).unwrap_or_else(|| {
            rows.push(FreshRow { kind: s.kind, fresh: 0, dated: 0, all: 0 });
            rows.len() - 1
        });
        let date = s.verified_on.as_deref().and_then(Day::parse);
        rows[at].all += 1;
        rows[at].dated += usize::from(date.is_some());
        rows[at].fresh += usize::from(date.is_some_and(|d| d >= today.plus(-365)));
    }
    rows.sort_by_key(|r| r.kind);
    Freshness { kinds: rows }
}

/// 「全町内の半数に月1回以上の通いの場」: how a salon is given to a 町内.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Giving {
    /// A: it lies in the 町内.
    Inside,
    /// B: its list says which 町内 it serves.
    Serves,
    /// C: within 500 m of the 町内.
    Near,
}

/// One district.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HalfRow {
    /// District; `合計` for all.
    pub area: String,
    /// 町内.
    pub all: usize,
    /// 町内 with a qualifying salon.
    pub with: usize,
    /// Their share; nothing where there is no 町内 (該当なし).
    pub ratio: Option<f64>,
    /// Suggested rating; the officer's own stands beside it.
    pub rating: Option<char>,
    /// Names of the 町内 with none.
    pub without: Vec<String>,
}

/// The answer under one rule.
#[derive(Debug, Serialize)]
pub struct HalfOfNeighbourhoods {
    /// How salons were given to 町内.
    pub giving: Giving,
    /// Every month of the fiscal year, rather than twelve times in it.
    pub strict: bool,
    /// Fiscal year.
    pub year: u16,
    /// Districts, then all.
    pub rows: Vec<HalfRow>,
    /// Salons that would qualify but for one or two months or times: to be looked at by a person.
    pub borderline: Vec<String>,
    /// What was left out.
    pub notes: Vec<String>,
}

/// ◎ at half or more of the 町内, 〇 at 80 % of that, △ below; by integers, so that exactly 0.8 is 〇.
pub fn half_rating(with: usize, all: usize) -> Option<char> {
    match () {
        () if all == 0 => None,
        () if 2 * with >= all => Some('◎'),
        () if 10 * 2 * with >= 8 * all => Some('〇'),
        () => Some('△'),
    }
}

/// 全町内の半数に月1回以上の通いの場 for a fiscal year (`domain` §1.3c).
///
/// # Errors
/// Without a list of 町内.
pub fn half_of_neighbourhoods(
    atlas: &Atlas,
    giving: Giving,
    strict: bool,
    year: u16,
) -> Result<HalfOfNeighbourhoods, QuestionError> {
    const KINDS: [&str; 4] = ["kayoi", "salon", "genki_club", "tsusho_b"];
    let missing = || {
        QuestionError::new(
            "no_neighbourhoods",
            "町内（自治会）の一覧がありません。校区と町内名の表を取り込んでください。/ No list of neighbourhoods.",
        )
    };
    let index = atlas.areas.get(&AreaType::Neighbourhood).ok_or_else(missing)?;
    let first = jiff::civil::Date::new(i16::try_from(year).unwrap_or(2026), 4, 1).map(Day::of).unwrap_or(Day(0));
    let months: Vec<(Day, Day)> = (0..12)
        .map(|m| {
            let start = first.date().saturating_add(jiff::Span::new().months(m));
            (Day::of(start), Day::of(start.saturating_add(jiff::Span::new().months(1))))
        })
        .collect();
    let sites: Vec<&std::sync::Arc<crate::atlas::Site>> = KINDS
        .iter()
        .filter_map(|k| kind_by_code(k))
        .flat_map(|k| atlas.sites.of_kind(k))
        .map(|s| &atlas.sites.all[*s as usize])
        .collect();
    let (mut borderline, mut undated) = (Vec::new(), 0);
    let mut qualifying = Vec::new();
    for site in sites {
        let Some(schedule) = &site.schedule else {
            undated += 1;
            continue;
        };
        let held = months.iter().filter(|(a, b)| schedule.days(*a, *b).next().is_some()).count();
        let times = schedule.days(months[0].0, months[11].1).count();
        let (enough, close) = if strict { (held == 12, held >= 10) } else { (times >= 12, times >= 10) };
        if enough {
            qualifying.push(site);
        } else if close {
            borderline.push(format!("{}（{held}か月・{times}回）", site.service.name));
        }
    }
    let serves: HashSet<String> = qualifying
        .iter()
        .filter_map(|s| s.service.serves.as_deref())
        .flat_map(|s| s.split(['、', ',', '・', '／', '/', ' ', '\u{3000}', '\n']))
        .map(crate::model::fold)
        .collect();
    let near = Spots::new(atlas, &qualifying.iter().map(|s| s.point).collect::<Vec<_>>());
    let mut unknown = 0;
    let mut has = |i: usize, area: &crate::model::Area| match giving {
        Giving::Serves => serves.contains(&crate::model::fold(&area.name)),
        Giving::Inside | Giving::Near => {
            let Some(geometry) = &area.geometry else {
                unknown += 1;
                // an address that names the 町内 places a salon in it
                return qualifying.iter().any(|s| {
                    s.service.address.as_deref().is_some_and(|a| crate::model::fold(a).contains(&crate::model::fold(&area.name)))
                });
            };
            let inside = qualifying.iter().any(|s| index.contains(i as u32, s.point));
            inside || giving == Giving::Near && within(geometry, &near, 500.0)
        }
    };
    let mut by_district: Vec<(String, Vec<(String, bool)>)> = Vec::new();
    for (i, area) in index.areas.iter().enumerate() {
        let district = area.parent.clone().unwrap_or_else(|| "（校区なし）".into());
        let at = by_district.iter().position(|d| d.0 == district).unwrap_or_else(|| {
            by_district.push((district, Vec::new()));
            by_district.len() - 1
        });
        let found = has(i, area);
        by_district[at].1.push((area.name.clone(), found));
    }
    let row = |area: &str, list: &[&(String, bool)]| {
        let (all, with) = (list.len(), list.iter().filter(|n| n.1).count());
        HalfRow {
            area: area.to_owned(),
            all,
            with,
            ratio: (all > 0).then(|| with as f64 / all as f64),
            rating: half_rating(with, all),
            without: list.iter().filter(|n| !n.1).map(|n| n.0.clone()).collect(),
        }
    };
    let mut rows: Vec<HalfRow> = by_district.iter().map(|(d, list)| row(d, &list.iter().collect::<Vec<_>>())).collect();
    rows.push(row("合計", &by_district.iter().flat_map(|d| &d.1).collect::<Vec<_>>()));
    let mut notes = vec![
        "休止中の通いの場は数えていません。評価は案であり、担当者の評価と理由を別に残してください。".to_owned(),
        format!("曜日の分からない{undated}か所は数えていません。"),
    ];
    if unknown > 0 {
        notes.push(format!("境界のない{unknown}町内は、住所に町内名がある通いの場だけを数えました。"));
    }
    Ok(HalfOfNeighbourhoods { giving, strict, year, rows, borderline, notes })
}

fn within(geometry: &geo::MultiPolygon<f64>, near: &Spots, metres: f64) -> bool {
    use geo::Centroid;
    geometry.centroid().is_some_and(|c| near.any_within(LonLat::new(c.x(), c.y()), metres))
}
