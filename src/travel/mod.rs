//! How people move. Pure: same input, same output, no clock, no I/O.

mod drive;
mod outline;
mod path;
mod reach;
mod search;
pub mod taxi;
pub mod transit;

pub use drive::{drive_along, drive_from, drive_toward};
pub use outline::outline;
pub use path::{Path, path_between};
pub use reach::{Piece, Reached, reach, reach_from};
pub use search::{Search, Seed, Walker, seeds_from, seeds_toward};
