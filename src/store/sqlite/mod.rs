//! The register as one SQLite file that is a valid GeoPackage.

mod deliver;
mod geopackage;
mod load;
mod locate;
mod safe;

use super::{Author, Delivery, Position, REGISTER, Store, StoreError, StoredScenario};
use crate::model::{AddressPoint, Contents, Dataset, Outcome, StoredDataset};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Row, sqlite::SqliteRow};
use std::path::Path;

/// `GPKG` in ASCII: the application id that makes a SQLite file a GeoPackage.
const APPLICATION_ID: i64 = 0x4750_4b47;
/// GeoPackage 1.3.
const USER_VERSION: i64 = 10_300;

/// The embedded register.
pub struct SqliteStore {
    pool: SqlitePool,
}

impl SqliteStore {
    /// Opens or creates `kayoi.gpkg` in a data folder and brings it to the current schema.
    ///
    /// # Errors
    /// If the folder is not writable, or the file is damaged or another program's.
    pub async fn open(data: &Path) -> Result<Self, StoreError> {
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
            .busy_timeout(std::time::Duration::from_secs(30));
        let pool = SqlitePoolOptions::new()
            .max_connections(4)
            .connect_with(options)
            .await
            .map_err(|e| open_error("登録簿が壊れているか、書き込めません", &e))?;
        sqlx::migrate!("migrations/sqlite").run(&pool).await.map_err(|e| open_error("登録簿の形式が違います", &e))?;
        Ok(Self { pool })
    }
}

fn stored_dataset(row: &SqliteRow) -> Result<StoredDataset, sqlx::Error> {
    Ok(StoredDataset {
        id: row.try_get("id")?,
        dataset: Dataset {
            key: row.try_get("key")?,
            format: row.try_get("format")?,
            title: row.try_get("title")?,
            attribution: row.try_get("attribution")?,
            vintage: row.try_get("vintage")?,
        },
        sha256: row.try_get("sha256")?,
    })
}

#[async_trait::async_trait]
impl Store for SqliteStore {
    async fn revision(&self) -> Result<i64, StoreError> {
        let row = sqlx::query("SELECT COALESCE(MAX(id), 0) FROM revision").fetch_one(&self.pool).await?;
        Ok(row.try_get(0)?)
    }

    async fn dataset(&self, key: &str) -> Result<Option<StoredDataset>, StoreError> {
        let row = sqlx::query("SELECT * FROM dataset WHERE key = ?").bind(key).fetch_optional(&self.pool).await?;
        Ok(row.as_ref().map(stored_dataset).transpose()?)
    }

    async fn contents(&self) -> Result<Contents, StoreError> {
        load::contents(&self.pool).await
    }

    async fn addresses(&self) -> Result<Vec<AddressPoint>, StoreError> {
        load::addresses(&self.pool).await
    }

    async fn to_locate(&self) -> Result<Vec<(i64, Option<String>)>, StoreError> {
        locate::to_locate(&self.pool).await
    }

    async fn locate(&self, found: &[Position], by: &str, author: &Author) -> Result<Option<i64>, StoreError> {
        locate::locate(&self.pool, found, by, author).await
    }

    async fn deliver(&self, delivery: Delivery<'_>, author: &Author) -> Result<Outcome, StoreError> {
        deliver::deliver(&self.pool, delivery, author, true).await
    }

    async fn preview(&self, delivery: Delivery<'_>, author: &Author) -> Result<Outcome, StoreError> {
        deliver::deliver(&self.pool, delivery, author, false).await
    }

    async fn backup(&self, to: &Path) -> Result<(), StoreError> {
        safe::backup(&self.pool, to).await
    }

    async fn check(&self) -> Result<Vec<String>, StoreError> {
        safe::check(&self.pool).await
    }

    async fn compiled_names(&self, prefix: &str) -> Result<Vec<(String, String)>, StoreError> {
        let sql = "SELECT name, hash FROM compiled WHERE substr(name, 1, length(?1)) = ?1 ORDER BY dataset_id, name";
        let rows = sqlx::query(sql).bind(prefix).fetch_all(&self.pool).await?;
        rows.iter().map(|r| Ok((r.try_get(0)?, r.try_get(1)?))).collect()
    }

    async fn scenarios(&self) -> Result<Vec<StoredScenario>, StoreError> {
        let rows = sqlx::query("SELECT name, body, at, actor FROM scenario ORDER BY name").fetch_all(&self.pool).await?;
        let read = |r: &SqliteRow| {
            let body: String = r.try_get("body")?;
            let body = serde_json::from_str(&body).map_err(|_| StoreError::Corrupt("scenario.body".into()))?;
            Ok(StoredScenario { name: r.try_get("name")?, body, at: r.try_get("at")?, actor: r.try_get("actor")? })
        };
        rows.iter().map(read).collect()
    }

    async fn save_scenario(&self, name: &str, body: &str, author: &Author) -> Result<(), StoreError> {
        let sql = "INSERT INTO scenario (name, body, at, actor) VALUES (?, ?, ?, ?) \
                   ON CONFLICT (name) DO UPDATE SET body = excluded.body, at = excluded.at, actor = excluded.actor";
        sqlx::query(sql).bind(name).bind(body).bind(&author.at).bind(&author.actor).execute(&self.pool).await?;
        Ok(())
    }

    async fn remove_scenario(&self, name: &str) -> Result<bool, StoreError> {
        let done = sqlx::query("DELETE FROM scenario WHERE name = ?").bind(name).execute(&self.pool).await?;
        Ok(done.rows_affected() > 0)
    }

    async fn compiled_hash(&self, name: &str) -> Result<Option<String>, StoreError> {
        let row = sqlx::query("SELECT hash FROM compiled WHERE name = ?").bind(name).fetch_optional(&self.pool).await?;
        Ok(row.map(|r| r.try_get(0)).transpose()?)
    }

    async fn compiled(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let row = sqlx::query("SELECT bytes FROM compiled WHERE name = ?").bind(name).fetch_optional(&self.pool).await?;
        Ok(row.map(|r| r.try_get(0)).transpose()?)
    }
}
