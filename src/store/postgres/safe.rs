//! The register kept safe: PostgreSQL has its own tools for copies; what we look over is our own.

use super::super::StoreError;
use super::Pool;
use sha2::{Digest, Sha256};
use sqlx::Row;
use std::path::Path;

/// Copies of a database are made by its own tools, which know its log.
pub async fn backup(_: &Pool, _: &Path) -> Result<(), StoreError> {
    Err(StoreError::Open("PostgreSQL の写しは pg_dump か、データベースの継続的な保存で作ってください".into()))
}

/// What is wrong with the register, in Japanese; nothing if it is sound.
pub async fn check(pool: &Pool) -> Result<Vec<String>, StoreError> {
    let mut troubles = Vec::new();
    for row in sqlx::query("SELECT name, hash, bytes FROM compiled WHERE retired IS NULL").fetch_all(pool).await? {
        let (name, hash, bytes): (String, String, Vec<u8>) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        let now: String = Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect();
        if now != hash {
            troubles.push(format!("{name} の内容が、書いたときと違います。元のファイルをもう一度取り込んでください"));
        }
    }
    Ok(troubles)
}
