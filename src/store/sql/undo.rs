//! A revision taken back: every record as it was before it, unless somebody changed it since.

use super::super::{Connection, Pool, announce, shape, writing};
use super::records::{self, Action};
use crate::model::{Entry, GeocodeLevel, merge_places};
use crate::store::{Author, StoreError, Undone};
use serde::{Deserialize, Serialize};
use sqlx::Row;
use std::collections::HashMap;

/// Most names told of records that were left as they are.
const MAX_NAMES: usize = 1000;

/// A row of an area or cell, for the history.
#[derive(Serialize, Deserialize)]
struct AreaText {
    geom: Option<Vec<u8>>,
    area_type: String,
    code: Option<String>,
    name: String,
    city_code: Option<String>,
    approximate: bool,
    parent: Option<String>,
    digest: Vec<u8>,
    retired: Option<i64>,
}

#[derive(Serialize, Deserialize)]
struct CellText {
    geom: Option<Vec<u8>>,
    name: Option<String>,
    centroid: [Option<f64>; 2],
    merged_into: Option<String>,
    digest: Vec<u8>,
    retired: Option<i64>,
    population: Vec<YearText>,
}

/// Year, and people: all, 65 and over, 75 and over.
type YearText = (i64, Option<f64>, Option<f64>, Option<f64>);

#[derive(Deserialize)]
struct Edition {
    sha256: String,
    file: String,
    title: String,
    vintage: Option<String>,
    attribution: String,
    revision: i64,
}

struct Change {
    record: String,
    id: i64,
    before: Option<String>,
    action: Action,
}

struct Work<'c> {
    c: &'c mut Connection,
    /// The revision taken back.
    old: i64,
    /// The revision that takes it back.
    new: i64,
    undone: Undone,
}

/// Takes a revision back in a new one, which can itself be taken back.
pub async fn undo(pool: &Pool, old: i64, author: &Author) -> Result<Undone, StoreError> {
    let mut tx = writing(pool).await?;
    let row = sqlx::query("SELECT summary FROM revision WHERE id = $1").bind(old).fetch_optional(&mut *tx).await?;
    let summary: String = row.ok_or(StoreError::Missing)?.try_get(0)?;
    let rows = sqlx::query("SELECT record, record_id, before, action FROM change WHERE revision = $1").bind(old);
    let mut changes = Vec::new();
    for r in rows.fetch_all(&mut *tx).await? {
        let action: Option<String> = r.try_get("action")?;
        let action = action.as_deref().and_then(Action::from_code).ok_or(StoreError::TooOld)?;
        changes.push(Change { record: r.try_get("record")?, id: r.try_get("record_id")?, before: r.try_get("before")?, action });
    }
    let new = records::begin(&mut tx, author, &format!("取り消し: {summary}"), Some(old)).await?;
    let mut work = Work { c: &mut tx, old, new, undone: Undone::default() };
    // all of them before any is written: a service may have moved from one to another
    let mut places = HashMap::new();
    for change in changes.iter().filter(|c| c.record == "place") {
        places.extend(records::read(work.c, change.id).await?.map(|e| (change.id, e)));
    }
    for change in &changes {
        match change.record.as_str() {
            "place" => work.place(change, places.remove(&change.id)).await?,
            "area" => work.area(change).await?,
            "cell" => work.cell(change).await?,
            "dataset" => work.dataset(change).await?,
            _ => {}
        }
    }
    let had_former = changes.iter().any(|c| c.record == "dataset" && c.before.is_some() && c.action == Action::Update);
    work.whole_parts(had_former).await?;
    let mut undone = work.undone;
    if undone.restored == 0 {
        tx.rollback().await?;
        return Ok(undone);
    }
    announce(&mut tx, new).await?;
    tx.commit().await?;
    undone.revision = Some(new);
    Ok(undone)
}

