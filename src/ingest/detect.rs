//! What a file is, told from its content, and the reader that goes with it.

use super::headers::{Columns, likely_headings};
use super::source::{Input, bytes, edition_free_stem};
use super::{
    Hints, Reading, Refusal, addresses, census, demand_form, elevation, features, gtfs, ksj, osm, plan_tables, services, table,
    text,
};
use std::io::Cursor;
use std::path::Path;

/// Reads one input: usually one dataset, several for a workbook of several sheets.
pub fn read(input: &Input, hints: impl Into<Hints>) -> Result<Vec<Reading>, Refusal> {
    let path = input.path();
    if matches!(input, Input::GtfsFolder(_)) {
        return gtfs::read(&gtfs::Files::from_folder(path), &edition_free_stem(path)).map(one);
    }
    read_bytes(path, &bytes(path)?, &hints.into())
}

/// Reads the content of a file of this name.
pub fn read_bytes(path: &Path, content: &[u8], hints: &Hints) -> Result<Vec<Reading>, Refusal> {
    let stem = edition_free_stem(path);
    match content {
        [] => Err(Refusal::new("empty", "ファイルが空です。")),
        [b'P', b'K', 3, 4, ..] => zip_file(content, path, &stem, hints),
        b if osm::is_pbf(b) => osm::read_pbf(content, &stem).map(one),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => workbook(content, &stem, hints),
        [0, 0, 0x27, 0x0a, ..] => ksj::read(&features::from_shapefile(path, content)?, &stem).map(one),
        [0x1f, 0x8b, ..] => Err(Refusal::new("gzip", "gzip圧縮されたファイルです。展開してから取り込んでください。")),
        b if b.starts_with(b"%PDF") => Err(Refusal::new("pdf", "PDFです。表の元になったExcelかCSVを取り込んでください。")),
        b if b.starts_with(b"SQLite format 3\0") => Err(Refusal::new(
            "sqlite",
            "GeoPackage（SQLite）です。取り込みには対応していません。GeoJSONかシェープファイルで出力してください。",
        )),
        b if elevation::is_tiff(b) => elevation::read_geotiff(b, &stem).map(one),
        b if is_image(b) => Err(Refusal::new("image", "写真・画像です。取り込める記録はありません。")),
        b if is_dbf(b) => dbf(b, &stem, hints),
        b => match text::decode(b) {
            Some((text, _)) => text_file(&text, &stem, hints),
            None => Err(Refusal::new(
                "binary",
                "文字のファイルではなく、知っている形式でもありません。対応形式は README を見てください。",
            )),
        },
    }
}

/// The beginning of a text, where its format shows.
fn head(text: &str) -> &str {
    let end = (0..=text.len().min(4000)).rev().find(|i| text.is_char_boundary(*i));
    &text[..end.unwrap_or(0)]
}

fn one(reading: Reading) -> Vec<Reading> {
    vec![reading]
}

fn is_image(b: &[u8]) -> bool {
    b.starts_with(b"\x89PNG")
        || b.starts_with(b"\xff\xd8\xff")
        || b.starts_with(b"GIF8")
        || b.get(4..12).is_some_and(|t| t.starts_with(b"ftyphei"))
}

/// dBase III/IV: version byte, a plausible date, and a header that fits the file.
fn is_dbf(b: &[u8]) -> bool {
    let [version, _, month, day, _, _, _, _, low, high, ..] = b else { return false };
    let header = usize::from(u16::from_le_bytes([*low, *high]));
    matches!(version, 0x03 | 0x83 | 0x8b | 0x30)
        && (1..=12).contains(month)
        && (1..=31).contains(day)
        && header >= 33
        && header <= b.len()
        && b[header - 1] == 0x0d
}

