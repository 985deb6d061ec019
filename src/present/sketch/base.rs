//! The strokes of the base map: pale greys that let markers stand out and survive a black-and-white copier.

use super::{Canvas, Frame, Ink, Pen, Spot};
use crate::atlas::base::{BaseMap, BaseView, Record};
use crate::model::{BaseLayer, LonLat};

/// Roads from the least to the greatest: classes, and width in units at one unit for two metres of a street eight metres wide.
const ROADS: [(&[&str], f32); 5] = [
    (&["service"], 0.7),
    (&["minor"], 1.2),
    (&["tertiary", "secondary"], 2.0),
    (&["primary", "trunk"], 2.6),
    (&["motorway"], 3.0),
];
/// Least distance between two vertices that are both drawn, units: paper shows no more.
const FINE: f32 = 0.25;
/// Sizes of labels by class.
const LABELS: [(&str, f32); 5] = [("city", 11.0), ("town", 10.0), ("village", 9.0), ("quarter", 8.0), ("hamlet", 7.0)];

/// Draws what a base map has in a frame. `unit` scales the strokes: 1 for paper in points.
pub fn draw_base(base: &BaseMap, frame: &Frame, unit: f32, canvas: &mut dyn Canvas) {
    let drawing = Drawing { view: base.view(), frame, zoom: zoom_of(frame, unit) };
    drawing.fill(canvas, BaseLayer::Green, None, Ink(236, 241, 228));
    drawing.fill(canvas, BaseLayer::Water, None, Ink(206, 222, 232));
    drawing.fill(canvas, BaseLayer::Building, None, Ink::grey(226));
    drawing.stroke(canvas, BaseLayer::Waterway, None, Pen::new(0.8 * unit, Ink(190, 210, 224)));
    let path = Pen { dash: Some([1.5 * unit, 1.2 * unit]), ..Pen::new(0.4 * unit, Ink::grey(170)) };
    drawing.stroke(canvas, BaseLayer::Road, Some(&["path", "track", "steps"]), path);
    for (classes, width) in ROADS {
        drawing.stroke(canvas, BaseLayer::Road, Some(classes), Pen::new((width + 0.6) * unit, Ink::grey(168)));
    }
    for (classes, width) in ROADS {
        drawing.stroke(canvas, BaseLayer::Road, Some(classes), Pen::new(width * unit, Ink::WHITE));
    }
    drawing.stroke(canvas, BaseLayer::Rail, None, Pen::new(1.4 * unit, Ink::grey(110)));
    let ties = Pen { dash: Some([4.0 * unit, 4.0 * unit]), ..Pen::new(0.9 * unit, Ink::WHITE) };
    drawing.stroke(canvas, BaseLayer::Rail, None, ties);
    drawing.labels(canvas, unit);
}

/// The zoom of the screen map that shows as much: what is too fine for it is too fine for the drawing.
fn zoom_of(frame: &Frame, unit: f32) -> u8 {
    // at zoom 0 a screen pixel is 156,543 m × cos(latitude); a point of paper takes about 1.6 of them
    let metres = f64::from(unit) / frame.per_metre / 1.6;
    (156_543.0 * 0.84 / metres.max(0.05)).log2().floor().clamp(0.0, 22.0) as u8
}

struct Drawing<'a> {
    view: BaseView<'a>,
    frame: &'a Frame,
    zoom: u8,
}

impl<'a> Drawing<'a> {
    fn records(&self, layer: BaseLayer) -> impl Iterator<Item = &'a Record> {
        let b = self.frame.bounds();
        let (low, high) = (LonLat::new(b.west, b.south).to_e7(), LonLat::new(b.east, b.north).to_e7());
        self.view.meeting(layer, self.zoom, [low[0], low[1], high[0], high[1]])
    }

    fn of_class(&self, layer: BaseLayer, classes: Option<&'static [&str]>) -> impl Iterator<Item = &'a Record> {
        let view = self.view;
        self.records(layer).filter(move |r| classes.is_none_or(|all| all.contains(&view.word(r.class))))
    }

    fn spots(&self, vertices: &[[i32; 2]]) -> Vec<Spot> {
        let mut out: Vec<Spot> = Vec::with_capacity(vertices.len());
        for (i, v) in vertices.iter().enumerate() {
            let p = self.frame.at(LonLat::from_e7(*v));
            let last = i + 1 == vertices.len();
            if last || out.last().is_none_or(|q| (p[0] - q[0]).hypot(p[1] - q[1]) >= FINE) {
                out.push(p);
            }
        }
        out
    }

    fn fill(&self, canvas: &mut dyn Canvas, layer: BaseLayer, classes: Option<&'static [&str]>, ink: Ink) {
        for r in self.of_class(layer, classes) {
            let rings: Vec<Vec<Spot>> = self.view.lines(r).map(|(_, v)| self.spots(v)).filter(|r| r.len() > 2).collect();
            if !rings.is_empty() {
                canvas.fill(&rings, ink);
            }
        }
    }

    fn stroke(&self, canvas: &mut dyn Canvas, layer: BaseLayer, classes: Option<&'static [&str]>, pen: Pen) {
        let all = self.of_class(layer, classes).flat_map(|r| self.view.lines(r).map(|(_, v)| self.spots(v)));
        let lines: Vec<Vec<Spot>> = all.filter(|l| l.len() > 1).collect();
        if !lines.is_empty() {
            canvas.stroke(&lines, pen);
        }
    }

    /// Names of quarters and villages, the greater first; one that would lie on another is left out.
    fn labels(&self, canvas: &mut dyn Canvas, unit: f32) {
        let mut taken: Vec<(Spot, Spot)> = Vec::new();
        for (class, size) in LABELS {
            for r in self.of_class(BaseLayer::Label, None).filter(|r| self.view.word(r.class) == class) {
                let (name, size) = (self.view.word(r.name), size * unit);
                let Some(at) = self.view.lines(r).next().and_then(|(_, v)| v.first().map(|v| self.frame.at(LonLat::from_e7(*v))))
                else {
                    continue;
                };
                let half = [size * name.chars().count() as f32 / 2.0, size / 2.0];
                let (low, high) = ([at[0] - half[0], at[1] - half[1]], [at[0] + half[0], at[1] + half[1]]);
                let free = taken.iter().all(|(l, h)| high[0] < l[0] || low[0] > h[0] || high[1] < l[1] || low[1] > h[1]);
                if !name.is_empty() && free && self.frame.holds(low) && self.frame.holds(high) {
                    taken.push((low, high));
                    canvas.label(at, size, name, Ink::grey(90));
                }
            }
        }
    }
}
