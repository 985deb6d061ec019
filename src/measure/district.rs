//! A district in numbers, for its 校区カルテ: its people over the years, and how many of 75 and over have nothing near.

use super::near::Counted;
use super::{HalfRow, Question, QuestionError, RawQuestion, coverage, ratings};
use crate::atlas::Atlas;
use crate::model::{AgeGroup, AreaType, Basis, Day, LonLat, rules};
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

#[derive(Debug, Default, Deserialize)]
struct Sheet {
    group: String,
    years_before: u16,
    years_after: u16,
    fact: Vec<Asked>,
}

#[derive(Debug, Deserialize)]
struct Asked {
    ja: String,
    kinds: Vec<String>,
    rule: String,
}

static SHEET: LazyLock<Sheet> = LazyLock::new(|| toml::from_str(include_str!("../../data/karte.toml")).unwrap_or_default());

/// The people of a district and of the whole city in a year.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PeopleOf {
    /// The year.
    pub year: u16,
    /// All, 65 and over, 75 and over; nothing where the population has no such figures.
    pub district: [Option<f64>; 3],
    /// Likewise of all districts together.
    pub city: [Option<f64>; 3],
}

/// How many have nothing near.
#[derive(Debug, Clone, Serialize)]
pub struct Lacking {
    /// What, in words.
    pub ja: &'static str,
    /// The rule, in words.
    pub rule: String,
    /// People of the district; nothing if that cannot be worked out.
    pub of: Option<f64>,
    /// Those without one.
    pub people: Option<f64>,
    /// Their share of the district's.
    pub share: Option<f64>,
    /// The share of all districts together.
    pub city: Option<f64>,
    /// Nothing of the kind is in the register at all, so that "nobody has one" may only mean "nobody has entered one".
    pub unlisted: bool,
}

/// A district in numbers.
#[derive(Debug, Serialize)]
pub struct District {
    /// Who is counted: those of the sheet, or the nearest group the population knows.
    pub group: AgeGroup,
    /// Its people over the years.
    pub people: Vec<PeopleOf>,
    /// Who has nothing near.
    pub lacking: Vec<Lacking>,
    /// People of 75 and over who live in a demand-taxi zone; nothing if no zones were imported.
    pub in_zones: Option<f64>,
    /// 町内 with a salon each month; nothing if no list of 町内 was imported.
    pub neighbourhoods: Option<HalfRow>,
    /// Why some numbers are missing.
    pub notes: Vec<String>,
    /// What they stand on.
    pub basis: Option<Basis>,
}

/// The numbers of a district of a type.
pub fn district(atlas: &Atlas, area_type: AreaType, id: i64, today: Day) -> District {
    let mut notes = Vec::new();
    let mut note = |e: QuestionError| {
        let words = e.message.split("/ ").next().unwrap_or_default().to_owned();
        if !notes.contains(&words) {
            notes.push(words);
        }
    };
    let people = people_of(atlas, area_type, id, today);
    let wished = AgeGroup::from_code(&SHEET.group).unwrap_or(AgeGroup::Aged75);
    let known = |g: &AgeGroup| atlas.population.iter().any(|(set, _)| set.groups.contains(g));
    let group = [wished, AgeGroup::Aged65, AgeGroup::Total].into_iter().find(known).unwrap_or(wished);
    let (mut lacking, mut basis) = (Vec::new(), None);
    for asked in &SHEET.fact {
        match lack(atlas, asked, (area_type, id), group, today) {
            Ok((l, b)) => {
                lacking.push(l);
                basis = basis.or(Some(b));
            }
            Err(e) => note(e),
        }
    }
    let in_zones = zones(atlas, (area_type, id), group, today).unwrap_or_else(|e| {
        note(e);
        None
    });
    let neighbourhoods = neighbourhoods(atlas, area_type, id, today).unwrap_or_else(|e| {
        note(e);
        None
    });
    District { group, people, lacking, in_zones, neighbourhoods, notes, basis }
}

fn question(atlas: &Atlas, area_type: AreaType, group: &str, today: Day) -> Result<Question, QuestionError> {
    let raw = RawQuestion { area_type: Some(area_type.code().into()), group: Some(group.into()), ..RawQuestion::default() };
    Question::new(&raw, atlas, today)
}

/// Position of a district among those of its type.
fn place_of(atlas: &Atlas, area_type: AreaType, id: i64) -> Option<usize> {
    atlas.areas.get(&area_type)?.find(id).map(|i| i as usize)
}

