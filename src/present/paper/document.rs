//! A document being made: what is on its pages, and what each part of it is for those who hear it. `pdf` writes it.

use super::letters::{Block, Letters, Style};
use crate::present::qr::Qr;
use crate::present::sketch::{Canvas, Ink, Pen, Spot};
use krilla::tagging::{TableHeaderScope, Tag, TagKind};
use std::num::NonZeroU16;

/// Why there is no paper.
#[derive(Debug, thiserror::Error)]
pub enum PaperError {
    /// The program was built without its web app.
    #[error("印刷用の書体がこの実行ファイルに入っていません。README の手順（make）で作り直してください / built without its font")]
    Font,
    /// What the PDF library said.
    #[error("PDF を作れません: {0}")]
    Pdf(String),
    /// Nothing to print.
    #[error("{0}")]
    Nothing(String),
}

/// What a piece of text is, for those who hear it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A heading of a level.
    Heading(u16),
    /// A paragraph.
    Text,
    /// Repeated on every page, or part of the look.
    Decoration,
    /// A heading of a column.
    ColumnHead,
    /// A cell.
    Cell,
}

pub(super) enum Op {
    Fill { rings: Vec<Vec<Spot>>, ink: Ink, opacity: f32 },
    Stroke { lines: Vec<Vec<Spot>>, pen: Pen },
    Clip(Vec<Vec<Spot>>),
    Unclip,
    Text { block: Block, at: Spot, halo: bool },
    Decoration,
    Content(usize),
    End,
}

pub(super) struct Page {
    pub size: [f32; 2],
    pub ops: Vec<Op>,
    pub title: Option<String>,
}

pub(super) enum Child {
    Group(usize),
    Leaf(usize),
}

pub(super) struct Group {
    pub tag: TagKind,
    pub children: Vec<Child>,
}

/// A document being made.
pub struct Document {
    pub(super) title: String,
    /// Sets its type.
    pub letters: Letters,
    pub(super) pages: Vec<Page>,
    pub(super) groups: Vec<Group>,
    open: Vec<usize>,
    pub(super) leaves: usize,
    inside: bool,
}

impl Document {
    /// An empty document.
    ///
    /// # Errors
    /// If there is no font.
    pub fn new(title: impl Into<String>) -> Result<Self, PaperError> {
        let root = Group { tag: Tag::Part.into(), children: vec![] };
        let letters = Letters::new()?;
        Ok(Self { title: title.into(), letters, pages: vec![], groups: vec![root], open: vec![0], leaves: 0, inside: false })
    }

    /// Begins a page; `title` is its entry in the outline.
    pub fn page(&mut self, size: [f32; 2], title: Option<&str>) {
        self.pages.push(Page { size, ops: vec![], title: title.map(str::to_owned) });
    }

    /// How many pages there are.
    pub fn pages(&self) -> usize {
        self.pages.len()
    }

    fn push(&mut self, op: Op) {
        if let Some(page) = self.pages.last_mut() {
            page.ops.push(op);
        }
    }

    fn group(&mut self, tag: impl Into<TagKind>) {
        let id = self.groups.len();
        self.groups.push(Group { tag: tag.into(), children: vec![] });
        if let Some(parent) = self.open.last() {
            self.groups[*parent].children.push(Child::Group(id));
        }
        self.open.push(id);
    }

    /// Begins a table.
    pub fn open_table(&mut self) {
        self.group(Tag::Table);
    }

    /// Begins a row.
    pub fn open_row(&mut self) {
        self.group(Tag::TR);
    }

    /// Ends what was begun last.
    pub fn close(&mut self) {
        if self.open.len() > 1 {
            self.open.pop();
        }
    }

    fn content(&mut self) {
        let leaf = self.leaves;
        self.leaves += 1;
        if let Some(group) = self.open.last() {
            self.groups[*group].children.push(Child::Leaf(leaf));
        }
        self.push(Op::Content(leaf));
        self.inside = true;
    }

    fn end(&mut self) {
        self.push(Op::End);
        self.inside = false;
    }

    /// Draws a figure; `alt` is what it shows, in words.
    pub fn figure(&mut self, alt: &str, draw: impl FnOnce(&mut Self)) {
        self.group(Tag::Figure(Some(alt.to_owned())));
        self.content();
        draw(self);
        self.end();
        self.close();
    }

    /// Sets a text with its top left at a spot; gives its height.
    pub fn text(&mut self, at: Spot, width: f32, style: &Style, role: Role, text: &str) -> f32 {
        let block = self.letters.set(text, width, style);
        self.place(block, at, role)
    }

