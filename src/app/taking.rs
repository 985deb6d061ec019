//! What an import does with one reading: its networks compiled, its records delivered or only compared.

use crate::atlas::{Atlas, Lookup, elevation, hash, transit};
use crate::ingest::Reading;
use crate::model::{FileReport, GeocodeLevel, Outcome};
use crate::store::{Author, Compiled, Delivery, Store, StoreError};
use rayon::prelude::*;
use serde::Serialize;

/// A compiled part under its name.
pub fn compiled_part(name: &str, bytes: Vec<u8>) -> Compiled {
    Compiled { name: name.to_owned(), hash: hash(&[&bytes]), bytes }
}

/// Delivers a reading (streets excepted), or only says what would change.
///
/// # Errors
/// If the register cannot be read or written.
pub async fn deliver(
    store: &dyn Store,
    reading: &Reading,
    (file, sha256): (&str, &str),
    author: &Author,
    keep: bool,
) -> Result<Outcome, StoreError> {
    let key = &reading.dataset.key;
    let feed = reading.batch.feed.as_ref().filter(|f| f.is_routable());
    let feed = feed.map(|f| compiled_part(&format!("feed:{key}"), transit::feed::compile(f)));
    let heights = Some(&reading.batch.heights).filter(|h| !h.is_empty());
    let heights = heights.map(|h| compiled_part(&format!("heights:{key}"), elevation::compile(h)));
    let compiled: Vec<Compiled> = feed.into_iter().chain(heights).collect();
    let (dataset, batch) = (&reading.dataset, &reading.batch);
    let delivery = Delivery { dataset, sha256, file, batch, compiled: &compiled, findings: &reading.findings.list };
    if keep { store.deliver(delivery, author).await } else { store.preview(delivery, author).await }
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

/// How the addresses of places without a position would be found.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Foreseen {
    /// To the house number or the block.
    pub exact: usize,
    /// Only to the town: 位置未確定.
    pub coarse: usize,
    /// More than one place fits.
    pub ambiguous: usize,
    /// No town of that name, or no address.
    pub unknown: usize,
}

/// Looks the addresses of a reading up, without keeping anything; nothing without address lists.
pub fn foresee(atlas: &Atlas, reading: &Reading) -> Option<Foreseen> {
    let gazetteer = atlas.gazetteer.as_ref()?;
    let without: Vec<&str> =
        reading.batch.places.iter().filter(|p| p.point.is_none()).map(|p| p.address.as_deref().unwrap_or_default()).collect();
    let found: Vec<Lookup> = without.par_iter().map(|a| gazetteer.find(a)).collect();
    let mut seen = Foreseen::default();
    for lookup in found {
        match lookup {
            Lookup::Found(l) if l.level <= GeocodeLevel::Block => seen.exact += 1,
            Lookup::Found(_) => seen.coarse += 1,
            Lookup::Ambiguous(_) => seen.ambiguous += 1,
            Lookup::Unknown => seen.unknown += 1,
        }
    }
    Some(seen)
}
