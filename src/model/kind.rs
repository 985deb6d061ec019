//! The kinds of service, read once from `data/kinds.toml`.

use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// One kind of service.
#[derive(Debug, Deserialize, Serialize)]
pub struct Kind {
    /// Stable ASCII code.
    pub code: String,
    /// Full Japanese label.
    pub ja: String,
    /// Short Japanese label, for buttons and maps.
    pub short: String,
    /// English label.
    pub en: String,
    /// Group: 予防, 相談, 医療, 介護, 住まい, 生活支援, 移動.
    pub group: String,
    /// Whether a record of this kind needs a schedule.
    pub schedule: KindNeed,
    /// What locates such a record: point, area, …
    pub geometry: String,
    /// Counted in walking-reach questions by default.
    pub walk: bool,
    /// Words by which municipal lists call it.
    #[serde(skip_serializing)]
    pub words: Vec<String>,
    /// Service codes of the national care-service open data.
    #[serde(default, skip_serializing)]
    pub mhlw: Vec<u16>,
}

/// How much a kind needs something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KindNeed {
    /// A record without it is incomplete.
    Required,
    /// Welcome.
    Optional,
    /// Not applicable.
    None,
}

/// Position of a kind in [`kinds`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KindId(pub u8);

impl KindId {
    /// The kind itself.
    pub fn kind(self) -> &'static Kind {
        &kinds()[usize::from(self.0)]
    }

    /// Its stable code.
    pub fn code(self) -> &'static str {
        &self.kind().code
    }
}

impl Serialize for KindId {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for KindId {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let code = String::deserialize(d)?;
        kind_by_code(&code).ok_or_else(|| serde::de::Error::custom(format!("種別「{code}」はありません")))
    }
}

#[derive(Deserialize)]
struct File {
    kind: Vec<Kind>,
}

static KINDS: LazyLock<Vec<Kind>> = LazyLock::new(|| {
    // The file is part of the program and a test parses it, so a failure here cannot reach a user.
    toml::from_str::<File>(include_str!("../../data/kinds.toml")).map(|f| f.kind).unwrap_or_default()
});

/// All kinds, in the order of the file.
pub fn kinds() -> &'static [Kind] {
    &KINDS
}

/// The kind with this code.
pub fn kind_by_code(code: &str) -> Option<KindId> {
    kinds().iter().position(|k| k.code == code).map(|i| KindId(i as u8))
}

/// The kind a municipal list means by a text: the longest known word inside it wins.
pub fn kind_from_words(text: &str) -> Option<KindId> {
    let ids = (0..kinds().len()).map(|i| KindId(i as u8));
    ids.flat_map(|id| id.kind().words.iter().map(move |w| (w.chars().count(), id, w)))
        .filter(|(_, _, w)| text.contains(w.as_str()))
        .max_by_key(|(n, id, _)| (*n, std::cmp::Reverse(*id)))
        .map(|(_, id, _)| id)
}

/// The kind of a service code of the national care-service open data.
pub fn kinds_of_mhlw(code: u16) -> Option<KindId> {
    kinds().iter().position(|k| k.mhlw.contains(&code)).map(|i| KindId(i as u8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_holds_the_35_kinds_with_distinct_codes() {
        assert_eq!(kinds().len(), 35);
        let codes: std::collections::HashSet<_> = kinds().iter().map(|k| &k.code).collect();
        assert_eq!(codes.len(), 35);
    }

    #[test]
    fn the_longest_word_decides() {
        let code = |t| kind_from_words(t).map(KindId::code);
        assert_eq!(code("歯科診療所"), Some("dental"));
        assert_eq!(code("無床診療所"), Some("clinic"));
        assert_eq!(code("定期巡回・随時対応型訪問介護看護"), Some("home_care"));
        assert_eq!(code("くまもと元気くらぶ"), Some("genki_club"));
        assert_eq!(code("写真館"), None);
        assert_eq!(kinds_of_mhlw(150).map(KindId::code), Some("day_care"));
    }
}
