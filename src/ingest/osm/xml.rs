//! `.osm` XML.

use super::super::{Reading, Refusal};
use super::collect::Collected;
use super::tags::Tags;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

/// The element being read.
#[derive(Default)]
struct Open {
    kind: String,
    id: i64,
    point: [i32; 2],
    refs: Vec<i64>,
    members: Vec<(i64, bool)>,
    tags: Vec<(String, String)>,
}

/// Reads an extract.
pub fn read_xml(content: &str, stem: &str) -> Result<Reading, Refusal> {
    let broken = |e: &dyn std::fmt::Display| {
        Refusal::new("broken_osm", format!("OpenStreetMapのXMLが壊れているか、途中で切れています（{e}）。"))
    };
    let mut reader = Reader::from_str(content);
    let mut collected = Collected::default();
    let mut open = Open::default();
    let mut ended = false;
    loop {
        match reader.read_event().map_err(|e| broken(&e))? {
            Event::Start(e) => start(&mut open, &mut collected, &e),
            Event::Empty(e) => {
                start(&mut open, &mut collected, &e);
                close(&mut open, &mut collected, e.name().as_ref());
            }
            Event::End(e) => {
                ended |= e.name().as_ref() == "osm";
                close(&mut open, &mut collected, e.name().as_ref());
            }
            Event::Eof if !ended => return Err(broken(&"終わりの </osm> がありません")),
            Event::Eof => break,
            _ => {}
        }
    }
    super::finish(collected, stem)
}

fn attribute(e: &BytesStart, name: &str) -> Option<String> {
    let a = e.try_get_attribute(name).ok()??;
    quick_xml::escape::unescape(&a.value).ok().map(std::borrow::Cow::into_owned)
}

fn number<T: std::str::FromStr>(e: &BytesStart, name: &str) -> Option<T> {
    attribute(e, name)?.parse().ok()
}

fn start(open: &mut Open, collected: &mut Collected, e: &BytesStart) {
    match e.name().as_ref() {
        "osm" => collected.timestamp = attribute(e, "timestamp").map(|t| t.chars().take(10).collect()),
        kind @ ("node" | "way" | "relation") => {
            *open = Open { kind: kind.to_owned(), id: number(e, "id").unwrap_or_default(), ..Open::default() };
            let degrees = |name| (number::<f64>(e, name).unwrap_or_default() * 1e7).round() as i32;
            open.point = [degrees("lon"), degrees("lat")];
        }
        "nd" => open.refs.extend(number::<i64>(e, "ref")),
        "member" if attribute(e, "type").as_deref() == Some("way") => {
            let inner = attribute(e, "role").as_deref() == Some("inner");
            open.members.extend(number::<i64>(e, "ref").map(|id| (id, inner)));
        }
        "tag" => open.tags.extend(attribute(e, "k").zip(attribute(e, "v"))),
        _ => {}
    }
}

fn close(open: &mut Open, collected: &mut Collected, name: &str) {
    if !matches!(name, "node" | "way" | "relation") || open.kind != name {
        return;
    }
    let done = std::mem::take(open);
    let tags: Vec<(&str, &str)> = done.tags.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    match name {
        "node" => collected.node(done.id, done.point, Tags(&tags)),
        "way" => collected.way(done.id, done.refs, Tags(&tags)),
        _ => collected.relation(done.members, Tags(&tags)),
    }
}
