//! The register as one SQLite file that is a valid GeoPackage.

mod safe;

use super::{REGISTER, Store, StoreError};
use crate::model::{Batch, Bounds, LonLat};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use std::path::Path;
use std::time::Duration;

// What `sql` is compiled with.
use sqlx::Sqlite as Db;
use sqlx::sqlite::{SqliteConnection as Connection, SqlitePool as Pool, SqliteRow as Row};

/// A geometry is kept as a GeoPackage blob.
macro_rules! put_geom {
    ($bind:literal) => {
        $bind
    };
}
macro_rules! get_geom {
    () => {
        "geom"
    };
}

use safe::{backup, check};

#[path = "../sql/mod.rs"]
mod sql;

/// The embedded register.
pub type SqliteStore = sql::Register;

/// `GPKG` in ASCII: the application id that makes a SQLite file a GeoPackage.
const APPLICATION_ID: i64 = 0x4750_4b47;
/// GeoPackage 1.3.
const USER_VERSION: i64 = 10_300;
/// How often the file is asked whether another process changed it.
const LOOK: Duration = Duration::from_secs(1);

/// Opens or creates `kayoi.gpkg` in a data folder and brings it to the current schema.
///
/// # Errors
/// If the folder is not writable, or the file is damaged or another program's.
pub async fn open(data: &Path) -> Result<SqliteStore, StoreError> {
    let open_error = |what: &str, e: &dyn std::fmt::Display| StoreError::Open(format!("{what}（{e}）: {}", data.display()));
    std::fs::create_dir_all(data).map_err(|e| open_error("データフォルダを作れません", &e))?;
    let options = SqliteConnectOptions::new()
        .filename(data.join(REGISTER))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .pragma("application_id", APPLICATION_ID.to_string())
        .pragma("user_version", USER_VERSION.to_string())
        .busy_timeout(Duration::from_secs(30));
    let pool = SqlitePoolOptions::new()
        .max_connections(4)
        .connect_with(options)
        .await
        .map_err(|e| open_error("登録簿が壊れているか、書き込めません", &e))?;
    sqlx::migrate!("migrations/sqlite").run(&pool).await.map_err(|e| open_error("登録簿の形式が違います", &e))?;
    Ok(SqliteStore::new(pool))
}

/// Begins to write: one writer at a time, from the first statement on.
async fn writing(pool: &Pool) -> Result<sqlx::Transaction<'static, Db>, StoreError> {
    Ok(pool.begin_with("BEGIN IMMEDIATE").await?)
}

/// Nobody else to tell: other processes look at the file.
async fn announce(_: &mut Connection, _: i64) -> Result<(), StoreError> {
    Ok(())
}

/// Returns when the revision is another than this one.
async fn moved_on(store: &SqliteStore, known: i64) -> Result<(), StoreError> {
    loop {
        tokio::time::sleep(LOOK).await;
        if store.revision().await? != known {
            return Ok(());
        }
    }
}

/// A GeoPackage blob as this database keeps it.
fn shape(blob: Vec<u8>) -> Vec<u8> {
    blob
}

/// Adds a geometry to the values of a row.
fn push_shape(row: &mut sqlx::query_builder::Separated<'_, Db, &'static str>, blob: Vec<u8>) {
    row.push_bind(blob);
}

/// Keeps the layer extents of the GeoPackage true, so that QGIS zooms to the data.
async fn extend(c: &mut Connection, batch: &Batch) -> Result<(), StoreError> {
    let places = Bounds::of(batch.places.iter().filter_map(|p| p.point));
    let corners = |b: Bounds| [LonLat::new(b.west, b.south), LonLat::new(b.east, b.north)];
    let cells = Bounds::of(batch.cells.iter().filter_map(|c| c.bounds).flat_map(corners));
    let rings = batch.areas.iter().flat_map(|a| a.geometry.iter().flatten().flat_map(|p| p.exterior().coords()));
    let areas = Bounds::of(rings.map(|c| LonLat::new(c.x, c.y)));
    let addresses = Bounds::of(batch.addresses.iter().map(|a| LonLat::from_e7(a.point)));
    for (table, b) in [("place", places), ("area", areas), ("cell", cells), ("address", addresses)] {
        if b.is_empty() {
            continue;
        }
        let sql = "UPDATE gpkg_contents SET min_x = MIN(COALESCE(min_x, ?1), ?1), min_y = MIN(COALESCE(min_y, ?2), ?2), \
                   max_x = MAX(COALESCE(max_x, ?3), ?3), max_y = MAX(COALESCE(max_y, ?4), ?4), \
                   last_change = strftime('%Y-%m-%dT%H:%M:%fZ','now') WHERE table_name = ?5";
        sqlx::query(sql).bind(b.west).bind(b.south).bind(b.east).bind(b.north).bind(table).execute(&mut *c).await?;
    }
    Ok(())
}
