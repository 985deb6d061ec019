//! Telephone numbers as lists write them: full width, in brackets, without the zero a spreadsheet dropped, without hyphens.

use crate::model::Place;
use std::collections::HashSet;
use unicode_normalization::UnicodeNormalization;

/// Fixed shapes of numbers without an area: first digits and lengths of the parts (総務省 電気通信番号計画).
const SHAPES: [(&str, [usize; 3]); 7] = [
    ("0120", [4, 3, 3]),
    ("0570", [4, 3, 3]),
    ("0800", [4, 3, 4]),
    ("050", [3, 4, 4]),
    ("070", [3, 4, 4]),
    ("080", [3, 4, 4]),
    ("090", [3, 4, 4]),
];

/// A number as digits and hyphens, its leading zero put back; text that holds more than one number stays as written.
pub fn phone(text: &str) -> Option<String> {
    let plain: String = text.nfkc().map(|c| if "‐‑‒–—―−ー".contains(c) { '-' } else { c }).collect();
    let plain = plain.trim();
    let is_number = |c: char| c.is_ascii_digit() || matches!(c, '-' | '(' | ')' | ' ');
    if plain.is_empty() || !plain.chars().all(is_number) {
        return (!plain.is_empty()).then(|| plain.to_owned());
    }
    let parts: Vec<&str> = plain.split(|c: char| !c.is_ascii_digit()).filter(|p| !p.is_empty()).collect();
    let digits: usize = parts.iter().map(|p| p.len()).sum();
    let number = parts.join("-");
    // numbers begin with 0; a spreadsheet takes it for an empty digit
    Some(if digits == 9 && !number.starts_with('0') { format!("0{number}") } else { number })
}

/// Puts hyphens into the numbers of a list that has none there, as the other numbers of the same area in it have them.
pub fn hyphenate(places: &mut [Place]) {
    let mut areas: HashSet<String> = HashSet::new();
    for number in places.iter().flat_map(|p| &p.services).filter_map(|s| s.phone.as_deref()) {
        if let [area, middle, last] = number.split('-').collect::<Vec<_>>()[..] {
            let whole = area.len() + middle.len() + last.len() == 10 && last.len() == 4;
            areas.extend((whole && area.starts_with('0') && (2..=5).contains(&area.len())).then(|| area.to_owned()));
        }
    }
    for service in places.iter_mut().flat_map(|p| &mut p.services) {
        service.phone = service.phone.take().map(|number| with_hyphens(&number, &areas).unwrap_or(number));
    }
}

fn with_hyphens(number: &str, areas: &HashSet<String>) -> Option<String> {
    if !number.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let shape = SHAPES.iter().find(|(start, parts)| number.starts_with(start) && parts.iter().sum::<usize>() == number.len());
    let local = || {
        let area = (2..=5).rev().find(|n| number.len() == 10 && areas.contains(&number[..*n]))?;
        Some([area, 6 - area, 4])
    };
    let [a, b, _] = shape.map(|s| s.1).or_else(local)?;
    Some(format!("{}-{}-{}", &number[..a], &number[a..a + b], &number[a + b..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_however_they_are_written() {
        for text in ["096-356-6072", "０９６－３５６－６０７２", "(096)356-6072", "096（356）6072", "96-356-6072", "096 356 6072"]
        {
            assert_eq!(phone(text).as_deref(), Some("096-356-6072"), "{text}");
        }
        assert_eq!(phone("963566072").as_deref(), Some("0963566072"));
        assert_eq!(phone("096-356-6072（田中）").as_deref(), Some("096-356-6072(田中)"));
        assert_eq!(phone(" "), None);
    }

    #[test]
    fn hyphens_are_learnt_from_the_list() {
        let areas: HashSet<String> = ["096".to_owned(), "0968".to_owned()].into();
        assert_eq!(with_hyphens("0963566072", &areas).as_deref(), Some("096-356-6072"));
        assert_eq!(with_hyphens("0968251234", &areas).as_deref(), Some("0968-25-1234"));
        assert_eq!(with_hyphens("0878331234", &areas), None);
        assert_eq!(with_hyphens("0120123456", &areas).as_deref(), Some("0120-123-456"));
        assert_eq!(with_hyphens("09012345678", &areas).as_deref(), Some("090-1234-5678"));
    }
}
