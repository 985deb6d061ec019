//! 「第2・4火曜 10時〜11時半」 → `Tu[2,4] 10:00-11:30`. What cannot be known is said, never guessed.

use unicode_normalization::UnicodeNormalization;

/// Why a schedule cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unclear {
    /// Nothing is written.
    Empty,
    /// 不定期, 随時, 要問合せ: there is no rule.
    Irregular,
    /// 隔週: nobody knows from which week.
    EveryOtherWeek,
    /// Words we do not know.
    Words,
}

impl Unclear {
    /// In words, with what to do.
    pub fn ja(self) -> &'static str {
        match self {
            Self::Empty => "曜日・時間が書かれていません。",
            Self::Irregular => "不定期のため、開催日が分かりません。",
            Self::EveryOtherWeek => "隔週の始まりの週が分かりません。次の開催日を確かめてください。",
            Self::Words => "曜日・時間の書き方を読めません。例: 第2・4火曜 10時～11時半",
        }
    }
}

const WEEKDAYS: [(char, &str); 7] =
    [('月', "Mo"), ('火', "Tu"), ('水', "We"), ('木', "Th"), ('金', "Fr"), ('土', "Sa"), ('日', "Su")];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/// 年末年始 as municipal offices keep it: 行政機関の休日に関する法律 第1条 (12月29日から1月3日).
const NEW_YEAR: &str = "Dec 29-Jan 03 off";

/// `opening_hours` text for a Japanese schedule.
///
/// # Errors
/// What is not clear about it.
pub fn from_japanese(text: &str) -> Result<String, Unclear> {
    let mut t = fold(text);
    if t.is_empty() {
        return Err(Unclear::Empty);
    }
    if ["隔週", "1週おき", "2週に1回", "2週間に1回"].iter().any(|w| t.contains(w)) {
        return Err(Unclear::EveryOtherWeek);
    }
    if ["不定期", "随時", "未定", "要問", "応相談", "お問"].iter().any(|w| t.contains(w)) {
        return Err(Unclear::Irregular);
    }
    let closed = closures(&mut t);
    let mut words = Words { rest: t.chars().collect(), at: 0 };
    let rules = words.rules()?;
    if rules.is_empty() {
        return Err(Unclear::Words);
    }
    Ok(rules.into_iter().chain(closed).collect::<Vec<_>>().join("; "))
}

/// Widths made equal, dashes one dash, spaces and ornaments gone.
fn fold(text: &str) -> String {
    let dash = |c: char| if "~〜‐‑‒–—―−─ー".contains(c) { '-' } else { c };
    let t: String = text.nfkc().map(dash).filter(|c| !c.is_whitespace() && !"【】「」*※".contains(*c)).collect();
    t.replace("から", "-").replace("まで", "").replace("曜日", "曜").replace("半日", "")
}

/// Takes closures out of the text and gives them as rules.
fn closures(t: &mut String) -> Vec<String> {
    let mut out = Vec::new();
    let mut take = |t: &mut String, words: &[&str], rule: &str| {
        for w in words {
            if t.contains(w) {
                *t = t.replace(w, "");
                if !out.contains(&rule.to_owned()) {
                    out.push(rule.to_owned());
                }
            }
        }
    };
    const OFF: [&str; 9] = ["を除く", "除く", "は休み", "休み", "は休館", "休館", "は除く", "お休み", "休"];
    let with_off = |names: &[&str]| -> Vec<String> {
        let mut all: Vec<String> = names.iter().flat_map(|n| OFF.iter().map(move |o| format!("{n}{o}"))).collect();
        all.extend(names.iter().map(|n| format!("除く{n}")));
        all.sort_by_key(|w| std::cmp::Reverse(w.len()));
        all
    };
    let both =
        with_off(&["祝日・年末年始", "祝日、年末年始", "祝祭日・年末年始", "祝・年末年始", "祝日及び年末年始", "祝日と年末年始"]);
    for w in &both {
        if t.contains(w.as_str()) {
            take(t, &[w], "PH off");
            take(t, &[""], NEW_YEAR);
        }
    }
    for (names, rule) in [
        (vec!["祝祭日", "祝日", "国民の祝日", "祝"], "PH off"),
        (vec!["年末年始"], NEW_YEAR),
        (vec!["お盆", "盆"], "Aug 13-Aug 15 off"),
        (vec!["第5週"], "Mo-Su[5] off"),
    ] {
        let words = with_off(&names);
        take(t, &words.iter().map(String::as_str).collect::<Vec<_>>(), rule);
    }
    for (i, name) in MONTHS.iter().enumerate().rev() {
        let words = with_off(&[&format!("{}月中", i + 1), &format!("{}月", i + 1)]);
        take(t, &words.iter().map(String::as_str).collect::<Vec<_>>(), &format!("{name} off"));
    }
    *t = t.replace("()", "").replace("(・)", "").replace("(、)", "");
    out
}

