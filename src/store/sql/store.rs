//! The register behind the [`Store`] trait.

use super::super::{Pool, backup, check, moved_on};
use super::{compiled, deliver, edit, load, locate, office, people, undo};
use crate::model::{
    Account, AddressPoint, Contents, Entry, Filed, Note, Outcome, PastChange, Publication, Revision, StoredDataset, Suggestion,
};
use crate::store::{
    AuditLine, Author, Delivery, Doubt, Edit, Edited, Edits, Position, Store, StoreError, StoredScenario, Undone,
};
use sqlx::Row;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The register in a database.
pub struct Register {
    pool: Pool,
}

impl Register {
    /// Over a database of the current schema.
    pub(in crate::store) fn new(pool: Pool) -> Self {
        Self { pool }
    }

    #[allow(dead_code)] // PostgreSQL listens on a connection of its own
    pub(in crate::store) fn pool(&self) -> &Pool {
        &self.pool
    }
}

type Result<T> = std::result::Result<T, StoreError>;

#[async_trait::async_trait]
impl Store for Register {
    async fn revision(&self) -> Result<i64> {
        let row = sqlx::query("SELECT COALESCE(MAX(id), 0) FROM revision").fetch_one(&self.pool).await?;
        Ok(row.try_get(0)?)
    }

    async fn moved_on(&self, known: i64) -> Result<()> {
        moved_on(self, known).await
    }

    async fn dataset(&self, key: &str) -> Result<Option<StoredDataset>> {
        let row = sqlx::query("SELECT * FROM dataset WHERE key = $1").bind(key).fetch_optional(&self.pool).await?;
        Ok(row.as_ref().map(load::stored_dataset).transpose()?)
    }

    async fn datasets(&self) -> Result<Vec<StoredDataset>> {
        let rows = sqlx::query("SELECT * FROM dataset ORDER BY id").fetch_all(&self.pool).await?;
        rows.iter().map(|r| Ok(load::stored_dataset(r)?)).collect()
    }

    async fn contents(&self) -> Result<Contents> {
        load::contents(&self.pool).await
    }

    async fn addresses(&self) -> Result<Vec<AddressPoint>> {
        load::addresses(&self.pool).await
    }

    async fn to_locate(&self) -> Result<Vec<(i64, Option<String>)>> {
        locate::to_locate(&self.pool).await
    }

    async fn locate(&self, found: &[Position], by: &str, author: &Author) -> Result<Option<i64>> {
        locate::locate(&self.pool, found, by, author).await
    }

    async fn deliver(&self, delivery: Delivery<'_>, author: &Author) -> Result<Outcome> {
        deliver::deliver(&self.pool, delivery, author, true).await
    }

    async fn preview(&self, delivery: Delivery<'_>, author: &Author) -> Result<Outcome> {
        deliver::deliver(&self.pool, delivery, author, false).await
    }

    async fn records(&self) -> Result<(i64, Vec<Filed>)> {
        load::records(&self.pool).await
    }

    async fn edits_since(&self, revision: i64) -> Result<Option<Edits>> {
        load::edits_since(&self.pool, revision).await
    }

    async fn entry(&self, place: i64) -> Result<Option<Entry>> {
        office::entry(&self.pool, place).await
    }

    async fn entry_at(&self, place: i64, revision: i64) -> Result<Option<Entry>> {
        office::entry_at(&self.pool, place, revision).await
    }

    async fn edit(&self, edits: &[Edit], summary: &str, author: &Author) -> Result<Edited> {
        edit::edit(&self.pool, edits, summary, author).await
    }

    async fn history(&self, place: i64) -> Result<Vec<PastChange>> {
        office::history(&self.pool, place).await
    }

    async fn revisions(&self, before: i64, limit: i64) -> Result<Vec<Revision>> {
        office::revisions(&self.pool, before, limit).await
    }

    async fn undo(&self, revision: i64, author: &Author) -> Result<Undone> {
        undo::undo(&self.pool, revision, author).await
    }

    async fn doubts(&self) -> Result<Vec<Doubt>> {
        office::doubts(&self.pool).await
    }

