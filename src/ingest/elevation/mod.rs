//! Heights of the ground: 基盤地図情報 数値標高モデル (GML, zipped as delivered) and GeoTIFF.

mod geotiff;
mod gml;
mod projection;

pub use geotiff::{is_tiff, read as read_geotiff};
pub use gml::{is_dem, read as read_gml};

use super::{Findings, Reading, Refusal};
use crate::model::{Batch, Dataset, Heights, LonLat, NO_HEIGHT, Severity};

/// Most values taken from one file; 1 m models of a whole city are more than any walk needs.
const MAX_VALUES: usize = 120_000_000;

/// Grids as a reading, with a sentence about what they hold.
fn finish(
    grids: Vec<Heights>,
    stem: &str,
    title: String,
    attribution: &str,
    vintage: Option<String>,
) -> Result<Reading, Refusal> {
    let count: usize = grids.iter().map(|g| g.values.len()).sum();
    let empty = grids.iter().flat_map(|g| &g.values).filter(|v| **v == NO_HEIGHT).count();
    if empty == count {
        return Err(Refusal::new("no_heights", "標高の値が1つもありません（すべて欠測か、-499～6000mの外です）。"));
    }
    for g in &grids {
        let [lon, lat] = g.north_west;
        if !LonLat::new(lon, lat).in_japan() {
            return Err(Refusal::new(
                "abroad",
                format!("標高データの北西の角 経度{lon:.4}・緯度{lat:.4} が日本の外です。座標系を確かめてください。"),
            ));
        }
    }
    let mut findings = Findings::default();
    let message = format!(
        "標高の値 {count}（{}面、間隔 約{:.0}m）。うち海や欠測など値なし {:.1}%。坂道を時間に入れます。",
        grids.len(),
        grids.first().map_or(0.0, |g| g.step[1] * 110_900.0),
        empty as f64 / count as f64 * 100.0
    );
    findings.say(Severity::Note, 0, "", "", "heights", &message);
    let dataset =
        Dataset { key: format!("heights:{stem}"), format: "heights".into(), title, attribution: attribution.into(), vintage };
    Ok(Reading { dataset, batch: Batch { heights: grids, ..Batch::default() }, findings })
}

fn too_many() -> Refusal {
    let message = "標高の値が多すぎます。5mか10mメッシュを使うか、区域を分けてください。";
    Refusal::new("too_many_values", message)
}
