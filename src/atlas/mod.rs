//! An immutable picture of one revision: services on the street network, areas, people, base map.

mod areas;
pub mod base;
pub mod demand;
pub mod elevation;
mod flat;
pub mod gazetteer;
mod memo;
mod open;
mod people;
mod sites;
pub mod streets;
pub mod transit;
mod words;

pub use areas::AreaIndex;
pub use demand::{Demand, Groups};
pub use elevation::Elevation;
pub use flat::{Flat, FlatError, hash, write_whole};
pub use gazetteer::{Gazetteer, Located, Lookup};
pub use memo::{Asked, Memo};
pub use open::{Atlas, AtlasError, population_sets};
pub use people::PopulationSet;
pub use sites::{Record, Site, Sites};
pub use streets::Streets;
pub use transit::Transit;
pub use words::{Searched, Words};
