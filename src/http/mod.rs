//! The server. `router.rs` is the table of contents.

mod address;
mod answers;
mod assets;
mod cache;
mod calendar;
mod catalog;
mod desk;
mod export;
mod health;
mod itinerary;
mod limits;
mod lines;
mod links;
mod ogc;
mod pages;
mod print;
mod problem;
mod resident;
mod router;
mod scenarios;
mod search;
mod style;
mod suggestions;
mod tiles;
mod work;

pub use router::router;
