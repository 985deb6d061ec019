//! `/service/{id}`: one service on one page, to read, to print and to send.

use super::frame::{self, Assets, Here, page};
use super::picture::SIZE;
use super::ways;
use super::words::{Look, escaped, texts};
use crate::measure::{Hub, Meeting, Near, Next, Outing, Stay};
use crate::model::Day;
use maud::{Markup, PreEscaped, html};

/// How many coming dates are told.
const DATES: usize = 6;

/// Everything the page shows.
pub struct Detail<'a> {
    /// The service, its walk, its next meeting.
    pub near: Near<'a>,
    /// Its coming meetings.
    pub dates: Vec<Meeting<'a>>,
    /// From where.
    pub here: Here<'a>,
    /// The outing, or why there is none.
    pub outing: Option<Result<(Stay, Outing), String>>,
    /// Her ささえりあ.
    pub hub: Option<Hub<'a>>,
    /// The address of this page without her position, for others.
    pub link: String,
    /// That address as a QR code, SVG.
    pub qr: String,
    /// Somebody made sure of it lately.
    pub fresh: bool,
    /// Something was just sent about it.
    pub thanks: bool,
}

/// The page.
pub fn detail(look: &Look, assets: &Assets, d: &Detail) -> Markup {
    let t = texts();
    let s = d.near.service;
    let body = html! {
        @if d.thanks { p.done role="status" { (look.say(&t.wrong_thanks)) } }
        p.back { a href=(d.here.href(look, "/list", &[])) { (look.say(&t.back_to_list)) } }
        h1 { (frame::name(look, s)) }
        p { (if look.english() { &s.kind.kind().en } else { &s.kind.kind().ja }) }
        @if let Some(w) = d.near.walk { p.walk { (frame::walk(look, w)) } }
        p.next { strong { (frame::next(look, &d.near.next)) } }
        @if let Some(phone) = &s.phone { p { (frame::call(look, phone)) } }
        @if s.home { p { (look.say(&t.is_home)) } } @else if d.near.point.is_none() { p.trouble { (look.say(&t.not_located)) } }
        dl.facts {
            (frame::fact(look, &t.when, s.schedule.as_deref()))
            (frame::fact(look, &t.place, frame::place_of(&d.near).as_deref()))
            (frame::fact(look, &t.pickup, frame::yes_or_no(look, s.pickup.as_deref()).as_deref()))
            (fee(look, s.fee.as_deref()))
            (frame::fact(look, &t.booking, s.booking.as_deref()))
            (frame::fact(look, &t.phone, s.phone.as_deref()))
            (frame::fact(look, &t.serves, s.serves.as_deref()))
            @if let Some(url) = s.url.as_deref().filter(|u| u.starts_with("https://") || u.starts_with("http://")) {
                div { dt { (look.say(&t.web)) } dd { a href=(url) rel="noopener noreferrer" { (url) } } }
            }
        }
        @if !d.dates.is_empty() {
            h2 { (look.say(&t.dates)) }
            ul.dates { @for m in d.dates.iter().take(DATES) { li { (date(look, m)) } } }
            p.screen { a href={ "/api/services/" (s.id) "/calendar.ics" } { (look.say(&t.calendar)) } }
        }
        h2 { (look.say(&t.ways)) }
        @match &d.outing {
            Some(Ok((stay, outing))) => (ways::ways(look, stay, outing, &walk_map(look, d))),
            Some(Err(why)) => p { (why) },
            None if d.near.point.is_some() => p { (look.say(&t.ways_need)) " " a.screen href=(d.here.href(look, "/where", &[])) { (look.say(&t.where_title)) } },
            None => {}
        }
        (frame::hub(look, d.hub.as_ref()))
        (send(look, d))
        p.screen { button.js.large type="button" data-print hidden { (look.say(&t.print)) } noscript { (look.say(&t.print_keys)) } }
        p { small {
            @match (&s.verified_on, d.fresh) {
                (Some(on), true) => (look.fill(&t.checked, &[&on.replace('-', "/")])),
                _ => (look.say(&t.not_checked)),
            }
            " " (look.fill(&t.source, &[&s.source]))
        } }
        @if !Look::on(&look.embed) { (wrong(look, d)) }
    };
    let again = |l: &Look| d.here.href(l, &format!("/service/{}", s.id), &[]);
    page(look, assets, &s.name, Some(&again), &body)
}