fn people_of(atlas: &Atlas, area_type: AreaType, id: i64, today: Day) -> Vec<PeopleOf> {
    let Some(at) = place_of(atlas, area_type, id) else { return Vec::new() };
    let groups = [AgeGroup::Total, AgeGroup::Aged65, AgeGroup::Aged75];
    let asked: Vec<Option<Question>> = groups.iter().map(|g| question(atlas, area_type, g.code(), today).ok()).collect();
    // the set with the oldest group tells which years there are
    let set = asked.iter().rev().flatten().find_map(|q| Some(&atlas.population.get(q.population?)?.0));
    let Some(set) = set else { return Vec::new() };
    let now = today.year();
    let shown = |y: &&u16| **y + SHEET.years_before >= now && **y <= now + SHEET.years_after;
    let year = |y: &u16| {
        let (mut district, mut city) = ([None; 3], [None; 3]);
        for (k, q) in asked.iter().enumerate() {
            let counted = q.as_ref().and_then(|q| {
                let known = atlas.population.get(q.population?)?.0.years.contains(y);
                let q = Question { year: *y, ..q.clone() };
                known.then(|| Counted::new(atlas, &q).ok().map(|c| c.classes::<1>(|_| Some(0)))).flatten()
            });
            if let Some(rows) = counted {
                (district[k], city[k]) = (rows.get(at).map(|r| r[0]), rows.last().map(|r| r[0]));
            }
        }
        PeopleOf { year: *y, district, city }
    };
    set.years.iter().filter(shown).map(year).collect()
}

fn lack(
    atlas: &Atlas,
    asked: &'static Asked,
    (area_type, id): (AreaType, i64),
    group: AgeGroup,
    today: Day,
) -> Result<(Lacking, Basis), QuestionError> {
    let raw = RawQuestion {
        kind: Some(asked.kinds.join(",")),
        rule: Some(asked.rule.clone()),
        area_type: Some(area_type.code().into()),
        group: Some(group.code().into()),
        ..RawQuestion::default()
    };
    let q = Question::new(&raw, atlas, today)?;
    let c = coverage(atlas.walked(q.effort), &q)?;
    let rule = rules().rule.iter().find(|r| r.id == asked.rule).map_or(String::new(), |r| r.ja.clone());
    let row = c.rows.iter().find(|r| r.id == id);
    let share = |people: f64, reached: f64| (people > 0.0).then(|| (people - reached) / people);
    let lacking = Lacking {
        ja: &asked.ja,
        rule,
        of: row.map(|r| r.people),
        people: row.map(|r| r.people - r.any.reached),
        share: row.and_then(|r| share(r.people, r.any.reached)),
        city: share(c.total.people, c.total.any.reached),
        unlisted: q.kinds.iter().all(|k| atlas.sites.of_kind(*k).is_empty()),
    };
    Ok((lacking, c.basis))
}

fn zones(atlas: &Atlas, (area_type, id): (AreaType, i64), group: AgeGroup, today: Day) -> Result<Option<f64>, QuestionError> {
    let (Some(index), Some(at)) = (atlas.areas.get(&AreaType::DemandZone), place_of(atlas, area_type, id)) else {
        return Ok(None);
    };
    let q = question(atlas, area_type, group.code(), today)?;
    let counted = Counted::new(atlas, &q)?;
    Ok(Some(counted.of(at, |p| !index.at(LonLat::from_e7(counted.demand.points[p].point)).is_empty())))
}

fn neighbourhoods(atlas: &Atlas, area_type: AreaType, id: i64, today: Day) -> Result<Option<HalfRow>, QuestionError> {
    let Some(at) = place_of(atlas, area_type, id) else { return Ok(None) };
    let name = &atlas.areas[&area_type].areas[at].name;
    Ok(ratings(atlas, today)?.first().and_then(|s| s.of(name).cloned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::kind_by_code;

    #[test]
    fn the_sheet_asks_only_what_there_are_kinds_and_rules_for() {
        let file: Sheet = toml::from_str(include_str!("../../data/karte.toml")).unwrap();
        assert!(AgeGroup::from_code(&file.group).is_some() && !file.fact.is_empty());
        for f in &file.fact {
            assert!(f.kinds.iter().all(|k| kind_by_code(k).is_some()), "{}", f.ja);
            assert!(rules().rule.iter().any(|r| r.id == f.rule), "{}", f.rule);
        }
    }
}
