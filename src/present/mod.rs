//! The forms an answer leaves in.

pub mod geojson;
pub mod itinerary;
pub mod mvt;
pub mod table;
