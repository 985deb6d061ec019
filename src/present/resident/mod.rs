//! The residents' pages: plain HTML that works without JavaScript, from what was found. One page, one file.

pub mod detail;
pub mod door;
mod frame;
pub mod list;
mod ways;
pub mod wherefrom;
mod words;

pub use frame::{Assets, Here, page};
pub use words::{Choice, Look, Resident, resident, texts};
