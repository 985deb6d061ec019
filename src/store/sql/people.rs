//! Accounts, sessions and the audit log.

use super::super::{Pool, Row as DbRow};
use crate::model::{Account, Role};
use crate::store::{AuditLine, Author, StoreError};
use sqlx::Row;

fn account(r: &DbRow) -> Result<Account, StoreError> {
    let (role, areas): (String, String) = (r.try_get("role")?, r.try_get("areas")?);
    Ok(Account {
        id: r.try_get("id")?,
        name: r.try_get("name")?,
        role: Role::from_code(&role).ok_or_else(|| StoreError::Corrupt("account.role".into()))?,
        areas: serde_json::from_str(&areas).map_err(|_| StoreError::Corrupt("account.areas".into()))?,
        password: r.try_get("password")?,
        disabled: r.try_get("disabled")?,
        failures: r.try_get("failures")?,
        locked_until: r.try_get("locked_until")?,
    })
}

/// All accounts, by name.
pub async fn accounts(pool: &Pool) -> Result<Vec<Account>, StoreError> {
    sqlx::query("SELECT * FROM account ORDER BY name").fetch_all(pool).await?.iter().map(account).collect()
}

/// The account of a name.
pub async fn find(pool: &Pool, name: &str) -> Result<Option<Account>, StoreError> {
    let row = sqlx::query("SELECT * FROM account WHERE name = $1").bind(name).fetch_optional(pool).await?;
    row.as_ref().map(account).transpose()
}

/// Makes or changes the account of a name.
pub async fn put(pool: &Pool, a: &Account) -> Result<(), StoreError> {
    let sql = "INSERT INTO account (name, role, areas, password, disabled, failures, locked_until) VALUES ($1, $2, $3, $4, $5, $6, $7) \
               ON CONFLICT (name) DO UPDATE SET role = excluded.role, areas = excluded.areas, password = excluded.password, \
               disabled = excluded.disabled, failures = excluded.failures, locked_until = excluded.locked_until";
    let areas = serde_json::to_string(&a.areas).map_err(|e| StoreError::Corrupt(e.to_string()))?;
    let row = sqlx::query(sql).bind(&a.name).bind(a.role.code()).bind(areas).bind(&a.password);
    row.bind(a.disabled).bind(a.failures).bind(&a.locked_until).execute(pool).await?;
    Ok(())
}

/// Counts a wrong password in one statement, so that attempts made at once are all counted. Gives how many there were.
pub async fn failed(pool: &Pool, id: i64) -> Result<i64, StoreError> {
    let sql = "UPDATE account SET failures = failures + 1 WHERE id = $1 RETURNING failures";
    Ok(sqlx::query(sql).bind(id).fetch_one(pool).await?.try_get(0)?)
}

/// Shuts an account until a time, or opens it and forgets its failures.
pub async fn lock(pool: &Pool, id: i64, until: Option<&str>) -> Result<(), StoreError> {
    let sql = match until {
        Some(_) => "UPDATE account SET locked_until = $1 WHERE id = $2",
        None => "UPDATE account SET locked_until = $1, failures = 0 WHERE id = $2",
    };
    sqlx::query(sql).bind(until).bind(id).execute(pool).await?;
    Ok(())
}

/// Opens a session; sessions that have run out are forgotten.
pub async fn open(pool: &Pool, token: &str, account: i64, now: &str, expires: &str) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM session WHERE expires <= $1").bind(now).execute(pool).await?;
    let sql = "INSERT INTO session (token, account_id, opened, expires) VALUES ($1, $2, $3, $4)";
    sqlx::query(sql).bind(token).bind(account).bind(now).bind(expires).execute(pool).await?;
    Ok(())
}

/// Whose session this is, if it is open.
pub async fn of_session(pool: &Pool, token: &str, now: &str) -> Result<Option<Account>, StoreError> {
    let sql = "SELECT a.* FROM account a JOIN session s ON s.account_id = a.id WHERE s.token = $1 AND s.expires > $2 AND NOT a.disabled";
    let row = sqlx::query(sql).bind(token).bind(now).fetch_optional(pool).await?;
    row.as_ref().map(account).transpose()
}

/// Closes one session.
pub async fn close(pool: &Pool, token: &str) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM session WHERE token = $1").bind(token).execute(pool).await?;
    Ok(())
}

/// Closes all sessions of an account.
pub async fn close_all(pool: &Pool, account: i64) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM session WHERE account_id = $1").bind(account).execute(pool).await?;
    Ok(())
}

/// Writes a line of the audit log.
pub async fn audit(pool: &Pool, author: &Author, action: &str, detail: &str) -> Result<(), StoreError> {
    let sql = "INSERT INTO audit (at, actor, action, detail) VALUES ($1, $2, $3, $4)";
    sqlx::query(sql).bind(&author.at).bind(&author.actor).bind(action).bind(detail).execute(pool).await?;
    Ok(())
}

/// The last lines of the audit log, newest first.
pub async fn audits(pool: &Pool, limit: i64) -> Result<Vec<AuditLine>, StoreError> {
    let rows = sqlx::query("SELECT * FROM audit ORDER BY id DESC LIMIT $1").bind(limit).fetch_all(pool).await?;
    let line = |r: &DbRow| {
        Ok(AuditLine {
            at: r.try_get("at")?,
            actor: r.try_get("actor")?,
            action: r.try_get("action")?,
            detail: r.try_get("detail")?,
        })
    };
    rows.iter().map(line).collect()
}
