//! How sheets mark things and how large they are set, from `data/paper.toml`.

use crate::model::{KindId, kind_by_code};
use crate::present::sketch::Ink;
use serde::Deserialize;
use std::sync::LazyLock;

/// A group of kinds, as sheets mark it.
#[derive(Debug, Default, Deserialize)]
pub struct Group {
    /// Name in `data/kinds.toml`.
    pub name: String,
    /// Letter before its numbers.
    pub letter: String,
    /// In words.
    pub ja: String,
    /// Shape of its marks.
    pub shape: Shape,
    ink: [u8; 3],
}

impl Group {
    /// Colour of its marks.
    pub fn ink(&self) -> Ink {
        Ink(self.ink[0], self.ink[1], self.ink[2])
    }
}

/// The shape of a mark.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// ○
    #[default]
    Circle,
    /// □
    Square,
    /// ✚
    Cross,
    /// ◇
    Diamond,
    /// ⬠
    Pentagon,
    /// △
    Triangle,
    /// ⬡
    Hexagon,
}

#[derive(Debug, Default, Deserialize)]
struct Paper {
    group: Vec<Group>,
    dots: Dots,
    size: Sizes,
}

/// What is drawn as small dots.
#[derive(Debug, Default, Deserialize)]
pub struct Dots {
    kinds: Vec<String>,
    /// In words.
    pub ja: String,
}

/// Sizes of type, points.
#[derive(Debug, Default, Deserialize)]
pub struct Sizes {
    /// Share of a map that marks may cover.
    pub fill: f32,
    /// Lists beside maps.
    pub list: f32,
    /// Lists to hand out.
    pub handout: f32,
    /// Inside marks.
    pub mark: f32,
}

static PAPER: LazyLock<Paper> = LazyLock::new(|| toml::from_str(include_str!("../../../data/paper.toml")).unwrap_or_default());

/// The groups, in the order of their lists.
pub fn groups() -> &'static [Group] {
    &PAPER.group
}

/// What is drawn as dots.
pub fn dots() -> &'static Dots {
    &PAPER.dots
}

/// Sizes of type.
pub fn sizes() -> &'static Sizes {
    &PAPER.size
}

impl Dots {
    /// Whether a kind is drawn as dots.
    pub fn has(&self, kind: KindId) -> bool {
        self.kinds.iter().any(|k| kind_by_code(k) == Some(kind))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::kinds;

    #[test]
    fn every_group_of_kinds_has_a_letter_and_a_shape_of_its_own() {
        let of_kinds: std::collections::BTreeSet<&str> = kinds().iter().map(|k| k.group.as_str()).collect();
        let here: std::collections::BTreeSet<&str> = groups().iter().map(|g| g.name.as_str()).collect();
        assert_eq!(of_kinds, here);
        for (i, g) in groups().iter().enumerate() {
            assert!(groups()[..i].iter().all(|h| h.shape != g.shape && h.letter != g.letter), "{}", g.name);
        }
        assert!(sizes().list >= 10.5 && sizes().handout >= 12.0, "domain.md: least sizes of printed lists");
    }
}
