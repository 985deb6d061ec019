//! Kayoi (通い): who can get to what, from home, within 30 minutes — and who cannot.
//!
//! The map of the house. Rooms only look down:
//! `commands, http → app → present → measure → travel → atlas → model`; `ingest → model`; `store → model`.
//!
//! ```text
//! files ─ingest→ model ─store→ register ─atlas→ picture ─travel/measure→ answer ─present→ http, file, paper
//! ```

/// What a running server holds: store, current atlas, desk, clock; signing in, importing and exporting with them.
pub mod app;
/// An immutable in-memory picture of one revision: R-trees, streets, timetables, demand points, base map.
pub mod atlas;
/// The command line, one file per command.
pub mod commands;
/// One small struct per concern, parsed once.
pub mod config;
/// The server: `router.rs` is the table of contents.
pub mod http;
/// Outside files → model; one file per format, detection apart.
pub mod ingest;
/// What it means: coverage, gaps, indicators, itineraries, what-if, siting — one file, one question.
pub mod measure;
/// What exists: places, services, areas, cells. No I/O, no async.
pub mod model;
/// The forms an answer leaves in: pages, paper, GeoJSON, vector tiles, tables, lists for other programs, GTFS-Flex.
pub mod present;
/// The durable register: one trait; SQLite (a GeoPackage) or PostgreSQL. SQL lives only here.
pub mod store;
/// How people move: street search, timetable search, demand taxi, car, reached area.
pub mod travel;
