//! What the residents' pages say, from `data/resident.toml`, in the language and with the reading aids a reader wants.

use crate::model::{KindId, kind_by_code};
use maud::{Markup, html};
use serde::Deserialize;
use std::sync::LazyLock;

/// A text in both languages; Japanese with readings as `{漢字|かんじ}`, gaps as `%1`.
#[derive(Debug, Default, Deserialize)]
pub struct Say {
    ja: String,
    en: String,
}

/// Something to look for.
#[derive(Debug, Deserialize)]
pub struct Choice {
    /// Stable code, for addresses.
    pub code: String,
    ja: String,
    en: String,
    /// A large button.
    #[serde(default)]
    pub large: bool,
    kinds: Vec<String>,
}

impl Choice {
    /// Its kinds.
    pub fn kinds(&self) -> Vec<KindId> {
        self.kinds.iter().filter_map(|k| kind_by_code(k)).collect()
    }

    /// Its name.
    pub fn name(&self, look: &Look) -> Markup {
        look.show(&self.ja, &self.en, &[])
    }

    /// Its name without markup.
    pub fn plain(&self, look: &Look) -> String {
        look.text(&self.ja, &self.en, &[])
    }
}

macro_rules! texts {
    ($($name:ident)*) => {
        /// Every text of the pages.
        #[derive(Debug, Default, Deserialize)]
        #[serde(deny_unknown_fields)]
        #[allow(missing_docs)]
        pub struct Texts { $(pub $name: Say,)* }
    };
}

texts! {
    title site skip home_button home_hint search_button what other where_title address address_hint address_go address_private
    here here_private here_failed districts no_districts no_addresses which_address unknown_address coarse_address list_title
    near_title yes no change_place rounded in_district any_day today tomorrow change_what which_day count count_shown count_district more walk no_walk
    next from_hour hours open unclear none paused paused_title when place pickup fee booking phone serves web not_written
    not_located is_home call details empty empty_day nothing empty_district beyond straight off_street try_other hub_title hub_yours
    hub_nearest hub_none as_list as_map map_same map_waits map_off ways ways_from ways_need on_foot by_bus by_taxi there back
    last_back leave_arrive no_bus no_bus_back no_timetable no_taxi taxi_not taxi_day taxi_late taxi_there book_until book_how
    taxi_member walk_map walk_map_words send send_mail send_qr print print_keys calendar dates checked not_checked source wrong
    wrong_label wrong_contact wrong_send wrong_thanks back_to_list back_to_door big big_off kana kana_off missing bad trouble
    staff planners holiday metres kilometres
}

/// What the residents' pages offer and say.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resident {
    /// How far "near" is, minutes on foot.
    pub minutes: f64,
    /// How many services are shown at once.
    pub shown: usize,
    /// Positions are rounded to so many degrees.
    pub grid: f64,
    /// When one wants to be at a service that says no hours.
    pub arrive: String,
    /// How long one stays there, minutes.
    pub stay_minutes: u32,
    /// What can be looked for.
    pub choice: Vec<Choice>,
    /// What is said.
    pub text: Texts,
}

static RESIDENT: LazyLock<Resident> =
    LazyLock::new(|| toml::from_str(include_str!("../../../data/resident.toml")).unwrap_or_default());

/// What the residents' pages offer and say.
pub fn resident() -> &'static Resident {
    &RESIDENT
}

/// The texts.
pub fn texts() -> &'static Texts {
    &RESIDENT.text
}

/// How a reader wants the pages; carried along in their addresses, so that no cookie is needed.
#[derive(Debug, Clone, Default, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub struct Look {
    /// `en`; else Japanese.
    pub lang: String,
    /// With readings over the characters.
    pub kana: String,
    /// In large type.
    pub big: String,
    /// Inside a page of the city.
    pub embed: String,
}

impl Look {
    /// In English.
    pub fn english(&self) -> bool {
        self.lang == "en"
    }

