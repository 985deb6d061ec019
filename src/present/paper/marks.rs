//! Marks on a map: a shape and a number, put beside its place where another already stands, with a line that leads there.

use super::document::Document;
use super::letters::Style;
use super::numbered::Numbered;
use super::style::{Shape, groups, sizes};
use crate::present::sketch::{Canvas, Frame, Ink, Pen, Spot};

/// Half of the width and of the height of a mark, points.
pub(super) const HALF: Spot = [11.0, 9.0];
/// How far out a free spot is looked for, in steps of a mark.
const RINGS: usize = 14;

/// A mark where it is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mark {
    /// Its place.
    pub place: Spot,
    /// Its middle.
    pub at: Spot,
}

/// Puts marks down one after the other: each on its place, or on the nearest spot around it that is free and on the map. None lies on
/// another unless the map is full.
pub fn placed(frame: &Frame, places: &[Spot]) -> Vec<Mark> {
    let mut out: Vec<Mark> = Vec::with_capacity(places.len());
    for &place in places {
        let free = |at: &Spot| {
            let apart = |m: &Mark| (m.at[0] - at[0]).abs() >= 2.0 * HALF[0] || (m.at[1] - at[1]).abs() >= 2.0 * HALF[1];
            frame.holds([at[0] - HALF[0], at[1] - HALF[1]])
                && frame.holds([at[0] + HALF[0], at[1] + HALF[1]])
                && out.iter().all(apart)
        };
        let at = spots(place).find(free).unwrap_or(place);
        out.push(Mark { place, at });
    }
    out
}

/// A place, then spots around it, nearest first.
fn spots(place: Spot) -> impl Iterator<Item = Spot> {
    let around = (1..=RINGS).flat_map(move |ring| {
        let (radius, count) = (ring as f32 * 12.0, 8 + 4 * ring);
        (0..count).map(move |i| {
            // to the upper right first, where a reader looks for a note
            let angle = i as f32 / count as f32 * std::f32::consts::TAU - std::f32::consts::FRAC_PI_4;
            [place[0] + radius * angle.cos() * 1.2, place[1] + radius * angle.sin()]
        })
    });
    std::iter::once(place).chain(around)
}

/// Draws the marks of numbered that stand on a map.
pub fn draw_marks(d: &mut Document, frame: &Frame, numbered: &[Numbered]) {
    let on_map: Vec<(&Numbered, Spot)> = numbered.iter().filter_map(|e| Some((e, frame.at(e.point?)))).collect();
    // small ones first, so that no number is covered
    for (e, at) in on_map.iter().filter(|(e, _)| e.small) {
        small_mark(d, *at, groups()[e.group].shape, groups()[e.group].ink());
    }
    let on_map: Vec<&(&Numbered, Spot)> = on_map.iter().filter(|(e, _)| !e.small).collect();
    let marks = placed(frame, &on_map.iter().map(|e| e.1).collect::<Vec<_>>());
    for m in marks.iter().filter(|m| m.at != m.place) {
        d.stroke(&[vec![m.place, m.at]], Pen::new(1.8, Ink::WHITE));
        d.stroke(&[vec![m.place, m.at]], Pen::new(0.7, Ink::grey(40)));
        d.fill(&[disc(m.place, 1.6)], Ink::grey(20));
    }
    for ((e, _), m) in on_map.iter().zip(&marks) {
        mark(d, m.at, groups()[e.group].shape, groups()[e.group].ink(), &e.label);
    }
}

/// A mark without a number, where there are too many of its group.
pub fn small_mark(d: &mut Document, at: Spot, shape: Shape, ink: Ink) {
    let shrunk =
        |by: f32| outline(shape, at).iter().map(|p| [at[0] + (p[0] - at[0]) * by, at[1] + (p[1] - at[1]) * by]).collect();
    d.fill(&[shrunk(0.36)], Ink::WHITE);
    d.fill(&[shrunk(0.27)], ink);
}

