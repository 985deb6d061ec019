//! Changes people make: several records in one transaction, none of them over somebody else's.

use super::super::{Connection, Pool, announce, writing};
use super::records::{self, Action};
use crate::model::{Entry, GeocodeLevel, Place};
use crate::store::{Author, Edit, Edited, StoreError};
use sqlx::Row;

/// Key of the dataset of records made here.
const OFFICE: &str = "office";

/// Makes some edits in one revision; none of them if one is not of the version the register has.
pub async fn edit(pool: &Pool, edits: &[Edit], summary: &str, author: &Author) -> Result<Edited, StoreError> {
    let mut tx = writing(pool).await?;
    let revision = records::begin(&mut tx, author, summary, None).await?;
    let mut places = Vec::new();
    let mut changed = false;
    // all of them before any is written: a service may move from one to another
    let mut befores = Vec::new();
    for e in edits {
        let before = match e.place {
            0 => None,
            id => Some(records::read(&mut tx, id).await?.ok_or(StoreError::Missing)?),
        };
        if let Some(before) = before.as_ref().filter(|b| b.version != e.version) {
            return Ok(Edited::Stale(Box::new(before.clone())));
        }
        befores.push(before);
    }
    for (n, (e, before)) in edits.iter().zip(befores).enumerate() {
        let id = match (before, &e.after) {
            (None, Some(after)) => {
                let dataset = office(&mut tx, revision).await?;
                let key = format!("{revision}-{n}");
                let entry = Entry { dataset, place: Place { id: 0, key, ..after.clone() }, ..Entry::default() };
                let id = records::write(&mut tx, &entry, None, revision).await?;
                records::note(&mut tx, revision, "place", id, None, Action::Add).await?;
                changed = true;
                id
            }
            (Some(before), after) => {
                let next = next_entry(&before, after.as_ref(), e.merged_into, revision);
                if next != before {
                    let action = if next.retired.is_some() { Action::Retire } else { Action::Update };
                    records::write(&mut tx, &next, Some(&before), revision).await?;
                    records::note(&mut tx, revision, "place", e.place, Some(&records::text(&before)?), action).await?;
                    changed = true;
                }
                e.place
            }
            (None, None) => return Err(StoreError::Missing),
        };
        let settle = "UPDATE doubt SET settled = $1 WHERE place_id = $2 AND settled IS NULL";
        changed |= sqlx::query(settle).bind(revision).bind(id).execute(&mut *tx).await?.rows_affected() > 0;
        places.push(id);
    }
    if !changed {
        return Ok(Edited::Same);
    }
    announce(&mut tx, revision).await?;
    tx.commit().await?;
    Ok(Edited::Done { revision, places })
}

/// The record after an edit. What its list said is remembered from the first edit on.
fn next_entry(before: &Entry, after: Option<&Place>, merged_into: Option<i64>, revision: i64) -> Entry {
    let listed = || {
        let mut place = before.place.clone();
        if before.located_by.is_some() {
            (place.point, place.level) = (None, GeocodeLevel::Unlocated);
        }
        Some(Box::new(place))
    };
    let source = before.source.clone().or_else(|| (!before.digest.is_empty()).then(listed).flatten());
    let Some(after) = after else {
        return Entry { source, merged_into, retired: Some(revision), ..before.clone() };
    };
    let mut place = Place { id: before.place.id, key: before.place.key.clone(), ..after.clone() };
    let mut located_by = before.located_by.clone();
    let moved = (place.point, place.level) != (before.place.point, before.place.level);
    if moved {
        located_by = None;
    } else if located_by.is_some() && place.address != before.place.address {
        // it stood where its old address is
        (place.point, place.level, located_by) = (None, GeocodeLevel::Unlocated, None);
    }
    if place == before.place && before.retired.is_none() {
        return before.clone();
    }
    Entry { place, source, located_by, merged_into: None, retired: None, ..before.clone() }
}

/// The dataset of records made here.
async fn office(c: &mut Connection, revision: i64) -> Result<i64, StoreError> {
    let known = sqlx::query("SELECT id FROM dataset WHERE key = $1").bind(OFFICE).fetch_optional(&mut *c).await?;
    if let Some(row) = known {
        return Ok(row.try_get(0)?);
    }
    let sql = "INSERT INTO dataset (key, format, title, attribution, sha256, file, revision) \
               VALUES ($1, $1, '所内で登録した記録', '', '', '', $2) RETURNING id";
    Ok(sqlx::query(sql).bind(OFFICE).bind(revision).fetch_one(c).await?.try_get(0)?)
}
