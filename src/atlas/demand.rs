//! Demand points: where the people of a cell are taken to stand, joined to the street network.
//!
//! House numbers if there are enough of them in the cell, else points along its streets, else its middle.

use super::flat::{Flat, FlatError, FlatWriter, hash};
use super::streets::{Grid, NONE, Snapped, Streets, View, edge_flag};
use super::{AreaIndex, PopulationSet};
use crate::model::{AddressPoint, AgeGroup, Bounds, Cell, LonLat, Rules, rules};
use bytemuck::{Pod, Zeroable};
use rayon::prelude::*;
use std::collections::HashMap;

/// A demand point on the network.
#[derive(Debug, Clone, Copy, PartialEq, Pod, Zeroable)]
#[repr(C)]
pub struct DemandPoint {
    /// Position, 1e-7 degrees, longitude first.
    pub point: [i32; 2],
    /// Its edge, or [`NONE`] if no street is near enough.
    pub edge: u32,
    /// Millimetres from the first node of the edge.
    pub mm: u32,
    /// Millimetres to the edge.
    pub off_mm: u32,
    /// Nodes a walk can leave by; [`NONE`] where the edge is one-way.
    pub node: [u32; 2],
    /// Millimetres to each of them.
    pub node_mm: [u32; 2],
}

/// What the points of a cell are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum PointSource {
    /// House numbers.
    Address = 0,
    /// Points along streets.
    Street = 1,
    /// The middle of the cell.
    Centroid = 2,
    /// No position at all.
    Nowhere = 3,
}

/// The demand points of one population dataset.
#[derive(Clone)]
pub struct Demand {
    flat: Flat,
}

/// The arrays, borrowed for one piece of work.
#[derive(Clone, Copy)]
pub struct DemandView<'a> {
    /// First point of each cell, and one past the end.
    pub first_point: &'a [u32],
    /// Points, cell by cell; the people of a cell are spread evenly over its points.
    pub points: &'a [DemandPoint],
    /// [`PointSource`] of each cell.
    pub sources: &'a [u8],
}

impl DemandView<'_> {
    /// The points of a cell.
    pub fn of_cell(&self, cell: usize) -> std::ops::Range<usize> {
        self.first_point[cell] as usize..self.first_point[cell + 1] as usize
    }
}

/// The hash a compiled demand file is known by: everything its content depends on.
pub fn key(set: &PopulationSet, streets: Option<&Streets>, addresses: &str) -> String {
    let rule = serde_json::to_string(&(&rules().network, &rules().demand)).unwrap_or_default();
    let cells: String = set.cells.iter().map(|c| format!("{}{:?}{:?}{:?};", c.code, c.bounds, c.centroid, largest(c))).collect();
    let parts = ["demand-1", streets.map_or("none", Streets::hash), addresses, &rule, &cells];
    hash(&parts.map(str::as_bytes))
}

fn largest(cell: &Cell) -> f64 {
    cell.population.iter().filter_map(|p| p.of(AgeGroup::Total)).fold(0.0, f64::max)
}

impl DemandPoint {
    /// Where it joins the streets.
    pub fn snapped(&self) -> Option<Snapped> {
        (self.edge != NONE).then_some(Snapped { edge: self.edge, mm: self.mm, off_mm: self.off_mm })
    }
}

/// The hash a file of [`rejoined`] points is known by.
pub fn rejoined_key(demand: &DemandView, streets: &str) -> String {
    let rule = serde_json::to_string(&rules().network).unwrap_or_default();
    let positions: Vec<[i32; 2]> = demand.points.iter().map(|p| p.point).collect();
    let places = [bytemuck::cast_slice(demand.first_point), bytemuck::cast_slice(&positions), demand.sources];
    hash(&[b"rejoined-1", streets.as_bytes(), rule.as_bytes(), places[0], places[1], places[2]])
}

/// The same points joined to another network: the people stand where they stood.
pub fn rejoined(demand: &DemandView, view: &View) -> Vec<u8> {
    let points: Vec<DemandPoint> =
        demand.points.par_iter().with_min_len(256).map(|p| joined(p.point, Some(view), rules())).collect();
    let mut w = FlatWriter::default();
    w.add("first_point", demand.first_point).add("points", &points).add("sources", demand.sources);
    w.finish()
}

