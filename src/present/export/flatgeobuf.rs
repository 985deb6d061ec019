//! FlatGeobuf: points behind a packed R-tree, for maps that read a part of a file.

use super::{ATTRIBUTES, ExportError, attributes, failed};
use crate::present::list::Listed;
use flatgeobuf::{ColumnType, FgbCrs, FgbWriter, FgbWriterOptions, GeometryType};
use geozero::{ColumnValue, FeatureProcessor, GeomProcessor, PropertyProcessor};

const WGS84: i32 = 4326;

/// The located services.
pub fn layer(listed: &[Listed]) -> Result<Vec<u8>, ExportError> {
    let crs = FgbCrs { code: WGS84, ..FgbCrs::default() };
    let options =
        FgbWriterOptions { crs, promote_to_multi: false, title: Some("地域資源一覧"), ..FgbWriterOptions::default() };
    let mut file = FgbWriter::create_with_options("services", GeometryType::Point, options).map_err(failed)?;
    for (_, name) in ATTRIBUTES {
        file.add_column(name, ColumnType::String, |_, _| {});
    }
    for (i, (l, p)) in listed.iter().filter_map(|l| Some((l, l.service.point?))).enumerate() {
        let mut write = || -> geozero::error::Result<()> {
            file.feature_begin(i as u64)?;
            file.properties_begin()?;
            for (k, (name, value)) in attributes(l).iter().enumerate() {
                file.property(k, name, &ColumnValue::String(value))?;
            }
            file.properties_end()?;
            file.geometry_begin()?;
            file.point_begin(0)?;
            file.xy(p.lon, p.lat, 0)?;
            file.point_end(0)?;
            file.geometry_end()?;
            file.feature_end(i as u64)
        };
        write().map_err(failed)?;
    }
    let mut out = Vec::new();
    file.write(&mut out).map_err(failed)?;
    Ok(out)
}
