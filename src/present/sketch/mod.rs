//! The base map drawn flat from our own streets, for paper and for pictures: the same strokes on any canvas.

mod base;
mod svg;

pub use base::draw_base;
pub use svg::Svg;

use crate::model::{Bounds, LonLat, metres_per_degree};
use geo::{LineString, MultiPolygon, Polygon};

/// A point on the canvas: right and down, in its units.
pub type Spot = [f32; 2];

/// A grey or a colour, red green blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ink(pub u8, pub u8, pub u8);

impl Ink {
    /// Black.
    pub const BLACK: Self = Self(0, 0, 0);
    /// White.
    pub const WHITE: Self = Self(255, 255, 255);

    /// A grey.
    pub const fn grey(level: u8) -> Self {
        Self(level, level, level)
    }
}

/// How a line is drawn.
#[derive(Debug, Clone, Copy)]
pub struct Pen {
    /// Width, units.
    pub width: f32,
    /// Colour.
    pub ink: Ink,
    /// Lengths of dash and gap.
    pub dash: Option<[f32; 2]>,
}

impl Pen {
    /// A whole line.
    pub const fn new(width: f32, ink: Ink) -> Self {
        Self { width, ink, dash: None }
    }
}

/// What can be drawn on.
pub trait Canvas {
    /// Fills areas: rings, holes by the even-odd rule.
    fn fill(&mut self, rings: &[Vec<Spot>], ink: Ink);
    /// Draws lines.
    fn stroke(&mut self, lines: &[Vec<Spot>], pen: Pen);
    /// Writes a text around a point, on a white halo.
    fn label(&mut self, at: Spot, size: f32, text: &str, ink: Ink);
}

/// Part of the ground on part of a canvas: as large as fits, in the middle, north up.
#[derive(Debug, Clone, Copy)]
pub struct Frame {
    /// West, north corner of the ground shown.
    origin: LonLat,
    /// Units per degree, east and south.
    per_degree: [f64; 2],
    /// Units per metre.
    pub per_metre: f64,
    /// Left and top, units.
    pub corner: Spot,
    /// Width and height, units.
    pub size: Spot,
}

impl Frame {
    /// Shows some bounds, whole.
    pub fn new(bounds: &Bounds, corner: Spot, size: Spot) -> Self {
        let (east, north) = metres_per_degree(f64::midpoint(bounds.south, bounds.north));
        let (wide, high) = ((bounds.east - bounds.west) * east, (bounds.north - bounds.south) * north);
        let per_metre = (f64::from(size[0]) / wide.max(1.0)).min(f64::from(size[1]) / high.max(1.0));
        let per_degree = [east * per_metre, north * per_metre];
        let middle = bounds.center();
        let origin = LonLat::new(
            middle.lon - f64::from(size[0]) / 2.0 / per_degree[0],
            middle.lat + f64::from(size[1]) / 2.0 / per_degree[1],
        );
        Self { origin, per_degree, per_metre, corner, size }
    }

    /// Where a position is drawn.
    pub fn at(&self, p: LonLat) -> Spot {
        let x = (p.lon - self.origin.lon) * self.per_degree[0];
        let y = (self.origin.lat - p.lat) * self.per_degree[1];
        [self.corner[0] + x as f32, self.corner[1] + y as f32]
    }

    /// The rings of an area where they are drawn, holes among them.
    pub fn rings(&self, area: &MultiPolygon<f64>) -> Vec<Vec<Spot>> {
        let ring = |l: &LineString<f64>| l.coords().map(|c| self.at(LonLat::new(c.x, c.y))).collect();
        let of = |p: &Polygon<f64>| std::iter::once(ring(p.exterior())).chain(p.interiors().iter().map(ring)).collect::<Vec<_>>();
        area.iter().flat_map(of).collect()
    }

    /// The ground shown.
    pub fn bounds(&self) -> Bounds {
        Bounds {
            west: self.origin.lon,
            north: self.origin.lat,
            east: self.origin.lon + f64::from(self.size[0]) / self.per_degree[0],
            south: self.origin.lat - f64::from(self.size[1]) / self.per_degree[1],
        }
    }

    /// True if a spot lies on it.
    pub fn holds(&self, [x, y]: Spot) -> bool {
        let inside = |v: f32, from: f32, long: f32| (from..=from + long).contains(&v);
        inside(x, self.corner[0], self.size[0]) && inside(y, self.corner[1], self.size[1])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_shows_its_bounds_whole_north_up_and_to_scale() {
        let bounds = Bounds { west: 130.70, south: 32.80, east: 130.72, north: 32.81 };
        let frame = Frame::new(&bounds, [10.0, 20.0], [400.0, 300.0]);
        let (a, b) = (frame.at(LonLat::new(130.70, 32.81)), frame.at(LonLat::new(130.72, 32.80)));
        assert!((a[0] - 10.0).abs() < 0.01 && (b[0] - 410.0).abs() < 0.01, "{a:?} {b:?}");
        assert!(a[1] > 20.0 && b[1] < 320.0 && a[1] < b[1]);
        assert!(((a[1] - 20.0) - (320.0 - b[1])).abs() < 0.01);
        let (p, q) = (LonLat::new(130.705, 32.803), LonLat::new(130.712, 32.808));
        let drawn = {
            let (p, q) = (frame.at(p), frame.at(q));
            f64::from((p[0] - q[0]).hypot(p[1] - q[1]))
        };
        let ground = crate::model::ground_metres(p, q);
        assert!((drawn / frame.per_metre / ground - 1.0).abs() < 0.001, "{drawn} {ground}");
        let shown = frame.bounds();
        assert!((shown.west - 130.70).abs() < 1e-9 && shown.north > 32.81 && shown.south < 32.80);
    }
}
