//! One feed as a compiled file: stop times as plain numbers, the rest as a head of JSON read once.

use super::super::flat::{Flat, FlatError, FlatWriter};
use crate::model::{Feed, StopTime};

/// A compiled feed.
#[derive(Clone)]
pub struct FeedFile {
    times: Times,
    /// Everything but the stop times.
    pub feed: Feed,
}

#[derive(Clone)]
enum Times {
    Mapped(Flat),
    Own(Vec<StopTime>),
}

/// Compiles a feed.
pub fn compile(feed: &Feed) -> Vec<u8> {
    let mut w = FlatWriter::default();
    w.add("head", &serde_json::to_vec(feed).unwrap_or_default()).add("times", &feed.times);
    w.finish()
}

impl FeedFile {
    /// From a compiled file.
    ///
    /// # Errors
    /// If it is damaged or of another version.
    pub fn new(flat: Flat) -> Result<Self, FlatError> {
        let feed: Feed = serde_json::from_slice(flat.slice::<u8>("head")?).map_err(|_| FlatError::Damaged("head"))?;
        flat.slice::<StopTime>("times")?;
        let file = Self { times: Times::Mapped(flat), feed };
        let times = file.times();
        let (stops, routes, calendars) = (file.feed.stops.len(), file.feed.routes.len(), file.feed.calendars.len());
        let fits = file.feed.trips.iter().all(|t| {
            t.first as usize + t.count as usize <= times.len() && (t.route as usize) < routes && (t.calendar as usize) < calendars
        }) && times.iter().all(|t| (t.stop as usize) < stops);
        if fits { Ok(file) } else { Err(FlatError::Damaged("trips")) }
    }

    /// A feed that is not in any file: part of a what-if.
    pub fn imagined(mut feed: Feed) -> Self {
        let times = Times::Own(std::mem::take(&mut feed.times));
        Self { times, feed }
    }

    /// The same feed with other stop times.
    pub fn with_times(self, times: Vec<StopTime>) -> Self {
        Self { times: Times::Own(times), ..self }
    }

    /// Stop times of all trips.
    pub fn times(&self) -> &[StopTime] {
        match &self.times {
            // checked in `new`; the section cannot change afterwards
            Times::Mapped(flat) => flat.slice("times").unwrap_or(&[]),
            Times::Own(own) => own,
        }
    }

    /// Stop times of one trip.
    pub fn trip_times(&self, trip: usize) -> &[StopTime] {
        let t = &self.feed.trips[trip];
        &self.times()[t.first as usize..(t.first + t.count) as usize]
    }
}
