//! OpenStreetMap extracts (.osm.pbf and .osm) → streets, base map, and the services mapped there.

mod coastline;
mod collect;
mod pbf;
mod rings;
mod tags;
mod xml;

pub use pbf::{is_pbf, read_pbf};
pub use xml::read_xml;

use super::{Reading, Refusal};
use crate::model::Dataset;

fn finish(collected: collect::Collected, stem: &str) -> Result<Reading, Refusal> {
    let vintage = collected.timestamp.clone();
    let (batch, findings) = collected.into_batch();
    if batch.osm.as_ref().is_none_or(|o| o.ways.is_empty()) {
        return Err(Refusal::new(
            "no_streets",
            "OpenStreetMapのデータですが、歩ける道が1本もありません。地域の切り出しを確認してください。",
        ));
    }
    let dataset = Dataset {
        key: format!("osm:{stem}"),
        format: "osm".into(),
        title: "OpenStreetMap 道路・地図".into(),
        attribution: "© OpenStreetMap contributors (ODbL)".into(),
        vintage,
    };
    Ok(Reading { dataset, batch, findings })
}
