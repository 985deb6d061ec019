//! What every residents' page has around it, and what the pages share: dates and distances in words, telephone buttons.

use super::words::{Choice, Look, texts};
use crate::measure::{Hub, Meeting, Near, Next, Walk};
use crate::model::{Day, LonLat, PublicService, clock, holiday};
use maud::{DOCTYPE, Markup, html};

/// The built script and styles of the pages.
#[derive(Debug, Clone, Default)]
pub struct Assets {
    /// Addresses of style sheets.
    pub styles: Vec<String>,
    /// Address of the script.
    pub script: String,
}

/// Where a reader is looking from, and for what: carried from page to page.
#[derive(Debug, Clone, Default)]
pub struct Here<'a> {
    /// The home, rounded.
    pub at: Option<LonLat>,
    /// Or a district: its register id and name.
    pub area: Option<(i64, &'a str)>,
    /// What is looked for.
    pub want: Option<&'a Choice>,
    /// On which day.
    pub day: Option<Day>,
}

impl Here<'_> {
    /// The address of a page that goes on from here.
    pub fn href(&self, look: &Look, path: &str, more: &[(&str, &str)]) -> String {
        let at = self.at.map_or(String::new(), |p| format!("{:.4},{:.4}", p.lon, p.lat));
        let area = self.area.map_or(String::new(), |a| a.0.to_string());
        let day = self.day.map_or(String::new(), |d| d.to_string());
        let want = self.want.map_or("", |c| &c.code);
        let own = [("at", at.as_str()), ("area", &area), ("want", want), ("day", &day)];
        // what is named outright goes before what is carried along
        let kept = own.into_iter().filter(|(k, _)| !more.iter().any(|(m, _)| m == k));
        look.href(path, &kept.chain(more.iter().copied()).collect::<Vec<_>>())
    }
}

/// A whole page. `again` is the address of the same page, to which the switches lead; nothing after a form was sent.
pub fn page(look: &Look, assets: &Assets, title: &str, again: Option<&dyn Fn(&Look) -> String>, body: &Markup) -> Markup {
    let t = texts();
    let embedded = Look::on(&look.embed);
    let class = if Look::on(&look.big) { "big" } else { "" };
    html! {
        (DOCTYPE)
        html lang=(look.code()) class=(class) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " | " (look.plain(&t.site, &[])) }
                link rel="icon" href="/icon.svg" type="image/svg+xml";
                @for s in &assets.styles { link rel="stylesheet" href=(s); }
                @if !assets.script.is_empty() { script type="module" async src=(assets.script) {} }
            }
            body data-embed[embedded] {
                a.skip href="#main" { (look.say(&t.skip)) }
                @if !embedded {
                    header {
                        a.site href=(look.href("/", &[])) { (look.say(&t.site)) }
                        @if let Some(again) = again { (switches(look, again)) }
                    }
                }
                main #main { (body) }
                @if !embedded {
                    footer {
                        a href=(look.href("/", &[])) { (look.say(&t.back_to_door)) }
                        a href="/plan" { (look.say(&t.planners)) }
                        a href="/desk" { (look.say(&t.staff)) }
                    }
                }
            }
        }
    }
}

fn switches(look: &Look, again: &dyn Fn(&Look) -> String) -> Markup {
    let t = texts();
    let flip = |s: &str| if Look::on(s) { String::new() } else { "1".to_owned() };
    let big = Look { big: flip(&look.big), ..look.clone() };
    let kana = Look { kana: flip(&look.kana), ..look.clone() };
    let lang = Look { lang: if look.english() { String::new() } else { "en".into() }, ..look.clone() };
    html! {
        nav.switches {
            a href=(again(&big)) { (look.say(if Look::on(&look.big) { &t.big_off } else { &t.big })) }
            @if !look.english() {
                a href=(again(&kana)) { (look.say(if Look::on(&look.kana) { &t.kana_off } else { &t.kana })) }
            }
            @if look.english() { a href=(again(&lang)) lang="ja" { "日本語" } } @else { a href=(again(&lang)) lang="en" { "English" } }
        }
    }
}

/// 700メートル, 1.2キロ.
pub fn metres(look: &Look, metres: f64) -> String {
    let t = texts();
    let ten = (metres / 10.0).round() * 10.0;
    if ten < 1000.0 {
        return look.plain(&t.metres, &[&format!("{ten:.0}")]);
    }
    look.plain(&t.kilometres, &[&format!("{:.1}", metres / 1000.0)])
}

