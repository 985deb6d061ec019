//! The residents' pages: plain HTML that works without JavaScript, from what was found. One page, one file.

pub mod detail;
pub mod door;
mod frame;
pub mod list;
mod picture;
mod ways;
pub mod wherefrom;
mod words;

pub use frame::{Assets, Here, page};
pub use picture::walk_picture;
pub use words::{Choice, Look, Resident, resident, texts};
