//! Which records to verify first, and how fresh they are by district (M16).

use crate::atlas::Atlas;
use crate::model::{AgeGroup, AreaType, Day, Filed, LonLat, Status, ground_metres, metres_per_degree, policy};
use rstar::primitives::GeomWithData;
use rstar::{AABB, RTree};
use serde::Serialize;

/// Freshness of a district.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FreshArea {
    /// Its name.
    pub name: String,
    /// Running services in it.
    pub active: usize,
    /// Of them, verified within the policy's days.
    pub fresh: usize,
}

/// A service to verify.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ToVerify {
    /// Register id of its place.
    pub place: i64,
    /// Its own.
    pub service: i64,
    /// When it was last verified, if ever.
    pub verified_on: Option<String>,
    /// Days since, as the policy counts.
    pub days: i32,
    /// People of the oldest group known in the cells whose middle is near; nothing without population.
    pub people: Option<f64>,
    /// Days × weight of the kind × (1 + people / people around a record on average): the order of the queue.
    pub weight: f64,
}

/// M16 by area of a type: running services, and those verified within the policy's days; last what lies in no area, if anything.
pub fn fresh_areas(atlas: &Atlas, records: &[&Filed], area_type: AreaType, today: Day) -> Vec<FreshArea> {
    let rule = &policy().verify;
    let index = atlas.areas.get(&area_type);
    let mut rows: Vec<FreshArea> = index
        .iter()
        .flat_map(|i| &i.areas)
        .map(|a| a.name.as_str())
        .chain(["区域の外・位置未確定"])
        .map(|name| FreshArea { name: name.to_owned(), active: 0, fresh: 0 })
        .collect();
    let outside = rows.len() - 1;
    for f in records {
        let inside = f.place.point.zip(index).map(|(p, i)| i.at(p)).unwrap_or_default();
        let rows_of: Vec<usize> = if inside.is_empty() { vec![outside] } else { inside.iter().map(|i| *i as usize).collect() };
        for s in f.place.services.iter().filter(|s| s.status == Status::Active && rule.weight_of(s.kind) > 0.0) {
            for row in &rows_of {
                rows[*row].active += 1;
                rows[*row].fresh += usize::from(rule.is_fresh(s.verified_on.as_deref(), today));
            }
        }
    }
    rows.retain(|r| r.active > 0);
    rows
}

/// Services nobody verified within the policy's days, the most important first.
pub fn to_verify(atlas: &Atlas, records: &[&Filed], today: Day) -> Vec<ToVerify> {
    let rule = &policy().verify;
    let around = People::new(atlas, today);
    let mut all = Vec::new();
    for f in records {
        let mut people = None;
        for s in f.place.services.iter().filter(|s| s.status == Status::Active) {
            let days = rule.age(s.verified_on.as_deref(), today);
            if days <= rule.days || rule.weight_of(s.kind) <= 0.0 {
                continue;
            }
            let people =
                *people.get_or_insert_with(|| f.place.point.zip(around.as_ref()).map(|(p, a)| a.near(p, rule.near.metres)));
            let weight = f64::from(days) * rule.weight_of(s.kind);
            all.push(ToVerify { place: f.place.id, service: s.id, verified_on: s.verified_on.clone(), days, people, weight });
        }
    }
    let lived: Vec<f64> = all.iter().filter_map(|t| t.people).collect();
    let mean = lived.iter().sum::<f64>() / lived.len().max(1) as f64;
    if mean > 0.0 {
        all.iter_mut().for_each(|t| t.weight *= 1.0 + t.people.unwrap_or(0.0) / mean);
    }
    all.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.service.cmp(&b.service)));
    all
}

/// The oldest group of people the best population knows, for saying whose number it is.
pub fn oldest_group(atlas: &Atlas) -> Option<AgeGroup> {
    let groups = &atlas.population.first()?.0.groups;
    [AgeGroup::Aged75, AgeGroup::Aged65, AgeGroup::Total].into_iter().find(|g| groups.contains(g))
}

/// People of the oldest group known, at the middle of their cells.
struct People(RTree<GeomWithData<[f64; 2], f64>>);

impl People {
    fn new(atlas: &Atlas, today: Day) -> Option<Self> {
        let set = &atlas.population.first()?.0;
        let people = set.people(set.nearest_year(today.year())?, oldest_group(atlas)?);
        let at = |(c, n): (&crate::model::Cell, &f64)| {
            let p = c.centroid.or_else(|| c.bounds.map(|b| b.center()))?;
            (*n > 0.0).then(|| GeomWithData::new([p.lon, p.lat], *n))
        };
        Some(Self(RTree::bulk_load(set.cells.iter().zip(&people.of_cell).filter_map(at).collect())))
    }

    fn near(&self, p: LonLat, metres: f64) -> f64 {
        let (x, y) = metres_per_degree(p.lat);
        let (dx, dy) = (metres / x * 1.01, metres / y * 1.01);
        let found = self.0.locate_in_envelope(AABB::from_corners([p.lon - dx, p.lat - dy], [p.lon + dx, p.lat + dy]));
        found.filter(|c| ground_metres(p, LonLat::new(c.geom()[0], c.geom()[1])) <= metres).fold(0.0, |sum, c| sum + c.data)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Place, Service, kind_by_code};

    fn filed(id: i64, kind: &str, verified: Option<&str>, status: Status) -> Filed {
        let mut s = Service::new("k", kind_by_code(kind).unwrap(), "x");
        (s.id, s.verified_on, s.status) = (id, verified.map(str::to_owned), status);
        Filed { dataset: 1, version: 1, place: Place { id, services: vec![s], ..Place::default() } }
    }

    #[test]
    fn the_oldest_of_the_weightiest_come_first() {
        let today = Day::parse("2026-11-21").unwrap();
        let records = [
            filed(1, "clinic", Some("2025-01-01"), Status::Active),
            filed(2, "salon", Some("2025-10-01"), Status::Active),
            filed(3, "salon", Some("2025-11-21"), Status::Active), // a year to the day: still fresh
            filed(4, "salon", None, Status::Active),
            filed(5, "salon", None, Status::Paused),
            filed(6, "clinic", Some("2024-01-01"), Status::Active),
        ];
        let atlas = Atlas::empty();
        let all: Vec<&Filed> = records.iter().collect();
        let order: Vec<i64> = to_verify(&atlas, &all, today).iter().map(|t| t.place).collect();
        // never: 1095 × 3; a salon of 416 days: 1248; clinics of 1055 and 689 days
        assert_eq!(order, [4, 2, 6, 1]);
        let rows = fresh_areas(&atlas, &all, AreaType::LivingArea, today);
        assert_eq!(rows.iter().map(|r| (r.active, r.fresh)).collect::<Vec<_>>(), [(5, 1)]);
    }
}
