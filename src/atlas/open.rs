//! The atlas put together from a register's contents and its compiled parts.

use super::base::BaseMap;
use super::streets::{Streets, View};
use super::transit::ZonePoints;
use super::{AreaIndex, Demand, FlatError, Gazetteer, Groups, Memo, PopulationSet, Record, Site, Sites, Transit, Words};
use crate::model::{
    Area, AreaType, Bounds, Contents, Effort, Figure, KindId, LonLat, Place, PublicService, Service, StoredDataset,
};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

/// Why an atlas cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum AtlasError {
    /// A compiled part is damaged.
    #[error(transparent)]
    Compiled(#[from] FlatError),
}

/// An immutable picture of one revision. Its parts are shared, so that a what-if is a copy with one part changed.
#[derive(Clone)]
pub struct Atlas {
    /// The revision.
    pub revision: i64,
    /// Datasets behind it.
    pub datasets: Arc<Vec<StoredDataset>>,
    /// The street network, if one was imported.
    pub streets: Option<Streets>,
    /// Timetables and demand services on the streets, if any were imported.
    pub transit: Option<Arc<Transit>>,
    /// The network of cars, costs in milliseconds.
    pub drive: Option<Streets>,
    /// The base map, if one was imported.
    pub base: Option<BaseMap>,
    /// Towns and house numbers, if address lists were imported.
    pub gazetteer: Option<Gazetteer>,
    /// Hash of those lists.
    pub address_lists: Option<String>,
    /// Located public services.
    pub sites: Arc<Sites>,
    /// Places that offer no service but are useful to know: schools, halls, shelters.
    pub facilities: Arc<Vec<Place>>,
    /// Figures by fiscal year.
    pub series: Arc<Vec<Figure>>,
    /// Areas by type.
    pub areas: Arc<BTreeMap<AreaType, AreaIndex>>,
    /// Population datasets, best first, each with its demand points.
    pub population: Arc<Vec<(Arc<PopulationSet>, Demand)>>,
    /// What was worked out once about the services of a kind.
    pub memo: Memo,
    /// The same picture on networks of effort.
    walked: Arc<Vec<(Effort, Atlas)>>,
    groups: Arc<HashMap<(AreaType, usize), OnceLock<Groups>>>,
    zone_points: Arc<Vec<OnceLock<ZonePoints>>>,
    words: Arc<OnceLock<Words>>,
}

/// Population datasets of a register, best first.
pub fn population_sets(contents: &mut Contents) -> Vec<PopulationSet> {
    let mut by_dataset: BTreeMap<i64, Vec<_>> = BTreeMap::new();
    for (dataset, cell) in std::mem::take(&mut contents.cells) {
        by_dataset.entry(dataset).or_default().push(cell);
    }
    let title = |id: i64| contents.datasets.iter().find(|d| d.id == id).map(|d| d.dataset.title.clone()).unwrap_or_default();
    let mut sets: Vec<_> = by_dataset.into_iter().map(|(id, cells)| PopulationSet::new(id, title(id), cells)).collect();
    sets.sort_by_key(|s| std::cmp::Reverse(s.preference()));
    sets
}

/// What a lock holds, made outside of it if need be: the making uses the worker threads, and a worker that waited for the lock
/// would wait for itself. Two that come first together make it twice.
fn once<T>(lock: &OnceLock<T>, make: impl FnOnce() -> T) -> &T {
    match lock.get() {
        Some(made) => made,
        None => {
            let made = make();
            lock.get_or_init(|| made)
        }
    }
}

/// Where no area of any type was imported, everything there is counts as one, so that a city can begin with what it has.
fn whole_city(view: Option<&View>, population: &[(PopulationSet, Demand)]) -> Option<Area> {
    let points = population.iter().flat_map(|(_, d)| d.view().points).map(|p| LonLat::from_e7(p.point));
    let nodes = view.iter().flat_map(|v| v.nodes).map(|n| LonLat::from_e7(*n));
    let b = Bounds::of(points.chain(nodes));
    let rect = (!b.is_empty() && !population.is_empty()).then(|| b.grown(100.0))?;
    let rect = geo::Rect::new((rect.west, rect.south), (rect.east, rect.north));
    Some(Area {
        id: 0,
        key: "whole".into(),
        area_type: AreaType::Ward,
        code: None,
        name: "全域（区域のデータがないため）".into(),
        city_code: None,
        parent: None,
        approximate: true,
        geometry: Some(geo::MultiPolygon(vec![rect.to_polygon()])),
    })
}

