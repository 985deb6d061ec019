//! A shapefile in a zip: points, UTF-8 attributes, WGS84. What has no position is beside it in a CSV.

use super::{ATTRIBUTES, ExportError, attributes, failed, zipped as zip};
use crate::present::list::{self, Listed};
use crate::present::table;
use dbase::{FieldName, FieldValue, Record, TableWriterBuilder, Unicode};
use shapefile::{Point, ShapeWriter, Writer};
use std::io::Cursor;

const PROJECTION: &str = "GEOGCS[\"GCS_WGS_1984\",DATUM[\"D_WGS_1984\",SPHEROID[\"WGS_1984\",6378137.0,298.257223563]],\
                          PRIMEM[\"Greenwich\",0.0],UNIT[\"Degree\",0.0174532925199433]]";
/// Longest text of a dBase field, bytes.
const LONGEST: usize = 254;

/// The zip.
pub fn zipped(listed: &[Listed]) -> Result<Vec<u8>, ExportError> {
    let (mut shp, mut shx, mut dbf) = (Cursor::new(Vec::new()), Cursor::new(Vec::new()), Cursor::new(Vec::new()));
    let mut table = TableWriterBuilder::with_encoding(Unicode);
    for (_, name) in ATTRIBUTES {
        table = table.add_character_field(FieldName::try_from(name).map_err(failed)?, LONGEST as u8);
    }
    let mut writer = Writer::new(ShapeWriter::with_shx(&mut shp, &mut shx), table.build_with_dest(&mut dbf));
    for (l, p) in listed.iter().filter_map(|l| Some((l, l.service.point?))) {
        let mut record = Record::default();
        for (name, value) in attributes(l) {
            record.insert(name.to_owned(), FieldValue::Character(Some(shortened(&value).to_owned())));
        }
        writer.write_shape_and_record(&Point::new(p.lon, p.lat), &record).map_err(failed)?;
    }
    drop(writer);
    let lost: Vec<_> = listed.iter().filter(|l| l.service.point.is_none()).map(list::row).collect();
    let mut files = vec![
        ("services.shp".to_owned(), shp.into_inner()),
        ("services.shx".to_owned(), shx.into_inner()),
        ("services.dbf".to_owned(), dbf.into_inner()),
        ("services.prj".to_owned(), PROJECTION.into()),
        ("services.cpg".to_owned(), "UTF-8".into()),
    ];
    if !lost.is_empty() {
        files.push(("services-without-position.csv".to_owned(), table::csv(&lost).map_err(failed)?.into_bytes()));
    }
    zip(&files)
}

/// As much of a text as a field holds, whole characters.
fn shortened(text: &str) -> &str {
    let end = (0..=text.len().min(LONGEST)).rev().find(|i| text.is_char_boundary(*i));
    &text[..end.unwrap_or(0)]
}
