//! People counted: who reaches each kind, in each area and in all of them together.

use super::costs::Costs;
use super::{AreaRow, KindShare, Mode, Question, weighted_quantiles};
use crate::atlas::Groups;
use crate::atlas::demand::DemandView;
use crate::atlas::streets::{NONE, View};
use crate::model::{Area, KindId};
use rayon::prelude::*;
use std::sync::Arc;

/// What it costs every demand point to reach one kind.
pub(super) struct Reach {
    pub kind: KindId,
    pub costs: Costs,
    /// Metres in a straight line.
    pub straight: Arc<Vec<f64>>,
    /// Greatest of them that would count.
    pub straight_limit: f64,
}

impl Reach {
    fn has(&self, point: u32) -> bool {
        self.costs.cost[point as usize] <= self.costs.limit
    }

    fn has_straight(&self, point: u32) -> bool {
        self.straight[point as usize] <= self.straight_limit
    }
}

/// The people and what they reach.
pub(super) struct Tally<'a> {
    pub groups: &'a Groups,
    pub demand: DemandView<'a>,
    /// By cell.
    pub people: &'a [f64],
    pub reaches: &'a [Reach],
    pub q: &'a Question,
    pub streets: Option<View<'a>>,
}

/// Members of a group that count, the people on each of them.
type Standing<'a> = (&'a [u32], f64);

impl<'a> Tally<'a> {
    /// A row for every area, and the total, in which nobody counts twice.
    pub fn rows(&self, areas: &[Area]) -> (Vec<AreaRow>, AreaRow) {
        let mut of_area: Vec<Vec<usize>> = vec![Vec::new(); areas.len()];
        (0..self.groups.area.len()).for_each(|g| of_area[self.groups.area[g] as usize].push(g));
        let both: Vec<(AreaRow, Option<AreaRow>)> =
            areas.par_iter().zip(&of_area).map(|(area, groups)| self.of_area(area, groups)).collect();
        let total = self.total(both.iter().map(|(row, once)| once.as_ref().unwrap_or(row)));
        (both.into_iter().map(|b| b.0).collect(), total)
    }

    /// The row of an area, and what of it counts in the total if that is less.
    fn of_area(&self, area: &Area, groups: &[usize]) -> (AreaRow, Option<AreaRow>) {
        let all = |g: usize| self.standing(g, self.groups.members(g));
        let own = |g: usize| self.standing(g, self.groups.own(g));
        let shared = groups.iter().any(|g| self.groups.own(*g).len() < self.groups.members(*g).len());
        let mut row = AreaRow { id: area.id, name: area.name.clone(), city_code: area.city_code.clone(), ..self.empty() };
        let once = shared.then(|| {
            let mut once = self.empty();
            groups.iter().for_each(|g| self.count(&mut once, own(*g)));
            once
        });
        groups.iter().for_each(|g| self.count(&mut row, all(*g)));
        self.settle(&mut row, || groups.iter().map(|g| all(*g)));
        (row, once)
    }