/// A fee: what costs differently for different people or things stands line by line.
fn fee(look: &Look, text: Option<&str>) -> Markup {
    let t = texts();
    let prices = text.map(prices).unwrap_or_default();
    if prices.len() < 2 {
        return frame::fact(look, &t.fee, text);
    }
    html! {
        div {
            dt { (look.say(&t.fee)) }
            dd { table.prices { @for (what, price) in &prices { tr { th scope="row" { (what) } td { (price) } } } } }
        }
    }
}

/// What and for how much, if every part of a text says both: 「大人 200円、子ども 100円」.
fn prices(text: &str) -> Vec<(String, String)> {
    let parts = text.split(['\n', '、', '／', ';', '；']).map(str::trim).filter(|p| !p.is_empty());
    let pair = |p: &str| {
        let at = p.find(|c: char| c.is_ascii_digit() || ('０'..='９').contains(&c)).or_else(|| p.find("無料"))?;
        let (what, price) = p.split_at(at);
        let what = what.trim_end_matches(|c: char| c.is_whitespace() || "：:・（(".contains(c));
        (!what.is_empty() && (price.contains('円') || price.contains("無料"))).then(|| (what.to_owned(), price.to_owned()))
    };
    parts.map(pair).collect::<Option<Vec<_>>>().unwrap_or_default()
}

/// The day and hours one would go: of its next meeting; else those usual, on the day wished for or tomorrow.
pub fn stay(next: &Next, wished: Option<Day>, today: Day) -> Option<Stay> {
    let r = super::words::resident();
    let usual = crate::model::parse_clock(&r.arrive).unwrap_or(36_000);
    let usual = (usual, usual + r.stay_minutes * 60);
    match next {
        Next::Meets(m) => Some(Stay { day: m.day, hours: m.hours.unwrap_or(usual) }),
        Next::Open | Next::Unclear => Some(Stay { day: wished.unwrap_or(today.plus(1)), hours: usual }),
        Next::None | Next::Paused => None,
    }
}

fn date(look: &Look, m: &Meeting) -> String {
    let hours = m.hours.map(|(a, b)| look.plain(&texts().hours, &[&frame::hour(look, a), &frame::hour(look, b)]));
    hours.map_or_else(|| frame::date(look, m.day), |h| format!("{} {h}", frame::date(look, m.day)))
}

fn walk_map(look: &Look, d: &Detail) -> Markup {
    let Some(w) = d.near.walk else { return html! {} };
    let (t, far) = (texts(), frame::metres(look, w.metres));
    let src = d.here.href(&Look::default(), &format!("/service/{}/walk.svg", d.near.service.id), &[("want", ""), ("day", "")]);
    html! {
        figure {
            img src=(src) alt=(look.plain(&t.walk_map_words, &[&far])) width=(SIZE[0]) height=(SIZE[1]) loading="lazy";
            figcaption { (look.fill(&t.walk_map, &[&far])) }
        }
    }
}

fn send(look: &Look, d: &Detail) -> Markup {
    let t = texts();
    let words = format!("{}\n{}", d.near.service.name, d.link);
    let encoded = escaped(&words);
    html! {
        section.send aria-labelledby="send" {
            h2 #send { (look.say(&t.send)) }
            p.screen { a.button href={ "mailto:?body=" (encoded) } data-share=(d.link) data-title=(d.near.service.name) { (look.say(&t.send_mail)) } }
            // drawn by this program from digits alone
            div.qr { (PreEscaped(&d.qr)) p { (look.say(&t.send_qr)) br; span.link { (d.link) } } }
        }
    }
}

fn wrong(look: &Look, d: &Detail) -> Markup {
    let t = texts();
    html! {
        details.screen {
            summary { (look.say(&t.wrong)) }
            form method="post" action=(d.here.href(look, &format!("/service/{}", d.near.service.id), &[])) {
                label for="text" { (look.say(&t.wrong_label)) }
                textarea #text name="text" rows="4" maxlength="1000" required {}
                label for="contact" { (look.say(&t.wrong_contact)) }
                input #contact type="text" name="contact" maxlength="100";
                button type="submit" { (look.say(&t.wrong_send)) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::prices;

    #[test]
    fn prices_are_told_line_by_line_only_where_every_part_is_one() {
        let pairs = |t: &str| prices(t).into_iter().map(|(a, b)| format!("{a}={b}")).collect::<Vec<_>>();
        assert_eq!(pairs("大人 200円、子ども：100円、未就学児 無料"), ["大人=200円", "子ども=100円", "未就学児=無料"]);
        assert_eq!(pairs("100円（茶菓代）"), Vec::<String>::new());
        assert_eq!(pairs("月500円、ほかに実費"), Vec::<String>::new());
        assert_eq!(pairs("無料"), Vec::<String>::new());
    }
}
