//! Text as municipalities write it: encodings, width variants, Japanese eras, coordinates.

use crate::model::Day;
pub use crate::model::{fold, town_key};
use unicode_normalization::UnicodeNormalization;

/// Decoded text and the name of its encoding, or nothing if the bytes are not text.
pub fn decode(bytes: &[u8]) -> Option<(String, &'static str)> {
    if let Some((encoding, bom)) = encoding_rs::Encoding::for_bom(bytes) {
        let (text, bad) = encoding.decode_without_bom_handling(&bytes[bom..]);
        return (!bad).then(|| (text.into_owned(), encoding.name()));
    }
    if looks_binary(bytes) {
        return None;
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Some((text.to_owned(), "UTF-8"));
    }
    // windows-31j: keeps ①㈱髙﨑, which strict Shift_JIS refuses
    let (text, _, _) = encoding_rs::SHIFT_JIS.decode(bytes);
    let unreadable = text.chars().filter(|&c| c == '\u{fffd}').count();
    if unreadable * 200 <= text.chars().count() {
        return Some((text.into_owned(), "CP932"));
    }
    let (text, _, bad) = encoding_rs::EUC_JP.decode(bytes);
    (!bad).then(|| (text.into_owned(), "EUC-JP"))
}

fn looks_binary(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(4096)];
    head.iter().any(|&b| b < 9 || (14..32).contains(&b) && b != 0x1b)
}

/// A value for keeping: outer spaces gone, nothing if empty.
pub fn value(text: &str) -> Option<String> {
    let t = text.trim().trim_matches('\u{3000}').trim();
    (!t.is_empty()).then(|| t.to_owned())
}

/// A number with full-width digits, thousands commas or a unit behind it.
pub fn number(text: &str) -> Option<f64> {
    let t: String = text.nfkc().filter(|c| !c.is_whitespace() && *c != ',').collect();
    let end = t.find(|c: char| !(c.is_ascii_digit() || ".-+eE".contains(c))).unwrap_or(t.len());
    t[..end].parse::<f64>().ok().filter(|v| v.is_finite())
}

/// A date: `2026-06-10`, `2026/6/10`, `令和8年6月10日`, `R8.6.10`, or the serial day of a spreadsheet.
pub fn date(text: &str) -> Option<Day> {
    let t: String = text.nfkc().filter(|c| !c.is_whitespace()).collect();
    if let Some(d) = Day::parse(&t) {
        return Some(d);
    }
    if let Ok(serial) = t.parse::<f64>() {
        // day 25569 of a spreadsheet is 1970-01-01
        return (20_000.0..80_000.0).contains(&serial).then(|| Day(serial as i32 - 25_569));
    }
    let (era, rest) = era(&t);
    let numbers: Vec<i16> = rest
        .split(|c: char| !c.is_ascii_digit() && c != '元')
        .filter(|p| !p.is_empty())
        .map(|p| if p == "元" { Some(1) } else { p.parse().ok() })
        .collect::<Option<_>>()?;
    let [y, m, d] = numbers[..] else { return None };
    let date = jiff::civil::Date::new(y + era.unwrap_or(0), i8::try_from(m).ok()?, i8::try_from(d).ok()?).ok()?;
    Some(Day::of(date))
}

/// A fiscal year: `R3`, `令和3年度`, `H27`, `2021年度`.
pub fn fiscal_year(text: &str) -> Option<u16> {
    let t: String = text.nfkc().filter(|c| !c.is_whitespace()).collect();
    let (era, rest) = era(&t);
    let digits: String = rest.chars().take_while(|c| c.is_ascii_digit() || *c == '元').collect();
    let tail = &rest[digits.len()..];
    if digits.is_empty() || !["", "年", "年度", "実績", "年度実績"].contains(&tail) {
        return None;
    }
    let n: i16 = if digits == "元" { 1 } else { digits.parse().ok()? };
    let year = era.unwrap_or(0) + n;
    (1990..2100).contains(&year).then_some(year as u16)
}

/// Year 0 of an era named at the beginning, and what follows it.
fn era(t: &str) -> (Option<i16>, &str) {
    const ERAS: [(&str, i16); 8] =
        [("令和", 2018), ("平成", 1988), ("昭和", 1925), ("R", 2018), ("H", 1988), ("S", 1925), ("r", 2018), ("h", 1988)];
    for (name, zero) in ERAS {
        if let Some(rest) = t.strip_prefix(name) {
            return (Some(zero), rest.trim_start_matches('.'));
        }
    }
    (None, t)
}

/// A coordinate in degrees: decimal, `32°48′12.5″`, `32.48.12` or `324812`.
pub fn degrees(text: &str) -> Option<f64> {
    let t: String = text.nfkc().filter(|c| !c.is_whitespace()).collect();
    let t = t.trim_start_matches(['N', 'E', '北', '東', '緯', '経']);
    if let Ok(v) = t.parse::<f64>() {
        let whole = v.trunc();
        let dms = (100_000.0..2_000_000.0).contains(&v);
        return if dms { from_dms((whole / 1e4).trunc(), (whole / 1e2).trunc() % 100.0, v % 100.0) } else { Some(v) };
    }
    let parts: Vec<f64> = t
        .split(|c: char| "°度′分'″秒\".".contains(c))
        .filter(|p| !p.is_empty())
        .map(str::parse)
        .collect::<Result<_, _>>()
        .ok()?;
    match parts[..] {
        [d, m, s] => from_dms(d, m, s),
        [d, m, s, fraction] => from_dms(d, m, format!("{s}.{fraction}").parse().ok()?),
        _ => None,
    }
}

fn from_dms(d: f64, m: f64, s: f64) -> Option<f64> {
    (m < 60.0 && s < 60.0).then_some(d + m / 60.0 + s / 3600.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_told_apart_by_content() {
        let (cp932, _, _) = encoding_rs::SHIFT_JIS.encode("名称,住所\n髙田①㈱,熊本市\n");
        assert_eq!(decode(&cp932), Some(("名称,住所\n髙田①㈱,熊本市\n".into(), "CP932")));
        assert_eq!(decode("\u{feff}名称".as_bytes()), Some(("名称".into(), "UTF-8")));
        let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain("名称".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(decode(&utf16), Some(("名称".into(), "UTF-16LE")));
        assert_eq!(decode(b"\x89PNG\r\n\x1a\n\0\0\0"), None);
    }

    #[test]
    fn coordinates_in_four_spellings() {
        for t in ["32.80333333", "32°48′12″", "32.48.12", "324812", "３２．８０３３３３３３", "北緯32度48分12秒"]
        {
            assert!((degrees(t).unwrap() - 32.803_333).abs() < 1e-5, "{t}");
        }
        assert_eq!(degrees("1304536").map(|v| (v * 1e4).round()), Some(1_307_600.0));
        assert_eq!(degrees("abc"), None);
    }

    #[test]
    fn towns_compare() {
        assert_eq!(town_key("塩上町１丁目"), town_key("塩上町一丁目"));
        assert_eq!(town_key("幸町12丁目"), "幸町十二丁目");
    }
}
