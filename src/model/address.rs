//! Japanese addresses as people write them, in one form: 花園5丁目8-3, 五丁目8番3号, ５ー８ー３ are the same.

use serde::Deserialize;
use std::collections::HashMap;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

#[derive(Default, Deserialize)]
struct Kanji {
    variants: Vec<String>,
    alike: Vec<String>,
}

static SAME: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    // part of the program and parsed by a test: cannot fail in front of a user
    let kanji: Kanji = toml::from_str(include_str!("../../data/kanji.toml")).unwrap_or_default();
    let pair = |p: &String| Some((p.chars().next()?, p.chars().nth(1)?));
    kanji.variants.iter().chain(&kanji.alike).filter_map(pair).collect()
});

/// The 47 prefectures, as addresses begin with them, in the order of their codes (JIS X 0401).
const PREFECTURES: &str = "北海道 青森県 岩手県 宮城県 秋田県 山形県 福島県 茨城県 栃木県 群馬県 埼玉県 千葉県 東京都 神奈川県 新潟県 \
    富山県 石川県 福井県 山梨県 長野県 岐阜県 静岡県 愛知県 三重県 滋賀県 京都府 大阪府 兵庫県 奈良県 和歌山県 鳥取県 島根県 岡山県 \
    広島県 山口県 徳島県 香川県 愛媛県 高知県 福岡県 佐賀県 長崎県 熊本県 大分県 宮崎県 鹿児島県 沖縄県";

/// Everything that stands for a dash between numbers. The long-vowel mark is one only there: センター keeps its own.
const DASHES: [char; 13] = ['-', '‐', '‑', '‒', '–', '—', '―', '−', 'ー', '─', '~', '〜', 'の'];

/// An address in the form it is compared in: no spaces, variants alike, numbers Arabic, `丁目` written out, dashes between numbers.
pub fn plain_address(text: &str) -> String {
    let chars: Vec<char> = text.nfkc().filter(|c| !c.is_whitespace()).collect();
    let chars = without_postcode(&chars);
    let mut out: Vec<char> = Vec::with_capacity(chars.len() + 4);
    let mut i = 0;
    while i < chars.len() {
        let c = chars[i];
        if let Some((n, used)) = kanji_number(&chars[i..]) {
            out.extend(n.to_string().chars());
            i += used;
            continue;
        }
        let after_number = out.last().is_some_and(|c| c.is_ascii_digit() || matches!(c, '目' | '番' | '号' | '地'));
        let before_number = chars.get(i + 1).is_some_and(|d| d.is_ascii_digit() || kanji_digit(*d).is_some());
        match c {
            _ if DASHES.contains(&c) && after_number && before_number => {
                if out.last().is_some_and(char::is_ascii_digit) {
                    out.push('-');
                }
            }
            // 堺市: 4丁1-8
            '丁' if out.last().is_some_and(char::is_ascii_digit) && chars.get(i + 1) != Some(&'目') => out.extend(['丁', '目']),
            _ => out.push(SAME.get(&c).copied().unwrap_or(c)),
        }
        i += 1;
    }
    out.into_iter().collect()
}

fn without_postcode(chars: &[char]) -> &[char] {
    let start = usize::from(chars.first() == Some(&'〒'));
    let rest = &chars[start..];
    let digit = |i: usize| rest.get(i).is_some_and(char::is_ascii_digit);
    let dashed = (0..3).all(digit) && rest.get(3).is_some_and(|c| DASHES.contains(c)) && (4..8).all(digit) && !digit(8);
    match () {
        () if dashed => &rest[8..],
        () if start == 1 && (0..7).all(digit) => &rest[7..],
        () => rest,
    }
}

fn kanji_digit(c: char) -> Option<u32> {
    "〇一二三四五六七八九".chars().position(|d| d == c).map(|n| n as u32)
}

