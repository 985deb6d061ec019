//! The picture of a walk, for the page of a service.

use crate::atlas::base::BaseMap;
use crate::model::{Bounds, LonLat};
use crate::present::sketch::{Canvas, Frame, Ink, Pen, Svg, draw_base};

/// Its size, pixels.
pub const SIZE: [f32; 2] = [720.0, 480.0];
/// Ground shown around the walk, metres.
const AROUND: f64 = 120.0;

/// A walk from a home to a service on the base map, as SVG.
pub fn walk_picture(base: Option<&BaseMap>, home: LonLat, to: LonLat, path: &[LonLat]) -> String {
    let bounds = Bounds::of(path.iter().copied().chain([home, to])).grown(AROUND);
    let frame = Frame::new(&bounds, [0.0, 0.0], SIZE);
    let mut svg = Svg::new(SIZE);
    if let Some(base) = base {
        draw_base(base, &frame, 1.6, &mut svg);
    }
    let line = vec![path.iter().map(|p| frame.at(*p)).collect()];
    svg.stroke(&line, Pen::new(9.0, Ink::WHITE));
    svg.stroke(&line, Pen::new(5.0, Ink(11, 79, 108)));
    svg.disc(frame.at(home), 9.0, Ink(138, 28, 28));
    svg.disc(frame.at(to), 11.0, Ink(11, 79, 108));
    svg.finish("歩く道 / the walk")
}
