//! A document being made: pages are recorded first, then written as tagged PDF/UA with every font embedded.

use super::letters::{Block, Letters, Style};
use crate::present::sketch::{Canvas, Ink, Pen, Spot};
use krilla::configure::validate::Accessibility;
use krilla::configure::{ConfigurationBuilder, PdfVersion};
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule, LineCap, LineJoin, Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, ListNumbering, Node, TableHeaderScope, Tag, TagGroup, TagKind, TagTree,
};
use krilla::{Document as Pdf, SerializeSettings};
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

enum Op {
    Fill { rings: Vec<Vec<Spot>>, ink: Ink, opacity: f32 },
    Stroke { lines: Vec<Vec<Spot>>, pen: Pen },
    Clip(Vec<Vec<Spot>>),
    Unclip,
    Text { block: Block, at: Spot, halo: bool },
    Decoration,
    Content(usize),
    End,
}

struct Sheet {
    size: [f32; 2],
    ops: Vec<Op>,
    title: Option<String>,
}

enum Child {
    Group(usize),
    Leaf(usize),
}

struct Group {
    tag: TagKind,
    children: Vec<Child>,
}

/// A document being made.
pub struct Document {
    title: String,
    /// Sets its type.
    pub letters: Letters,
    pages: Vec<Sheet>,
    groups: Vec<Group>,
    open: Vec<usize>,
    leaves: usize,
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
        self.pages.push(Sheet { size, ops: vec![], title: title.map(str::to_owned) });
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

    /// Begins a list.
    pub fn open_list(&mut self) {
        self.group(Tag::L(ListNumbering::None));
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
        let Ok(code) = qrcode::QrCode::new(text) else { return };
        let (wide, unit) = (code.width(), side / (code.width() + 8) as f32);
        let dark = code.to_colors();
        self.figure(text, |d| {
            d.block(at, [side, side], Ink::WHITE);
            let square = |i: usize| {
                let (x, y) = (at[0] + (i % wide + 4) as f32 * unit, at[1] + (i / wide + 4) as f32 * unit);
                vec![[x, y], [x + unit, y], [x + unit, y + unit], [x, y + unit]]
            };
            let squares: Vec<_> =
                dark.iter().enumerate().filter(|(_, c)| **c == qrcode::Color::Dark).map(|(i, _)| square(i)).collect();
            d.fill(&squares, Ink::BLACK);
        });
    }

