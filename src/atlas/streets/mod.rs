//! The walkable street network, compiled to flat arrays.
//!
//! Nodes are junctions and dead ends in Hilbert order; an edge is a chain of street between two of them, with its
//! vertices. Costs are whole millimetres of ground, so no search ever loses to rounding.

mod along;
mod compile;
pub mod effort;
mod grid;
mod hilbert;

pub use compile::{compile, compile_drive};
pub use grid::{Grid, Snapped};

use super::flat::{Flat, FlatError};
use bytemuck::{Pod, Zeroable};

/// One way out of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Arc {
    /// Node at its far end.
    pub head: u32,
    /// Length in millimetres (milliseconds on a network of cars); with [`FERRY`] set, sailing time in tenths of a second.
    pub cost: u32,
}

/// Marks an arc whose cost is time, not distance.
pub const FERRY: u32 = 1 << 31;

/// Not reachable, not snapped, none.
pub const NONE: u32 = u32::MAX;

/// How an edge may be walked; bits of `edge_flags`.
pub mod edge_flag {
    /// From its first node to its second.
    pub const FORWARD: u8 = 1;
    /// From its second node to its first.
    pub const BACKWARD: u8 = 2;
    /// On a bridge or in a tunnel.
    pub const OFF_GROUND: u8 = 4;
    /// A ferry.
    pub const FERRY: u8 = 8;
    /// Steps.
    pub const STEPS: u8 = 16;
}

/// A connected piece of the network.
#[derive(Debug, Clone, Copy, PartialEq, Pod, Zeroable)]
#[repr(C)]
pub struct Component {
    /// Nodes in it.
    pub nodes: u32,
    /// Edges in it.
    pub edges: u32,
    /// Metres of street in it.
    pub metres: f32,
}

/// Where the grid lies: west and south edge and cell size in 1e-7 degrees, columns, rows.
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub struct GridFrame {
    /// West edge.
    pub west: i32,
    /// South edge.
    pub south: i32,
    /// Cell width.
    pub width: i32,
    /// Cell height.
    pub height: i32,
    /// Columns.
    pub columns: u32,
    /// Rows.
    pub rows: u32,
}

/// A compiled street network.
#[derive(Clone)]
pub struct Streets {
    flat: Flat,
    hash: String,
    longest: [u32; 2],
}

/// The arrays of a network, borrowed for one piece of work.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// Position of each node, 1e-7 degrees, longitude first.
    pub nodes: &'a [[i32; 2]],
    /// First arc of each node, and one past the end.
    pub first_arc: &'a [u32],
    /// Arcs out of each node.
    pub arcs: &'a [Arc],
    /// The longest walk among the arcs (mm) and the longest sailing (0.1 s): a search needs room for them.
    pub longest: [u32; 2],
    /// Edge of each arc.
    pub arc_edge: &'a [u32],
    /// As `first_arc`, for the reversed network.
    pub first_back: &'a [u32],
    /// Arcs of the reversed network.
    pub back_arcs: &'a [Arc],
    /// First and second node of each edge.
    pub edge_nodes: &'a [[u32; 2]],
    /// First vertex of each edge, and one past the end.
    pub first_vertex: &'a [u32],
    /// [`edge_flag`] bits of each edge.
    pub edge_flags: &'a [u8],
    /// Pace of a car on each edge, km/h; 0 on a network of walks.
    pub edge_pace: &'a [u8],
    /// Vertex positions, 1e-7 degrees, longitude first.
    pub vertices: &'a [[i32; 2]],
    /// Millimetres from the start of the edge to each vertex.
    pub vertex_mm: &'a [u32],
    /// Cost from the first node of the edge to each vertex; the same slice as `vertex_mm` where cost is length.
    pub along_mm: &'a [u32],
    /// Cost from each vertex back to the first node of the edge.
    pub against_mm: &'a [u32],
    /// Edge of each vertex.
    pub vertex_edge: &'a [u32],
    /// Component of each node.
    pub node_component: &'a [u32],
    /// Components, largest first.
    pub components: &'a [Component],
    /// Segments by place.
    pub grid: Grid<'a>,
}

/// Milliseconds for a car over some millimetres at a pace in km/h.
pub fn drive_ms(mm: f64, pace: u8) -> u32 {
    (mm * 3.6 / f64::from(pace.max(1))).round() as u32
}

impl Streets {
    /// From a compiled file.
    ///
    /// # Errors
    /// If the file is damaged or of another version.
    pub fn new(flat: Flat, hash: String) -> Result<Self, FlatError> {
        let mut streets = Self { flat, hash, longest: [0, 0] };
        let arcs = streets.try_view()?.arcs;
        let walk = arcs.iter().filter(|a| a.cost & FERRY == 0).map(|a| a.cost).max().unwrap_or(0);
        let sail = arcs.iter().filter(|a| a.cost & FERRY != 0).map(|a| a.cost & !FERRY).max().unwrap_or(0);
        streets.longest = [walk, sail];
        Ok(streets)
    }

