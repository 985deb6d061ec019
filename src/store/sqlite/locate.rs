//! Positions looked up from addresses: kept beside the lists' own, and told apart from them.

use super::super::{Author, Position, StoreError};
use super::geopackage;
use sqlx::sqlite::SqlitePool;
use sqlx::{Connection, Row};

/// Places without a position of their own: id, and by which address lists they were looked up, if they were.
pub async fn to_locate(pool: &SqlitePool) -> Result<Vec<(i64, Option<String>)>, StoreError> {
    let sql = "SELECT id, located_by FROM place WHERE retired IS NULL AND address IS NOT NULL AND (geom IS NULL OR located_by IS NOT NULL)";
    let rows = sqlx::query(sql).fetch_all(pool).await?;
    rows.iter().map(|r| Ok((r.try_get(0)?, r.try_get(1)?))).collect()
}

/// Writes positions, in one revision. Nothing if none of them is new.
pub async fn locate(pool: &SqlitePool, found: &[Position], by: &str, author: &Author) -> Result<Option<i64>, StoreError> {
    let mut connection = pool.acquire().await?;
    let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
    let revision = sqlx::query("INSERT INTO revision (at, actor, summary) VALUES (?, ?, '住所から位置を決めました')")
        .bind(&author.at)
        .bind(&author.actor)
        .execute(&mut *tx)
        .await?
        .last_insert_rowid();
    let mut changed = false;
    for p in found {
        let (geom, level) = (p.point.map(geopackage::point), p.level.code());
        // a list may have brought its own coordinate in the meantime
        let row = sqlx::query("SELECT geom, geocode_level FROM place WHERE id = ? AND (geom IS NULL OR located_by IS NOT NULL)");
        let Some(row) = row.bind(p.place).fetch_optional(&mut *tx).await? else { continue };
        let (old_geom, old_level): (Option<Vec<u8>>, String) = (row.try_get(0)?, row.try_get(1)?);
        sqlx::query("UPDATE place SET geom = ?, geocode_level = ?, located_by = ? WHERE id = ?")
            .bind(&geom)
            .bind(level)
            .bind(by)
            .bind(p.place)
            .execute(&mut *tx)
            .await?;
        if old_geom != geom || old_level != level {
            changed = true;
            let words = |geom: &Option<Vec<u8>>, level: &str| {
                let at = geom.as_deref().and_then(geopackage::read_point).map(|p| [p.lon, p.lat]);
                serde_json::json!({ "position": at, "level": level }).to_string()
            };
            sqlx::query("INSERT INTO change (revision, record, record_id, before, after) VALUES (?, 'place', ?, ?, ?)")
                .bind(revision)
                .bind(p.place)
                .bind(words(&old_geom, &old_level))
                .bind(words(&geom, level))
                .execute(&mut *tx)
                .await?;
        }
    }
    if !changed {
        // remember what was looked up, without a revision that changes nothing
        sqlx::query("DELETE FROM revision WHERE id = ?").bind(revision).execute(&mut *tx).await?;
    }
    tx.commit().await?;
    Ok(changed.then_some(revision))
}
