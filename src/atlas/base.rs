//! The offline base map: roads, rail, water, green, buildings and names of the imported extract, compiled flat.

use super::flat::{Flat, FlatError, FlatWriter};
use crate::model::{BaseFeature, BaseGeometry, BaseLayer};
use bytemuck::{Pod, Zeroable};
use geo::orient::{Direction, Orient};

/// One feature of the base map.
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub struct Record {
    /// West, south, east, north, 1e-7 degrees.
    pub bounds: [i32; 4],
    /// Least zoom.
    pub min_zoom: u32,
    /// Class, as bytes of the text section: start and length.
    pub class: [u32; 2],
    /// Name, likewise.
    pub name: [u32; 2],
    /// First line of the feature, and one past the last, in the line section.
    pub lines: [u32; 2],
}

/// A compiled base map.
#[derive(Clone)]
pub struct BaseMap {
    flat: Flat,
}

/// The arrays, borrowed for one tile.
#[derive(Clone, Copy)]
pub struct BaseView<'a> {
    /// Records sorted by layer; ranges of each layer.
    pub records: &'a [Record],
    /// First record of each layer in [`BaseLayer::ALL`] order, and one past the end.
    pub first: &'a [u32],
    /// First vertex of each line, and one past the end; bit 31 of the start marks an outer ring.
    pub lines: &'a [[u32; 2]],
    /// Vertices, 1e-7 degrees, longitude first.
    pub vertices: &'a [[i32; 2]],
    /// Text.
    pub text: &'a [u8],
}

/// Marks the first ring of a polygon in `lines`.
pub const OUTER: u32 = 1 << 31;

/// Compiles base-map features.
pub fn compile(features: &[BaseFeature]) -> Vec<u8> {
    let mut order: Vec<&BaseFeature> = features.iter().collect();
    order.sort_by_key(|f| (f.layer, f.min_zoom, f.class));
    let (mut records, mut lines, mut vertices, mut text) = (vec![], vec![], Vec::<[i32; 2]>::new(), Vec::new());
    let mut first = vec![0u32; BaseLayer::ALL.len() + 1];
    let mut word = |t: &str| {
        text.extend_from_slice(t.as_bytes());
        [(text.len() - t.len()) as u32, t.len() as u32]
    };
    let mut last_class: (&str, [u32; 2]) = ("", [0, 0]);
    for f in order {
        let first_line = lines.len() as u32;
        let from = vertices.len();
        let mut line = |coords: &mut dyn Iterator<Item = geo::Coord<f64>>, outer: bool| {
            let start = vertices.len() as u32;
            vertices.extend(coords.map(|c| [(c.x * 1e7).round() as i32, (c.y * 1e7).round() as i32]));
            lines.push([start | if outer { OUTER } else { 0 }, vertices.len() as u32]);
        };
        match &f.geometry {
            BaseGeometry::Point(p) => line(&mut std::iter::once(p.0), true),
            BaseGeometry::Line(l) => line(&mut l.coords().copied(), true),
            BaseGeometry::Area(m) => {
                for p in &m.orient(Direction::Default) {
                    line(&mut p.exterior().coords().copied(), true);
                    p.interiors().iter().for_each(|r| line(&mut r.coords().copied(), false));
                }
            }
        }
        if last_class.0 != f.class {
            last_class = (f.class, word(f.class));
        }
        let mut bounds = [i32::MAX, i32::MAX, i32::MIN, i32::MIN];
        for v in &vertices[from..] {
            bounds = [bounds[0].min(v[0]), bounds[1].min(v[1]), bounds[2].max(v[0]), bounds[3].max(v[1])];
        }
        first[f.layer as usize + 1] += 1;
        let name = word(&f.name);
        records.push(Record {
            bounds,
            min_zoom: u32::from(f.min_zoom),
            class: last_class.1,
            name,
            lines: [first_line, lines.len() as u32],
        });
    }
    (0..BaseLayer::ALL.len()).for_each(|i| first[i + 1] += first[i]);
    let mut w = FlatWriter::default();
    w.add("records", &records).add("first", &first).add("lines", &lines).add("vertices", &vertices).add("text", &text);
    w.finish()
}

impl BaseMap {
    /// From a compiled file.
    ///
    /// # Errors
    /// If it is damaged.
    pub fn new(flat: Flat) -> Result<Self, FlatError> {
        let base = Self { flat };
        base.try_view()?;
        Ok(base)
    }

    fn try_view(&self) -> Result<BaseView<'_>, FlatError> {
        let f = &self.flat;
        Ok(BaseView {
            records: f.slice("records")?,
            first: f.slice("first")?,
            lines: f.slice("lines")?,
            vertices: f.slice("vertices")?,
            text: f.slice("text")?,
        })
    }

    /// The arrays.
    pub fn view(&self) -> BaseView<'_> {
        // checked in `new`; the sections cannot change afterwards
        self.try_view().unwrap_or(BaseView { records: &[], first: &[0; 8], lines: &[], vertices: &[], text: &[] })
    }
}

impl<'a> BaseView<'a> {
    /// The records of a layer that meet a box (west, south, east, north, 1e-7 degrees) at a zoom.
    pub fn meeting(self, layer: BaseLayer, zoom: u8, b: [i32; 4]) -> impl Iterator<Item = &'a Record> {
        let range = self.first[layer as usize] as usize..self.first[layer as usize + 1] as usize;
        let meets = move |r: &&Record| r.bounds[0] <= b[2] && b[0] <= r.bounds[2] && r.bounds[1] <= b[3] && b[1] <= r.bounds[3];
        // sorted by least zoom: stop at the first that is too fine
        self.records[range].iter().take_while(move |r| r.min_zoom <= u32::from(zoom)).filter(meets)
    }

    /// A piece of text.
    pub fn word(self, [start, length]: [u32; 2]) -> &'a str {
        let bytes = self.text.get(start as usize..(start + length) as usize).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }

    /// The lines of a record: "is outer" and vertices.
    pub fn lines(self, r: &Record) -> impl Iterator<Item = (bool, &'a [[i32; 2]])> {
        let lines = &self.lines[r.lines[0] as usize..r.lines[1] as usize];
        lines.iter().map(move |[a, b]| (a & OUTER != 0, &self.vertices[(a & !OUTER) as usize..*b as usize]))
    }
}
