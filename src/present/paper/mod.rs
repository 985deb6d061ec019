//! Paper: tagged PDF with our own map, set in the bundled font. `document` holds what is on the pages, `letters` sets type,
//! `pdf` writes; the rest is what sheets show.

mod calendar;
mod document;
mod edges;
mod karte;
mod letters;
mod list;
mod map;
mod marks;
mod numbered;
mod pdf;
mod report;
mod style;
mod table;

pub use calendar::month_sheet;
pub use document::{Document, PaperError, Role};
pub use karte::{Karte, karte};
pub use list::{booklet, index_page};
pub use map::{MapSheet, Size, map_sheet};
pub use numbered::{Listing, Numbered};
pub use report::{Report, report};

/// A4 and A3, points, upright.
pub const A4: [f32; 2] = [595.28, 841.89];
/// A3, points, upright.
pub const A3: [f32; 2] = [841.89, 1190.55];
/// Margin of every sheet, points: what office printers leave white.
pub const MARGIN: f32 = 30.0;