fn zip_file(content: &[u8], path: &Path, stem: &str, hints: &Hints) -> Result<Vec<Reading>, Refusal> {
    let broken = |e: zip::result::ZipError| {
        Refusal::new("broken_zip", format!("zipファイルが壊れています（{e}）。もう一度入手してください。"))
    };
    let mut archive = zip::ZipArchive::new(Cursor::new(content)).map_err(broken)?;
    let names: Vec<String> = archive.file_names().filter_map(|n| n.ok().map(std::borrow::Cow::into_owned)).collect();
    if names.iter().any(|n| n == "xl/workbook.xml" || n == "content.xml" || n.ends_with("workbook.bin")) {
        return workbook(content, stem, hints);
    }
    if let Some(feed) = gtfs::Files::from_zip(&mut archive)? {
        return gtfs::read(&feed, stem).map(one);
    }
    let sheets = elevation_sheets(&mut archive)?;
    if !sheets.is_empty() {
        return elevation::read_gml(&sheets, stem).map(one);
    }
    if let [tiff] = names.iter().filter(|n| is_tiff_name(n)).collect::<Vec<_>>()[..] {
        let bytes = member(&mut archive, tiff).unwrap_or_default();
        return elevation::read_geotiff(&bytes, stem).map(one);
    }
    let shapes: Vec<&String> = names.iter().filter(|n| n.to_lowercase().ends_with(".shp")).collect();
    if shapes.is_empty() {
        let message = "zipの中に取り込めるもの（GTFSの stops.txt、シェープファイル、表計算）がありません。";
        return Err(Refusal::new("unknown_zip", message));
    }
    shapes.into_iter().map(|name| zipped_shapefile(&mut archive, name, path)).collect()
}

fn is_tiff_name(name: &str) -> bool {
    let name = name.to_lowercase();
    name.ends_with(".tif") || name.ends_with(".tiff")
}

/// One file of an archive, up to a gigabyte.
fn member<R: std::io::Read + std::io::Seek>(archive: &mut zip::ZipArchive<R>, name: &str) -> Option<Vec<u8>> {
    let file = archive.by_name(name).ok()?;
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut std::io::Read::take(file, 1 << 30), &mut bytes).ok()?;
    Some(bytes)
}

/// Elevation sheets of a delivery; those of several meshes come as zips in a zip.
fn elevation_sheets<R: std::io::Read + std::io::Seek>(archive: &mut zip::ZipArchive<R>) -> Result<Vec<Vec<u8>>, Refusal> {
    let mut names: Vec<String> = archive.file_names().filter_map(|n| n.ok().map(std::borrow::Cow::into_owned)).collect();
    names.sort();
    let mut sheets = Vec::new();
    for name in names {
        let lower = name.to_lowercase();
        if lower.ends_with(".xml") {
            let bytes = member(archive, &name).unwrap_or_default();
            let start = String::from_utf8_lossy(&bytes[..bytes.len().min(4000)]).into_owned();
            sheets.extend(elevation::is_dem(&start).then_some(bytes));
        } else if lower.ends_with(".zip") && lower.contains("dem") {
            let bytes = member(archive, &name).unwrap_or_default();
            let mut inner = zip::ZipArchive::new(Cursor::new(bytes))
                .map_err(|e| Refusal::new("broken_zip", format!("{name} が壊れています（{e}）。もう一度入手してください。")))?;
            for name in inner.file_names().filter_map(|n| n.ok().map(std::borrow::Cow::into_owned)).collect::<Vec<_>>() {
                let bytes = member(&mut inner, &name).unwrap_or_default();
                let start = String::from_utf8_lossy(&bytes[..bytes.len().min(4000)]).into_owned();
                sheets.extend(elevation::is_dem(&start).then_some(bytes));
            }
        }
    }
    Ok(sheets)
}

