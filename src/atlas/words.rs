//! Search over the words of records, as people in Japan type them: no spaces between words, 髙 for 高, カタカナ for ひらがな, a slip
//! of the finger. Pairs of neighbouring characters are looked up; the best are then compared in full.

use crate::model::search_key;
use std::collections::HashMap;

/// Longest text searched for, characters.
const LONGEST: usize = 64;
/// So many of the best by pairs are compared in full.
const COMPARED: usize = 400;
/// Share of the pairs of a word, by rarity, that must be there.
const SHARE: f32 = 0.6;
/// Most records compared letter by letter when no pair leads on.
const SLIPS: usize = 5_000;

/// A record found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Searched {
    /// Its place in the order given to [`Words::new`].
    pub index: usize,
    /// How well it fits; the best first.
    pub score: f32,
}

/// The fields of a record, folded, with their weights.
type Fields = Vec<(Box<[char]>, f32)>;

/// The words of some records.
pub struct Words {
    /// By record.
    texts: Vec<Fields>,
    /// Records by pair of characters; by one character; by the first character of a field.
    grams: HashMap<u64, Vec<u32>>,
    /// A record with few letters fits a word better than one with many.
    brevity: Vec<f32>,
}

fn pair(a: char, b: char) -> u64 {
    u64::from(a as u32) << 32 | u64::from(b as u32)
}

fn one(a: char) -> u64 {
    u64::from(a as u32)
}

/// The beginning of a field: no character has this number.
fn first(a: char) -> u64 {
    (u64::from(u32::MAX) << 32) | u64::from(a as u32)
}

impl Words {
    /// Over records, each with the texts of its fields and how much a field weighs.
    pub fn new<'a>(records: impl Iterator<Item = Vec<(&'a str, f32)>>) -> Self {
        let (mut texts, mut brevity): (Vec<Fields>, Vec<f32>) = Default::default();
        let mut grams: HashMap<u64, Vec<u32>> = HashMap::new();
        for (i, fields) in records.enumerate() {
            let i = i as u32;
            let mut add = |gram: u64| {
                let list = grams.entry(gram).or_default();
                if list.last() != Some(&i) {
                    list.push(i);
                }
            };
            let folded: Fields = fields.into_iter().map(|(t, w)| (search_key(t).chars().collect(), w)).collect();
            for (text, _) in &folded {
                text.first().into_iter().for_each(|c| add(first(*c)));
                text.iter().for_each(|c| add(one(*c)));
                text.windows(2).for_each(|w| add(pair(w[0], w[1])));
            }
            let shortest = folded.iter().map(|(t, _)| t.len()).filter(|n| *n > 0).min().unwrap_or(1);
            brevity.push(1.0 / shortest as f32);
            texts.push(folded);
        }
        Self { texts, grams, brevity }
    }

    /// Records that fit every word of a text, best first; at most [`COMPARED`].
    pub fn search(&self, text: &str) -> Vec<Searched> {
        let short: String = text.chars().take(LONGEST).collect();
        let words: Vec<Vec<char>> = short
            .split([' ', '\u{3000}', '、', ','])
            .map(|w| search_key(w).chars().collect())
            .filter(|w: &Vec<char>| !w.is_empty())
            .collect();
        if words.is_empty() {
            return Vec::new();
        }
        let mut sum = vec![0.0f32; self.texts.len()];
        let mut fits = vec![0u8; self.texts.len()];
        let mut touched = Vec::new();
        for word in &words {
            for (i, score) in self.of_word(word) {
                if fits[i as usize] == 0 {
                    touched.push(i);
                }
                fits[i as usize] += 1;
                sum[i as usize] += score;
            }
        }
        touched.retain(|i| usize::from(fits[*i as usize]) == words.len());
        let better = |a: &u32, b: &u32| sum[*b as usize].total_cmp(&sum[*a as usize]).then(a.cmp(b));
        if touched.len() > COMPARED {
            touched.select_nth_unstable_by(COMPARED, better);
            touched.truncate(COMPARED);
        }
        let score = |i: u32| words.iter().map(|w| self.compared(i, w)).sum::<f32>() + sum[i as usize];
        let mut found: Vec<Searched> = touched.into_iter().map(|i| Searched { index: i as usize, score: score(i) }).collect();
        found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.index.cmp(&b.index)));
        found
    }

    fn list(&self, gram: u64) -> &[u32] {
        self.grams.get(&gram).map_or(&[], Vec::as_slice)
    }

    /// Records that have enough of a word, with 0 to about 1.2.
    fn of_word(&self, word: &[char]) -> Vec<(u32, f32)> {
        let mut grams: Vec<u64> = match word {
            [c] => vec![one(*c)],
            _ => word.windows(2).map(|w| pair(w[0], w[1])).collect(),
        };
        grams.sort_unstable();
        grams.dedup();
        let all = self.texts.len() as f32;
        let rarity = |gram: u64| (1.0 + all / (1.0 + self.list(gram).len() as f32)).ln();
        let whole: f32 = grams.iter().map(|g| rarity(*g)).sum();
        // of two characters both must be there, of more a slip is forgiven
        let least = if word.len() <= 2 { 0.999 } else { SHARE } * whole;
        let mut score = vec![0.0f32; self.texts.len()];
        for gram in &grams {
            let weight = rarity(*gram);
            self.list(*gram).iter().for_each(|i| score[*i as usize] += weight);
        }
        let mut found: Vec<(u32, f32)> =
            score.iter().enumerate().filter(|(_, s)| **s >= least).map(|(i, s)| (i as u32, s / whole)).collect();
        if found.is_empty() && word.len() >= 3 {
            found = self.slips(word);
        }
        score.fill(0.0);
        self.list(first(word[0])).iter().for_each(|i| score[*i as usize] = 0.1);
        found.iter_mut().for_each(|(i, s)| *s += score[*i as usize] + 0.1 * self.brevity[*i as usize]);
        found
    }

    /// Records with a part a slip or two away from a word.
    fn slips(&self, word: &[char]) -> Vec<(u32, f32)> {
        let allowed = slips_allowed(word.len());
        let mut letters = word.to_vec();
        letters.sort_unstable();
        letters.dedup();
        let mut count = vec![0u8; self.texts.len()];
        letters.iter().for_each(|c| self.list(one(*c)).iter().for_each(|i| count[*i as usize] += 1));
        let least = letters.len().saturating_sub(allowed);
        let near = count.iter().enumerate().filter(|(_, n)| usize::from(**n) >= least.max(1)).map(|(i, _)| i as u32);
        let distance = |i: u32| self.texts[i as usize].iter().map(|(t, _)| slips_in(word, t)).min().unwrap_or(usize::MAX);
        near.take(SLIPS)
            .map(|i| (i, distance(i)))
            .filter(|(_, d)| *d <= allowed)
            .map(|(i, d)| (i, 0.5 / (1.0 + d as f32)))
            .collect()
    }

    /// How well the best field of a record fits a word.
    fn compared(&self, i: u32, word: &[char]) -> f32 {
        let fit = |text: &[char]| match () {
            () if text == word => 1.0,
            () if text.starts_with(word) => 0.7,
            () if text.windows(word.len()).any(|w| w == word) => 0.5,
            () => 0.0,
        };
        self.texts[i as usize].iter().map(|(t, w)| fit(t) * w).fold(0.0, f32::max)
    }
}

