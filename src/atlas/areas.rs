//! Areas of one type behind an R-tree.

use crate::model::{Area, Bounds, LonLat};
use geo::{BoundingRect, Contains, Intersects, Point, Rect};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

type Entry = GeomWithData<Rectangle<[f64; 2]>, u32>;

/// Areas of one type. An area is known by its position here.
pub struct AreaIndex {
    /// The areas, sorted by municipality, code and name.
    pub areas: Vec<Area>,
    tree: RTree<Entry>,
}

impl AreaIndex {
    /// Indexes areas; one without geometry is kept and contains nothing.
    pub fn new(mut areas: Vec<Area>) -> Self {
        areas.sort_by(|a, b| (&a.city_code, &a.code, &a.name, a.id).cmp(&(&b.city_code, &b.code, &b.name, b.id)));
        let boxes = areas.iter().enumerate().filter_map(|(i, a)| {
            let r = a.geometry.as_ref()?.bounding_rect()?;
            Some(Entry::new(Rectangle::from_corners([r.min().x, r.min().y], [r.max().x, r.max().y]), i as u32))
        });
        let tree = RTree::bulk_load(boxes.collect());
        Self { areas, tree }
    }

    /// Areas whose bounding box meets a box, ascending.
    pub fn meeting(&self, b: &Bounds) -> Vec<u32> {
        if b.is_empty() {
            return Vec::new();
        }
        let envelope = AABB::from_corners([b.west, b.south], [b.east, b.north]);
        let mut found: Vec<u32> = self.tree.locate_in_envelope_intersecting(envelope).map(|e| e.data).collect();
        found.sort_unstable();
        found
    }

    /// True if a box lies wholly inside an area.
    pub fn covers(&self, area: u32, b: &Bounds) -> bool {
        let rect = Rect::new((b.west, b.south), (b.east, b.north));
        self.areas[area as usize].geometry.as_ref().is_some_and(|g| {
            // cheap refusals first: a boundary line in the box means it is not covered
            g.contains(&Point::new(b.west, b.south)) && g.contains(&Point::new(b.east, b.north)) && g.contains(&rect)
        })
    }

    /// True if a position lies in an area, its boundary included.
    pub fn contains(&self, area: u32, p: LonLat) -> bool {
        self.areas[area as usize].geometry.as_ref().is_some_and(|g| g.intersects(&Point::new(p.lon, p.lat)))
    }

    /// The areas a position lies in.
    pub fn at(&self, p: LonLat) -> Vec<u32> {
        let mut found = self.meeting(&Bounds::of([p]));
        found.retain(|&a| self.contains(a, p));
        found
    }

    /// Position of the area with a register id.
    pub fn find(&self, id: i64) -> Option<u32> {
        self.areas.iter().position(|a| a.id == id).map(|i| i as u32)
    }
}