/// 歩いて約12分（700メートル）: never fewer minutes than it takes.
pub fn walk(look: &Look, w: Walk) -> Markup {
    look.fill(&texts().walk, &[&format!("{:.0}", w.minutes.ceil().max(1.0)), &metres(look, w.metres)])
}

/// 11/25(水), 11/23(月・祝); Wed 25 Nov.
pub fn date(look: &Look, day: Day) -> String {
    let d = day.date();
    let off = holiday(day).map(|_| look.plain(&texts().holiday, &[]));
    if look.english() {
        return d.strftime("%a %-d %b").to_string() + &off.map_or(String::new(), |o| format!(" ({o})"));
    }
    let off = off.map_or(String::new(), |o| format!("・{o}"));
    format!("{}({}{off})", d.strftime("%-m/%-d"), day.weekday_ja())
}

/// 10時, 1時半 for Japanese readers; 10:00.
pub fn hour(look: &Look, seconds: u32) -> String {
    let (h, m) = (seconds / 3600 % 24, seconds / 60 % 60);
    match (look.english(), m) {
        (true, _) => clock(seconds),
        (_, 0) => format!("{h}時"),
        (_, m) => format!("{h}時{m}分"),
    }
}

/// 11/25(水) 10時から.
pub fn meeting(look: &Look, m: &Meeting) -> String {
    let from = m.hours.map(|(from, _)| look.plain(&texts().from_hour, &[&hour(look, from)]));
    from.map_or_else(|| date(look, m.day), |from| format!("{} {from}", date(look, m.day)))
}

/// When it is the next time, in words.
pub fn next(look: &Look, next: &Next) -> Markup {
    let t = texts();
    match next {
        Next::Meets(m) => look.fill(&t.next, &[&meeting(look, m)]),
        Next::Open => look.say(&t.open),
        Next::Unclear => look.say(&t.unclear),
        Next::None => look.say(&t.none),
        Next::Paused => look.say(&t.paused),
    }
}

/// A button that dials.
pub fn call(look: &Look, phone: &str) -> Markup {
    let number: String = phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    html! {
        @if number.len() >= 6 { a.call href={ "tel:" (number) } { (look.fill(&texts().call, &[phone])) } } @else { (phone) }
    }
}

/// A row of the facts of a service, if its list says them.
pub fn fact(look: &Look, label: &super::words::Say, value: Option<&str>) -> Markup {
    html! {
        @if let Some(v) = value.filter(|v| !v.trim().is_empty()) {
            div { dt { (look.say(label)) } dd { (v) } }
        }
    }
}

/// What lists write as ○ and × in words; the rest as it is.
pub fn yes_or_no(look: &Look, value: Option<&str>) -> Option<String> {
    let t = texts();
    Some(match crate::model::yes_or_no(value?) {
        Some(true) => look.plain(&t.yes, &[]),
        Some(false) => look.plain(&t.no, &[]),
        None => value?.to_owned(),
    })
}

/// The name of a service as a heading would have it, with its reading where wanted.
pub fn name(look: &Look, s: &PublicService) -> Markup {
    let kana = s.kana.as_deref().filter(|k| Look::on(&look.kana) && s.venue.is_none() && !k.is_empty());
    html! { (s.name) @if let Some(k) = kana { small.kana { "（" (k) "）" } } }
}

/// Her ささえりあ, always.
pub fn hub(look: &Look, hub: Option<&Hub>) -> Markup {
    let t = texts();
    html! {
        aside.hub aria-labelledby="hub" {
            h2 #hub { (look.say(&t.hub_title)) }
            @match hub {
                Some(h) => {
                    p { strong { (h.service.name) } }
                    p { (look.say(if h.responsible { &t.hub_yours } else { &t.hub_nearest })) }
                    @if let Some(a) = &h.service.address { p { (a) } }
                    @if let Some(phone) = &h.service.phone { p { (call(look, phone)) } }
                }
                None => p { (look.say(&t.hub_none)) }
            }
        }
    }
}

/// Where a service is, in words.
pub fn place_of(near: &Near) -> Option<String> {
    let parts: Vec<&str> = [&near.service.venue, &near.service.address].into_iter().flatten().map(String::as_str).collect();
    Some(parts.join("　")).filter(|p| !p.is_empty())
}