/// Slips forgiven in a word: one up to five letters, two in longer ones.
fn slips_allowed(length: usize) -> usize {
    if length <= 5 { 1 } else { 2 }
}

/// Least number of letters changed, left out, put in or swapped with their neighbour that makes a word a part of a text.
fn slips_in(word: &[char], text: &[char]) -> usize {
    let (mut before, mut last, mut row) = (vec![0; text.len() + 1], vec![0; text.len() + 1], vec![0; text.len() + 1]);
    for (k, c) in word.iter().enumerate() {
        row[0] = k + 1;
        for (j, d) in text.iter().enumerate() {
            let mut least = (last[j] + usize::from(c != d)).min(last[j + 1] + 1).min(row[j] + 1);
            if k > 0 && j > 0 && *c == text[j - 1] && word[k - 1] == *d {
                least = least.min(before[j - 1] + 1);
            }
            row[j + 1] = least;
        }
        (before, last, row) = (last, row, before);
    }
    last.into_iter().min().unwrap_or(word.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 8] = [
        "花園いきいきサロン",
        "髙橋ふれあいサロン",
        "池田元気くらぶ",
        "城山認知症カフェ",
        "花園公民館",
        "オレンジカフェ池田",
        "小島健康サロン",
        "まちかど保健室",
    ];

    fn names() -> Words {
        Words::new(NAMES.iter().map(|n| vec![(*n, 3.0)]))
    }

    fn best(text: &str) -> Option<&'static str> {
        names().search(text).first().map(|s| NAMES[s.index])
    }

    #[test]
    fn words_are_found_as_people_type_them() {
        for (typed, wanted) in [
            ("花園サロン", "花園いきいきサロン"),
            ("花園 サロン", "花園いきいきサロン"),
            ("高橋", "髙橋ふれあいサロン"),
            ("ｵﾚﾝｼﾞ", "オレンジカフェ池田"),
            ("おれんじかふぇ", "オレンジカフェ池田"),
            ("池田くらぶ", "池田元気くらぶ"),
            // slips: a letter wrong, one left out, two swapped
            ("ふれあいサロソ", "髙橋ふれあいサロン"),
            ("まちかど保室", "まちかど保健室"),
            ("認症知カフェ", "城山認知症カフェ"),
            ("くぶら", "池田元気くらぶ"),
        ] {
            assert_eq!(best(typed), Some(wanted), "{typed}");
        }
        assert!(names().search("博物館").is_empty());
        assert!(names().search("　").is_empty() && names().search("").is_empty());
        assert_eq!(names().search("花園").len(), 2);
        assert_eq!(best("花園公民館"), Some("花園公民館"));
    }

    /// The plain rule: every part of the text, whole distance by dynamic programming over full tables.
    fn plain_slips(word: &[char], text: &[char]) -> usize {
        let whole = |a: &[char], b: &[char]| strsim::osa_distance(&a.iter().collect::<String>(), &b.iter().collect::<String>());
        let parts = (0..=text.len()).flat_map(|i| (i..=text.len()).map(move |j| (i, j)));
        parts.map(|(i, j)| whole(word, &text[i..j])).min().unwrap_or(word.len())
    }

    proptest::proptest! {
        #[test]
        fn slips_are_those_of_the_plain_rule(word in "[あいうえ]{1,6}", text in "[あいうえ]{0,9}") {
            let (w, t): (Vec<char>, Vec<char>) = (word.chars().collect(), text.chars().collect());
            proptest::prop_assert_eq!(slips_in(&w, &t), plain_slips(&w, &t));
        }

        /// Whatever part of a name of two letters or more is typed, the name is among what is found.
        #[test]
        fn every_part_of_a_name_finds_it(which in 0usize..8, from in 0usize..6, length in 2usize..8) {
            let letters: Vec<char> = NAMES[which].chars().collect();
            let part: String = letters.iter().skip(from).take(length).collect();
            if part.chars().count() >= 2 {
                proptest::prop_assert!(names().search(&part).iter().any(|s| s.index == which), "{}", part);
            }
        }
    }
}
