//! `/list`: what there is near here, nearest first.

use super::door::choices;
use super::frame::{self, Assets, Here, page};
use super::words::{Look, resident, texts};
use crate::measure::{Hub, Near, Nearby};
use crate::model::{Day, rules};
use maud::{Markup, html};

/// Everything the list shows.
pub struct List<'a> {
    /// From where, for what.
    pub here: Here<'a>,
    /// What was found.
    pub found: Nearby<'a>,
    /// Her ささえりあ.
    pub hub: Option<Hub<'a>>,
    /// Today.
    pub today: Day,
    /// On a map above the list.
    pub map: bool,
    /// The address was only known so far, and to what.
    pub coarse: Option<&'a str>,
    /// How many are shown.
    pub shown: usize,
}

/// The page.
pub fn list(look: &Look, assets: &Assets, l: &List) -> Markup {
    let t = texts();
    let what = l.here.want.map_or_else(String::new, |c| c.plain(look));
    let title = match l.here.area {
        Some((_, name)) => look.plain(&t.list_title, &[name, &what]),
        None => look.plain(&t.near_title, &[&what]),
    };
    let body = html! {
        h1 { (title) }
        @if let Some(level) = l.coarse { p.trouble { (look.fill(&t.coarse_address, &[level])) } }
        @if !Look::on(&look.embed) { p { a href=(l.here.href(look, "/where", &[("at", ""), ("area", "")])) { (look.say(&t.change_place)) } } }
        details.refine {
            summary { (look.say(&t.change_what)) }
            (choices(look, &Here { day: None, ..l.here.clone() }, "/list"))
        }
        (days(look, l))
        (tabs(look, l))
        p role="status" { (count(look, l)) }
        @if l.map { (map(look)) }
        @if l.found.off_street { p.trouble { (look.say(&t.off_street)) } }
        ol.services { @for (i, n) in l.found.near.iter().enumerate() { (card(look, l, n, Some(i + 1))) } }
        @if l.found.count > l.found.near.len() {
            p { a.more href=(l.here.href(look, "/list", &[("n", &(l.shown + resident().shown).to_string())])) { (look.say(&t.more)) } }
        }
        @if l.found.near.is_empty() { (nothing(look, l)) }
        @if !l.found.paused.is_empty() {
            h2 { (look.say(&t.paused_title)) }
            ul.services { @for n in &l.found.paused { (card(look, l, n, None)) } }
        }
        (frame::hub(look, l.hub.as_ref()))
        p { small {
            @if l.here.at.is_some() { (look.fill(&t.rounded, &[walker(look)])) } @else { (look.say(&t.in_district)) }
        } }
    };
    let again = |k: &Look| l.here.href(k, "/list", &[]);
    page(look, assets, &title, Some(&again), &body)
}

/// Who walks, where nobody says.
fn walker(look: &Look) -> &'static str {
    let w = rules().walker.iter().find(|w| w.default).or(rules().walker.first());
    w.map_or("", |w| if look.english() { &w.en } else { &w.ja })
}

/// The next seven days: the salon that is on next Wednesday is what she comes for.
fn days(look: &Look, l: &List) -> Markup {
    let t = texts();
    let of = |day: Option<Day>| {
        let text = match day {
            None => look.plain(&t.any_day, &[]),
            Some(d) if d == l.today => format!("{} {}", look.plain(&t.today, &[]), frame::date(look, d)),
            Some(d) if d == l.today.plus(1) => format!("{} {}", look.plain(&t.tomorrow, &[]), frame::date(look, d)),
            Some(d) => frame::date(look, d),
        };
        let current = (l.here.day == day).then_some("true");
        let href = l.here.href(look, "/list", &[("day", &day.map_or(String::new(), |d| d.to_string()))]);
        html! { li { a href=(href) aria-current=[current] { (text) } } }
    };
    let week = (0..7).map(|n| Some(l.today.plus(n)));
    let chosen = l.here.day.filter(|d| d.0 < l.today.0 || d.0 >= l.today.0 + 7).map(Some);
    html! {
        nav.days aria-label=(look.plain(&t.which_day, &[])) {
            ul { (of(None)) @for d in week.chain(chosen) { (of(d)) } }
        }
    }
}