struct Words {
    rest: Vec<char>,
    at: usize,
}

/// Which days a part speaks of.
#[derive(Default)]
struct Days {
    weekly: Vec<String>,
    dates: Vec<u8>,
}

impl Words {
    fn peek(&self) -> Option<char> {
        self.rest.get(self.at).copied()
    }

    fn follows(&self, word: &str) -> bool {
        word.chars().enumerate().all(|(i, c)| self.rest.get(self.at + i) == Some(&c))
    }

    fn skip(&mut self, word: &str) -> bool {
        let found = self.follows(word);
        if found {
            self.at += word.chars().count();
        }
        found
    }

    fn number(&mut self) -> Option<u8> {
        let digits: String = self.rest[self.at..].iter().take_while(|c| c.is_ascii_digit()).take(2).collect();
        if !digits.is_empty() {
            self.at += digits.len();
            return digits.parse().ok();
        }
        let n = "一二三四五".chars().position(|c| Some(c) == self.peek())?;
        self.at += 1;
        Some(n as u8 + 1)
    }

    /// Parts of days and hours, one rule each.
    fn rules(&mut self) -> Result<Vec<String>, Unclear> {
        let mut rules = Vec::new();
        let (mut days, mut hours) = (Days::default(), Vec::<String>::new());
        while self.peek().is_some() {
            let before = self.at;
            if let Some(h) = self.hours() {
                hours.push(h);
            } else if self.starts_days() {
                if !hours.is_empty() {
                    rules.push(rule(&days, &hours)?);
                    (days, hours) = (Days::default(), Vec::new());
                }
                self.days(&mut days)?;
            } else {
                self.ornament()?;
            }
            if self.at == before {
                return Err(Unclear::Words);
            }
        }
        if !hours.is_empty() || !days.weekly.is_empty() || !days.dates.is_empty() {
            rules.push(rule(&days, &hours)?);
        }
        Ok(rules)
    }

    /// Words that change nothing.
    fn ornament(&mut self) -> Result<(), Unclear> {
        const PLAIN: [&str; 22] = [
            "毎週",
            "毎月",
            "月1回",
            "月2回",
            "週1回",
            "週2回",
            "週3回",
            "開催",
            "実施",
            "開館",
            "営業",
            "午前中",
            "頃",
            "ごろ",
            "(",
            ")",
            "・",
            "、",
            ",",
            "/",
            ":",
            "。",
        ];
        if PLAIN.iter().any(|w| self.skip(w)) { Ok(()) } else { Err(Unclear::Words) }
    }

    fn starts_days(&self) -> bool {
        let number_of_month = self.follows("月1回") || self.follows("月2回");
        let weekday = self.peek().is_some_and(|c| WEEKDAYS.iter().any(|w| w.0 == c)) && !number_of_month;
        let date = self.peek().is_some_and(|c| c.is_ascii_digit()) && {
            let digits = self.rest[self.at..].iter().take_while(|c| c.is_ascii_digit()).count();
            self.rest.get(self.at + digits) == Some(&'日')
        };
        let words = ["第", "最終", "最後の", "毎日", "平日", "土日", "年中無休"];
        weekday || date || words.iter().any(|w| self.follows(w))
    }

