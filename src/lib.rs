//! Kayoi (通い): who can get to what, from home, within 30 minutes — and who cannot.
//!
//! The map of the house. Rooms only look down:
//! `commands, http → present → measure → travel → atlas → model`; `ingest → model`; `store → model`.
//!
//! ```text
//! files ─ingest→ model ─store→ register ─atlas→ picture ─travel/measure→ answer ─present→ http, file, paper
//! ```

/// What exists: places, services, areas, cells. No I/O, no async.
pub mod model;
/// Outside files → model; one file per format, detection apart.
pub mod ingest;
/// The durable register: one trait; SQLite (a GeoPackage). SQL lives only here.
pub mod store;