/// One mark.
pub fn mark(d: &mut Document, at: Spot, shape: Shape, ink: Ink, label: &str) {
    let ring = outline(shape, at);
    d.fill(std::slice::from_ref(&ring), Ink::WHITE);
    let closed = ring.iter().copied().chain(ring.first().copied()).collect();
    d.stroke(&[closed], Pen::new(1.3, ink));
    // the longer the number, the smaller: 通105 still fits
    let size = if label.chars().count() > 3 { sizes().mark - 1.2 } else { sizes().mark };
    let style = Style::new(size).bold().ink(ink).centred();
    let drop = if shape == Shape::Triangle { 2.0 } else { 0.0 };
    d.lettering([at[0] - 16.0, at[1] - size * 0.66 + drop], 32.0, &style, label, false);
}

fn disc([x, y]: Spot, r: f32) -> Vec<Spot> {
    polygon([x, y], [r, r], 12, 0.0)
}

fn polygon([x, y]: Spot, [rx, ry]: Spot, corners: usize, turn: f32) -> Vec<Spot> {
    let corner = |i: usize| {
        let angle = (i as f32 / corners as f32 + turn) * std::f32::consts::TAU;
        [x + rx * angle.cos(), y + ry * angle.sin()]
    };
    (0..corners).map(corner).collect()
}

/// The ring around a mark.
fn outline(shape: Shape, at: Spot) -> Vec<Spot> {
    let ([x, y], [w, h]) = (at, HALF);
    match shape {
        Shape::Circle => polygon(at, [w, h], 28, 0.0),
        Shape::Square => vec![[x - w, y - h * 0.8], [x + w, y - h * 0.8], [x + w, y + h * 0.8], [x - w, y + h * 0.8]],
        Shape::Diamond => polygon(at, [w * 1.15, h * 1.1], 4, 0.0),
        Shape::Pentagon => polygon(at, [w, h], 5, -0.25),
        Shape::Hexagon => polygon(at, [w, h], 6, 0.0),
        Shape::Triangle => vec![[x, y - h], [x + w * 1.1, y + h * 0.85], [x - w * 1.1, y + h * 0.85]],
        Shape::Cross => {
            let (a, b) = (w * 0.55, h * 0.62);
            let right = [[x + a, y - h], [x + a, y - b], [x + w, y - b], [x + w, y + b], [x + a, y + b], [x + a, y + h]];
            let left = [[x - a, y + h], [x - a, y + b], [x - w, y + b], [x - w, y - b], [x - a, y - b], [x - a, y - h]];
            right.into_iter().chain(left).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Bounds;

    #[test]
    fn no_mark_lies_on_another_and_all_are_on_the_map() {
        let bounds = Bounds { west: 130.70, south: 32.80, east: 130.72, north: 32.81 };
        let frame = Frame::new(&bounds, [50.0, 50.0], [600.0, 400.0]);
        // thirty at one hall, one at the very corner, a street of shops
        let mut places = vec![[300.0, 200.0]; 30];
        places.push([50.0, 50.0]);
        places.extend((0..20).map(|i| [100.0 + 6.0 * i as f32, 400.0]));
        let marks = placed(&frame, &places);
        assert_eq!(marks[0], Mark { place: places[0], at: places[0] });
        for (i, a) in marks.iter().enumerate() {
            assert_eq!(a.place, places[i]);
            assert!(frame.holds([a.at[0] - HALF[0], a.at[1] - HALF[1]]) && frame.holds([a.at[0] + HALF[0], a.at[1] + HALF[1]]));
            let clear =
                |b: &Mark| (a.at[0] - b.at[0]).abs() >= 2.0 * HALF[0] - 0.01 || (a.at[1] - b.at[1]).abs() >= 2.0 * HALF[1] - 0.01;
            assert!(marks[..i].iter().all(clear), "{i}");
        }
    }
}