    fn total<'r>(&self, rows: impl Iterator<Item = &'r AreaRow>) -> AreaRow {
        let mut total = AreaRow { name: "合計".into(), ..self.empty() };
        for row in rows {
            total.people += row.people;
            total.unsnapped += row.unsnapped;
            total.cut_off += row.cut_off;
            total.kinds.iter_mut().zip(&row.kinds).for_each(|(t, k)| t.add(k));
            total.all.add(&row.all);
            total.any.add(&row.any);
        }
        self.settle(&mut total, || (0..self.groups.cell.len()).map(|g| self.standing(g, self.groups.own(g))));
        total
    }

    fn empty(&self) -> AreaRow {
        let blank = KindShare::default();
        AreaRow {
            id: 0,
            name: String::new(),
            city_code: None,
            people: 0.0,
            unsnapped: 0.0,
            cut_off: 0.0,
            kinds: self.reaches.iter().map(|r| KindShare { kind: Some(r.kind), ..blank }).collect(),
            all: blank,
            any: blank,
        }
    }

    fn standing(&self, group: usize, points: &'a [u32]) -> Standing<'a> {
        let here = self.people[self.groups.cell[group] as usize] * self.groups.share[group];
        (points, here / self.groups.members(group).len() as f64)
    }

    /// Adds the people of a group to a row.
    fn count(&self, row: &mut AreaRow, (points, each): Standing) {
        if each <= 0.0 || points.is_empty() {
            return;
        }
        row.people += each * points.len() as f64;
        if let Some(streets) = &self.streets {
            let edge = |p: &u32| self.demand.points[*p as usize].edge;
            row.unsnapped += each * points.iter().filter(|p| edge(p) == NONE).count() as f64;
            let apart = |p: &&u32| edge(p) != NONE && streets.edge_component(edge(p)) != 0;
            row.cut_off += each * points.iter().filter(apart).count() as f64;
        }
        for (share, reach) in row.kinds.iter_mut().zip(self.reaches) {
            share.count(points, each, |p| (reach.has(p), reach.has_straight(p)));
            if !reach.costs.taxi.is_empty() {
                let taxi = share.taxi.get_or_insert_default();
                let facts = |p: u32| (reach.costs.taxi[p as usize], reach.has(p), reach.costs.seats.get(&p).copied());
                points.iter().map(|p| facts(*p)).for_each(|(facts, within, seat)| taxi.count(facts, within, seat, each));
            }
        }
        let reaches = self.reaches;
        row.all.count(points, each, |p| (reaches.iter().all(|r| r.has(p)), reaches.iter().all(|r| r.has_straight(p))));
        row.any.count(points, each, |p| (reaches.iter().any(|r| r.has(p)), reaches.iter().any(|r| r.has_straight(p))));
    }

    /// Shares and quantiles, once everybody is counted.
    fn settle<I: Iterator<Item = Standing<'a>>>(&self, row: &mut AreaRow, groups: impl Fn() -> I + Sync) {
        let people = row.people;
        row.all.settle(people);
        row.any.settle(people);
        row.kinds.par_iter_mut().zip(self.reaches).for_each(|(share, reach)| {
            share.settle(people);
            let mut values = Vec::with_capacity(groups().map(|(points, _)| points.len()).sum());
            for (points, each) in groups().filter(|(_, each)| *each > 0.0) {
                values.extend(points.iter().map(|p| (reach.costs.cost[*p as usize], each)));
            }
            let [p50, p90] = weighted_quantiles(&values, [0.5, 0.9]);
            let on_foot = self.q.by == Mode::Walk;
            if on_foot {
                let metres = |mm: u32| f64::from(mm) / 1000.0;
                (share.p50_metres, share.p90_metres) = (p50.map(metres), p90.map(metres));
            }
            let minutes = |cost: u32| if on_foot { self.q.walker.minutes(cost) } else { f64::from(cost) / 60_000.0 };
            (share.p50_minutes, share.p90_minutes) = (p50.map(minutes), p90.map(minutes));
        });
    }
}

impl KindShare {
    /// Adds the people of some points, so many on each: whether they reach it on the streets, and in a straight line.
    fn count(&mut self, points: &[u32], each: f64, test: impl Fn(u32) -> (bool, bool)) {
        let (mut reached, mut straight, mut straight_only) = (0usize, 0usize, 0usize);
        for &p in points {
            let (walk, line) = test(p);
            reached += usize::from(walk);
            straight += usize::from(line);
            straight_only += usize::from(line && !walk);
        }
        let here = each * points.len() as f64;
        self.reached += each * reached as f64;
        self.straight += each * straight as f64;
        self.straight_only += each * straight_only as f64;
        self.low_people += if reached == points.len() { here } else { 0.0 };
        self.high_people += if reached > 0 { here } else { 0.0 };
    }

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
