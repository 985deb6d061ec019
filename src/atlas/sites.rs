//! Services where they stand: public records with a position, joined to the streets, behind one R-tree for each kind.

use super::streets::{Snapped, View};
use crate::model::{Day, GeocodeLevel, KindId, LonLat, PublicService, Schedule, Status, fold, ground_metres, kinds, rules};
use rayon::prelude::*;
use rstar::primitives::GeomWithData;
use rstar::{AABB, RTree};
use std::collections::HashMap;
use std::sync::Arc;

/// A located public service.
#[derive(Debug, Clone)]
pub struct Site {
    /// Its public side.
    pub service: PublicService,
    /// Where it stands.
    pub point: LonLat,
    /// Where that joins the streets; nothing if no street is near enough.
    pub snapped: Option<Snapped>,
    /// A railway station or tram stop, as its list says.
    pub rail: bool,
    /// When it is open; nothing if the list does not say so clearly.
    pub schedule: Option<Schedule>,
}

impl Site {
    /// Whether it is open on a day; nothing if nobody knows.
    pub fn is_on(&self, day: Day) -> Option<bool> {
        self.schedule.as_ref().map(|s| s.is_on(day))
    }
}

/// What one list says of a service.
#[derive(Debug, Clone)]
pub struct Record {
    /// Register id of the list.
    pub list: i64,
    /// Its public side.
    pub service: PublicService,
    /// Its official number, if the list has one.
    pub number: Option<String>,
}

type Entry = GeomWithData<[f64; 2], u32>;

/// All located public services.
pub struct Sites {
    /// In register order.
    pub all: Vec<Arc<Site>>,
    /// Public services without a trustworthy position, by kind.
    pub unlocated: Arc<Vec<PublicService>>,
    of_kind: Vec<Arc<Vec<u32>>>,
    trees: Vec<Arc<RTree<Entry>>>,
}

impl Sites {
    /// Joins services to the streets. Records of one kind with the same official number are one service, and so are those that two
    /// lists have under one name at one place: the first that has a position stands for all.
    pub fn new(records: Vec<Record>, view: Option<&View>) -> Self {
        let mut located: HashMap<(KindId, String), usize> = HashMap::new();
        let mut rails: std::collections::HashSet<i64> = std::collections::HashSet::new();
        let mut named: HashMap<(KindId, String), Vec<(i64, usize)>> = HashMap::new();
        let (mut points, mut unlocated): (Vec<PublicService>, Vec<(PublicService, Option<String>)>) = (vec![], vec![]);
        for Record { list, service, number } in records {
            if number.as_ref().is_some_and(|r| r.starts_with("station:")) {
                rails.insert(service.id);
            }
            let number = number.map(|n| (service.kind, n));
            match (service.point, number) {
                (None, number) => unlocated.push((service, number.map(|n| n.1))),
                (Some(_), Some(n)) if located.contains_key(&n) => fill_gaps(&mut points[located[&n]], &service),
                (Some(_), number) => {
                    let same = named.entry((service.kind, fold(&service.name))).or_default();
                    let twin = same.iter().find(|(of, i)| *of != list && are_one(&points[*i], &service));
                    if let Some(&(_, i)) = twin {
                        fill_gaps(&mut points[i], &service);
                        if service.level == GeocodeLevel::Surveyed && points[i].level != GeocodeLevel::Surveyed {
                            (points[i].point, points[i].level) = (service.point, service.level);
                        }
                        number.into_iter().for_each(|n| {
                            located.insert(n, i);
                        });
                        continue;
                    }
                    same.push((list, points.len()));
                    number.into_iter().for_each(|n| {
                        located.insert(n, points.len());
                    });
                    points.push(service);
                }
            }
        }
        unlocated.retain(|(service, reference)| {
            let twin = reference.as_ref().and_then(|r| located.get(&(service.kind, r.clone())));
            twin.map(|&i| fill_gaps(&mut points[i], service)).is_none()
        });
        let rule = &rules().network;
        let site = |service: PublicService| {
            let point = service.point?;
            let schedule = service.schedule.as_deref().and_then(|t| Schedule::from_words(t).ok());
            let rail = rails.contains(&service.id);
            Some(Site { snapped: view.and_then(|v| v.snap(point, rule)), service, point, rail, schedule })
        };
        let all: Vec<Site> = points.into_par_iter().filter_map(site).collect();
        let all: Vec<Arc<Site>> = all.into_iter().map(Arc::new).collect();
        let mut sites = Self {
            all,
            unlocated: Arc::new(unlocated.into_iter().map(|u| u.0).collect()),
            of_kind: vec![Arc::default(); kinds().len()],
            trees: (0..kinds().len()).map(|_| Arc::new(RTree::new())).collect(),
        };
        sites.index(|_| true);
        sites
    }

