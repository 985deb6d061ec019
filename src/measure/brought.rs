//! Where one trip by timetable brings a person: the stops reached by one departure, as starts of the last walk.

use super::Question;
use super::travel_times::horizon_ms;
use crate::atlas::Atlas;
use crate::atlas::streets::Snapped;
use crate::travel::transit::{Changes, NEVER, Raptor, access};

/// The place itself, and every stop reached within the threshold when leaving at the start of the window, with the
/// millimetres of walk the time until then is worth. Only the place on foot.
pub fn brought(atlas: &Atlas, q: &Question, from: &Snapped) -> Vec<(Snapped, u32)> {
    let mut starts = vec![(*from, 0)];
    let (Some(streets), Some(transit), Some(trip)) = (&atlas.streets, &atlas.transit, &q.when) else { return starts };
    let view = streets.view();
    let rider = q.rider();
    let day = transit.day(trip.day);
    let changes = Changes::new(transit, &rider);
    let leave = trip.window.from;
    let seeds: Vec<(u32, i32)> =
        access(transit, &view, from, &rider).into_iter().map(|(s, mm)| (s, leave + q.walker.ms(mm))).collect();
    let latest = leave.saturating_add((q.limit_ms() as i32).min(horizon_ms()));
    let mut raptor = Raptor::new(transit.stops.len());
    let found = raptor.run(day.table(transit), &changes, &seeds, rider.rides, latest);
    for (stop, at) in found.best.iter().enumerate().filter(|(_, t)| **t != NEVER) {
        let used = f64::from(at - leave) * q.walker.metres_per_minute / 60.0;
        starts.extend(transit.stops[stop].at.map(|s| (s, used.round() as u32)));
    }
    starts
}
