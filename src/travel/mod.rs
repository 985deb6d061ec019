//! How people move. Pure: same input, same output, no clock, no I/O.

mod outline;
mod path;
mod reach;
mod search;
pub mod transit;

pub use outline::outline;
pub use path::{Path, along_one_edge, path_between};
pub use reach::{Piece, Reached, reach};
pub use search::{Search, Seed, Walker, seeds_from, seeds_toward};
