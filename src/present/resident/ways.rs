//! 「行き方」: on foot, by bus there and back, by demand taxi.

use super::frame;
use super::words::{Look, Say, texts};
use crate::measure::{BookingWords, Itinerary, LegWords, Outing, Stay, TaxiFacts, ThereAndBack};
use maud::{Markup, html};

/// The ways of an outing; the map of the walk stands with the walk.
pub fn ways(look: &Look, stay: &Stay, o: &Outing, map: &Markup) -> Markup {
    let t = texts();
    html! {
        p { (look.fill(&t.ways_from, &[&frame::date(look, stay.day)])) }
        @if o.on_foot.there.is_some() {
            section.way { h3 { (look.say(&t.on_foot)) } (way(look, &t.there, o.on_foot.there.as_ref(), false)) (way(look, &t.back, o.on_foot.back.as_ref(), false)) (map) }
        }
        section.way {
            h3 { (look.say(&t.by_bus)) }
            @if !o.timetable { p { (look.say(&t.no_timetable)) } }
            @else if o.by_bus.there.is_none() { p { (look.say(&t.no_bus)) } }
            @else { (bus(look, &o.by_bus)) }
        }
        @if o.timetable { section.way { h3 { (look.say(&t.by_taxi)) } (taxi(look, o)) } }
    }
}

fn bus(look: &Look, trip: &ThereAndBack) -> Markup {
    let t = texts();
    html! {
        (way(look, &t.there, trip.there.as_ref(), true))
        (way(look, &t.back, trip.back.as_ref(), true))
        @if trip.back.is_none() { p { (look.say(&t.no_bus_back)) } }
        @if let Some(last) = &trip.last { p { strong { (look.fill(&t.last_back, &[&last.leave])) } } }
    }
}

fn taxi(look: &Look, o: &Outing) -> Markup {
    let t = texts();
    let refused = |f: &TaxiFacts| match f {
        f if !f.runs => Some(&t.taxi_day),
        f if !f.bookable => Some(&t.taxi_late),
        f if !f.leads => Some(&t.taxi_there),
        _ => None,
    };
    html! {
        @if o.by_taxi.there.is_none() && o.taxis.is_empty() { p { (look.say(&t.no_taxi)) } }
        @for f in &o.taxis { @if let Some(why) = refused(f) { p { (look.fill(&t.taxi_not, &[&f.service, &look.plain(why, &[])])) } } }
        (way(look, &t.there, o.by_taxi.there.as_ref(), true))
        @if let Some(b) = o.by_taxi.there.as_ref().and_then(|w| w.booking.as_ref()) { (booking(look, b)) }
        (way(look, &t.back, o.by_taxi.back.as_ref(), true))
    }
}

fn booking(look: &Look, b: &BookingWords) -> Markup {
    let t = texts();
    html! {
        p.booking {
            strong { (b.service) } " "
            @if let Some(until) = &b.until { strong { (look.fill(&t.book_until, &[until])) } " " }
            @if let Some(rule) = &b.rule { (look.fill(&t.book_how, &[rule])) " " }
            @if b.registered_only { (look.say(&t.taxi_member)) " " }
            @if let Some(fare) = &b.fare { (look.say(&t.fee)) ": " (fare) " " }
            @if let Some(phone) = &b.phone { (frame::call(look, phone)) }
        }
    }
}

fn way(look: &Look, label: &Say, w: Option<&Itinerary>, legs: bool) -> Markup {
    let t = texts();
    html! {
        @if let Some(w) = w {
            p { strong { (look.say(label)) } "： " (look.fill(&t.leave_arrive, &[&w.leave, &w.arrive, &format!("{:.0}", w.minutes.ceil())])) }
            @if legs { ol.legs { @for l in &w.legs { li { (leg(look, l)) } } } }
        }
    }
}

fn leg(look: &Look, l: &LegWords) -> String {
    if !look.english() {
        return l.ja.clone();
    }
    let what = l.line.as_deref().map_or_else(|| "Walk".to_owned(), |line| format!("Take {line}"));
    format!("{} {what}: {} to {} ({:.0} min)", l.leave, l.from, l.to, l.minutes.ceil())
}
