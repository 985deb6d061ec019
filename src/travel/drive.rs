//! By car: the drivable streets, costs in milliseconds. A taxi's ride, and a visiting provider's reach.

use super::{Seed, Walker};
use crate::atlas::streets::{Snapped, View, drive_ms};

/// Milliseconds from the start of an edge to an offset, and from there to its end.
fn parts(view: &View, at: &Snapped) -> (u32, u32) {
    let pace = view.edge_pace[at.edge as usize];
    (drive_ms(f64::from(at.mm), pace), drive_ms(f64::from(view.edge_mm(at.edge) - at.mm), pace))
}

/// Seeds of drives that leave a place; the way to the street is walked.
pub fn drive_from(view: &View, at: &Snapped, walker: Walker, source: u32) -> impl Iterator<Item = Seed> {
    let ([from, to], (back, on)) = (view.edge_nodes[at.edge as usize], parts(view, at));
    let off = walker.ms(at.off_mm) as u32;
    let back = view.backward(at.edge).then_some(Seed { node: from, mm: off + back, source });
    let on = view.forward(at.edge).then_some(Seed { node: to, mm: off + on, source });
    back.into_iter().chain(on)
}

/// Seeds of drives that arrive at a place, for a search on the reversed network.
pub fn drive_toward(view: &View, at: &Snapped, walker: Walker, source: u32) -> impl Iterator<Item = Seed> {
    let ([from, to], (after_first, before_last)) = (view.edge_nodes[at.edge as usize], parts(view, at));
    let off = walker.ms(at.off_mm) as u32;
    let on = view.forward(at.edge).then_some(Seed { node: from, mm: off + after_first, source });
    let back = view.backward(at.edge).then_some(Seed { node: to, mm: off + before_last, source });
    on.into_iter().chain(back)
}

/// Milliseconds between two places on one edge without leaving it.
pub fn drive_along(view: &View, a: &Snapped, b: &Snapped, walker: Walker) -> Option<u32> {
    let allowed = if b.mm >= a.mm { view.forward(a.edge) } else { view.backward(a.edge) };
    let ride = drive_ms(f64::from(a.mm.abs_diff(b.mm)), view.edge_pace[a.edge as usize]);
    (a.edge == b.edge && (allowed || a.mm == b.mm)).then(|| ride + (walker.ms(a.off_mm) + walker.ms(b.off_mm)) as u32)
}
