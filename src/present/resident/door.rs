//! `/`: what are you looking for?

use super::frame::{Assets, Here, page};
use super::words::{Look, resident, texts};
use maud::{Markup, html};

/// The door.
pub fn door(look: &Look, assets: &Assets) -> Markup {
    let t = texts();
    let body = html! {
        h1 { (look.say(&t.title)) }
        div.two {
            // without script this leads to the page that asks for an address
            a.large data-here=(Here::default().href(look, "/list", &[])) href=(look.href("/where", &[])) {
                (look.say(&t.home_button)) small { (look.say(&t.home_hint)) }
            }
            a.large href=(look.href("/where", &[])) { (look.say(&t.search_button)) }
        }
        p #here-failed .trouble role="alert" hidden { (look.say(&t.here_failed)) }
        h2 { (look.say(&t.what)) }
        (choices(look, &Here::default(), "/where"))
    };
    page(look, assets, &look.plain(&t.title, &[]), Some(&|l| l.href("/", &[])), &body)
}

/// The buttons for what can be looked for: the large ones, then the others. The one chosen is marked.
pub fn choices(look: &Look, here: &Here, path: &str) -> Markup {
    let chosen = here.want.map(|c| c.code.as_str());
    let chips = if chosen.is_some() { "choices chips" } else { "choices" };
    let link = |c: &super::words::Choice| {
        let current = (chosen == Some(c.code.as_str())).then_some("true");
        html! { a href=(here.href(look, path, &[("want", &c.code)])) aria-current=[current] { (c.name(look)) } }
    };
    html! {
        nav class=(chips) aria-label=(look.plain(&texts().what, &[])) {
            ul.four { @for c in resident().choice.iter().filter(|c| c.large) { li { (link(c)) } } }
            ul.others { @for c in resident().choice.iter().filter(|c| !c.large) { li { (link(c)) } } }
        }
    }
}
