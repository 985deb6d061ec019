//! The files a user names: directories walked, shapefile companions kept together, sizes checked before reading.

use super::Refusal;
use std::path::{Path, PathBuf};

/// Largest file read into memory. An extract of Kyushu is 0.3 GiB.
const MAX_BYTES: u64 = 1 << 30;

/// One thing to import: a file, or a folder that is one feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A single file.
    File(PathBuf),
    /// An unpacked GTFS feed.
    GtfsFolder(PathBuf),
}

impl Input {
    /// Its path.
    pub fn path(&self) -> &Path {
        match self {
            Self::File(p) | Self::GtfsFolder(p) => p,
        }
    }
}

/// Everything under the given paths, in a fixed order. Companions of a shapefile (.dbf, .shx, .prj, .cpg) go with it.
pub fn inputs(paths: &[PathBuf]) -> std::io::Result<Vec<Input>> {
    let mut found = Vec::new();
    for path in paths {
        if !path.exists() {
            return Err(std::io::Error::new(std::io::ErrorKind::NotFound, format!("ファイルがありません: {}", path.display())));
        }
        collect(path, 0, &mut found)?;
    }
    Ok(found)
}

fn collect(path: &Path, depth: usize, found: &mut Vec<Input>) -> std::io::Result<()> {
    const MAX_DEPTH: usize = 16;
    if !path.is_dir() {
        found.push(Input::File(path.to_owned()));
        return Ok(());
    }
    if path.join("stops.txt").is_file() {
        found.push(Input::GtfsFolder(path.to_owned()));
        return Ok(());
    }
    let mut entries: Vec<PathBuf> = std::fs::read_dir(path)?.map(|e| e.map(|e| e.path())).collect::<Result<_, _>>()?;
    entries.sort();
    for entry in &entries {
        let hidden = entry.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.'));
        if !hidden && depth < MAX_DEPTH && !is_companion(entry) {
            collect(entry, depth + 1, found)?;
        }
    }
    Ok(())
}

fn is_companion(path: &Path) -> bool {
    let Some(extension) = path.extension().map(|e| e.to_string_lossy().to_lowercase()) else { return false };
    match extension.as_str() {
        "dbf" => sibling(path, "shp").is_some(),
        "shx" | "prj" | "cpg" | "sbn" | "sbx" | "qmd" | "qpj" => sibling(path, "shp").is_some() || sibling(path, "dbf").is_some(),
        _ => false,
    }
}

/// The file beside this one with another extension, in either case.
pub fn sibling(path: &Path, extension: &str) -> Option<PathBuf> {
    [extension.to_owned(), extension.to_uppercase()].into_iter().map(|e| path.with_extension(e)).find(|p| p.is_file())
}

/// The bytes of a file, or why it cannot be read.
pub fn bytes(path: &Path) -> Result<Vec<u8>, Refusal> {
    let unreadable = |e: std::io::Error| Refusal::new("unreadable", format!("ファイルを読めません（{e}）。"));
    let size = std::fs::metadata(path).map_err(unreadable)?.len();
    if size == 0 {
        return Err(Refusal::new("empty", "ファイルが空です。"));
    }
    if size > MAX_BYTES {
        let gib = size as f64 / f64::from(1 << 30);
        return Err(Refusal::new(
            "too_large",
            format!("ファイルが大きすぎます（{gib:.1} GiB、上限 1 GiB）。必要な地域だけを切り出してください。"),
        ));
    }
    std::fs::read(path).map_err(unreadable)
}

/// The file name without what changes between editions: dates, years of 国土数値情報, copies.
pub fn edition_free_stem(path: &Path) -> String {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let stem = name.split('.').next().unwrap_or(&name);
    let mut parts: Vec<&str> = stem.split(['_', '-', ' ', '(', ')']).filter(|p| !p.is_empty()).collect();
    let is_ksj = parts.first().is_some_and(|p| p.len() == 3 && p.chars().skip(1).all(|c| c.is_ascii_digit()));
    if is_ksj && parts.len() > 1 && parts[1].len() == 2 {
        parts.remove(1);
    }
    let is_date = |p: &str| matches!(p.len(), 6 | 8) && p.chars().all(|c| c.is_ascii_digit());
    parts.retain(|p| !is_date(p));
    parts.join("_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edition_keeps_its_name() {
        let stem = |s: &str| edition_free_stem(Path::new(s));
        assert_eq!(stem("jigyosho_110_all_20250601.csv"), stem("jigyosho_110_all_20251201.csv"));
        assert_eq!(stem("A27-23_43.geojson"), stem("A27-26_43.geojson"));
        assert_ne!(stem("jigyosho_110.csv"), stem("jigyosho_150.csv"));
    }
}
