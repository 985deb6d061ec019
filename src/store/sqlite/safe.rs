//! The register kept safe: a copy while it is in use, and a look for damage.

use super::super::StoreError;
use sha2::{Digest, Sha256};
use sqlx::Row;
use sqlx::sqlite::SqlitePool;
use std::path::Path;

/// Writes a whole copy as it is at one moment; readers and writers go on meanwhile.
pub async fn backup(pool: &SqlitePool, to: &Path) -> Result<(), StoreError> {
    let failed = |e: std::io::Error| StoreError::Open(format!("{} に書けません（{e}）", to.display()));
    let beside = to.with_extension(format!("{}.tmp", std::process::id()));
    if beside.exists() {
        std::fs::remove_file(&beside).map_err(failed)?;
    }
    sqlx::query("VACUUM INTO ?").bind(beside.to_string_lossy().into_owned()).execute(pool).await?;
    // a copy that is not on the disk is none
    std::fs::File::open(&beside).and_then(|f| f.sync_all()).map_err(failed)?;
    std::fs::rename(&beside, to).map_err(failed)
}

/// What is wrong with the register, in Japanese; nothing if it is sound.
pub async fn check(pool: &SqlitePool) -> Result<Vec<String>, StoreError> {
    let mut troubles = Vec::new();
    for row in sqlx::query("PRAGMA integrity_check(20)").fetch_all(pool).await? {
        let words: String = row.try_get(0)?;
        if words != "ok" {
            troubles.push(format!("ファイルの構造: {words}"));
        }
    }
    for row in sqlx::query("PRAGMA foreign_key_check").fetch_all(pool).await?.iter().take(20) {
        let (table, parent): (String, String) = (row.try_get(0)?, row.try_get(2)?);
        troubles.push(format!("{table} の行が、ない {parent} を指しています"));
    }
    for row in sqlx::query("SELECT name, hash, bytes FROM compiled WHERE retired IS NULL").fetch_all(pool).await? {
        let (name, hash, bytes): (String, String, Vec<u8>) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        let now: String = Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect();
        if now != hash {
            troubles.push(format!("{name} の内容が、書いたときと違います。元のファイルをもう一度取り込んでください"));
        }
    }
    let lost = "SELECT COUNT(*) FROM service s WHERE NOT EXISTS (SELECT 1 FROM place p WHERE p.id = s.place_id)";
    let lost: i64 = sqlx::query(lost).fetch_one(pool).await?.try_get(0)?;
    if lost > 0 {
        troubles.push(format!("場所のないサービスが{lost}件あります"));
    }
    Ok(troubles)
}
