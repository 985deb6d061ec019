//! Itineraries with their lines on the map, and as plain text.

use super::geojson;
use crate::measure::{Itineraries, Itinerary};
use serde_json::{Value, json};

/// Ways with a GeoJSON line for each leg.
pub fn ways(answer: &Itineraries) -> Value {
    let leg = |l: &crate::measure::LegWords| {
        let mut value = json!(l);
        value["geometry"] = geojson::line(&l.path);
        value
    };
    let way = |w: &Itinerary| {
        let mut value = json!(w);
        value["legs"] = w.legs.iter().map(leg).collect();
        value
    };
    json!({ "ways": answer.ways.iter().map(way).collect::<Vec<_>>(), "taxis": answer.taxis })
}

/// Ways as sentences.
pub fn text(heading: &str, answer: &Itineraries) -> String {
    let mut out = format!("■ {heading}\n");
    if answer.ways.is_empty() {
        out += "  行ける方法が見つかりません。\n";
    }
    for (i, w) in answer.ways.iter().enumerate() {
        out += &format!("{}. {}発 → {}着（{:.0}分）\n", i + 1, w.leave, w.arrive, w.minutes);
        for l in &w.legs {
            out += &format!("   {}  {}\n", l.leave, l.ja);
        }
        if let Some(b) = &w.booking {
            let until = b.until.as_ref().map_or(String::new(), |u| format!("{u} までに"));
            let phone = b.phone.as_ref().map_or(String::new(), |p| format!(" 電話 {p}"));
            out += &format!("   ※ {until}予約が要ります（{}）。{phone}\n", b.service);
        }
    }
    for t in &answer.taxis {
        let yes = |b: bool| if b { "はい" } else { "いいえ" };
        out += &format!(
            "   デマンドタクシー「{}」: 区域内 {}、この日に運行 {}、予約できる {}、行き先に着く {}、席 {}\n",
            t.service,
            yes(t.in_zone),
            yes(t.runs),
            yes(t.bookable),
            yes(t.leads),
            t.seats.map_or_else(|| "不明".to_owned(), |s| format!("{s}席"))
        );
    }
    out
}
