//! Compiled networks and maps by content hash, and saved scenarios.

use super::super::{Pool, Row as DbRow};
use crate::store::{Author, StoreError, StoredScenario};
use sqlx::Row;

/// Names and hashes of the parts whose name begins so, in the order of their datasets.
pub async fn names(pool: &Pool, prefix: &str) -> Result<Vec<(String, String)>, StoreError> {
    let sql =
        "SELECT name, hash FROM compiled WHERE substr(name, 1, length($1)) = $1 AND retired IS NULL ORDER BY dataset_id, name";
    let rows = sqlx::query(sql).bind(prefix).fetch_all(pool).await?;
    rows.iter().map(|r| Ok((r.try_get(0)?, r.try_get(1)?))).collect()
}

/// Hash of a part.
pub async fn hash(pool: &Pool, name: &str) -> Result<Option<String>, StoreError> {
    let row =
        sqlx::query("SELECT hash FROM compiled WHERE name = $1 AND retired IS NULL").bind(name).fetch_optional(pool).await?;
    Ok(row.map(|r| r.try_get(0)).transpose()?)
}

/// A part.
pub async fn bytes(pool: &Pool, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let row =
        sqlx::query("SELECT bytes FROM compiled WHERE name = $1 AND retired IS NULL").bind(name).fetch_optional(pool).await?;
    Ok(row.map(|r| r.try_get(0)).transpose()?)
}

/// Saved scenarios, by name.
pub async fn scenarios(pool: &Pool) -> Result<Vec<StoredScenario>, StoreError> {
    let rows = sqlx::query("SELECT name, body, at, actor FROM scenario ORDER BY name").fetch_all(pool).await?;
    let read = |r: &DbRow| {
        let body: String = r.try_get("body")?;
        let body = serde_json::from_str(&body).map_err(|_| StoreError::Corrupt("scenario.body".into()))?;
        Ok(StoredScenario { name: r.try_get("name")?, body, at: r.try_get("at")?, actor: r.try_get("actor")? })
    };
    rows.iter().map(read).collect()
}

/// Saves a scenario under its name; an older one of that name gives way.
pub async fn save_scenario(pool: &Pool, name: &str, body: &str, author: &Author) -> Result<(), StoreError> {
    let sql = "INSERT INTO scenario (name, body, at, actor) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (name) DO UPDATE SET body = excluded.body, at = excluded.at, actor = excluded.actor";
    sqlx::query(sql).bind(name).bind(body).bind(&author.at).bind(&author.actor).execute(pool).await?;
    Ok(())
}

/// Removes a scenario; false if there was none.
pub async fn remove_scenario(pool: &Pool, name: &str) -> Result<bool, StoreError> {
    Ok(sqlx::query("DELETE FROM scenario WHERE name = $1").bind(name).execute(pool).await?.rows_affected() > 0)
}
