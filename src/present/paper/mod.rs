//! Paper: tagged PDF with our own map, set in the bundled font. `document` writes, `letters` sets type, the rest is what a sheet shows.

mod calendar;
mod document;
mod entries;
mod karte;
mod letters;
mod map;
mod marks;
mod report;
mod table;

pub use calendar::month_sheet;
pub use document::{Document, PaperError, Role};
pub use entries::{Entry, Item, is_dated};
pub use karte::{Karte, karte};
pub use map::{MapSheet, Size, booklet, index_page, map_sheet};
pub use report::{Report, report};

/// A4 and A3, points, upright.
pub const A4: [f32; 2] = [595.28, 841.89];
/// A3, points, upright.
pub const A3: [f32; 2] = [841.89, 1190.55];
/// Margin of every sheet, points: what office printers leave white.
pub const MARGIN: f32 = 30.0;