    fn days(&mut self, out: &mut Days) -> Result<(), Unclear> {
        if self.skip("毎日") || self.skip("年中無休") {
            out.weekly.push("Mo-Su".into());
            return Ok(());
        }
        if self.skip("平日") {
            out.weekly.push("Mo-Fr".into());
            return Ok(());
        }
        if self.peek().is_some_and(|c| c.is_ascii_digit()) {
            let day = self.number().filter(|d| (1..=31).contains(d)).ok_or(Unclear::Words)?;
            self.skip("日");
            out.dates.push(day);
            return Ok(());
        }
        let mut nth: Vec<String> = Vec::new();
        if self.skip("最終") || self.skip("最後の") {
            nth.push("-1".into());
        }
        while self.follows("第") || (!nth.is_empty() && self.more_numbers()) {
            while ["第", "・", "、", ",", "と", "/", "週"].iter().any(|w| self.skip(w)) {}
            let n = self.number().filter(|n| (1..=5).contains(n)).ok_or(Unclear::Words)?;
            nth.push(n.to_string());
            while self.skip("週") || self.follows("の") && self.skip("の") {}
        }
        let weekdays = self.weekdays();
        if weekdays.is_empty() {
            return Err(Unclear::Words);
        }
        let nth = if nth.is_empty() { String::new() } else { format!("[{}]", nth.join(",")) };
        if nth.is_empty() {
            out.weekly.extend(weekdays);
        } else {
            // nth counts single weekdays, not ranges
            out.weekly.extend(weekdays.iter().flat_map(|w| singles(w)).map(|d| format!("{d}{nth}")));
        }
        Ok(())
    }

    /// After a first number: a separator and another number come before the weekday.
    fn more_numbers(&self) -> bool {
        let mut i = self.at;
        while self.rest.get(i).is_some_and(|c| "・、,と/".contains(*c)) {
            i += 1;
        }
        i > self.at && self.rest.get(i).is_some_and(|c| c.is_ascii_digit() || *c == '第' || "一二三四五".contains(*c))
    }

    fn weekdays(&mut self) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        loop {
            let name = |c: Option<char>| WEEKDAYS.iter().find(|w| Some(w.0) == c).map(|w| w.1);
            let Some(day) = name(self.peek()) else { break };
            self.at += 1;
            self.skip("曜");
            if self.follows("-") && name(self.rest.get(self.at + 1).copied()).is_some() {
                self.at += 1;
                let end = name(self.peek()).unwrap_or(day);
                self.at += 1;
                self.skip("曜");
                found.push(format!("{day}-{end}"));
            } else {
                found.push(day.into());
            }
            // a separator belongs to the list only if a weekday follows
            let separator = self.peek().is_some_and(|c| "・、,と/".contains(c));
            if separator && name(self.rest.get(self.at + 1).copied()).is_some() {
                self.at += 1;
            }
        }
        found
    }

    /// A time range, or a start alone.
    fn hours(&mut self) -> Option<String> {
        let start_at = self.at;
        let Some((from, afternoon)) = self.clock(false) else {
            self.at = start_at;
            return None;
        };
        self.skip("頃");
        if !self.skip("-") {
            // the end is not said: an hour, as such lists mean a meeting
            return Some(range(from, from + 60));
        }
        let back = self.at;
        let Some((mut to, _)) = self.clock(afternoon) else {
            self.at = back;
            return Some(range(from, from + 60));
        };
        if to <= from && to + 12 * 60 > from {
            to += 12 * 60;
        }
        Some(range(from, to))
    }

    /// Minutes of a clock time, and whether it is an afternoon.
    fn clock(&mut self, inherited: bool) -> Option<(u32, bool)> {
        if self.skip("正午") {
            return Some((720, false));
        }
        let morning = self.skip("午前") || self.skip("AM") || self.skip("am");
        let afternoon = self.skip("午後") || self.skip("PM") || self.skip("pm");
        let digits: String = self.rest[self.at..].iter().take_while(|c| c.is_ascii_digit()).take(2).collect();
        let hour: u32 = digits.parse().ok().filter(|h| *h <= 24)?;
        self.at += digits.len();
        let minutes = if self.skip("時") {
            if self.skip("半") {
                30
            } else {
                let m: String = self.rest[self.at..].iter().take_while(|c| c.is_ascii_digit()).collect();
                let is_minute = !m.is_empty() && self.rest.get(self.at + m.len()) == Some(&'分');
                if is_minute {
                    self.at += m.len() + 1;
                    m.parse().ok()?
                } else {
                    0
                }
            }
        } else if self.follows(":") {
            self.at += 1;
            let m: String = self.rest[self.at..].iter().take_while(|c| c.is_ascii_digit()).take(2).collect();
            self.at += m.len();
            m.parse().ok()?
        } else {
            return None;
        };
        let later = (afternoon || inherited && !morning) && hour < 12;
        (minutes < 60).then_some((hour * 60 + minutes + if later { 720 } else { 0 }, afternoon || inherited))
    }
}

