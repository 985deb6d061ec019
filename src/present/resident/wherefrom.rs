//! `/where`: near where? By address, by district, or from where one is.

use super::frame::{Assets, Here, page};
use super::words::{Look, texts};
use crate::atlas::Located;
use maud::{Markup, html};

/// What became of an address that was typed.
#[derive(Debug)]
pub enum Typed<'a> {
    /// None was.
    Nothing,
    /// Nobody knows it.
    Unknown(&'a str),
    /// It may be any of these.
    Several(Vec<Located>),
}

/// What there is to choose from.
pub struct Choices<'a> {
    /// Districts by the municipality or ward they are in: its name, then register id and name of each.
    pub districts: Vec<(String, Vec<(i64, &'a str)>)>,
    /// An address as one is written here; nothing if no list of addresses was imported.
    pub example: Option<String>,
}

/// The page.
pub fn wherefrom(look: &Look, assets: &Assets, here: &Here, choices: &Choices, typed: &Typed) -> Markup {
    let t = texts();
    let body = html! {
        h1 { (look.say(&t.where_title)) }
        @if let Some(c) = here.want { p.want { (c.name(look)) } }
        @match typed {
            Typed::Nothing => {}
            Typed::Unknown(address) => p.trouble role="alert" { (look.fill(&t.unknown_address, &[address])) }
            Typed::Several(all) => {
                h2 { (look.say(&t.which_address)) }
                ul.places { @for l in all { li { a href=(Here { at: Some(l.point), ..here.clone() }.href(look, "/list", &[])) { (l.address) } } } }
            }
        }
        p.js hidden {
            button.large type="button" data-here=(here.href(look, "/list", &[])) { (look.say(&t.here)) }
            small { (look.say(&t.here_private)) }
        }
        p #here-failed .trouble role="alert" hidden { (look.say(&t.here_failed)) }
        @match &choices.example {
            Some(example) => (form(look, here, example)),
            None => p { (look.say(&t.no_addresses)) }
        }
        h2 { (look.say(&t.districts)) }
        @if choices.districts.is_empty() { p { (look.say(&t.no_districts)) } }
        @for (city, districts) in &choices.districts {
            details open[choices.districts.len() == 1] {
                summary { (city) }
                ul.districts {
                    @for (id, name) in districts { li { a href=(here.href(look, "/list", &[("area", &id.to_string())])) { (name) } } }
                }
            }
        }
    };
    let again = |l: &Look| here.href(l, "/where", &[]);
    page(look, assets, &look.plain(&t.where_title, &[]), Some(&again), &body)
}

/// The address travels in the body of the request: it has no place in addresses of pages and in logs.
fn form(look: &Look, here: &Here, example: &str) -> Markup {
    let t = texts();
    html! {
        form.address method="post" action=(here.href(look, "/where", &[])) {
            label for="address" { (look.say(&t.address)) }
            input #address type="text" name="address" autocomplete="street-address" maxlength="200" required
                aria-describedby="address-hint";
            small #address-hint { (look.fill(&t.address_hint, &[example])) " " (look.say(&t.address_private)) }
            button type="submit" { (look.say(&t.address_go)) }
        }
    }
}
