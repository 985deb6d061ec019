//! Positions looked up from addresses: kept beside the lists' own, and told apart from them.

use super::super::{Pool, announce, writing};
use super::records::{self, Action};
use crate::model::Entry;
use crate::store::{Author, Position, StoreError};
use sqlx::Row;

/// Places without a position of their own: id, and by which address lists they were looked up, if they were.
pub async fn to_locate(pool: &Pool) -> Result<Vec<(i64, Option<String>)>, StoreError> {
    let sql = "SELECT id, located_by FROM place WHERE retired IS NULL AND address IS NOT NULL AND (geom IS NULL OR located_by IS NOT NULL)";
    let rows = sqlx::query(sql).fetch_all(pool).await?;
    rows.iter().map(|r| Ok((r.try_get(0)?, r.try_get(1)?))).collect()
}

/// Writes positions, in one revision. Nothing if none of them is new.
pub async fn locate(pool: &Pool, found: &[Position], by: &str, author: &Author) -> Result<Option<i64>, StoreError> {
    let mut tx = writing(pool).await?;
    let revision = records::begin(&mut tx, author, "住所から位置を決めました", None).await?;
    let mut changed = false;
    for p in found {
        let Some(before) = records::read(&mut tx, p.place).await? else { continue };
        // a list or a person may have brought a position in the meantime
        if before.place.point.is_some() && before.located_by.is_none() {
            continue;
        }
        if (before.place.point.map(|p| p.to_e7()), before.place.level) == (p.point.map(|p| p.to_e7()), p.level) {
            // remember what was looked up, without a change that changes nothing
            sqlx::query("UPDATE place SET located_by = $1 WHERE id = $2").bind(by).bind(p.place).execute(&mut *tx).await?;
            continue;
        }
        changed = true;
        let mut next = Entry { located_by: Some(by.to_owned()), ..before.clone() };
        (next.place.point, next.place.level) = (p.point, p.level);
        records::write(&mut tx, &next, Some(&before), revision).await?;
        records::note(&mut tx, revision, "place", p.place, Some(&records::text(&before)?), Action::Update).await?;
    }
    if changed {
        announce(&mut tx, revision).await?;
    } else {
        sqlx::query("DELETE FROM revision WHERE id = $1").bind(revision).execute(&mut *tx).await?;
    }
    tx.commit().await?;
    Ok(changed.then_some(revision))
}
