//! Exports that need the register or a file: the GeoPackage and the public bundle.

use super::today;
use crate::atlas::Atlas;
use crate::measure::ratings;
use crate::model::{AreaType, KindId};
use crate::present::export::{ATTRIBUTES, ExportError, attributes, bundle, withheld};
use crate::present::list;
use crate::present::plan::{Plan, counted, workbook};
use crate::store::Store;
use crate::store::geopackage::{PointRow, write_points};
use anyhow::{Context, Result};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The list as rows of a GeoPackage.
///
/// # Errors
/// If there is nothing to write.
pub fn geopackage_rows(atlas: &Atlas, kinds: &[KindId], area_type: AreaType) -> Result<Vec<PointRow>, ExportError> {
    let listed = list::services(atlas, kinds, area_type);
    let row = |l: &list::Listed| (l.service.point, attributes(l).into_iter().map(|a| a.1).collect());
    if listed.is_empty() { Err(ExportError::Empty) } else { Ok(listed.iter().map(row).collect()) }
}

/// Rows as the bytes of a GeoPackage. It is written in the data folder, for SQLite writes files.
///
/// # Errors
/// If the folder is full or read-only.
pub async fn geopackage(rows: &[PointRow], data: &Path) -> Result<Vec<u8>> {
    static TURN: AtomicU64 = AtomicU64::new(0);
    let names = ATTRIBUTES.map(|a| a.1);
    let path = data.join(format!("export-{}-{}.gpkg", std::process::id(), TURN.fetch_add(1, Ordering::Relaxed)));
    let written = write_points(&path, &names, rows).await;
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

/// The action-plan sheet of the current fiscal year, with what officers rated.
///
/// # Errors
/// If there is nothing to write, or the question cannot be asked of this register.
pub async fn action_plan(store: &dyn Store, atlas: Arc<Atlas>) -> Result<Vec<u8>> {
    let notes = store.notes(0).await?;
    let make = move || -> Result<Vec<u8>> {
        let today = today();
        // without a list of 町内 the plan still has its figures
        let found = ratings(&atlas, today).unwrap_or_default();
        let name = |id: i64| atlas.area(id).map_or_else(String::new, |(i, a)| i.areas[a as usize].name.clone());
        let notes: Vec<_> = notes.into_iter().map(|n| (name(n.area), n)).collect();
        let services = counted(atlas.sites.services());
        let plan =
            Plan { ratings: &found, figures: &atlas.series, notes: &notes, services: &services, year: today.fiscal_year() };
        Ok(workbook(&plan, &today.to_string())?)
    };
    tokio::task::spawn_blocking(make).await?
}