impl Atlas {
    /// Puts an atlas together. `population` comes from [`population_sets`] with demand points compiled for each.
    pub fn new(
        contents: Contents,
        streets: Option<Streets>,
        base: Option<BaseMap>,
        population: Vec<(PopulationSet, Demand)>,
    ) -> Self {
        let title: HashMap<i64, String> = contents.datasets.iter().map(|d| (d.id, d.dataset.title.clone())).collect();
        let mut records = Vec::new();
        let mut facilities = Vec::new();
        for (dataset, place) in contents.places {
            let source = title.get(&dataset).map_or("", String::as_str);
            let public = |s: &Service| {
                PublicService::of(&place, s, source).map(|p| Record { list: dataset, service: p, number: s.reference.clone() })
            };
            records.extend(place.services.iter().filter_map(public));
            // a home that takes no guests any more is nobody's business
            if place.services.is_empty() && !place.home {
                facilities.push(place);
            }
        }
        let view = streets.as_ref().map(Streets::view);
        let sites = Sites::new(records, view.as_ref());
        let mut by_type: BTreeMap<AreaType, Vec<_>> = BTreeMap::new();
        let whole = contents.areas.is_empty().then(|| whole_city(view.as_ref(), &population)).flatten();
        whole.into_iter().for_each(|a| by_type.entry(a.area_type).or_default().push(a));
        for (_, area) in contents.areas {
            by_type.entry(area.area_type).or_default().push(area);
        }
        let areas: BTreeMap<_, _> = by_type.into_iter().map(|(t, a)| (t, AreaIndex::new(a))).collect();
        let pairs = areas.keys().flat_map(|t| (0..population.len()).map(move |i| (*t, i)));
        let groups = pairs.map(|p| (p, OnceLock::new())).collect();
        let zone_points = population.iter().map(|_| OnceLock::new()).collect();
        Self {
            revision: contents.revision,
            datasets: Arc::new(contents.datasets),
            streets,
            transit: None,
            drive: None,
            base,
            gazetteer: None,
            address_lists: None,
            sites: Arc::new(sites),
            facilities: Arc::new(facilities),
            series: Arc::new(contents.series),
            areas: Arc::new(areas),
            population: Arc::new(population.into_iter().map(|(set, demand)| (Arc::new(set), demand)).collect()),
            memo: Memo::default(),
            walked: Arc::default(),
            groups: Arc::new(groups),
            zone_points: Arc::new(zone_points),
            words: Arc::default(),
        }
    }

    /// An area by its register id, whatever its type: the index it is in, and its place there.
    pub fn area(&self, id: i64) -> Option<(&AreaIndex, u32)> {
        self.areas.values().find_map(|index| Some((index, index.find(id)?)))
    }

    /// The services that stand in an area, and its boundary.
    pub fn standing<'a>(&'a self, index: &'a AreaIndex, area: u32) -> impl Iterator<Item = &'a Site> {
        let bounds = index.areas[area as usize].bounds().unwrap_or(Bounds::EMPTY);
        // the box first: a boundary has thousands of corners
        let inside = move |s: &&'a Site| bounds.contains(s.point) && index.contains(area, s.point);
        self.sites.all.iter().map(AsRef::as_ref).filter(inside)
    }

    /// Whether a position lies in the area of an id.
    pub fn lies_in(&self, area: i64, p: LonLat) -> bool {
        self.area(area).is_some_and(|(index, a)| index.contains(a, p))
    }

    /// The words of every public service, in the order of [`Sites::service`]; made when somebody first searches.
    pub fn words(&self) -> &Words {
        once(&self.words, || {
            Words::new(self.sites.services().map(|s| {
                let mut said = vec![(s.name.as_str(), 3.0), (s.kind.kind().ja.as_str(), 1.0)];
                said.extend(s.kana.iter().map(|t| (t.as_str(), 3.0)));
                said.extend(s.venue.iter().map(|t| (t.as_str(), 2.0)));
                said.extend(s.address.iter().chain(&s.serves).map(|t| (t.as_str(), 1.0)));
                said
            }))
        })
    }

    /// The same picture with timetables and the network of cars.
    pub fn with_transit(self, transit: Option<Transit>, drive: Option<Streets>) -> Self {
        Self { transit: transit.map(Arc::new), drive, ..self }
    }