fn zipped_shapefile<R: std::io::Read + std::io::Seek>(
    archive: &mut zip::ZipArchive<R>,
    shp: &str,
    path: &Path,
) -> Result<Reading, Refusal> {
    let mut part = |extension: &str| -> Option<Vec<u8>> {
        let base = &shp[..shp.len() - 4];
        let names = [format!("{base}.{extension}"), format!("{base}.{}", extension.to_uppercase())];
        let name = names.into_iter().find(|n| archive.index_for_name(n).is_some())?;
        member(archive, &name)
    };
    let (Some(shapes), Some(dbf)) = (part("shp"), part("dbf")) else {
        return Err(Refusal::new("no_dbf", "zipの中のシェープファイルに .dbf がないか、壊れています。"));
    };
    let projection = part("prj").map(|p| String::from_utf8_lossy(&p).into_owned()).unwrap_or_default();
    let features = features::from_shapefile_parts(&shapes, &dbf, &projection)?;
    let inner = Path::new(shp).file_name().map_or(path, |n| Path::new(n));
    ksj::read(&features, &edition_free_stem(inner))
}

fn workbook(content: &[u8], stem: &str, hints: &Hints) -> Result<Vec<Reading>, Refusal> {
    let tables = table::from_workbook(content)?;
    let single = tables.len() == 1;
    let mut readings = Vec::new();
    let mut refusal = None;
    for t in tables.iter().filter(|t| t.rows.len() > 1) {
        let sheet = t.sheet.clone().unwrap_or_default();
        let name = if single { stem.to_owned() } else { format!("{stem}/{sheet}") };
        match any_table(t, &name, hints) {
            Ok(reading) => readings.push(reading),
            Err(e) => refusal = Some(e),
        }
    }
    match (readings.is_empty(), refusal) {
        (false, _) => Ok(readings),
        (true, Some(e)) => Err(e),
        (true, None) => Err(Refusal::new("no_rows", "表計算ファイルに行がありません。")),
    }
}

fn dbf(content: &[u8], stem: &str, hints: &Hints) -> Result<Vec<Reading>, Refusal> {
    any_table(&table::from_dbf(content)?, stem, hints).map(one)
}

fn text_file(content: &str, stem: &str, hints: &Hints) -> Result<Vec<Reading>, Refusal> {
    let start = content.trim_start();
    match start.chars().next() {
        None => Err(Refusal::new("empty", "ファイルが空です。")),
        Some('{') => ksj::read(&features::from_geojson(start)?, stem).map(one),
        Some('[') => addresses::read_geolonia(start, stem).map(one),
        Some('<') if head(start).contains("<osm") => osm::read_xml(start, stem).map(one),
        Some('<') if elevation::is_dem(head(start)) => elevation::read_gml(&[content.as_bytes().to_vec()], stem).map(one),
        Some('<') => Err(Refusal::new(
            "unknown_xml",
            "このXML・HTMLの形式が分かりません。国土数値情報はGeoJSONかシェープファイルを使ってください。",
        )),
        Some(_) => any_table(&table::from_text(content), stem, hints).map(one),
    }
}

fn any_table(t: &table::Table, stem: &str, hints: &Hints) -> Result<Reading, Refusal> {
    match () {
        () if census::is_mesh_csv(t) => census::mesh_csv(t, stem),
        () if census::is_small_area(t) => Ok(census::small_area_table(t)),
        () if census::is_age_table(t) => census::age_table(t, stem),
        () if demand_form::is_demand_form(t) => demand_form::read(t, stem, hints.today),
        () if plan_tables::is_series(t) => plan_tables::series(t, stem),
        () if plan_tables::is_neighbourhoods(t) => plan_tables::neighbourhoods(t, stem),
        () if addresses::is_address_table(t) => addresses::read_table(t, stem),
        () => match Columns::find(t, &hints.mappings, stem) {
            Some(columns) => services::read(t, &columns, stem),
            None => {
                let message = "見出しの行が分かりません。「名称」「種別」「住所」などの見出しを1行目に付けてください。";
                Err(Refusal { headings: likely_headings(t), ..Refusal::new("unknown_table", message) })
            }
        },
    }
}