/// What a record was after a revision: what it was before the next change, if there was one.
pub async fn before_next(c: &mut Connection, record: &str, id: i64, revision: i64) -> Result<Option<Option<String>>, StoreError> {
    let sql = "SELECT before FROM change WHERE record = $1 AND record_id = $2 AND revision > $3 ORDER BY revision LIMIT 1";
    let row = sqlx::query(sql).bind(record).bind(id).bind(revision).fetch_optional(c).await?;
    Ok(row.map(|r| r.try_get(0)).transpose()?)
}

fn entry(text: &str) -> Result<Entry, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::Corrupt("change.before".into()))
}

impl Work<'_> {
    fn keep(&mut self, name: &str, why: &str) {
        if self.undone.kept.len() < MAX_NAMES {
            self.undone.kept.push(format!("{name}: {why}"));
        }
    }

    async fn note(&mut self, change: &Change, before: &str, action: Action) -> Result<(), StoreError> {
        self.undone.restored += 1;
        records::note(self.c, self.new, &change.record, change.id, Some(before), action).await
    }

    async fn place(&mut self, change: &Change, now: Option<Entry>) -> Result<(), StoreError> {
        let Some(now) = now else { return Ok(()) };
        let after = match before_next(self.c, "place", change.id, self.old).await? {
            Some(text) => text.as_deref().map(entry).transpose()?.unwrap_or_else(|| now.clone()),
            None => now.clone(),
        };
        // its position may have been looked up since: nobody worked on it for that
        let as_listed = now.source.is_none() && now.retired.is_none() && now.digest == after.digest && !now.digest.is_empty();
        let untouched = now == after || as_listed;
        let name = now.place.services.first().map_or(&now.place.name, |s| &s.name).clone();
        let next = match &change.before {
            None if untouched => Entry { retired: Some(self.new), ..now.clone() },
            None => {
                self.keep(&name, "このあとに直されているので、残しました。");
                return Ok(());
            }
            Some(text) => {
                let before = entry(text)?;
                if untouched {
                    before
                } else {
                    let (place, conflicts) = merge_places(&after.place, &now.place, &before.place);
                    for c in conflicts {
                        self.keep(&name, &format!("{} はこのあとに直されているので、そのままにしました。", c.path));
                    }
                    let retired = if before.retired == after.retired { now.retired } else { before.retired };
                    Entry { place, digest: before.digest, source: before.source, retired, ..now.clone() }
                }
            }
        };
        let mut next = Entry { version: now.version, ..next };
        if next.located_by.is_some() && next.place.address != now.place.address && next.place.point == now.place.point {
            (next.place.point, next.place.level, next.located_by) = (None, GeocodeLevel::Unlocated, None);
        }
        if next == now {
            return Ok(());
        }
        let action = if next.retired.is_some() { Action::Retire } else { Action::Update };
        self.note(change, &records::text(&now)?, action).await?;
        records::write(self.c, &next, Some(&now), self.new).await?;
        Ok(())
    }

    /// True if a later revision changed the record too.
    async fn is_changed_since(&mut self, change: &Change, name: &str) -> Result<bool, StoreError> {
        let later = before_next(self.c, &change.record, change.id, self.old).await?.is_some();
        if later {
            self.keep(name, "このあとに変わっているので、そのままにしました。");
        }
        Ok(later)
    }

    async fn area(&mut self, change: &Change) -> Result<(), StoreError> {
        let Some(now) = area_text(self.c, change.id).await? else { return Ok(()) };
        let a: AreaText = parsed(&now)?;
        if self.is_changed_since(change, &a.name).await? {
            return Ok(());
        }
        self.note(change, &now, Action::Update).await?;
        let next = match (&change.before, change.action) {
            (Some(text), Action::Update) => parsed(text)?,
            (_, Action::Retire) => AreaText { retired: None, ..a },
            _ => AreaText { retired: Some(self.new), ..a },
        };
        let sql = concat!(
            "UPDATE area SET geom = ",
            put_geom!("$1"),
            ", area_type = $2, code = $3, name = $4, city_code = $5, approximate = $6, parent = $7, digest = $8, retired = $9 WHERE id = $10"
        );
        let row = sqlx::query(sql).bind(next.geom.map(shape)).bind(next.area_type).bind(next.code).bind(next.name);
        let row = row.bind(next.city_code).bind(next.approximate).bind(next.parent).bind(next.digest).bind(next.retired);
        row.bind(change.id).execute(&mut *self.c).await?;
        Ok(())
    }

    async fn cell(&mut self, change: &Change) -> Result<(), StoreError> {
        let Some(now) = cell_text(self.c, change.id).await? else { return Ok(()) };
        let cell: CellText = parsed(&now)?;
        let name = cell.name.clone().unwrap_or_else(|| change.id.to_string());
        if self.is_changed_since(change, &name).await? {
            return Ok(());
        }
        self.note(change, &now, Action::Update).await?;
        let next = match (&change.before, change.action) {
            (Some(text), Action::Update) => parsed(text)?,
            (_, Action::Retire) => CellText { retired: None, ..cell },
            _ => CellText { retired: Some(self.new), ..cell },
        };
        let sql = concat!(
            "UPDATE cell SET geom = ",
            put_geom!("$1"),
            ", name = $2, centroid_lon = $3, centroid_lat = $4, merged_into = $5, digest = $6, retired = $7 WHERE id = $8"
        );
        let row = sqlx::query(sql).bind(next.geom.map(shape)).bind(next.name).bind(next.centroid[0]).bind(next.centroid[1]);
        row.bind(next.merged_into).bind(next.digest).bind(next.retired).bind(change.id).execute(&mut *self.c).await?;
        sqlx::query("DELETE FROM population WHERE cell_id = $1").bind(change.id).execute(&mut *self.c).await?;
        for (year, total, aged65, aged75) in next.population {
            let sql = "INSERT INTO population (cell_id, year, total, aged65, aged75) VALUES ($1, $2, $3, $4, $5)";
            let row = sqlx::query(sql).bind(change.id).bind(year).bind(total).bind(aged65).bind(aged75);
            row.execute(&mut *self.c).await?;
        }
        Ok(())
    }

    async fn dataset(&mut self, change: &Change) -> Result<(), StoreError> {
        let row = sqlx::query("SELECT * FROM dataset WHERE id = $1").bind(change.id).fetch_one(&mut *self.c).await?;
        let now = super::deliver::edition(&row)?;
        if let Some(after) = before_next(self.c, "dataset", change.id, self.old).await?.flatten() {
            let (then, is): (Edition, Edition) = (parsed(&after)?, parsed(&now)?);
            if then.sha256 != is.sha256 {
                return Ok(()); // a newer edition
            }
        }
        self.note(change, &now, Action::Update).await?;
        let sql =
            "UPDATE dataset SET sha256 = $1, file = $2, title = $3, vintage = $4, attribution = $5, revision = $6 WHERE id = $7";
        match &change.before {
            Some(text) => {
                let e: Edition = parsed(text)?;
                let row = sqlx::query(sql).bind(e.sha256).bind(e.file).bind(e.title).bind(e.vintage).bind(e.attribution);
                row.bind(e.revision).bind(change.id).execute(&mut *self.c).await?;
            }
            None => {
                sqlx::query("UPDATE dataset SET sha256 = '', revision = $1 WHERE id = $2")
                    .bind(self.new)
                    .bind(change.id)
                    .execute(&mut *self.c)
                    .await?;
            }
        }
        Ok(())
    }

    /// House numbers, series and networks: the edition before comes back, the one it gave way to is put aside. `had_former`: the
    /// revision replaced an edition.
    async fn whole_parts(&mut self, had_former: bool) -> Result<(), StoreError> {
        for part in &PARTS {
            let mut counts = [0i64; 3];
            for (count, sql) in counts.iter_mut().zip([part.current, part.superseded, part.former]) {
                *count = sqlx::query(sql).bind(self.old).fetch_one(&mut *self.c).await?.try_get(0)?;
            }
            let [current, superseded, former] = counts;
            if superseded > 0 || (current > 0 && former == 0 && had_former) {
                self.keep(part.name, "新しい版が取り込まれているか、前の版が残っていないので、そのままにしました。");
                continue;
            }
            for sql in part.put_aside {
                sqlx::query(sql).bind(self.new).bind(self.old).execute(&mut *self.c).await?;
            }
            sqlx::query(part.bring_back).bind(self.old).execute(&mut *self.c).await?;
            self.undone.restored += usize::from(current + former > 0);
        }
        Ok(())
    }
}

