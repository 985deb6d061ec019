//! `.osm.pbf` through the `osmpbf` crate.

use super::super::{Reading, Refusal};
use super::collect::Collected;
use super::tags::Tags;
use osmpbf::{BlobDecode, BlobReader, Element, RelMemberType};

/// True if the bytes begin like an OSM PBF: a blob header of type `OSMHeader`.
pub fn is_pbf(bytes: &[u8]) -> bool {
    bytes.len() > 16 && bytes[0] == 0 && bytes[4] == 0x0a && &bytes[6..15] == b"OSMHeader"
}

/// Reads an extract.
pub fn read_pbf(bytes: &[u8], stem: &str) -> Result<Reading, Refusal> {
    let broken = |e: &dyn std::fmt::Display| {
        Refusal::new(
            "broken_pbf",
            format!("OpenStreetMapのファイルが壊れているか、途中で切れています（{e}）。もう一度入手してください。"),
        )
    };
    let mut collected = Collected::default();
    for blob in BlobReader::new(bytes) {
        let blob = blob.map_err(|e| broken(&e))?;
        match blob.decode().map_err(|e| broken(&e))? {
            BlobDecode::OsmData(block) => block.for_each_element(|element| take(&mut collected, element)),
            BlobDecode::OsmHeader(header) => collected.timestamp = header.osmosis_replication_timestamp().and_then(date_of_unix),
            BlobDecode::Unknown(_) => {}
        }
    }
    super::finish(collected, stem)
}

fn date_of_unix(seconds: i64) -> Option<String> {
    jiff::Timestamp::from_second(seconds).ok().map(|t| t.strftime("%Y-%m-%d").to_string())
}

fn take(collected: &mut Collected, element: Element) {
    match element {
        Element::Node(n) => {
            let tags: Vec<_> = n.tags().collect();
            collected.node(n.id(), [n.decimicro_lon(), n.decimicro_lat()], Tags(&tags));
        }
        Element::DenseNode(n) => {
            let tags: Vec<_> = n.tags().collect();
            collected.node(n.id(), [n.decimicro_lon(), n.decimicro_lat()], Tags(&tags));
        }
        Element::Way(w) => {
            let tags: Vec<_> = w.tags().collect();
            collected.way(w.id(), w.refs().collect(), Tags(&tags));
        }
        Element::Relation(r) => {
            let tags: Vec<_> = r.tags().collect();
            let ways = r.members().filter(|m| matches!(m.member_type, RelMemberType::Way));
            let members = ways.map(|m| (m.member_id, m.role().is_ok_and(|r| r == "inner"))).collect();
            collected.relation(members, Tags(&tags));
        }
    }
}
