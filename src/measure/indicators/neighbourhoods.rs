//! 「全町内の半数に月1回以上の通いの場」, the indicator of the action plan.

use super::super::near::Positions;
use super::super::{Question, QuestionError};
use crate::atlas::Atlas;
use crate::model::{AreaType, Day, Giving, LonLat};
use serde::Serialize;
use std::collections::HashSet;

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

/// 全町内の半数に月1回以上の通いの場 for a fiscal year: the kinds of the question, near within its metres.
///
/// # Errors
/// Without a list of 町内.
pub fn half_of_neighbourhoods(
    atlas: &Atlas,
    q: &Question,
    giving: Giving,
    strict: bool,
    year: u16,
) -> Result<HalfOfNeighbourhoods, QuestionError> {
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
    let sites: Vec<&std::sync::Arc<crate::atlas::Site>> =
        q.kinds.iter().flat_map(|k| atlas.sites.of_kind(*k)).map(|s| &atlas.sites.all[*s as usize]).collect();
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
    let near = Positions::new(atlas, &qualifying.iter().map(|s| s.point).collect::<Vec<_>>());
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
            inside || giving == Giving::Near && within(geometry, &near, q.metres())
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

fn within(geometry: &geo::MultiPolygon<f64>, near: &Positions, metres: f64) -> bool {
    use geo::Centroid;
    geometry.centroid().is_some_and(|c| near.any_within(LonLat::new(c.x(), c.y()), metres))
}