fn range(from: u32, to: u32) -> String {
    let clock = |m: u32| format!("{:02}:{:02}", m / 60, m % 60);
    format!("{}-{}", clock(from), clock(to.min(24 * 60)))
}

fn singles(range: &str) -> Vec<&'static str> {
    let at = |n: &str| WEEKDAYS.iter().position(|w| w.1 == n);
    let (a, b) = range.split_once('-').unwrap_or((range, range));
    match (at(a), at(b)) {
        (Some(a), Some(b)) if a <= b => (a..=b).map(|i| WEEKDAYS[i].1).collect(),
        (Some(a), Some(b)) => (a..7).chain(0..=b).map(|i| WEEKDAYS[i].1).collect(),
        _ => Vec::new(),
    }
}

fn rule(days: &Days, hours: &[String]) -> Result<String, Unclear> {
    let mut parts = Vec::new();
    let times = hours.join(",");
    let tail = |head: String| if times.is_empty() { head } else { format!("{head} {times}") };
    if !days.dates.is_empty() {
        let dates: Vec<String> = MONTHS.iter().flat_map(|m| days.dates.iter().map(move |d| format!("{m} {d:02}"))).collect();
        parts.push(tail(dates.join(",")));
    }
    if !days.weekly.is_empty() {
        parts.push(tail(days.weekly.join(",")));
    }
    if parts.is_empty() {
        return Err(Unclear::Words); // hours without days
    }
    Ok(parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_as_lists_write_them() {
        let cases = [
            ("第2・4火曜 10時〜11時半", "Tu[2,4] 10:00-11:30"),
            ("第２、第４木曜日 午後1時30分～3時", "Th[2,4] 13:30-15:00"),
            ("月～金（祝日除く）9:00～16:00", "Mo-Fr 09:00-16:00; PH off"),
            ("最終金曜 14:00～16:00", "Fr[-1] 14:00-16:00"),
            ("第4土曜（8月休み）9時～12時", "Sa[4] 09:00-12:00; Aug off"),
            ("毎週金曜（年末年始休み） 10:00～12:00", "Fr 10:00-12:00; Dec 29-Jan 03 off"),
            ("木・金 ９：３０～１１：００", "Th,Fr 09:30-11:00"),
            ("第二木曜日 １０時～正午", "Th[2] 10:00-12:00"),
            ("月水金", "Mo,We,Fr"),
            ("平日土曜日", "Mo-Fr,Sa"),
            ("毎週月曜・木曜 13:30-15:00", "Mo,Th 13:30-15:00"),
            ("月・水 10:00-11:30、金 13:00-15:00", "Mo,We 10:00-11:30; Fr 13:00-15:00"),
            ("月火水木金土 9:00-12:30 14:00-17:30", "Mo,Tu,We,Th,Fr,Sa 09:00-12:30,14:00-17:30"),
        ];
        for (text, expected) in cases {
            assert_eq!(from_japanese(text).as_deref(), Ok(expected), "{text}");
        }
        assert_eq!(from_japanese("隔週木曜 10:00～11:30"), Err(Unclear::EveryOtherWeek));
        assert_eq!(from_japanese("不定期"), Err(Unclear::Irregular));
        assert_eq!(from_japanese(""), Err(Unclear::Empty));
        assert_eq!(from_japanese("お楽しみに"), Err(Unclear::Words));
    }
}
