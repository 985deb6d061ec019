//! A document written as tagged PDF/UA with every font embedded.

use super::document::{Child, Document, Group, Op, PaperError};
use super::letters::Letters;
use crate::present::sketch::{Ink, Pen, Spot};
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
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Identifier, Node, TagGroup, TagTree};
use krilla::{Document as Pdf, SerializeSettings};

impl Document {
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
        for (i, leaf) in self.pages.iter().enumerate() {
            if let Some(title) = &leaf.title {
                outline.push_child(OutlineNode::new(title.clone(), XyzDestination::new(i, Point::from_xy(0.0, 0.0))));
            }
            let settings = PageSettings::from_wh(leaf.size[0], leaf.size[1]).ok_or_else(|| wrong(&"page size"))?;
            let mut page = pdf.start_page_with(settings);
            let mut surface = page.surface();
            for op in &leaf.ops {
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