    /// Content hash of the compiled file.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    fn try_view(&self) -> Result<View<'_>, FlatError> {
        let f = &self.flat;
        let frame = *f.slice::<GridFrame>("grid_frame")?.first().ok_or(FlatError::Damaged("grid_frame"))?;
        let symmetric = f.slice::<u32>("symmetric")? == [1];
        let (first_arc, arcs) = (f.slice("first_arc")?, f.slice("arcs")?);
        let (first_back, back_arcs) = if symmetric { (first_arc, arcs) } else { (f.slice("first_back")?, f.slice("back_arcs")?) };
        let view = View {
            nodes: f.slice("nodes")?,
            first_arc,
            arcs,
            longest: self.longest,
            arc_edge: f.slice("arc_edge")?,
            first_back,
            back_arcs,
            edge_nodes: f.slice("edge_nodes")?,
            first_vertex: f.slice("first_vertex")?,
            edge_flags: f.slice("edge_flags")?,
            // a register of the first version has no such section, and no network of cars
            edge_pace: f.slice("edge_pace").unwrap_or(&[]),
            vertices: f.slice("vertices")?,
            vertex_mm: f.slice("vertex_mm")?,
            along_mm: f.slice("along_mm").or_else(|_| f.slice("vertex_mm"))?,
            against_mm: f.slice("against_mm").or_else(|_| f.slice("vertex_mm"))?,
            vertex_edge: f.slice("vertex_edge")?,
            node_component: f.slice("node_component")?,
            components: f.slice("components")?,
            grid: Grid { frame, first_item: f.slice("grid_first")?, items: f.slice("grid_items")? },
        };
        let fits = view.first_arc.len() == view.nodes.len() + 1
            && [view.vertex_mm, view.along_mm, view.against_mm].iter().all(|c| c.len() == view.vertices.len());
        fits.then_some(view).ok_or(FlatError::Damaged("streets"))
    }

    /// Metres of street whose heights are known, on a network of effort.
    pub fn known_metres(&self) -> f64 {
        self.flat.slice::<f64>("known_metres").ok().and_then(|m| m.first().copied()).unwrap_or(0.0)
    }

    /// The arrays.
    pub fn view(&self) -> View<'_> {
        // checked in `new`; the sections cannot change afterwards
        self.try_view().unwrap_or(View::EMPTY)
    }
}

impl<'a> View<'a> {
    const EMPTY: Self = Self {
        nodes: &[],
        first_arc: &[0],
        arcs: &[],
        longest: [0, 0],
        arc_edge: &[],
        first_back: &[0],
        back_arcs: &[],
        edge_nodes: &[],
        first_vertex: &[0],
        edge_flags: &[],
        edge_pace: &[],
        vertices: &[],
        vertex_mm: &[],
        along_mm: &[],
        against_mm: &[],
        vertex_edge: &[],
        node_component: &[],
        components: &[],
        grid: Grid {
            frame: GridFrame { west: 0, south: 0, width: 1, height: 1, columns: 0, rows: 0 },
            first_item: &[0],
            items: &[],
        },
    };

    /// Vertex range of an edge.
    pub fn edge_vertices(&self, edge: u32) -> std::ops::Range<usize> {
        self.first_vertex[edge as usize] as usize..self.first_vertex[edge as usize + 1] as usize
    }

    /// Length of an edge, millimetres.
    pub fn edge_mm(&self, edge: u32) -> u32 {
        self.vertex_mm[self.first_vertex[edge as usize + 1] as usize - 1]
    }

    /// The edge a vertex belongs to.
    pub fn edge_of_vertex(&self, vertex: u32) -> u32 {
        self.vertex_edge[vertex as usize]
    }

    /// True if an edge may be walked from its first node to its second.
    pub fn forward(&self, edge: u32) -> bool {
        self.edge_flags[edge as usize] & edge_flag::FORWARD != 0
    }

    /// True if an edge may be walked from its second node to its first.
    pub fn backward(&self, edge: u32) -> bool {
        self.edge_flags[edge as usize] & edge_flag::BACKWARD != 0
    }

    /// Component of an edge.
    pub fn edge_component(&self, edge: u32) -> u32 {
        self.node_component[self.edge_nodes[edge as usize][0] as usize]
    }

    /// The position at an offset along an edge, 1e-7 degrees.
    pub fn point_at(&self, edge: u32, mm: u32) -> [i32; 2] {
        let range = self.edge_vertices(edge);
        let marks = &self.vertex_mm[range.clone()];
        let after = marks.partition_point(|&m| m < mm).clamp(1, marks.len() - 1);
        let (a, b) = (marks[after - 1], marks[after]);
        let t = if b > a { f64::from(mm.saturating_sub(a)) / f64::from(b - a) } else { 0.0 };
        let (p, q) = (self.vertices[range.start + after - 1], self.vertices[range.start + after]);
        let mix = |i: usize| (f64::from(p[i]) + t.min(1.0) * (f64::from(q[i]) - f64::from(p[i]))).round() as i32;
        [mix(0), mix(1)]
    }
}