    /// Puts down a text that has been set; gives its height.
    pub fn place(&mut self, block: Block, at: Spot, role: Role) -> f32 {
        let height = block.height;
        if block.lines.is_empty() {
            // a cell without text is still a cell
            if matches!(role, Role::Cell | Role::ColumnHead) {
                self.group(Tag::TD);
                self.close();
            }
            return height;
        }
        match role {
            Role::Decoration => self.push(Op::Decoration),
            Role::Heading(n) => self.group(Tag::Hn(NonZeroU16::new(n).unwrap_or(NonZeroU16::MIN), Some(block.text.clone()))),
            Role::Text => self.group(Tag::P),
            Role::ColumnHead => self.group(Tag::TH(TableHeaderScope::Column)),
            Role::Cell => self.group(Tag::TD),
        }
        if role == Role::Decoration {
            self.push(Op::Text { block, at, halo: false });
            self.push(Op::End);
        } else {
            self.content();
            self.push(Op::Text { block, at, halo: false });
            self.end();
            self.close();
        }
        height
    }

    /// A text inside a figure.
    pub fn lettering(&mut self, at: Spot, width: f32, style: &Style, text: &str, halo: bool) {
        let block = self.letters.set(text, width, style);
        self.push(Op::Text { block, at, halo });
    }

    /// Keeps what follows inside some rings.
    pub fn clip(&mut self, rings: Vec<Vec<Spot>>) {
        self.push(Op::Clip(rings));
    }

    /// Ends the clip.
    pub fn unclip(&mut self) {
        self.push(Op::Unclip);
    }

    /// Fills with something that can be seen through.
    pub fn veil(&mut self, rings: Vec<Vec<Spot>>, ink: Ink, opacity: f32) {
        self.drawn(Op::Fill { rings, ink, opacity });
    }

    fn drawn(&mut self, op: Op) {
        if self.inside {
            return self.push(op);
        }
        self.push(Op::Decoration);
        self.push(op);
        self.push(Op::End);
    }

    /// A line from one spot to another.
    pub fn line(&mut self, from: Spot, to: Spot, width: f32, ink: Ink) {
        self.stroke(&[vec![from, to]], Pen::new(width, ink));
    }

    /// A rectangle with a border.
    pub fn frame(&mut self, [x, y]: Spot, [w, h]: Spot, width: f32, ink: Ink) {
        self.stroke(&[vec![[x, y], [x + w, y], [x + w, y + h], [x, y + h], [x, y]]], Pen::new(width, ink));
    }

    /// A filled rectangle.
    pub fn block(&mut self, [x, y]: Spot, [w, h]: Spot, ink: Ink) {
        self.fill(&[vec![[x, y], [x + w, y], [x + w, y + h], [x, y + h]]], ink);
    }

    /// A QR code of a text, so many points wide; a figure with the text in words.
    pub fn qr(&mut self, at: Spot, side: f32, text: &str) {
        let Some(code) = Qr::new(text) else { return };
        let unit = side / code.side as f32;
        self.figure(text, |d| {
            d.block(at, [side, side], Ink::WHITE);
            let square = |[x, y]: [usize; 2]| {
                let (x, y) = (at[0] + x as f32 * unit, at[1] + y as f32 * unit);
                vec![[x, y], [x + unit, y], [x + unit, y + unit], [x, y + unit]]
            };
            d.fill(&code.dark.iter().map(|s| square(*s)).collect::<Vec<_>>(), Ink::BLACK);
        });
    }

    /// Adds the pages of another document.
    pub fn append(&mut self, other: Self) {
        let (groups, leaves) = (self.groups.len(), self.leaves);
        for mut page in other.pages {
            for op in &mut page.ops {
                if let Op::Content(leaf) = op {
                    *leaf += leaves;
                }
            }
            self.pages.push(page);
        }
        for mut group in other.groups {
            for child in &mut group.children {
                match child {
                    Child::Group(id) => *id += groups,
                    Child::Leaf(id) => *id += leaves,
                }
            }
            self.groups.push(group);
        }
        self.groups[0].children.push(Child::Group(groups));
        self.leaves += other.leaves;
        self.letters.missing.extend(other.letters.missing);
    }
}

impl Canvas for Document {
    fn fill(&mut self, rings: &[Vec<Spot>], ink: Ink) {
        self.drawn(Op::Fill { rings: rings.to_vec(), ink, opacity: 1.0 });
    }

    fn stroke(&mut self, lines: &[Vec<Spot>], pen: Pen) {
        self.drawn(Op::Stroke { lines: lines.to_vec(), pen });
    }

    fn label(&mut self, at: Spot, size: f32, text: &str, ink: Ink) {
        let wide = size * (text.chars().count() as f32 + 2.0);
        let style = Style::new(size).ink(ink).centred();
        self.lettering([at[0] - wide / 2.0, at[1] - size * 0.66], wide, &style, text, true);
    }
}
