//! The same streets at the cost a walker feels: slopes by their direction, steps by their own factor.
//!
//! A network of its own with the same nodes and edges, so that every search works on it unchanged. Steps that cannot be used
//! are no street there: nothing is joined to them.

use super::compile::{arcs, components, split, turned};
use super::{FERRY, View, edge_flag, grid};
use crate::atlas::elevation::Elevation;
use crate::atlas::flat::{FlatWriter, hash};
use crate::model::{Effort, LonLat, SlopeRule, rules};
use rayon::prelude::*;

/// What the costs of an effort depend on, as a name for the compiled file.
pub fn key(streets: &str, elevation: &Elevation, effort: Effort) -> String {
    let rule = serde_json::to_string(&(effort, &rules().slope)).unwrap_or_default();
    hash(&[b"effort-1", streets.as_bytes(), elevation.hash().as_bytes(), rule.as_bytes()])
}

/// True if an effort costs on these streets just what their length does.
pub fn is_length(view: &View, elevation: &Elevation, effort: Effort) -> bool {
    let steps = || view.edge_flags.iter().any(|f| f & edge_flag::STEPS != 0);
    let slopes = effort.slope && !elevation.is_empty();
    let by_steps = effort.no_steps || effort.steps_factor != 1.0;
    !(slopes || by_steps && steps())
}

/// Compiles a network of lengths into one of effort.
pub fn compile(view: &View, elevation: &Elevation, effort: Effort) -> Vec<u8> {
    let flags: Vec<u8> = view.edge_flags.iter().map(|f| if shut(*f, effort) { f & !3 } else { *f }).collect();
    let of_edge = |edge: usize| profile(view, elevation, effort, edge as u32);
    let profiles: Vec<Profile> = (0..flags.len()).into_par_iter().with_min_len(256).map(of_edge).collect();
    let (mut along, mut against) = (Vec::with_capacity(view.vertices.len()), Vec::with_capacity(view.vertices.len()));
    let (mut there, mut back) = (Vec::with_capacity(flags.len()), Vec::with_capacity(flags.len()));
    let ferry: Vec<u32> = ferries(view);
    for (edge, p) in profiles.iter().enumerate() {
        along.extend_from_slice(&p.along);
        against.extend_from_slice(&p.against);
        let sail = flags[edge] & edge_flag::FERRY != 0;
        let cost = |list: &[u32]| if sail { ferry[edge] } else { list.last().copied().unwrap_or(0) };
        there.push(cost(&p.along));
        back.push(cost(&p.against));
    }
    let known: f64 = profiles.iter().map(|p| p.known).sum();
    let nodes = view.nodes.len();
    let forward = arcs(view.edge_nodes, &flags, &there, &back);
    // on the reversed network the way from the second node to the first costs what going there does
    let turned: Vec<u8> = flags.iter().map(|f| turned(*f)).collect();
    let backward = arcs(view.edge_nodes, &turned, &back, &there);
    let lengths: Vec<f32> = (0..flags.len()).map(|e| view.edge_mm(e as u32) as f32 / 1000.0).collect();
    let (node_component, parts) = components(view.edge_nodes, &flags, nodes, &lengths);
    let (frame, grid_first, grid_items) = grid::build(view.vertices, view.first_vertex, &flags);
    let ((first_arc, out, arc_edge), (first_back, into, _)) = (split(&forward, nodes), split(&backward, nodes));
    let mut w = FlatWriter::default();
    w.add("symmetric", &[0u32]).add("nodes", view.nodes).add("known_metres", &[known]);
    w.add("first_arc", &first_arc).add("arcs", &out).add("arc_edge", &arc_edge);
    w.add("first_back", &first_back).add("back_arcs", &into);
    w.add("edge_nodes", view.edge_nodes).add("edge_pace", view.edge_pace);
    w.add("first_vertex", view.first_vertex).add("edge_flags", &flags);
    w.add("vertices", view.vertices).add("vertex_mm", view.vertex_mm).add("vertex_edge", view.vertex_edge);
    w.add("along_mm", &along).add("against_mm", &against);
    w.add("node_component", &node_component).add("components", &parts);
    w.add("grid_frame", &[frame]).add("grid_first", &grid_first).add("grid_items", &grid_items);
    w.finish()
}

