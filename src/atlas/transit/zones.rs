//! Where demand services pick up and set down, and which demand points lie there.

use super::{FeedFile, Transit};
use crate::atlas::demand::DemandView;
use crate::atlas::streets::{Snapped, Streets};
use crate::model::{Bounds, DemandLeg, DemandService, LonLat, Spots, rules};
use geo::{BoundingRect, MultiPolygon};
use rayon::prelude::*;

/// Where one end of a leg serves.
#[derive(Debug, Clone)]
pub struct Served {
    /// Areas.
    pub polygons: MultiPolygon<f64>,
    /// Their bounds.
    pub bounds: Bounds,
    /// Stops of the network.
    pub stops: Vec<u32>,
}

impl Served {
    fn new(spots: &Spots, first_stop: u32) -> Self {
        let polygons = spots.polygons();
        let bounds = polygons.bounding_rect().map_or(Bounds::EMPTY, |r| Bounds {
            west: r.min().x,
            south: r.min().y,
            east: r.max().x,
            north: r.max().y,
        });
        Self { polygons, bounds, stops: spots.stops.iter().map(|s| first_stop + s).collect() }
    }

    /// True if a position lies in the areas.
    pub fn contains(&self, p: LonLat) -> bool {
        self.bounds.intersects(&Bounds::of([p])) && Spots::contains(&self.polygons, p)
    }
}

/// One leg of a demand service.
#[derive(Debug, Clone)]
pub struct ZoneLeg {
    /// Its feed.
    pub feed: usize,
    /// Its service in the feed.
    pub service: usize,
    /// Its position in the service.
    pub leg: usize,
    /// Where one is picked up.
    pub pickup: Served,
    /// Where one is set down.
    pub drop_off: Served,
}

/// Every leg of every demand service of some feeds.
pub fn legs(feeds: &[FeedFile], first_stop: &[u32]) -> Vec<ZoneLeg> {
    let mut out = Vec::new();
    for (f, feed) in feeds.iter().enumerate() {
        for (s, service) in feed.feed.demand.iter().enumerate() {
            for (l, leg) in service.legs.iter().enumerate() {
                let served = |spots| Served::new(spots, first_stop[f]);
                out.push(ZoneLeg { feed: f, service: s, leg: l, pickup: served(&leg.pickup), drop_off: served(&leg.drop_off) });
            }
        }
    }
    out
}

impl Transit {
    /// The demand service of a leg.
    pub fn service_of(&self, leg: &ZoneLeg) -> (&DemandService, &DemandLeg) {
        let service = &self.feeds[leg.feed].feed.demand[leg.service];
        (service, &service.legs[leg.leg])
    }
}

/// A demand point by position, and where a car stops for it.
pub type Doorstep = (u32, Snapped);

/// Demand points where one is picked up or set down at the door, joined to the drivable streets.
pub struct ZonePoints {
    /// By leg: where it picks up.
    pub of_leg: Vec<Vec<Doorstep>>,
    /// By leg: where it sets down.
    pub set_down: Vec<Vec<Doorstep>>,
}

impl ZonePoints {
    /// For the demand points of one population dataset.
    pub fn new(transit: &Transit, demand: &DemandView, drive: &Streets) -> Self {
        let view = drive.view();
        let inside = |place: &Served| -> Vec<Doorstep> {
            if place.bounds.is_empty() {
                return Vec::new();
            }
            let join = |(i, p): (usize, &crate::atlas::demand::DemandPoint)| {
                let at = LonLat::from_e7(p.point);
                place.contains(at).then(|| Some((i as u32, view.snap(at, &rules().network)?))).flatten()
            };
            demand.points.par_iter().enumerate().filter_map(join).collect()
        };
        let of = |place: fn(&ZoneLeg) -> &Served| transit.zone_legs.iter().map(|l| inside(place(l))).collect();
        Self { of_leg: of(|l| &l.pickup), set_down: of(|l| &l.drop_off) }
    }
}