    /// The same picture, able to answer for walkers of these efforts too.
    pub fn with_efforts(self, walked: Vec<(Effort, Atlas)>) -> Self {
        Self { walked: Arc::new(walked), ..self }
    }

    /// The same picture with towns and house numbers.
    pub fn with_gazetteer(self, gazetteer: Option<Gazetteer>, address_lists: Option<String>) -> Self {
        Self { gazetteer, address_lists, ..self }
    }

    /// The same picture on other streets of the same junctions, everything joined to them anew. The demand points come in
    /// the order of the population datasets.
    pub fn on_streets(&self, streets: Streets, transit: Option<Transit>, demand: Vec<Demand>) -> Self {
        let sites = self.sites.joined(&streets.view());
        let population = self.population.iter().zip(demand).map(|((set, _), d)| (set.clone(), d)).collect();
        Self {
            streets: Some(streets),
            transit: transit.map(Arc::new),
            sites: Arc::new(sites),
            population: Arc::new(population),
            ..self.clone()
        }
    }

    /// The picture a walker of some effort sees. Where it costs just the length, or on a picture that is one already, this one.
    pub fn walked(&self, effort: Effort) -> &Self {
        self.walked.iter().find(|(e, _)| *e == effort).map_or(self, |(_, atlas)| atlas)
    }

    /// True if heights of the ground are in some walker's way.
    pub fn has_heights(&self) -> bool {
        self.walked.iter().any(|(_, a)| a.streets.as_ref().is_some_and(|s| s.known_metres() > 0.0))
    }

    /// The same picture with other services of some kinds, other timetables, or both.
    pub fn changed(&self, sites: Option<(Sites, &[KindId])>, transit: Option<Transit>) -> Self {
        // the points of zones belong to their timetable
        let fresh = || Arc::new(self.population.iter().map(|_| OnceLock::new()).collect());
        let zone_points = if transit.is_some() { fresh() } else { self.zone_points.clone() };
        Self {
            memo: self.memo.without(sites.as_ref().map_or(&[], |s| s.1), transit.is_some()),
            sites: sites.map_or_else(|| self.sites.clone(), |s| Arc::new(s.0)),
            transit: transit.map(Arc::new).or_else(|| self.transit.clone()),
            zone_points,
            words: Arc::default(),
            ..self.clone()
        }
    }

    /// An empty picture.
    pub fn empty() -> Self {
        Self::new(Contents::default(), None, None, Vec::new())
    }

    /// Demand points of a population dataset sorted into the areas of a type; worked out once.
    pub fn groups(&self, area_type: AreaType, population: usize) -> Option<&Groups> {
        let areas = self.areas.get(&area_type)?;
        let (_, demand) = self.population.get(population)?;
        let lock = self.groups.get(&(area_type, population))?;
        Some(once(lock, || Groups::new(&demand.view(), areas)))
    }

    /// Demand points where demand services pick up; worked out once. Nothing without timetable and drivable streets.
    pub fn zone_points(&self, population: usize) -> Option<&ZonePoints> {
        let (transit, drive) = (self.transit.as_ref()?, self.drive.as_ref()?);
        let (_, demand) = self.population.get(population)?;
        let lock = self.zone_points.get(population)?;
        Some(once(lock, || ZonePoints::new(transit, &demand.view(), drive)))
    }

    /// Bounds of the areas, else of the services: where a map should open.
    pub fn home(&self) -> Bounds {
        use geo::BoundingRect;
        let district = [AreaType::ElementaryDistrict, AreaType::JuniorHighDistrict, AreaType::Ward];
        let boxes = district.iter().filter_map(|t| self.areas.get(t)).next().map(|index| {
            let rects = index.areas.iter().filter_map(|a| a.geometry.as_ref()?.bounding_rect());
            Bounds::of(rects.flat_map(|r| [LonLat::new(r.min().x, r.min().y), LonLat::new(r.max().x, r.max().y)]))
        });
        let sites = || Bounds::of(self.sites.all.iter().map(|s| s.point));
        let streets = || Bounds::of(self.streets.iter().flat_map(|s| s.view().nodes.iter().map(|n| LonLat::from_e7(*n))));
        boxes.filter(|b| !b.is_empty()).or_else(|| Some(streets()).filter(|b| !b.is_empty())).unwrap_or_else(sites)
    }
}
