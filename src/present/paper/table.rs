//! Tables: cells as high as their text, rows that go on in the next column or on the next page with their headings again.

use super::document::{Document, Role};
use super::letters::{Block, Style};
use crate::present::sketch::{Ink, Spot};

/// Space between the text of a cell and its edges, points.
const PAD: f32 = 2.5;

/// Where a table may stand: left and top, width, and the lowest it may reach.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    /// Left and top.
    pub at: Spot,
    /// Width.
    pub width: f32,
    /// Lowest edge.
    pub bottom: f32,
}

/// A table.
pub struct Table<'a> {
    /// Headings of the columns.
    pub heads: &'a [&'a str],
    /// Widths of the columns, as shares.
    pub shares: &'a [f32],
    /// How cells are set; headings are the same in bold.
    pub style: Style,
}

impl Table<'_> {
    /// Sets rows into rooms, one after the other; `next` gives the next room and makes a page if need be. Gives the lower edge.
    pub fn set(&self, d: &mut Document, first: Room, rows: &[Vec<String>], mut next: impl FnMut(&mut Document) -> Room) -> f32 {
        let mut room = first;
        d.open_table();
        let mut y = self.heading(d, &room);
        for row in rows {
            let blocks = self.blocks(d, &room, row, self.style);
            let height = height_of(&blocks);
            // a row higher than a whole page is cut by nothing: it is put on a page of its own
            if y + height > room.bottom && y > room.at[1] + self.style.size * 4.0 {
                room = next(d);
                y = self.heading(d, &room);
            }
            y = self.row(d, &room, y, blocks, height, Role::Cell);
        }
        d.close();
        y
    }

    fn widths(&self, room: &Room) -> Vec<f32> {
        let whole: f32 = self.shares.iter().sum();
        self.shares.iter().map(|s| room.width * s / whole).collect()
    }

    fn blocks(&self, d: &mut Document, room: &Room, row: &[String], style: Style) -> Vec<Block> {
        let widths = self.widths(room);
        row.iter().zip(widths).map(|(text, w)| d.letters.set(text, w - 2.0 * PAD, &style)).collect()
    }

    fn heading(&self, d: &mut Document, room: &Room) -> f32 {
        let heads: Vec<String> = self.heads.iter().map(|h| (*h).to_owned()).collect();
        let blocks = self.blocks(d, room, &heads, self.style.bold());
        let height = height_of(&blocks);
        d.block(room.at, [room.width, height], Ink::grey(228));
        self.row(d, room, room.at[1], blocks, height, Role::ColumnHead)
    }

    fn row(&self, d: &mut Document, room: &Room, y: f32, blocks: Vec<Block>, height: f32, role: Role) -> f32 {
        d.open_row();
        let mut x = room.at[0];
        for (block, w) in blocks.into_iter().zip(self.widths(room)) {
            d.place(block, [x + PAD, y + PAD * 0.6], role);
            x += w;
        }
        d.close();
        let bottom = y + height;
        d.line([room.at[0], bottom], [room.at[0] + room.width, bottom], 0.4, Ink::grey(130));
        bottom
    }
}

fn height_of(blocks: &[Block]) -> f32 {
    blocks.iter().map(|b| b.height).fold(0.0, f32::max) + PAD * 1.2
}
