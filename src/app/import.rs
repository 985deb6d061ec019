//! What an import makes of one reading: its networks compiled, its addresses looked up, its report.

use super::locate::{Locating, look_up};
use crate::atlas::{Atlas, elevation, hash, transit};
use crate::ingest::Reading;
use crate::model::FileReport;
use crate::store::Compiled;

/// A compiled part under its name.
pub fn compiled_part(name: &str, bytes: Vec<u8>) -> Compiled {
    Compiled { name: name.to_owned(), hash: hash(&[&bytes]), bytes }
}

/// The networks and heights of a reading, compiled; a timetable takes seconds, so not on an async thread.
pub fn compiled_parts(reading: &Reading) -> Vec<Compiled> {
    let key = &reading.dataset.key;
    let feed = reading.batch.feed.as_ref().filter(|f| f.is_routable());
    let feed = feed.map(|f| compiled_part(&format!("feed:{key}"), transit::feed::compile(f)));
    let heights = Some(&reading.batch.heights).filter(|h| !h.is_empty());
    let heights = heights.map(|h| compiled_part(&format!("heights:{key}"), elevation::compile(h)));
    feed.into_iter().chain(heights).collect()
}

/// The report on a file that was left.
pub fn refused(file: String, code: &str, message: &str) -> FileReport {
    FileReport { file, refused: Some(format!("[{code}] {message}")), ..FileReport::default() }
}

/// Findings shown of one file.
const REPORTED: usize = 1000;

/// The report on a file that was read.
pub fn report_of(file: String, reading: &Reading) -> FileReport {
    let b = &reading.batch;
    FileReport {
        file,
        format: Some(reading.dataset.format.clone()),
        dataset: Some(reading.dataset.clone()),
        taken: b.len(),
        left: reading.findings.left,
        unlocated: b.places.iter().filter(|p| !p.level.is_located()).count(),
        columns: reading.findings.columns.clone(),
        findings: reading.findings.list.iter().take(REPORTED).cloned().collect(),
        findings_left: reading.findings.list.len().saturating_sub(REPORTED),
        ..FileReport::default()
    }
}

/// Looks the addresses of a reading up, without keeping anything; nothing without address lists.
pub fn foresee(atlas: &Atlas, reading: &Reading) -> Option<Locating> {
    let gazetteer = atlas.gazetteer.as_ref()?;
    let without = reading.batch.places.iter().filter(|p| p.point.is_none()).cloned().collect();
    Some(Locating::of(&look_up(gazetteer, without)))
}