    /// Adds the pages of another document.
    pub fn append(&mut self, other: Self) {
        let (groups, leaves) = (self.groups.len(), self.leaves);
        for mut sheet in other.pages {
            for op in &mut sheet.ops {
                if let Op::Content(leaf) = op {
                    *leaf += leaves;
                }
            }
            self.pages.push(sheet);
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

    /// Writes the document.
    ///
    /// # Errors
    /// If it does not hold to PDF/UA: that is a fault of this program, not of the data.
    pub fn finish(self) -> Result<Vec<u8>, PaperError> {
        let wrong = |e: &dyn std::fmt::Debug| PaperError::Pdf(format!("{e:?}"));
        let configuration =
            ConfigurationBuilder::new().with_version(PdfVersion::Pdf17).with_accessibility_validator(Accessibility::UA1);
        let configuration = configuration.finish().map_err(|e| wrong(&e))?;
        let settings = SerializeSettings { configuration, enable_tagging: true, ..SerializeSettings::default() };
        let mut pdf = Pdf::new_with(settings);
        pdf.set_metadata(Metadata::new().title(self.title.clone()).language("ja".into()).creator("Kayoi".into()));
        let mut leaves: Vec<Option<Identifier>> = (0..self.leaves).map(|_| None).collect();
        let mut outline = Outline::new();
        for (i, sheet) in self.pages.iter().enumerate() {
            if let Some(title) = &sheet.title {
                outline.push_child(OutlineNode::new(title.clone(), XyzDestination::new(i, Point::from_xy(0.0, 0.0))));
            }
            let settings = PageSettings::from_wh(sheet.size[0], sheet.size[1]).ok_or_else(|| wrong(&"page size"))?;
            let mut page = pdf.start_page_with(settings);
            let mut surface = page.surface();
            for op in &sheet.ops {
                replay(op, &mut surface, &mut leaves, &self.letters);
            }
            surface.finish();
            page.finish();
        }
        pdf.set_outline(outline);
        let mut tree = TagTree::new();
        tree.push(group_of(&self.groups, 0, &mut leaves));
        pdf.set_tag_tree(tree);
        pdf.finish().map_err(|e| wrong(&e))
    }
}

fn group_of(groups: &[Group], at: usize, leaves: &mut [Option<Identifier>]) -> TagGroup {
    let mut group = TagGroup::new(groups[at].tag.clone());
    for child in &groups[at].children {
        match child {
            Child::Group(id) => group.push(group_of(groups, *id, leaves)),
            Child::Leaf(id) => {
                if let Some(identifier) = leaves[*id].take() {
                    group.push(Node::Leaf(identifier));
                }
            }
        }
    }
    group
}

fn paint(Ink(r, g, b): Ink) -> krilla::paint::Paint {
    krilla::color::rgb::Color::new(r, g, b).into()
}

fn path(lines: &[Vec<Spot>], closed: bool) -> Option<krilla::geom::Path> {
    let mut builder = PathBuilder::new();
    for line in lines {
        let mut spots = line.iter();
        let Some(first) = spots.next() else { continue };
        builder.move_to(first[0], first[1]);
        spots.for_each(|p| builder.line_to(p[0], p[1]));
        if closed {
            builder.close();
        }
    }
    builder.finish()
}

fn stroke_of(pen: Pen) -> Stroke {
    Stroke {
        paint: paint(pen.ink),
        width: pen.width,
        line_cap: if pen.dash.is_some() { LineCap::Butt } else { LineCap::Round },
        line_join: LineJoin::Round,
        dash: pen.dash.map(|d| StrokeDash { array: d.to_vec(), offset: 0.0 }),
        ..Stroke::default()
    }
}

fn replay(op: &Op, surface: &mut Surface, leaves: &mut [Option<Identifier>], letters: &Letters) {
    match op {
        Op::Fill { rings, ink, opacity } => {
            let opacity = NormalizedF32::new(*opacity).unwrap_or(NormalizedF32::ONE);
            surface.set_fill(Some(Fill { paint: paint(*ink), opacity, rule: FillRule::EvenOdd }));
            surface.set_stroke(None);
            if let Some(p) = path(rings, true) {
                surface.draw_path(&p);
            }
        }
        Op::Stroke { lines, pen } => {
            surface.set_fill(None);
            surface.set_stroke(Some(stroke_of(*pen)));
            if let Some(p) = path(lines, false) {
                surface.draw_path(&p);
            }
        }
        // an empty clip would leave the counts of push and pop apart
        Op::Clip(rings) => {
            let whole = || path(&[vec![[0.0, 0.0], [5e3, 0.0], [5e3, 5e3], [0.0, 5e3]]], true);
            if let Some(p) = path(rings, true).or_else(whole) {
                surface.push_clip_path(&p, &FillRule::EvenOdd);
            }
        }
        Op::Unclip => surface.pop(),
        Op::Text { block, at, halo } => {
            let draw = |surface: &mut Surface, outlined: bool| {
                let style = &block.style;
                surface.set_fill(Some(Fill { paint: paint(if outlined { Ink::WHITE } else { style.ink }), ..Fill::default() }));
                surface.set_stroke(outlined.then(|| stroke_of(Pen::new(style.size / 5.0, Ink::WHITE))));
                for line in &block.lines {
                    let start = Point::from_xy(at[0] + line.x, at[1] + line.y);
                    surface.draw_glyphs(start, &line.glyphs, letters.face(style), &block.text, style.size, outlined);
                }
            };
            if *halo {
                draw(surface, true);
            }
            draw(surface, false);
        }
        Op::Decoration => {
            surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
        }
        Op::Content(leaf) => leaves[*leaf] = Some(surface.start_tagged(ContentTag::Other)),
        Op::End => surface.end_tagged(),
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
