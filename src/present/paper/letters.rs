//! Setting type: text to lines of glyphs, broken as Japanese is (no line begins with 、 or ends with 「).

use super::document::PaperError;
use crate::present::sketch::Ink;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use parley::fontique::{Blob, Collection, CollectionOptions};
use parley::layout::{Alignment, AlignmentOptions};
use parley::style::{FontFamily, FontFamilyName, FontWeight, LineHeight, OverflowWrap, StyleProperty};
use parley::{FontContext, Layout, LayoutContext};
use rust_embed::Embed;
use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

/// The fonts, put there when the web app is built.
#[derive(Embed)]
#[folder = "web/dist/fonts/"]
struct Fonts;

/// Plain and bold, out of the binary once.
static FACES: LazyLock<[Option<Arc<Vec<u8>>>; 2]> =
    LazyLock::new(|| ["sheet-regular.ttf", "sheet-bold.ttf"].map(|name| Fonts::get(name).map(|f| Arc::new(f.data.into_owned()))));

const FAMILY: &str = "BIZ UDPGothic";
/// What printers set for a character they do not have.
const GETA: &str = "〓";

/// How text is set.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Size, points.
    pub size: f32,
    /// Bold.
    pub bold: bool,
    /// Colour.
    pub ink: Ink,
    /// In the middle of its width.
    pub centred: bool,
}

impl Style {
    /// Plain black text of a size.
    pub const fn new(size: f32) -> Self {
        Self { size, bold: false, ink: Ink::BLACK, centred: false }
    }

    /// Bold.
    pub const fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    /// In the middle.
    pub const fn centred(self) -> Self {
        Self { centred: true, ..self }
    }

    /// In a colour.
    pub const fn ink(self, ink: Ink) -> Self {
        Self { ink, ..self }
    }
}

/// Text that has been set.
pub struct Block {
    /// The text its glyphs stand for.
    pub text: String,
    /// Its lines.
    pub lines: Vec<Line>,
    /// Width of the widest line, points.
    pub width: f32,
    /// Height, points.
    pub height: f32,
    /// How it was set.
    pub style: Style,
}

/// A line of glyphs.
pub struct Line {
    /// Left end, from the left of the block.
    pub x: f32,
    /// Baseline, from the top of the block.
    pub y: f32,
    /// The glyphs.
    pub glyphs: Vec<KrillaGlyph>,
}

/// What sets type.
pub struct Letters {
    fonts: FontContext,
    layouts: LayoutContext<()>,
    faces: [Font; 2],
    /// Characters the font does not have.
    pub missing: std::collections::BTreeSet<char>,
}

impl Letters {
    /// With the bundled font, plain and bold.
    ///
    /// # Errors
    /// If this program was built without it.
    pub fn new() -> Result<Self, PaperError> {
        let mut collection = Collection::new(CollectionOptions { shared: false, system_fonts: false });
        let mut face = |bytes: &Option<Arc<Vec<u8>>>| {
            let bytes = bytes.clone().ok_or(PaperError::Font)?;
            collection.register_fonts(Blob::new(bytes.clone()), None);
            Font::new(krilla::Data::from(bytes), 0).ok_or(PaperError::Font)
        };
        let faces = [face(&FACES[0])?, face(&FACES[1])?];
        let fonts = FontContext { collection, ..FontContext::default() };
        Ok(Self { fonts, layouts: LayoutContext::new(), faces, missing: Default::default() })
    }

    /// The font a text of a style is set in.
    pub fn face(&self, style: &Style) -> Font {
        self.faces[usize::from(style.bold)].clone()
    }

    /// Sets a text in a width.
    pub fn set(&mut self, text: &str, width: f32, style: &Style) -> Block {
        // a page holds no control characters, and a tab is a space
        let clean: String =
            text.chars().map(|c| if c == '\t' { ' ' } else { c }).filter(|c| *c == '\n' || !c.is_control()).collect();
        let layout = self.laid_out(&clean, width, style);
        let unknown = unknown(&layout, &clean);
        if unknown.is_empty() {
            return block(clean, &layout, *style);
        }
        self.missing.extend(unknown.iter().copied());
        let replaced = clean.chars().map(|c| if unknown.contains(&c) { GETA.into() } else { c.to_string() }).collect::<String>();
        let layout = self.laid_out(&replaced, width, style);
        block(replaced, &layout, *style)
    }

    fn laid_out(&mut self, text: &str, width: f32, style: &Style) -> Layout<()> {
        let mut builder = self.layouts.ranged_builder(&mut self.fonts, text, 1.0, false);
        builder.push_default(StyleProperty::FontFamily(FontFamily::Single(FontFamilyName::Named(Cow::Borrowed(FAMILY)))));
        builder.push_default(StyleProperty::FontSize(style.size));
        builder.push_default(StyleProperty::FontWeight(if style.bold { FontWeight::BOLD } else { FontWeight::NORMAL }));
        builder.push_default(StyleProperty::LineHeight(LineHeight::FontSizeRelative(1.32)));
        builder.push_default(StyleProperty::OverflowWrap(OverflowWrap::Anywhere));
        let mut layout = builder.build(text);
        layout.break_all_lines(Some(width));
        let align = if style.centred { Alignment::Center } else { Alignment::Start };
        layout.align(align, AlignmentOptions::default());
        layout
    }
}

fn unknown(layout: &Layout<()>, text: &str) -> Vec<char> {
    let clusters = layout.lines().flat_map(|l| l.runs().collect::<Vec<_>>()).flat_map(|r| r.clusters().collect::<Vec<_>>());
    let missing =
        clusters.filter(|c| c.glyphs().any(|g| g.id == 0)).flat_map(|c| text[c.text_range()].chars().collect::<Vec<_>>());
    missing.filter(|c| !c.is_whitespace()).collect()
}

fn block(text: String, layout: &Layout<()>, style: Style) -> Block {
    let mut lines = Vec::new();
    for line in layout.lines() {
        let mut glyphs = Vec::new();
        for run in line.runs() {
            let size = run.font_size();
            for cluster in run.visual_clusters().filter(|c| !c.is_ligature_continuation()) {
                let range = cluster.text_range();
                glyphs.extend(cluster.glyphs().filter(|g| g.id != 0).map(|g| {
                    KrillaGlyph::new(GlyphId::new(g.id), g.advance / size, g.x / size, g.y / size, 0.0, range.clone(), None)
                }));
            }
        }
        let m = line.metrics();
        if !glyphs.is_empty() {
            lines.push(Line { x: m.offset, y: m.baseline, glyphs });
        }
    }
    Block { text, lines, width: layout.width(), height: layout.height(), style }
}