fn shut(flags: u8, effort: Effort) -> bool {
    effort.no_steps && flags & edge_flag::STEPS != 0
}

/// Sailing cost of each ferry.
fn ferries(view: &View) -> Vec<u32> {
    let mut cost = vec![0; view.edge_flags.len()];
    view.arcs.iter().zip(view.arc_edge).filter(|(a, _)| a.cost & FERRY != 0).for_each(|(a, e)| cost[*e as usize] = a.cost);
    cost
}

/// Cost from the first node to each vertex, from each vertex back to it, and metres of street with known heights.
struct Profile {
    along: Vec<u32>,
    against: Vec<u32>,
    known: f64,
}

fn profile(view: &View, elevation: &Elevation, effort: Effort, edge: u32) -> Profile {
    let marks = &view.vertex_mm[view.edge_vertices(edge)];
    let flags = view.edge_flags[edge as usize];
    if flags & edge_flag::STEPS != 0 {
        let cost: Vec<u32> = marks.iter().map(|mm| (f64::from(*mm) * effort.steps_factor).round().min(1e9) as u32).collect();
        return Profile { along: cost.clone(), against: cost, known: 0.0 };
    }
    let level = || Profile { along: marks.to_vec(), against: marks.to_vec(), known: 0.0 };
    // the ground under a bridge or over a tunnel is not walked on
    if !effort.slope || elevation.is_empty() || flags & (edge_flag::OFF_GROUND | edge_flag::FERRY) != 0 {
        return level();
    }
    let length = view.edge_mm(edge);
    let rule = &rules().slope;
    let pieces = ((f64::from(length) / 1000.0 / rule.sample_metres).round() as u32).max(1);
    let cut = |i: u32| (u64::from(length) * u64::from(i) / u64::from(pieces)) as u32;
    let height = |i: u32| elevation.metres(LonLat::from_e7(view.point_at(edge, cut(i))));
    let heights: Vec<Option<f64>> = (0..=pieces).map(height).collect();
    climbed(marks, &heights, &(0..=pieces).map(cut).collect::<Vec<_>>(), rule)
}

/// Costs at the vertices of a street whose heights are known at some cuts.
fn climbed(marks: &[u32], heights: &[Option<f64>], cuts: &[u32], rule: &SlopeRule) -> Profile {
    let mut p = Profile { along: Vec::with_capacity(marks.len()), against: Vec::with_capacity(marks.len()), known: 0.0 };
    let (mut up, mut down, mut piece) = (0.0, 0.0, 0);
    let factors = |i: usize| match (heights[i], heights[i + 1], f64::from(cuts[i + 1] - cuts[i]) / 1000.0) {
        (Some(a), Some(b), metres) if metres > 0.0 => Some((rule.factor((b - a) / metres), rule.factor((a - b) / metres))),
        _ => None,
    };
    for &mark in marks {
        while piece + 2 < cuts.len() && cuts[piece + 1] <= mark {
            let (f, g) = factors(piece).unwrap_or((1.0, 1.0));
            let whole = f64::from(cuts[piece + 1] - cuts[piece]);
            (up, down, piece) = (up + whole * f, down + whole * g, piece + 1);
        }
        let (f, g) = factors(piece).unwrap_or((1.0, 1.0));
        let rest = f64::from(mark - cuts[piece]);
        p.along.push((up + rest * f).round() as u32);
        p.against.push((down + rest * g).round() as u32);
    }
    p.known = (0..cuts.len() - 1).filter(|i| factors(*i).is_some()).map(|i| f64::from(cuts[i + 1] - cuts[i]) / 1000.0).sum();
    p
}
