//! The durable register. One trait; SQL lives below it and nowhere else.

mod sqlite;

pub use sqlite::SqliteStore;

use crate::model::{AddressPoint, Batch, Contents, Dataset, GeocodeLevel, LonLat, Outcome, StoredDataset};
use std::path::Path;
use std::sync::Arc;

/// The file of an embedded register in its data folder.
pub const REGISTER: &str = "kayoi.gpkg";

/// What can go wrong with the register.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The file or server cannot be reached, is damaged, or is not ours.
    #[error("登録簿を開けません: {0}")]
    Open(String),
    /// A statement failed.
    #[error("登録簿の読み書きに失敗しました: {0}")]
    Database(#[from] sqlx::Error),
    /// A stored value cannot be understood.
    #[error("登録簿の値を読めません: {0}")]
    Corrupt(String),
}

/// Who makes a change and when. The clock is handed in.
#[derive(Debug, Clone)]
pub struct Author {
    /// Name of the person or command.
    pub actor: String,
    /// RFC 3339, UTC.
    pub at: String,
}

/// A position looked up for a place.
#[derive(Debug, Clone, PartialEq)]
pub struct Position {
    /// Register id of the place.
    pub place: i64,
    /// Where; nothing if its address was not found.
    pub point: Option<LonLat>,
    /// How exactly.
    pub level: GeocodeLevel,
}

/// A saved scenario.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct StoredScenario {
    /// Its name.
    pub name: String,
    /// Its changes.
    pub body: serde_json::Value,
    /// When it was saved.
    pub at: String,
    /// By whom.
    pub actor: String,
}

/// A compiled network or map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compiled {
    /// `streets`, `base`, or `feed:` and the key of its dataset.
    pub name: String,
    /// Content hash.
    pub hash: String,
    /// The file.
    pub bytes: Vec<u8>,
}

/// One file as an import hands it over.
#[derive(Debug)]
pub struct Delivery<'a> {
    /// What it is an edition of.
    pub dataset: &'a Dataset,
    /// Digest of the file.
    pub sha256: &'a str,
    /// Its name.
    pub file: &'a str,
    /// Its records (streets excepted).
    pub batch: &'a Batch,
    /// Networks compiled from it.
    pub compiled: &'a [Compiled],
}

/// The durable register. SQLite today; PostgreSQL joins here without touching anything above.
#[async_trait::async_trait]
pub trait Store: Send + Sync {
    /// The current revision, 0 for an empty register.
    async fn revision(&self) -> Result<i64, StoreError>;

    /// The dataset with this key, if it was ever imported.
    async fn dataset(&self, key: &str) -> Result<Option<StoredDataset>, StoreError>;

    /// Everything but house numbers and compiled networks.
    async fn contents(&self) -> Result<Contents, StoreError>;

    /// House-number and town points.
    async fn addresses(&self) -> Result<Vec<AddressPoint>, StoreError>;

    /// Places with an address and without a position of their own, and by which address lists they were looked up before.
    async fn to_locate(&self) -> Result<Vec<(i64, Option<String>)>, StoreError>;

    /// Writes positions looked up in some address lists, in one transaction; makes a revision if anything changed.
    async fn locate(&self, found: &[Position], by: &str, author: &Author) -> Result<Option<i64>, StoreError>;

    /// Takes one delivery in one transaction: adds, updates, retires what disappeared; makes a revision if anything changed.
    async fn deliver(&self, delivery: Delivery<'_>, author: &Author) -> Result<Outcome, StoreError>;

    /// What a delivery would change; nothing is kept.
    async fn preview(&self, delivery: Delivery<'_>, author: &Author) -> Result<Outcome, StoreError>;

    /// Writes a copy of everything as it is at one moment, while the register is in use.
    async fn backup(&self, to: &Path) -> Result<(), StoreError>;

    /// What is wrong with the register, in Japanese; nothing if it is sound.
    async fn check(&self) -> Result<Vec<String>, StoreError>;

    /// Names and hashes of the compiled parts whose name begins so, in the order of their datasets.
    async fn compiled_names(&self, prefix: &str) -> Result<Vec<(String, String)>, StoreError>;

    /// Saved scenarios, by name.
    async fn scenarios(&self) -> Result<Vec<StoredScenario>, StoreError>;

    /// Saves a scenario under its name; an older one of that name gives way.
    async fn save_scenario(&self, name: &str, body: &str, author: &Author) -> Result<(), StoreError>;

    /// Removes a scenario; false if there was none.
    async fn remove_scenario(&self, name: &str) -> Result<bool, StoreError>;

    /// Hash of a compiled network or map.
    async fn compiled_hash(&self, name: &str) -> Result<Option<String>, StoreError>;

    /// A compiled network or map.
    async fn compiled(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError>;
}

/// Opens the register of a data folder, creating both if needed.
///
/// # Errors
/// If the folder cannot be made or the file is not a register of ours.
pub async fn open(data: &Path) -> Result<Arc<dyn Store>, StoreError> {
    Ok(Arc::new(SqliteStore::open(data).await?))
}