    /// The same with some sites changed in place or added at the end; only the kinds they are of are indexed anew.
    pub fn changed(&self, all: Vec<Arc<Site>>, touched: &[KindId]) -> Self {
        let mut next = Self { all, unlocated: self.unlocated.clone(), of_kind: self.of_kind.clone(), trees: self.trees.clone() };
        next.index(|k| touched.contains(&k));
        next
    }

    /// The same on other streets.
    pub fn joined(&self, view: &View) -> Self {
        let rule = &rules().network;
        let join = |s: &Arc<Site>| Arc::new(Site { snapped: view.snap(s.point, rule), ..Site::clone(s) });
        let all = self.all.par_iter().map(join).collect();
        Self { all, unlocated: self.unlocated.clone(), of_kind: self.of_kind.clone(), trees: self.trees.clone() }
    }

    fn index(&mut self, wanted: impl Fn(KindId) -> bool) {
        let mut lists: Vec<Vec<u32>> = vec![Vec::new(); self.of_kind.len()];
        for (i, s) in self.all.iter().enumerate() {
            if s.service.status == Status::Active && wanted(s.service.kind) {
                lists[usize::from(s.service.kind.0)].push(i as u32);
            }
        }
        for (k, list) in lists.into_iter().enumerate().filter(|(k, _)| wanted(KindId(*k as u8))) {
            let scaled = |i: &u32| Entry::new(plane(self.all[*i as usize].point), *i);
            self.trees[k] = Arc::new(RTree::bulk_load(list.iter().map(scaled).collect()));
            self.of_kind[k] = Arc::new(list);
        }
    }

    /// Every public service by one number: those with a position first, then the others.
    pub fn service(&self, i: usize) -> Option<&PublicService> {
        self.all.get(i).map(|s| &s.service).or_else(|| self.unlocated.get(i.checked_sub(self.all.len())?))
    }

    /// Every public service, in the order of [`Self::service`].
    pub fn services(&self) -> impl Iterator<Item = &PublicService> {
        self.all.iter().map(|s| &s.service).chain(self.unlocated.iter())
    }

    /// Running services of a kind.
    pub fn of_kind(&self, kind: KindId) -> &[u32] {
        &self.of_kind[usize::from(kind.0)]
    }

    /// Running services of a kind that may lie within some metres: a superset, by bounding box.
    pub fn candidates<'a>(&'a self, kind: KindId, around: &crate::model::Bounds) -> impl Iterator<Item = u32> + use<'a> {
        let (low, high) = (plane(LonLat::new(around.west, around.south)), plane(LonLat::new(around.east, around.north)));
        self.trees[usize::from(kind.0)].locate_in_envelope(AABB::from_corners(low, high)).map(|e| e.data)
    }

    /// The nearest running service of a kind in a straight line, with ground metres.
    pub fn nearest_straight(&self, kind: KindId, p: LonLat) -> Option<(u32, f64)> {
        // the tree's plane is stretched by latitude: go on until nothing farther in it can be nearer on the ground
        const LEAST_METRES_PER_UNIT: f64 = 110_574.0 * 0.84; // at 46° N, against `plane`'s 35°
        let here = plane(p);
        let mut best: Option<(u32, f64)> = None;
        for entry in self.trees[usize::from(kind.0)].nearest_neighbor_iter(here) {
            let apart = (entry.geom()[0] - here[0]).hypot(entry.geom()[1] - here[1]);
            if best.is_some_and(|(_, metres)| apart * LEAST_METRES_PER_UNIT > metres) {
                break;
            }
            let metres = ground_metres(p, self.all[entry.data as usize].point);
            if best.is_none_or(|(id, m)| (metres, entry.data) < (m, id)) {
                best = Some((entry.data, metres));
            }
        }
        best
    }
}

/// A plane in which near is near: longitude shortened as in the middle of Japan.
fn plane(p: LonLat) -> [f64; 2] {
    const SHORTENING: f64 = 0.82; // cos 35°
    [p.lon * SHORTENING, p.lat]
}

/// Whether records of two lists, of one kind and name, are of one service: what they say of its days must not differ. (Within one
/// list such records are meant to be two.)
fn are_one(a: &PublicService, b: &PublicService) -> bool {
    let near = |(a, b)| ground_metres(a, b) <= rules().twins.metres;
    let same_days = a.schedule.is_none() || b.schedule.is_none() || a.schedule == b.schedule;
    // a home stands where it is blurred to, which says nothing of being the same
    let homes = a.home || b.home;
    !homes && a.status == b.status && same_days && a.point.zip(b.point).is_some_and(near)
}

fn fill_gaps(kept: &mut PublicService, other: &PublicService) {
    let fill = |a: &mut Option<String>, b: &Option<String>| {
        if a.is_none() {
            a.clone_from(b);
        }
    };
    fill(&mut kept.address, &other.address);
    fill(&mut kept.phone, &other.phone);
    fill(&mut kept.url, &other.url);
    fill(&mut kept.schedule, &other.schedule);
}