/// Something replaced whole with its dataset: rows carry the revision they came with and the one they gave way to.
struct Part {
    name: &'static str,
    current: &'static str,
    superseded: &'static str,
    former: &'static str,
    put_aside: [&'static str; 2],
    bring_back: &'static str,
}

/// The statements for one table; editions are told apart by its dataset or by its name.
macro_rules! part {
    ($name:literal, $table:literal, $by:literal) => {
        Part {
            name: $name,
            current: concat!("SELECT COUNT(*) FROM ", $table, " WHERE added = $1 AND retired IS NULL"),
            superseded: concat!("SELECT COUNT(*) FROM ", $table, " WHERE added = $1 AND retired IS NOT NULL"),
            former: concat!("SELECT COUNT(*) FROM ", $table, " WHERE retired = $1"),
            put_aside: [
                concat!("UPDATE ", $table, " SET retired = $1 WHERE added = $2 AND retired IS NULL"),
                concat!(
                    "UPDATE ",
                    $table,
                    " SET retired = $1 WHERE retired IS NULL AND ",
                    $by,
                    " IN (SELECT ",
                    $by,
                    " FROM ",
                    $table,
                    " WHERE retired = $2)"
                ),
            ],
            bring_back: concat!("UPDATE ", $table, " SET retired = NULL WHERE retired = $1"),
        }
    };
}

const PARTS: [Part; 3] = [
    part!("住所の一覧", "address", "dataset_id"),
    part!("年度ごとの数", "series", "dataset_id"),
    part!("道路網・時刻表", "compiled", "name"),
];

fn parsed<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::Corrupt("change.before".into()))
}

