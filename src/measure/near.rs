//! Which demand points are near some positions: in a straight line and on the streets, and people counted by district.

use super::Question;
use super::coverage::people_of;
use super::reachable::field;
use super::{QuestionError, reachable};
use crate::atlas::demand::DemandView;
use crate::atlas::streets::Snapped;
use crate::atlas::{AreaIndex, Atlas, Groups};
use crate::model::{LonLat, ground_metres, metres_per_degree, rules};
use rayon::prelude::*;
use rstar::primitives::GeomWithData;
use rstar::{AABB, RTree};

/// Positions behind an R-tree.
pub struct Positions {
    tree: RTree<GeomWithData<[f64; 2], ()>>,
    /// Where they join the streets.
    pub at: Vec<(u32, Snapped)>,
}

impl Positions {
    /// Indexes positions.
    pub fn new(atlas: &Atlas, points: &[LonLat]) -> Self {
        let tree = RTree::bulk_load(points.iter().map(|p| GeomWithData::new([p.lon, p.lat], ())).collect());
        let view = atlas.streets.as_ref().map(|s| s.view());
        let join = |(i, p): (usize, &LonLat)| Some((i as u32, view.as_ref()?.snap(*p, &rules().network)?));
        Self { tree, at: points.iter().enumerate().filter_map(join).collect() }
    }

    /// Demand points within straight metres.
    pub fn straight(&self, demand: &DemandView, metres: f64) -> Vec<bool> {
        demand.points.par_iter().map(|p| self.any_within(LonLat::from_e7(p.point), metres)).collect()
    }

    /// True if one lies within straight metres of a position.
    pub fn any_within(&self, here: LonLat, metres: f64) -> bool {
        let (east, north) = metres_per_degree(here.lat + metres / 100_000.0);
        let (dx, dy) = (metres / east * 1.001, metres / north * 1.001);
        let envelope = AABB::from_corners([here.lon - dx, here.lat - dy], [here.lon + dx, here.lat + dy]);
        let mut found = self.tree.locate_in_envelope(envelope);
        found.any(|s| ground_metres(here, LonLat::new(s.geom()[0], s.geom()[1])) <= metres)
    }

    /// Walk from each demand point to the nearest, millimetres, up to a limit.
    pub fn walks(&self, atlas: &Atlas, demand: &DemandView, q: &Question, limit: u32) -> Vec<u32> {
        let Some(streets) = &atlas.streets else { return vec![crate::atlas::streets::NONE; demand.points.len()] };
        let view = streets.view();
        let search = field(&view, &self.at, limit, q.walker, false);
        reachable::distances(&view, demand, &self.at, &search, limit, false).0
    }
}

/// People of a question, point by point, by district.
pub struct Counted<'a> {
    /// Their demand points.
    pub demand: DemandView<'a>,
    groups: &'a Groups,
    people: Vec<f64>,
    /// The districts.
    pub areas: &'a AreaIndex,
}

impl<'a> Counted<'a> {
    /// The people a question is about.
    ///
    /// # Errors
    /// As for coverage.
    pub fn new(atlas: &'a Atlas, q: &Question) -> Result<Self, QuestionError> {
        let (set, groups, demand) = people_of(atlas, q)?;
        let people = set.people(q.year, q.group).of_cell;
        Ok(Self { demand, groups, people, areas: &atlas.areas[&q.area_type] })
    }

    /// Sums people by district into so many classes, by the class of each demand point; the last row is the total.
    pub fn classes<const N: usize>(&self, class: impl Fn(usize) -> Option<usize>) -> Vec<[f64; N]> {
        self.rows([0.0; N], |row, point, people| {
            if let Some(c) = class(point) {
                row[c] += people;
            }
        })
    }

    /// Adds the people at every demand point to the row of each district they are in, and once to the last row, the total.
    pub fn rows<T: Clone>(&self, empty: T, mut add: impl FnMut(&mut T, usize, f64)) -> Vec<T> {
        let mut rows = vec![empty; self.areas.areas.len() + 1];
        let last = rows.len() - 1;
        for g in 0..self.groups.cell.len() {
            let (all, own) = (self.groups.members(g), self.groups.own(g));
            let each = self.people[self.groups.cell[g] as usize] * self.groups.share[g] / all.len() as f64;
            if each > 0.0 {
                all.iter().for_each(|p| add(&mut rows[self.groups.area[g] as usize], *p as usize, each));
                own.iter().for_each(|p| add(&mut rows[last], *p as usize, each));
            }
        }
        rows
    }

    /// People of one district at the demand points of some sort.
    pub fn of(&self, area: usize, sort: impl Fn(usize) -> bool) -> f64 {
        let here = |g: usize| {
            let all = self.groups.members(g);
            let count = all.iter().filter(|p| sort(**p as usize)).count();
            self.people[self.groups.cell[g] as usize] * self.groups.share[g] * count as f64 / all.len() as f64
        };
        (0..self.groups.cell.len()).filter(|g| self.groups.area[*g] as usize == area).map(here).sum()
    }

    /// People at each demand point that lies in some district.
    pub fn weights(&self) -> Vec<f64> {
        let mut out = vec![0.0; self.demand.points.len()];
        self.rows((), |(), p, people| out[p] = people);
        out
    }

    /// Names of the districts, and of the total.
    pub fn names(&self) -> Vec<String> {
        self.areas.areas.iter().map(|a| a.name.clone()).chain(["合計".into()]).collect()
    }
}
