//! The durable register. One trait; SQL lives below it and nowhere else.

mod geometry;
pub mod geopackage;
mod postgres;
mod sqlite;

use crate::model::{
    Account, AddressPoint, Batch, Contents, Dataset, Entry, Filed, Finding, GeocodeLevel, LonLat, Note, Outcome, PastChange,
    Place, Publication, Revision, StoredDataset, Suggestion,
};
use std::collections::{BTreeMap, BTreeSet};
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
    Database(sqlx::Error),
    /// The disk of the register is full, or a limit is reached.
    #[error("登録簿に書き足せません（ディスクの空きがないか、上限に達しました）")]
    Full,
    /// The register can be read and not written.
    #[error("登録簿に書き込めません（読み取り専用です）")]
    ReadOnly,
    /// The record or revision is not there.
    #[error("その記録は登録簿にありません")]
    Missing,
    /// A revision of an older version of Kayoi, which kept too little to take it back.
    #[error("この改訂は前の版のKayoiで作られたため、取り消せません")]
    TooOld,
    /// A stored value cannot be understood.
    #[error("登録簿の値を読めません: {0}")]
    Corrupt(String),
}

impl From<sqlx::Error> for StoreError {
    fn from(e: sqlx::Error) -> Self {
        // SQLITE_FULL is 13 and SQLITE_READONLY 8 in the low byte, SQLITE_IOERR_WRITE 778; in PostgreSQL 53100 is disk_full,
        // 25006 read_only_sql_transaction
        let code = e.as_database_error().and_then(|d| d.code()).map(|c| c.into_owned()).unwrap_or_default();
        let low = code.parse::<u32>().ok().filter(|_| code.len() < 5).map(|c| c & 0xff);
        match (code.as_str(), low) {
            ("53100" | "778", _) | (_, Some(13)) => Self::Full,
            ("25006", _) | (_, Some(8)) => Self::ReadOnly,
            _ => Self::Database(e),
        }
    }
}

/// Who makes a change and when. The clock is handed in.
#[derive(Debug, Clone)]
pub struct Author {
    /// Name of the person or command.
    pub actor: String,
    /// RFC 3339, UTC.
    pub at: String,
    /// Why, if the person says so.
    pub why: Option<String>,
}

impl Author {
    /// Somebody who gives no reason.
    pub fn new(actor: impl Into<String>, at: impl Into<String>) -> Self {
        Self { actor: actor.into(), at: at.into(), why: None }
    }
}

/// A change of one record by a person.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Edit {
    /// Register id of the place; 0 makes a new one.
    pub place: i64,
    /// The version the person saw.
    pub version: i64,
    /// The record as it shall be; nothing retires it.
    pub after: Option<Place>,
    /// The place it becomes part of when it is retired.
    pub merged_into: Option<i64>,
}

/// What became of some edits.
#[derive(Debug, Clone, PartialEq)]
pub enum Edited {
    /// They are kept.
    Done {
        /// The revision made.
        revision: i64,
        /// Ids of the places, in the order of the edits.
        places: Vec<i64>,
    },
    /// They changed nothing.
    Same,
    /// Somebody else changed this record in the meantime; nothing was kept.
    Stale(Box<Entry>),
}

/// What became of places since a revision.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Edits {
    /// The revision now.
    pub revision: i64,
    /// Each place that changed, by id; nothing where it has gone.
    pub places: Vec<(i64, Option<Filed>)>,
}

/// What became of taking a revision back.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Undone {
    /// The revision made, if anything was taken back.
    pub revision: Option<i64>,
    /// Records that are as they were.
    pub restored: usize,
    /// What stays because somebody changed it since, in Japanese.
    pub kept: Vec<String>,
}

/// Something an import was not sure of.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Doubt {
    /// Register id of the place.
    pub place: i64,
    /// Stable code.
    pub code: String,
    /// Column or field.
    pub field: String,
    /// The value found.
    pub value: String,
    /// What to do, Japanese.
    pub message: String,
}

/// A line of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct AuditLine {
    /// RFC 3339, UTC.
    pub at: String,
    /// Who.
    pub actor: String,
    /// What, a stable code.
    pub action: String,
    /// About what.
    pub detail: String,
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
    /// What was said about its rows.
    pub findings: &'a [Finding],
}

/// The durable register: an embedded file, or a database of several servers.
#[async_trait::async_trait]
pub trait Store: Send + Sync {
    /// The current revision, 0 for an empty register.
    async fn revision(&self) -> Result<i64, StoreError>;

    /// Returns when the current revision is another than this one, made by whatever process.
    async fn moved_on(&self, known: i64) -> Result<(), StoreError>;

    /// The dataset with this key, if it was ever imported.
    async fn dataset(&self, key: &str) -> Result<Option<StoredDataset>, StoreError>;

    /// Every dataset.
    async fn datasets(&self) -> Result<Vec<StoredDataset>, StoreError>;

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

    /// Every place that is not retired, with its version, and the revision they are of.
    async fn records(&self) -> Result<(i64, Vec<Filed>), StoreError>;