/// Compiles the demand points of a population dataset.
pub fn compile(set: &PopulationSet, streets: Option<&Streets>, addresses: &[AddressPoint]) -> Vec<u8> {
    let view = streets.map(Streets::view);
    let houses = Houses::new(addresses);
    let of_cell: Vec<(PointSource, Vec<DemandPoint>)> = set
        .cells
        .par_iter()
        .map(|cell| {
            let (source, points) = positions(cell, view.as_ref(), &houses, rules());
            (source, points.into_iter().map(|p| joined(p, view.as_ref(), rules())).collect())
        })
        .collect();
    let mut first = vec![0u32];
    let (mut points, mut sources) = (Vec::new(), Vec::new());
    for (source, mut own) in of_cell {
        sources.push(source as u8);
        points.append(&mut own);
        first.push(points.len() as u32);
    }
    let mut w = FlatWriter::default();
    w.add("first_point", &first).add("points", &points).add("sources", &sources);
    w.finish()
}

impl Demand {
    /// From a compiled file.
    ///
    /// # Errors
    /// If it is damaged.
    pub fn new(flat: Flat) -> Result<Self, FlatError> {
        let demand = Self { flat };
        demand.try_view()?;
        Ok(demand)
    }

    fn try_view(&self) -> Result<DemandView<'_>, FlatError> {
        Ok(DemandView {
            first_point: self.flat.slice("first_point")?,
            points: self.flat.slice("points")?,
            sources: self.flat.slice("sources")?,
        })
    }

    /// The arrays.
    pub fn view(&self) -> DemandView<'_> {
        // checked in `new`; the sections cannot change afterwards
        self.try_view().unwrap_or(DemandView { first_point: &[0], points: &[], sources: &[] })
    }
}

/// House numbers by place, and towns by name.
struct Houses {
    /// Sorted by column, then row, of a 1/400 degree grid.
    by_place: Vec<((i32, i32), [i32; 2])>,
    by_town: HashMap<String, [i32; 2]>,
}

const HOUSE_GRID: i32 = 25_000; // 1e-7 degrees

impl Houses {
    fn new(addresses: &[AddressPoint]) -> Self {
        let at = |p: [i32; 2]| (p[0].div_euclid(HOUSE_GRID), p[1].div_euclid(HOUSE_GRID));
        let houses = addresses.iter().filter(|a| !a.block.is_empty());
        let mut by_place: Vec<_> = houses.map(|a| (at(a.point), a.point)).collect();
        by_place.par_sort_unstable();
        by_place.dedup();
        let town = |a: &AddressPoint| format!("{}{}", a.city_code, crate::model::town_key(&a.town));
        let by_town = addresses.iter().filter(|a| a.block.is_empty()).map(|a| (town(a), a.point)).collect();
        Self { by_place, by_town }
    }

    fn within(&self, b: &Bounds) -> Vec<[i32; 2]> {
        let (low, high) = (LonLat::new(b.west, b.south).to_e7(), LonLat::new(b.east, b.north).to_e7());
        let mut found = Vec::new();
        for column in low[0].div_euclid(HOUSE_GRID)..=high[0].div_euclid(HOUSE_GRID) {
            let from = self.by_place.partition_point(|(c, _)| *c < (column, low[1].div_euclid(HOUSE_GRID)));
            let stop = (column, high[1].div_euclid(HOUSE_GRID));
            let run = self.by_place[from..].iter().take_while(|(c, _)| *c <= stop).map(|(_, p)| *p);
            found.extend(run.filter(|p| (low[0]..high[0]).contains(&p[0]) && (low[1]..high[1]).contains(&p[1])));
        }
        found
    }
}

fn positions(cell: &Cell, view: Option<&View>, houses: &Houses, rules: &Rules) -> (PointSource, Vec<[i32; 2]>) {
    if let Some(bounds) = &cell.bounds {
        let found = houses.within(bounds);
        let enough = (largest(cell) * rules.demand.address_min_per_person).max(rules.demand.address_min_points as f64);
        if found.len() as f64 >= enough {
            return (PointSource::Address, found);
        }
        if let Some(points) = view.map(|v| street_points(v, bounds, rules)).filter(|p| !p.is_empty()) {
            return (PointSource::Street, points);
        }
    }
    let by_name = || cell.name.as_ref().and_then(|_| houses.by_town.get(&cell.code).copied());
    match cell.centroid.map(LonLat::to_e7).or_else(by_name) {
        Some(p) => (PointSource::Centroid, vec![p]),
        None => (PointSource::Nowhere, Vec::new()),
    }
}

