//! Words compared as people mean them: width, spaces and kanji digits do not matter.

use unicode_normalization::UnicodeNormalization;

/// A heading or code word for comparing: NFKC, no spaces, lower case.
pub fn fold(text: &str) -> String {
    text.nfkc().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

/// Wide digits, letters and colons as narrow ones, which a line is not broken between; everything else as written.
pub fn narrow(text: &str) -> String {
    let thin = |c: char| match c {
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' | '：' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        _ => c,
    };
    text.chars().map(thin).collect()
}

/// What lists mean by ○ and ×, 有 and 無; nothing if they say more than that.
pub fn yes_or_no(text: &str) -> Option<bool> {
    match text.trim() {
        "○" | "〇" | "◯" | "有" | "有り" | "あり" | "可" => Some(true),
        "×" | "✕" | "✖" | "無" | "無し" | "なし" | "不可" => Some(false),
        _ => None,
    }
}

/// A text in the form it is searched in: as addresses are compared, hiragana for katakana, without marks.
pub fn search_key(text: &str) -> String {
    let hiragana = |c: char| match c {
        'ァ'..='ヶ' => char::from_u32(c as u32 - 0x60).unwrap_or(c),
        // the long mark is written as any dash
        '-' | '‐' | '‑' | '–' | '—' | '―' | '−' | '─' => 'ー',
        _ => c,
    };
    let plain = super::plain_address(text);
    plain.chars().flat_map(char::to_lowercase).map(hiragana).filter(|c| c.is_alphanumeric() || *c == 'ー').collect()
}

/// Town names compare with 丁目 in kanji digits: 塩上町１丁目 → 塩上町一丁目.
pub fn town_key(text: &str) -> String {
    let t = fold(text).replace(['ヶ', 'が'], "ケ");
    let Some(at) = t.find("丁目") else { return t };
    let head = &t[..at];
    let digits: String = head.chars().rev().take_while(char::is_ascii_digit).collect::<String>().chars().rev().collect();
    let Ok(n) = digits.parse::<u32>() else { return t };
    format!("{}{}{}", &head[..head.len() - digits.len()], kanji_number(n), &t[at..])
}

fn kanji_number(n: u32) -> String {
    const D: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let tens = match n / 10 {
        0 => String::new(),
        1 => "十".to_owned(),
        t => format!("{}十", D[t as usize % 10]),
    };
    tens + D[n as usize % 10]
}