    /// What became of places since a revision, if that is all that changed and it is little: the revision now, and the places, nothing
    /// where one has gone.
    async fn edits_since(&self, revision: i64) -> Result<Option<Edits>, StoreError>;

    /// A place, retired or not.
    async fn entry(&self, place: i64) -> Result<Option<Entry>, StoreError>;

    /// A place as it was right after a revision.
    async fn entry_at(&self, place: i64, revision: i64) -> Result<Option<Entry>, StoreError>;

    /// Makes some edits in one revision; none of them if one is not of the version the register has.
    async fn edit(&self, edits: &[Edit], summary: &str, author: &Author) -> Result<Edited, StoreError>;

    /// Everything that happened to a place, newest first.
    async fn history(&self, place: i64) -> Result<Vec<PastChange>, StoreError>;

    /// The last revisions before one (0: before now), newest first.
    async fn revisions(&self, before: i64, limit: i64) -> Result<Vec<Revision>, StoreError>;

    /// Takes a revision back in a new one: every record as it was, unless somebody changed it since.
    async fn undo(&self, revision: i64, author: &Author) -> Result<Undone, StoreError>;

    /// What imports were not sure of and nobody settled yet.
    async fn doubts(&self) -> Result<Vec<Doubt>, StoreError>;

    /// Notes that two places that look alike are not one, the lower id first.
    async fn keep_apart(&self, first: i64, second: i64, author: &Author) -> Result<(), StoreError>;

    /// Pairs of places that look alike and are not one.
    async fn apart(&self) -> Result<BTreeSet<(i64, i64)>, StoreError>;

    /// Keeps what a resident says.
    async fn suggest(&self, suggestion: &Suggestion) -> Result<i64, StoreError>;

    /// What residents said, newest first; only what waits for a decision if asked so.
    async fn suggestions(&self, open_only: bool) -> Result<Vec<Suggestion>, StoreError>;

    /// Decides on a suggestion that waits; false if it does not.
    async fn decide(&self, suggestion: i64, state: &str, by: &str, reply: Option<&str>) -> Result<bool, StoreError>;

    /// Notes that something was handed out.
    async fn publish(&self, publication: &Publication) -> Result<i64, StoreError>;

    /// What was handed out, newest first.
    async fn publications(&self) -> Result<Vec<Publication>, StoreError>;

    /// Writes a note of an area.
    async fn note(&self, note: &Note) -> Result<i64, StoreError>;

    /// Notes of an area (0: of all) that nobody took back, oldest first.
    async fn notes(&self, area: i64) -> Result<Vec<Note>, StoreError>;

    /// Takes a note back; false if there is none, or it was before.
    async fn withdraw(&self, note: i64, author: &Author) -> Result<bool, StoreError>;

    /// What columns mean, as offices said: headings (JSON) → heading → field.
    async fn mappings(&self) -> Result<BTreeMap<String, BTreeMap<String, String>>, StoreError>;

    /// Remembers what the columns of lists with these headings mean.
    async fn save_mapping(&self, headings: &str, fields: &BTreeMap<String, String>, author: &Author) -> Result<(), StoreError>;

    /// All accounts, by name.
    async fn accounts(&self) -> Result<Vec<Account>, StoreError>;

    /// The account of a name.
    async fn account(&self, name: &str) -> Result<Option<Account>, StoreError>;

    /// Makes or changes the account of a name.
    async fn put_account(&self, account: &Account) -> Result<(), StoreError>;

    /// Counts a wrong password and says how many there were.
    async fn count_failure(&self, account: i64) -> Result<i64, StoreError>;

    /// Shuts an account until a time, RFC 3339; or opens it and forgets its failures.
    async fn lock_account(&self, account: i64, until: Option<&str>) -> Result<(), StoreError>;

    /// Opens a session, known by the hash of its token.
    async fn open_session(&self, token: &str, account: i64, now: &str, expires: &str) -> Result<(), StoreError>;

    /// Whose session this is, if it is open and its account not disabled.
    async fn session(&self, token: &str, now: &str) -> Result<Option<Account>, StoreError>;

    /// Closes one session.
    async fn close_session(&self, token: &str) -> Result<(), StoreError>;

    /// Closes all sessions of an account.
    async fn close_sessions(&self, account: i64) -> Result<(), StoreError>;

    /// Writes a line of the audit log.
    async fn audit(&self, author: &Author, action: &str, detail: &str) -> Result<(), StoreError>;

    /// The last lines of the audit log, newest first.
    async fn audits(&self, limit: i64) -> Result<Vec<AuditLine>, StoreError>;

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
    Ok(Arc::new(sqlite::open(data).await?))
}

/// Connects to the register in a PostgreSQL database with PostGIS.
///
/// # Errors
/// If it cannot be reached or is another program's.
pub async fn connect(url: &str) -> Result<Arc<dyn Store>, StoreError> {
    Ok(Arc::new(postgres::open(url).await?))
}