/// Points at even steps along the streets inside a box, bridges and tunnels left out: nobody lives there.
fn street_points(view: &View, bounds: &Bounds, rules: &Rules) -> Vec<[i32; 2]> {
    let (low, high) = (LonLat::new(bounds.west, bounds.south).to_e7(), LonLat::new(bounds.east, bounds.north).to_e7());
    let grid: &Grid = &view.grid;
    let mut segments: Vec<u32> = grid.within(low, high).collect();
    segments.sort_unstable();
    segments.dedup();
    let inside = |p: [i32; 2]| (low[0]..high[0]).contains(&p[0]) && (low[1]..high[1]).contains(&p[1]);
    let ticks = |spacing: f64| -> Vec<[i32; 2]> {
        let step = (spacing * 1000.0) as u32;
        let mut out = Vec::new();
        for &vertex in &segments {
            let edge = view.edge_of_vertex(vertex);
            if view.edge_flags[edge as usize] & edge_flag::OFF_GROUND != 0 {
                continue;
            }
            let (a, b) = (view.vertex_mm[vertex as usize], view.vertex_mm[vertex as usize + 1]);
            // ticks belong to the edge, not to the segment: splitting a segment changes nothing
            let first = (a + step / 2).div_ceil(step).max(1) * step - step / 2;
            out.extend((first..b.max(first)).step_by(step as usize).map(|mm| view.point_at(edge, mm)).filter(|p| inside(*p)));
        }
        out
    };
    let found = ticks(rules.demand.street_spacing_metres);
    if found.is_empty() {
        return ticks(rules.demand.street_spacing_metres / 5.0);
    }
    let wider = found.len().div_ceil(rules.demand.street_max_points.max(1));
    found.into_iter().step_by(wider).collect()
}

fn joined(point: [i32; 2], view: Option<&View>, rules: &Rules) -> DemandPoint {
    let lost = DemandPoint { point, edge: NONE, mm: 0, off_mm: 0, node: [NONE; 2], node_mm: [NONE; 2] };
    let Some((view, at)) = view.and_then(|v| v.snap(LonLat::from_e7(point), &rules.network).map(|at| (v, at))) else {
        return lost;
    };
    let mut ways = view.leaving(&at);
    let (a, b) = (ways.next().unwrap_or((NONE, NONE)), ways.next().unwrap_or((NONE, NONE)));
    DemandPoint { point, edge: at.edge, mm: at.mm, off_mm: at.off_mm, node: [a.0, b.0], node_mm: [a.1, b.1] }
}

/// Demand points of each pair of cell and area: the people of a district, cell by cell.
pub struct Groups {
    /// Cell of each group.
    pub cell: Vec<u32>,
    /// Area of each group, by position in the area index.
    pub area: Vec<u32>,
    /// Share of the cell's people in each group.
    pub share: Vec<f64>,
    /// First member of each group, and one past the end.
    pub first: Vec<u32>,
    /// Demand points; in each group those first that no group before holds.
    pub points: Vec<u32>,
    /// How many these are: where areas overlap, or a point stands on the line between two, it counts once in a total.
    pub own: Vec<u32>,
}

impl Groups {
    /// Sorts the demand points of every cell into the areas they lie in.
    pub fn new(demand: &DemandView, areas: &AreaIndex) -> Self {
        let cells = demand.sources.len();
        let of_cell: Vec<Vec<(u32, u32)>> = (0..cells)
            .into_par_iter()
            .map(|cell| {
                let range = demand.of_cell(cell);
                let points = &demand.points[range.clone()];
                let bounds = Bounds::of(points.iter().map(|p| LonLat::from_e7(p.point)));
                let mut pairs = Vec::with_capacity(points.len());
                for area in areas.meeting(&bounds) {
                    let whole = areas.covers(area, &bounds);
                    let inside = |p: &DemandPoint| whole || areas.contains(area, LonLat::from_e7(p.point));
                    pairs.extend(
                        points.iter().enumerate().filter(|(_, p)| inside(p)).map(|(i, _)| (area, (range.start + i) as u32)),
                    );
                }
                pairs
            })
            .collect();
        let mut g = Self { cell: vec![], area: vec![], share: vec![], first: vec![0], points: vec![], own: vec![] };
        let mut held = vec![false; demand.points.len()];
        for (cell, pairs) in of_cell.into_iter().enumerate() {
            let whole = demand.of_cell(cell).len() as f64;
            for run in pairs.chunk_by(|a, b| a.0 == b.0) {
                g.cell.push(cell as u32);
                g.area.push(run[0].0);
                g.share.push(run.len() as f64 / whole);
                let (new, again): (Vec<u32>, Vec<u32>) = run.iter().map(|p| p.1).partition(|p| !held[*p as usize]);
                new.iter().for_each(|p| held[*p as usize] = true);
                g.own.push(new.len() as u32);
                g.points.extend(new.into_iter().chain(again));
                g.first.push(g.points.len() as u32);
            }
        }
        g
    }

    /// The members of a group.
    pub fn members(&self, group: usize) -> &[u32] {
        &self.points[self.first[group] as usize..self.first[group + 1] as usize]
    }

    /// The members of a group that no group before it holds.
    pub fn own(&self, group: usize) -> &[u32] {
        &self.members(group)[..self.own[group] as usize]
    }
}
