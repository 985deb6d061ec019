//! Exports that need the register or a file: the GeoPackage and the public bundle.

use super::today;
use crate::atlas::Atlas;
use crate::model::{AreaType, KindId};
use crate::present::export::{ExportError, attributes, bundle, withheld};
use crate::present::list;
use crate::store::Store;
use crate::store::geopackage::{PointRow, write_points};
use anyhow::{Context, Result};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The list as the bytes of a GeoPackage. It is written in the data folder, for SQLite writes files.
///
/// # Errors
/// If there is nothing to write, or the folder is full or read-only.
pub async fn geopackage(atlas: &Atlas, kinds: &[KindId], area_type: AreaType, data: &Path) -> Result<Vec<u8>> {
    static TURN: AtomicU64 = AtomicU64::new(0);
    let listed = list::services(atlas, kinds, area_type);
    let Some(first) = listed.first() else { return Err(ExportError::Empty.into()) };
    let names: Vec<&str> = attributes(first).iter().map(|a| a.0).collect();
    let rows: Vec<PointRow> =
        listed.iter().map(|l| (l.service.point, attributes(l).into_iter().map(|a| a.1).collect())).collect();
    let path = data.join(format!("export-{}-{}.gpkg", std::process::id(), TURN.fetch_add(1, Ordering::Relaxed)));
    let written = write_points(&path, &names, &rows).await;
    let bytes = tokio::fs::read(&path).await;
    // gone even if the writing failed half-way
    tokio::fs::remove_file(&path).await.ok();
    written?;
    bytes.with_context(|| path.display().to_string())
}

/// What a city puts on its web server, with the report for the office beside it.
///
/// # Errors
/// If there is nothing to publish.
pub async fn public_bundle(store: &dyn Store, atlas: Arc<Atlas>, area_type: AreaType) -> Result<Vec<u8>> {
    let (_, records) = store.records().await?;
    let make = move || bundle(&atlas, &withheld(&records), area_type, &today().to_string());
    Ok(tokio::task::spawn_blocking(make).await??)
}