/// A number in kanji that counts 丁目, 番 or 号: its value and length. Elsewhere kanji numbers are names: 三郎, 八幡.
fn kanji_number(chars: &[char]) -> Option<(u32, usize)> {
    let length = chars.iter().take_while(|c| kanji_digit(**c).is_some() || **c == '十').count();
    let counts = match chars.get(length..)? {
        // 四丁 alone is a name: 山鹿市鹿北町四丁
        ['丁', '目', ..] | ['番', ..] | ['号', ..] => true,
        _ => false,
    };
    if length == 0 || length > 4 || !counts {
        return None;
    }
    let text = &chars[..length];
    let value = match text.iter().position(|c| *c == '十') {
        Some(ten) => {
            let digits = |part: &[char]| part.iter().try_fold(0, |n, c| Some(n * 10 + kanji_digit(*c)?));
            let tens = if ten == 0 { 1 } else { digits(&text[..ten])? };
            tens * 10 + digits(&text[ten + 1..])?
        }
        None => text.iter().try_fold(0, |n, c| Some(n * 10 + kanji_digit(*c)?))?,
    };
    Some((value, length))
}

/// The prefecture of a municipality code: 43101 → 熊本県.
pub fn prefecture_of(code: &str) -> Option<&'static str> {
    let number: usize = code.get(..2)?.parse().ok()?;
    PREFECTURES.split_whitespace().nth(number.checked_sub(1)?)
}

/// True and the rest, if a plain address begins with a prefecture: one of the 47, or of an invented city, told by its 県.
pub fn split_prefecture(plain: &str) -> (bool, &str) {
    let known = PREFECTURES.split_whitespace().find_map(|p| plain.strip_prefix(p));
    // 山県市 is a city: a prefecture has two or three characters before its 県
    let by_mark = || plain.char_indices().skip(2).take(2).find(|(_, c)| *c == '県').map(|(i, c)| &plain[i + c.len_utf8()..]);
    known.or_else(by_mark).map_or((false, plain), |rest| (true, rest))
}

/// The numbers an address goes on with, and what follows them (方書): `8番3号 2F` → 8, 3 and `2F`.
pub fn house_numbers(rest: &str) -> (Vec<u32>, &str) {
    let mut numbers = Vec::new();
    let mut left = rest;
    loop {
        let end = left.find(|c: char| !c.is_ascii_digit()).unwrap_or(left.len());
        let Ok(n) = left[..end].parse::<u32>() else { return (numbers, left) };
        numbers.push(n);
        left = &left[end..];
        let marks = ["番地-", "番地", "番-", "番", "号", "-"];
        match marks.iter().find_map(|m| left.strip_prefix(m).map(|rest| (*m, rest))) {
            Some(("号", rest)) => return (numbers, rest),
            Some((_, rest)) => left = rest.strip_prefix('の').unwrap_or(rest),
            None => return (numbers, left),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_one_address_is_one() {
        for text in [
            "熊本県熊本市西区花園5丁目8-3",
            "熊本県熊本市西区花園五丁目８番３号",
            "〒860-0072 熊本県熊本市西区花園５丁目８ー３",
            "熊本県 熊本市 西区 花園5丁目8−3",
            "熊本県熊本市西区花園５丁目８の３",
            "熊本県熊本市西区花園5丁8-3",
        ] {
            let plain = plain_address(text);
            let rest =
                split_prefecture(&plain).1.strip_prefix("熊本市西区花園5丁目").unwrap_or_else(|| panic!("{text} → {plain}"));
            assert_eq!(house_numbers(rest).0, [8, 3], "{text} → {plain}");
        }
        assert_eq!(split_prefecture("架空県かよい市"), (true, "かよい市"));
        assert_eq!(split_prefecture("山県市高富"), (false, "山県市高富"));
        assert_eq!(plain_address("花園5-8-3"), "花園5-8-3");
        assert_eq!(plain_address("八幡十一丁目３−２"), "八幡11丁目3-2");
        assert_eq!(plain_address("三郎一丁目"), "三郎1丁目");
        assert_eq!(plain_address("尾の上2丁目"), plain_address("尾ノ上二丁目"));
        assert_eq!(plain_address("髙橋町"), "高橋町");
        assert_eq!(plain_address("コミュニティセンター1ー2"), "コミュニティセンター1-2");
    }

    #[test]
    fn what_follows_the_numbers_is_the_building() {
        assert_eq!(house_numbers("8番3号2F"), (vec![8, 3], "2F"));
        assert_eq!(house_numbers("8番地の3公民館内"), (vec![8, 3], "公民館内"));
        assert_eq!(house_numbers("2186-1-1"), (vec![2186, 1, 1], ""));
        assert_eq!(house_numbers("公民館"), (vec![], "公民館"));
    }
}