    /// The code of the language.
    pub fn code(&self) -> &'static str {
        if self.english() { "en" } else { "ja" }
    }

    /// Whether a switch is on.
    pub fn on(switch: &str) -> bool {
        switch == "1"
    }

    /// A text.
    pub fn say(&self, s: &Say) -> Markup {
        self.show(&s.ja, &s.en, &[])
    }

    /// A text with its gaps filled.
    pub fn fill(&self, s: &Say, gaps: &[&str]) -> Markup {
        self.show(&s.ja, &s.en, gaps)
    }

    /// A text without markup.
    pub fn plain(&self, s: &Say, gaps: &[&str]) -> String {
        self.text(&s.ja, &s.en, gaps)
    }

    fn show(&self, ja: &str, en: &str, gaps: &[&str]) -> Markup {
        if self.english() || !Self::on(&self.kana) {
            return html! { (self.text(ja, en, gaps)) };
        }
        html! {
            @for (base, reading) in pieces(ja) {
                @match reading {
                    Some(r) => { ruby { (base) rp { "(" } rt { (r) } rp { ")" } } },
                    None => { (filled(base, gaps)) },
                }
            }
        }
    }

    fn text(&self, ja: &str, en: &str, gaps: &[&str]) -> String {
        if self.english() {
            return filled(en, gaps);
        }
        filled(&pieces(ja).map(|(base, _)| base).collect::<String>(), gaps)
    }

    /// The address of a page, with how it is wanted; empty values are left out.
    pub fn href(&self, path: &str, more: &[(&str, &str)]) -> String {
        let own = [("lang", &self.lang), ("kana", &self.kana), ("big", &self.big), ("embed", &self.embed)];
        let all = more.iter().copied().chain(own.iter().map(|(k, v)| (*k, v.as_str()))).filter(|(_, v)| !v.is_empty());
        let query: Vec<String> = all.map(|(k, v)| format!("{k}={}", escaped(v))).collect();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
    }
}

/// Percent-encoding of everything that is not plain in an address.
pub(super) fn escaped(value: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.,:".contains(&b);
    value.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

/// `{漢字|かんじ}` as base and reading, the rest as it is.
fn pieces(text: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if let Some((base, after)) = rest.strip_prefix('{').and_then(|r| r.split_once('}')) {
            rest = after;
            return Some(base.split_once('|').map_or((base, None), |(base, reading)| (base, Some(reading))));
        }
        let end = rest[usize::from(rest.starts_with('{'))..].find('{').unwrap_or(rest.len());
        let (plain, after) = rest.split_at(end);
        rest = after;
        (!plain.is_empty()).then_some((plain, None))
    })
}

fn filled(text: &str, gaps: &[&str]) -> String {
    gaps.iter().enumerate().fold(text.to_owned(), |t, (i, gap)| t.replace(&format!("%{}", i + 1), gap))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_read_whole_and_every_choice_names_kinds_there_are() {
        let file: Resident = toml::from_str(include_str!("../../../data/resident.toml")).unwrap();
        assert_eq!(file.choice.iter().filter(|c| c.large).count(), 4);
        for c in &file.choice {
            assert_eq!(c.kinds().len(), c.kinds.len(), "{}", c.code);
        }
        // outside of readings no Chinese character is left without one
        let kanji = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
        let whole = include_str!("../../../data/resident.toml");
        for line in whole.lines().filter(|l| !l.starts_with('#')) {
            let Some(ja) = line.split("ja = \"").nth(1).and_then(|r| r.split('"').next()) else { continue };
            let bare: Vec<&str> =
                pieces(ja).filter(|(base, reading)| reading.is_none() && base.contains(kanji)).map(|p| p.0).collect();
            assert!(bare.is_empty(), "{bare:?} in {line}");
        }
    }

    #[test]
    fn readings_stand_over_their_characters_only_where_wanted() {
        let say = Say { ja: "{次|つぎ}は %1".into(), en: "Next: %1".into() };
        let look = Look::default();
        assert_eq!(look.plain(&say, &["<水>"]), "次は <水>");
        assert_eq!(look.fill(&say, &["<水>"]).into_string(), "次は &lt;水&gt;");
        let kana = Look { kana: "1".into(), ..Look::default() };
        assert_eq!(kana.fill(&say, &["<水>"]).into_string(), "<ruby>次<rp>(</rp><rt>つぎ</rt><rp>)</rp></ruby>は &lt;水&gt;");
        assert_eq!(Look { lang: "en".into(), ..Look::default() }.plain(&say, &["Wed"]), "Next: Wed");
        assert_eq!(kana.href("/list", &[("at", "130.7,32.8"), ("want", "")]), "/list?at=130.7,32.8&kana=1");
        assert_eq!(escaped("a b/花"), "a%20b%2F%E8%8A%B1");
    }
}
