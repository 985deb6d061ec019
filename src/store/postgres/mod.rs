//! The register on PostgreSQL with PostGIS, for several servers at once.

mod safe;

use super::{Store, StoreError, geometry};
use crate::model::Batch;
use sqlx::postgres::{PgListener, PgPoolOptions};
use std::time::Duration;

// What `sql` is compiled with.
use sqlx::Postgres as Db;
use sqlx::postgres::{PgConnection as Connection, PgPool as Pool, PgRow as Row};

/// A geometry is written as WKB and kept by PostGIS.
macro_rules! put_geom {
    ($bind:literal) => {
        concat!("ST_GeomFromWKB(", $bind, ", 4326)")
    };
}
macro_rules! get_geom {
    () => {
        "ST_AsBinary(geom, 'NDR')"
    };
}

use safe::{backup, check};

#[path = "../sql/mod.rs"]
mod sql;

/// The register of several servers.
pub type PostgresStore = sql::Register;

/// The channel on which revisions are told.
const CHANNEL: &str = "kayoi_revision";
/// The lock of the one writer: any number, always the same.
const WRITER: i64 = 0x6b61_796f_6900;
/// How often the database is asked whether it moved on, should a message be lost.
const LOOK: Duration = Duration::from_secs(5);

/// Connects to a database and brings it to the current schema.
///
/// # Errors
/// If it cannot be reached, lacks PostGIS, or is another program's. The message never holds the URL: it may hold a password.
pub async fn open(url: &str) -> Result<PostgresStore, StoreError> {
    let failed = |what: &str, e: &dyn std::fmt::Display| StoreError::Open(format!("{what}（{e}）"));
    let pool = PgPoolOptions::new()
        .max_connections(8)
        .acquire_timeout(Duration::from_secs(20))
        .connect(url)
        .await
        .map_err(|e| failed("データベースにつながりません", &e))?;
    sqlx::migrate!("migrations/postgres").run(&pool).await.map_err(|e| failed("データベースの形式が違います", &e))?;
    Ok(PostgresStore::new(pool))
}

/// Begins to write: one writer at a time, so that revisions appear in the order of their numbers.
async fn writing(pool: &Pool) -> Result<sqlx::Transaction<'static, Db>, StoreError> {
    let mut tx = pool.begin().await?;
    sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(WRITER).execute(&mut *tx).await?;
    Ok(tx)
}

/// Tells the other servers of a revision, once it is committed.
async fn announce(c: &mut Connection, revision: i64) -> Result<(), StoreError> {
    sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(revision.to_string()).execute(c).await?;
    Ok(())
}

/// Returns when the revision is another than this one: looks once after it began to listen, so that nothing is missed between.
async fn moved_on(store: &PostgresStore, known: i64) -> Result<(), StoreError> {
    let mut listener = PgListener::connect_with(store.pool()).await?;
    listener.listen(CHANNEL).await?;
    while store.revision().await? == known {
        // a lost message costs one interval, no more
        if let Ok(told) = tokio::time::timeout(LOOK, listener.recv()).await {
            told?;
        }
    }
    Ok(())
}

/// A GeoPackage blob as this database keeps it.
fn shape(blob: Vec<u8>) -> Vec<u8> {
    geometry::wkb(&blob).map(<[u8]>::to_vec).unwrap_or_default()
}

/// Adds a geometry to the values of a row.
fn push_shape(row: &mut sqlx::query_builder::Separated<'_, Db, &'static str>, blob: Vec<u8>) {
    row.push("ST_GeomFromWKB(").push_bind_unseparated(shape(blob)).push_unseparated(", 4326)");
}

/// PostGIS knows the extents of its layers.
async fn extend(_: &mut Connection, _: &Batch) -> Result<(), StoreError> {
    Ok(())
}