fn written<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|e| StoreError::Corrupt(e.to_string()))
}

/// An area as it stands, for the history.
pub async fn area_text(c: &mut Connection, id: i64) -> Result<Option<String>, StoreError> {
    let sql = concat!("SELECT *, ", get_geom!(), " AS shape FROM area WHERE id = $1");
    let Some(r) = sqlx::query(sql).bind(id).fetch_optional(c).await? else { return Ok(None) };
    let text = AreaText {
        geom: r.try_get("shape")?,
        area_type: r.try_get("area_type")?,
        code: r.try_get("code")?,
        name: r.try_get("name")?,
        city_code: r.try_get("city_code")?,
        approximate: r.try_get("approximate")?,
        parent: r.try_get("parent")?,
        digest: r.try_get("digest")?,
        retired: r.try_get("retired")?,
    };
    written(&text).map(Some)
}

/// A cell with its people as it stands, for the history.
pub async fn cell_text(c: &mut Connection, id: i64) -> Result<Option<String>, StoreError> {
    let sql = concat!("SELECT *, ", get_geom!(), " AS shape FROM cell WHERE id = $1");
    let Some(r) = sqlx::query(sql).bind(id).fetch_optional(&mut *c).await? else { return Ok(None) };
    let people = "SELECT year, total, aged65, aged75 FROM population WHERE cell_id = $1 ORDER BY year";
    let people = sqlx::query(people).bind(id).fetch_all(&mut *c).await?;
    let person =
        |p: &super::super::Row| -> Result<_, sqlx::Error> { Ok((p.try_get(0)?, p.try_get(1)?, p.try_get(2)?, p.try_get(3)?)) };
    let text = CellText {
        geom: r.try_get("shape")?,
        name: r.try_get("name")?,
        centroid: [r.try_get("centroid_lon")?, r.try_get("centroid_lat")?],
        merged_into: r.try_get("merged_into")?,
        digest: r.try_get("digest")?,
        retired: r.try_get("retired")?,
        population: people.iter().map(person).collect::<Result<_, _>>()?,
    };
    written(&text).map(Some)
}
