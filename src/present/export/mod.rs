//! Lists of public services in the forms others read. One file, one form; what none of them can hold is not in an atlas.

mod bundle;
mod flatgeobuf;
mod hsds;
mod ods;
mod shapefile;

pub use bundle::{Withheld, bundle, withheld};

use super::list::{self, Listed};
use super::{geojson, table};
use crate::atlas::Atlas;
use crate::model::{AreaType, KindId};
use serde_json::{Value, json};
use std::io::{Cursor, Write};

/// Why a list cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// There is nothing in it.
    #[error("書き出すサービスがありません。")]
    Empty,
    /// A library refused.
    #[error("書き出せません: {0}")]
    Failed(String),
}

impl From<rust_xlsxwriter::XlsxError> for ExportError {
    fn from(e: rust_xlsxwriter::XlsxError) -> Self {
        failed(e)
    }
}

fn failed(e: impl std::fmt::Display) -> ExportError {
    ExportError::Failed(e.to_string())
}

/// A form a list leaves in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// CSV with a BOM.
    Csv,
    /// Workbook with one printable sheet per district.
    Xlsx,
    /// RFC 7946.
    GeoJson,
    /// Zipped shapefile.
    Shapefile,
    /// FlatGeobuf 3.
    FlatGeobuf,
    /// OpenReferral HSDS 3.1.
    Hsds,
    /// Zip of CSV files in the columns of 自治体標準オープンデータセット.
    Ods,
}

impl Form {
    /// All of them.
    pub const ALL: [Self; 7] = [Self::Csv, Self::Xlsx, Self::GeoJson, Self::Shapefile, Self::FlatGeobuf, Self::Hsds, Self::Ods];

    /// The end of the file name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::GeoJson => "geojson",
            Self::Shapefile => "shp.zip",
            Self::FlatGeobuf => "fgb",
            Self::Hsds => "hsds.json",
            Self::Ods => "ods.zip",
        }
    }

    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::GeoJson => "application/geo+json",
            Self::Shapefile | Self::Ods => "application/zip",
            Self::FlatGeobuf => "application/octet-stream",
            Self::Hsds => "application/json",
        }
    }

    /// From the end of a file name.
    pub fn of_extension(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.extension() == text)
    }
}

/// The public services of some kinds (none: all that are walked to) in a form. `day` is printed on the sheets.
///
/// # Errors
/// If there is nothing to write, or a library refuses.
pub fn services(atlas: &Atlas, kinds: &[KindId], area_type: AreaType, form: Form, day: &str) -> Result<Vec<u8>, ExportError> {
    let listed = list::services(atlas, kinds, area_type);
    if listed.is_empty() {
        return Err(ExportError::Empty);
    }
    Ok(match form {
        Form::Csv => table::csv(&listed.iter().map(list::row).collect::<Vec<_>>()).map_err(failed)?.into_bytes(),
        Form::Xlsx => list::workbook(&listed, day).map_err(failed)?,
        Form::GeoJson => features(&listed).to_string().into_bytes(),
        Form::Shapefile => shapefile::zipped(&listed)?,
        Form::FlatGeobuf => flatgeobuf::layer(&listed)?,
        Form::Hsds => hsds::services(&listed).to_string().into_bytes(),
        Form::Ods => ods::zipped(atlas, &listed)?,
    })
}

/// A FeatureCollection; a service without a certain position has no geometry.
fn features(listed: &[Listed]) -> Value {
    let feature = |l: &Listed| {
        let mut properties = json!(l.service);
        properties["kind_ja"] = json!(l.service.kind.kind().short);
        properties["district"] = json!(l.district);
        geojson::feature(Some(l.service.id), l.service.point.map_or(Value::Null, geojson::point), properties)
    };
    geojson::collection(listed.iter().map(feature).collect(), None::<&()>)
}

/// Heading of the list → name of at most ten ASCII letters, as a shapefile needs it; all map layers use the same.
pub const ATTRIBUTES: [(&str, &str); 18] = [
    ("番号", "id"),
    ("校区", "district"),
    ("種別", "kind"),
    ("名称", "name"),
    ("会場", "venue"),
    ("住所", "address"),
    ("開催日", "schedule"),
    ("参加費", "fee"),
    ("送迎", "pickup"),
    ("予約", "booking"),
    ("電話番号", "phone"),
    ("定員", "capacity"),
    ("対象町内", "serves"),
    ("状況", "status"),
    ("最終確認日", "verified"),
    ("位置の確かさ", "level"),
    ("ホームページ", "url"),
    ("出典", "source"),
];

/// The attributes of a service, in the order of [`ATTRIBUTES`].
pub fn attributes(l: &Listed) -> Vec<(&'static str, String)> {
    let row = list::row(l);
    let value = |heading: &str| row.iter().find(|c| c.0 == heading).map(|c| c.1.clone()).unwrap_or_default();
    ATTRIBUTES.iter().map(|(heading, name)| (*name, value(heading))).collect()
}

/// Files in a zip.
fn zipped(files: &[(String, Vec<u8>)]) -> Result<Vec<u8>, ExportError> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).map_err(failed)?;
        zip.write_all(bytes).map_err(failed)?;
    }
    Ok(zip.finish().map_err(failed)?.into_inner())
}
