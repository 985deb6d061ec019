//! The forms an answer leaves in.

pub mod export;
pub mod geojson;
pub mod gtfs_flex;
pub mod ical;
pub mod itinerary;
pub mod list;
pub mod mvt;
pub mod paper;
pub mod plan;
pub mod qr;
pub mod resident;
pub mod sketch;
pub mod small_counts;
pub mod table;