fn tabs(look: &Look, l: &List) -> Markup {
    let t = texts();
    let mark = |on: bool| on.then_some("page");
    let n = l.shown.to_string();
    let n = if l.shown == resident().shown { "" } else { &n };
    html! {
        nav.tabs {
            a href=(l.here.href(look, "/list", &[("n", n)])) aria-current=[mark(!l.map)] { (look.say(&t.as_list)) }
            a href=(l.here.href(look, "/list", &[("n", n), ("view", "map")])) aria-current=[mark(l.map)] { (look.say(&t.as_map)) }
        }
    }
}

fn map(look: &Look) -> Markup {
    let t = texts();
    html! {
        noscript { p.trouble { (look.say(&t.map_off)) } }
        div #map .js hidden role="region" aria-label=(look.plain(&t.as_map, &[])) { p { (look.say(&t.map_waits)) } }
        p.js hidden { small { (look.say(&t.map_same)) } }
    }
}

fn count(look: &Look, l: &List) -> Markup {
    let t = texts();
    if l.found.count == 0 {
        return html! {};
    }
    let (all, shown) = (l.found.count.to_string(), l.found.near.len().to_string());
    let words = match (l.found.count == l.found.near.len(), l.here.at) {
        (true, _) => look.fill(&t.count, &[&all]),
        (false, Some(_)) => look.fill(&t.count_shown, &[&all, &shown]),
        (false, None) => look.fill(&t.count_district, &[&all, &shown]),
    };
    // the day stands here too: its button may be out of sight on a narrow screen
    html! { @if let Some(day) = l.here.day { strong { (frame::date(look, day)) } " " } (words) }
}

fn card(look: &Look, l: &List, n: &Near, number: Option<usize>) -> Markup {
    let t = texts();
    let s = n.service;
    let point = n.point.map(|p| format!("{:.5},{:.5}", p.lon, p.lat));
    html! {
        li data-number=[number] data-at=[point] {
            h3 {
                @if let Some(n) = number { span.number aria-hidden="true" { (n) } }
                a href=(l.here.href(look, &format!("/service/{}", s.id), &[])) { (frame::name(look, s)) }
                small { (if look.english() { &s.kind.kind().en } else { &s.kind.kind().short }) }
            }
            @if let Some(w) = n.walk { p.walk { (frame::walk(look, w)) } }
            p.next { (frame::next(look, &n.next)) }
            dl {
                (frame::fact(look, &t.when, s.schedule.as_deref()))
                (frame::fact(look, &t.place, frame::place_of(n).as_deref()))
                (frame::fact(look, &t.pickup, frame::yes_or_no(look, s.pickup.as_deref()).as_deref()))
                (frame::fact(look, &t.fee, s.fee.as_deref()))
                (frame::fact(look, &t.booking, s.booking.as_deref()))
            }
            @if let Some(phone) = &s.phone { (frame::call(look, phone)) }
        }
    }
}

/// Never an empty screen: the nearest there is, and what else to look for.
fn nothing(look: &Look, l: &List) -> Markup {
    let t = texts();
    let minutes = format!("{:.0}", resident().minutes);
    let words = match (l.here.at, l.here.day) {
        (None, _) => look.say(&t.empty_district),
        (_, Some(day)) => look.fill(&t.empty_day, &[&frame::date(look, day), &minutes]),
        (_, None) => look.fill(&t.empty, &[&minutes]),
    };
    html! {
        @if l.found.off_street { @if l.found.beyond.is_empty() { p.trouble { (look.say(&t.nothing)) } } } @else { p.trouble { (words) } }
        @if !l.found.beyond.is_empty() {
            h2 { (look.say(&t.beyond)) }
            ul.services { @for n in &l.found.beyond { (beyond(look, l, n)) } }
        }
        p { (look.say(&t.try_other)) }
    }
}

fn beyond(look: &Look, l: &List, n: &Near) -> Markup {
    let apart = n.walk.is_none().then(|| l.here.at.zip(n.point).map(|(a, b)| crate::model::ground_metres(a, b))).flatten();
    html! {
        (card(look, l, n, None))
        @if let Some(m) = apart { li.note { (look.fill(&texts().straight, &[&frame::metres(look, m)])) } }
    }
}