    async fn keep_apart(&self, first: i64, second: i64, author: &Author) -> Result<()> {
        office::keep_apart(&self.pool, first, second, author).await
    }

    async fn apart(&self) -> Result<BTreeSet<(i64, i64)>> {
        office::apart(&self.pool).await
    }

    async fn suggest(&self, suggestion: &Suggestion) -> Result<i64> {
        office::suggest(&self.pool, suggestion).await
    }

    async fn suggestions(&self, open_only: bool) -> Result<Vec<Suggestion>> {
        office::suggestions(&self.pool, open_only).await
    }

    async fn decide(&self, suggestion: i64, state: &str, by: &str, reply: Option<&str>) -> Result<bool> {
        office::decide(&self.pool, suggestion, state, by, reply).await
    }

    async fn publish(&self, publication: &Publication) -> Result<i64> {
        office::publish(&self.pool, publication).await
    }

    async fn note(&self, note: &Note) -> Result<i64> {
        office::note(&self.pool, note).await
    }

    async fn notes(&self, area: i64) -> Result<Vec<Note>> {
        office::notes(&self.pool, area).await
    }

    async fn withdraw(&self, note: i64, author: &Author) -> Result<bool> {
        office::withdraw(&self.pool, note, author).await
    }

    async fn publications(&self) -> Result<Vec<Publication>> {
        office::publications(&self.pool).await
    }

    async fn mappings(&self) -> Result<BTreeMap<String, BTreeMap<String, String>>> {
        office::mappings(&self.pool).await
    }

    async fn save_mapping(&self, headings: &str, fields: &BTreeMap<String, String>, author: &Author) -> Result<()> {
        office::save_mapping(&self.pool, headings, fields, author).await
    }

    async fn accounts(&self) -> Result<Vec<Account>> {
        people::accounts(&self.pool).await
    }

    async fn account(&self, name: &str) -> Result<Option<Account>> {
        people::find(&self.pool, name).await
    }

    async fn put_account(&self, account: &Account) -> Result<()> {
        people::put(&self.pool, account).await
    }

    async fn count_failure(&self, account: i64) -> Result<i64> {
        people::failed(&self.pool, account).await
    }

    async fn lock_account(&self, account: i64, until: Option<&str>) -> Result<()> {
        people::lock(&self.pool, account, until).await
    }

    async fn open_session(&self, token: &str, account: i64, now: &str, expires: &str) -> Result<()> {
        people::open(&self.pool, token, account, now, expires).await
    }

    async fn session(&self, token: &str, now: &str) -> Result<Option<Account>> {
        people::of_session(&self.pool, token, now).await
    }

    async fn close_session(&self, token: &str) -> Result<()> {
        people::close(&self.pool, token).await
    }

    async fn close_sessions(&self, account: i64) -> Result<()> {
        people::close_all(&self.pool, account).await
    }

    async fn audit(&self, author: &Author, action: &str, detail: &str) -> Result<()> {
        people::audit(&self.pool, author, action, detail).await
    }

    async fn audits(&self, limit: i64) -> Result<Vec<AuditLine>> {
        people::audits(&self.pool, limit).await
    }

    async fn backup(&self, to: &Path) -> Result<()> {
        backup(&self.pool, to).await
    }

    async fn check(&self) -> Result<Vec<String>> {
        check(&self.pool).await
    }

    async fn compiled_names(&self, prefix: &str) -> Result<Vec<(String, String)>> {
        compiled::names(&self.pool, prefix).await
    }

    async fn compiled_hash(&self, name: &str) -> Result<Option<String>> {
        compiled::hash(&self.pool, name).await
    }

    async fn compiled(&self, name: &str) -> Result<Option<Vec<u8>>> {
        compiled::bytes(&self.pool, name).await
    }

    async fn scenarios(&self) -> Result<Vec<StoredScenario>> {
        compiled::scenarios(&self.pool).await
    }

    async fn save_scenario(&self, name: &str, body: &str, author: &Author) -> Result<()> {
        compiled::save_scenario(&self.pool, name, body, author).await
    }

    async fn remove_scenario(&self, name: &str) -> Result<bool> {
        compiled::remove_scenario(&self.pool, name).await
    }
}
