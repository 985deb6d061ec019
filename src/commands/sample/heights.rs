//! The heights of the city, as 基盤地図情報 delivers them.

use super::terrain::Terrain;
use anyhow::Result;
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use zip::write::SimpleFileOptions;

/// Degrees between values: one second of arc, about 30 m.
const STEP: f64 = 1.0 / 3600.0;

/// One sheet over the whole city, zipped.
pub fn dem(terrain: &Terrain) -> Result<Vec<u8>> {
    let half = terrain.half * 1.02;
    let (low, high) = (terrain.place((-half, -half)), terrain.place((half, half)));
    let snap = |v: f64| (v / STEP).floor();
    let (west, south) = (snap(low.lon), snap(low.lat));
    let (columns, rows) = (snap(high.lon) - west + 1.0, snap(high.lat) - south + 1.0);
    let mut values = String::new();
    for row in 0..rows as i64 {
        for column in 0..columns as i64 {
            let lon = (west + column as f64 + 0.5) * STEP;
            let lat = (south + rows - row as f64 - 0.5) * STEP;
            let p = terrain.metres(crate::model::LonLat::new(lon, lat));
            if p.0 > terrain.coast(p.1) {
                writeln!(values, "地表面,{:.2}", terrain.height(p))?;
            } else {
                writeln!(values, "海水面,-9999.00")?;
            }
        }
    }
    let sheet = format!(
        concat!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
            "<Dataset xmlns:gml=\"http://www.opengis.net/gml/3.2\" xmlns=\"http://fgd.gsi.go.jp/spec/2008/FGD_GMLSchema\" gml:id=\"Dataset1\">\n",
            "<DEM gml:id=\"DEM001\"><lfSpanFr><gml:timePosition>2026-04-01</gml:timePosition></lfSpanFr>",
            "<type>約30mメッシュ（標高）</type><coverage>\n",
            "<gml:boundedBy><gml:Envelope srsName=\"fguuid:jgd2011.bl\"><gml:lowerCorner>{} {}</gml:lowerCorner>",
            "<gml:upperCorner>{} {}</gml:upperCorner></gml:Envelope></gml:boundedBy>\n",
            "<gml:gridDomain><gml:Grid dimension=\"2\"><gml:limits><gml:GridEnvelope><gml:low>0 0</gml:low>",
            "<gml:high>{} {}</gml:high></gml:GridEnvelope></gml:limits></gml:Grid></gml:gridDomain>\n",
            "<gml:rangeSet><gml:DataBlock><gml:tupleList>\n{}</gml:tupleList></gml:DataBlock></gml:rangeSet>\n",
            "<gml:coverageFunction><gml:GridFunction><gml:sequenceRule order=\"+x-y\">Linear</gml:sequenceRule>",
            "<gml:startPoint>0 0</gml:startPoint></gml:GridFunction></gml:coverageFunction></coverage></DEM>\n</Dataset>\n"
        ),
        south * STEP,
        west * STEP,
        (south + rows) * STEP,
        (west + columns) * STEP,
        columns - 1.0,
        rows - 1.0,
        values
    );
    let options = SimpleFileOptions::default().last_modified_time(zip::DateTime::default());
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("FG-GML-kayoi-sample-DEM.xml", options)?;
    zip.write_all(sheet.as_bytes())?;
    Ok(zip.finish()?.into_inner())
}
