//! History, doubts, suggestions, publications and header mappings: what the desk works on.

use super::super::{Pool, Row as DbRow};
use super::records;
use super::undo::before_next;
use crate::model::{Entry, Note, NoteKind, PastChange, Publication, Revision, Suggestion};
use crate::store::{Author, Doubt, StoreError};
use sqlx::Row;
use std::collections::{BTreeMap, BTreeSet};

fn revision(r: &DbRow) -> Result<Revision, StoreError> {
    Ok(Revision {
        id: r.try_get("id")?,
        at: r.try_get("at")?,
        actor: r.try_get("actor")?,
        summary: r.try_get("summary")?,
        why: r.try_get("why")?,
        undoes: r.try_get("undoes")?,
        changes: r.try_get("changes")?,
    })
}

/// The last revisions before one (0: before now), newest first.
pub async fn revisions(pool: &Pool, before: i64, limit: i64) -> Result<Vec<Revision>, StoreError> {
    let sql = "SELECT r.*, (SELECT COUNT(*) FROM change c WHERE c.revision = r.id) AS changes FROM revision r \
               WHERE r.id < $1 OR $1 = 0 ORDER BY r.id DESC LIMIT $2";
    sqlx::query(sql).bind(before).bind(limit).fetch_all(pool).await?.iter().map(revision).collect()
}

/// A place, retired or not.
pub async fn entry(pool: &Pool, place: i64) -> Result<Option<Entry>, StoreError> {
    let mut tx = pool.begin().await?;
    records::read(&mut tx, place).await
}

/// Everything that happened to a place, newest first.
pub async fn history(pool: &Pool, place: i64) -> Result<Vec<PastChange>, StoreError> {
    let mut tx = pool.begin().await?;
    let sql = "SELECT r.*, c.before, 1 AS one, (SELECT COUNT(*) FROM change x WHERE x.revision = r.id) AS changes \
               FROM change c JOIN revision r ON r.id = c.revision WHERE c.record = 'place' AND c.record_id = $1 ORDER BY r.id DESC";
    let rows = sqlx::query(sql).bind(place).fetch_all(&mut *tx).await?;
    let mut after = records::read(&mut tx, place).await?;
    let mut all = Vec::new();
    for r in &rows {
        let before: Option<String> = r.try_get("before")?;
        // changes of older versions kept another form: they are shown without their content
        let before: Option<Entry> = before.and_then(|t| serde_json::from_str(&t).ok());
        all.push(PastChange {
            revision: revision(r)?,
            before: before.clone(),
            after: after.take().filter(|e| e.retired.is_none()),
        });
        after = before;
    }
    Ok(all)
}

/// A place as it was right after a revision.
pub async fn entry_at(pool: &Pool, place: i64, revision: i64) -> Result<Option<Entry>, StoreError> {
    let mut tx = pool.begin().await?;
    match before_next(&mut tx, "place", place, revision).await? {
        Some(text) => Ok(text.and_then(|t| serde_json::from_str(&t).ok())),
        None => records::read(&mut tx, place).await,
    }
}

/// What nobody settled yet, oldest first.
pub async fn doubts(pool: &Pool) -> Result<Vec<Doubt>, StoreError> {
    let sql =
        "SELECT d.* FROM doubt d JOIN place p ON p.id = d.place_id WHERE d.settled IS NULL AND p.retired IS NULL ORDER BY d.id";
    let doubt = |r: &DbRow| {
        Ok(Doubt {
            place: r.try_get("place_id")?,
            code: r.try_get("code")?,
            field: r.try_get("field")?,
            value: r.try_get("value")?,
            message: r.try_get("message")?,
        })
    };
    sqlx::query(sql).fetch_all(pool).await?.iter().map(doubt).collect()
}

/// Notes that two places that look alike are not one.
pub async fn keep_apart(pool: &Pool, first: i64, second: i64, author: &Author) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO apart (first_id, second_id, at, actor) VALUES ($1, $2, $3, $4) ON CONFLICT (first_id, second_id) DO NOTHING";
    let (low, high) = (first.min(second), first.max(second));
    sqlx::query(sql).bind(low).bind(high).bind(&author.at).bind(&author.actor).execute(pool).await?;
    Ok(())
}

/// Pairs of places that look alike and are not one.
pub async fn apart(pool: &Pool) -> Result<BTreeSet<(i64, i64)>, StoreError> {
    let rows = sqlx::query("SELECT first_id, second_id FROM apart").fetch_all(pool).await?;
    rows.iter().map(|r| Ok((r.try_get(0)?, r.try_get(1)?))).collect()
}

/// Keeps what a resident says.
pub async fn suggest(pool: &Pool, s: &Suggestion) -> Result<i64, StoreError> {
    let sql = "INSERT INTO suggestion (at, service_id, body, contact, state) VALUES ($1, $2, $3, $4, 'open') RETURNING id";
    let row = sqlx::query(sql).bind(&s.at).bind(s.service).bind(&s.text).bind(&s.contact);
    Ok(row.fetch_one(pool).await?.try_get(0)?)
}

/// What residents said, newest first; only what waits for a decision if asked so.
pub async fn suggestions(pool: &Pool, open_only: bool) -> Result<Vec<Suggestion>, StoreError> {
    let sql = "SELECT * FROM suggestion WHERE state = 'open' OR NOT $1 ORDER BY id DESC LIMIT 1000";
    let read = |r: &DbRow| {
        Ok(Suggestion {
            id: r.try_get("id")?,
            at: r.try_get("at")?,
            service: r.try_get("service_id")?,
            text: r.try_get("body")?,
            contact: r.try_get("contact")?,
            state: r.try_get("state")?,
            decided_by: r.try_get("decided_by")?,
            reply: r.try_get("reply")?,
        })
    };
    sqlx::query(sql).bind(open_only).fetch_all(pool).await?.iter().map(read).collect()
}

/// Decides on a suggestion that waits; false if it does not.
pub async fn decide(pool: &Pool, id: i64, state: &str, by: &str, reply: Option<&str>) -> Result<bool, StoreError> {
    let sql = "UPDATE suggestion SET state = $1, decided_by = $2, reply = $3 WHERE id = $4 AND state = 'open'";
    Ok(sqlx::query(sql).bind(state).bind(by).bind(reply).bind(id).execute(pool).await?.rows_affected() > 0)
}

/// Notes that something was handed out.
pub async fn publish(pool: &Pool, p: &Publication) -> Result<i64, StoreError> {
    let sql = "INSERT INTO publication (at, actor, what, recipient, revision, note) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id";
    let row = sqlx::query(sql).bind(&p.at).bind(&p.actor).bind(&p.what).bind(&p.recipient).bind(p.revision).bind(&p.note);
    Ok(row.fetch_one(pool).await?.try_get(0)?)
}

/// What was handed out, newest first.
pub async fn publications(pool: &Pool) -> Result<Vec<Publication>, StoreError> {
    let read = |r: &DbRow| {
        Ok(Publication {
            id: r.try_get("id")?,
            at: r.try_get("at")?,
            actor: r.try_get("actor")?,
            what: r.try_get("what")?,
            recipient: r.try_get("recipient")?,
            revision: r.try_get("revision")?,
            note: r.try_get("note")?,
        })
    };
    sqlx::query("SELECT * FROM publication ORDER BY id DESC LIMIT 1000").fetch_all(pool).await?.iter().map(read).collect()
}

/// Writes a note of an area.
pub async fn note(pool: &Pool, n: &Note) -> Result<i64, StoreError> {
    let sql = "INSERT INTO note (at, actor, area_id, kind, body, about, value, parent_id) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id";
    let row = sqlx::query(sql).bind(&n.at).bind(&n.actor).bind(n.area).bind(n.kind.code()).bind(&n.text);
    Ok(row.bind(&n.about).bind(&n.value).bind(n.parent).fetch_one(pool).await?.try_get(0)?)
}

/// Notes of an area (0: of all) that nobody took back, oldest first.
pub async fn notes(pool: &Pool, area: i64) -> Result<Vec<Note>, StoreError> {
    let sql = "SELECT * FROM note WHERE withdrawn_at IS NULL AND (area_id = $1 OR $1 = 0) ORDER BY id LIMIT 10000";
    let read = |r: &DbRow| {
        let kind: String = r.try_get("kind")?;
        Ok(Note {
            id: r.try_get("id")?,
            at: r.try_get("at")?,
            actor: r.try_get("actor")?,
            area: r.try_get("area_id")?,
            kind: NoteKind::from_code(&kind).ok_or_else(|| StoreError::Corrupt("note.kind".into()))?,
            text: r.try_get("body")?,
            about: r.try_get("about")?,
            value: r.try_get("value")?,
            parent: r.try_get("parent_id")?,
        })
    };
    sqlx::query(sql).bind(area).fetch_all(pool).await?.iter().map(read).collect()
}

/// Takes a note back; false if there is none, or it was before.
pub async fn withdraw(pool: &Pool, note: i64, author: &Author) -> Result<bool, StoreError> {
    let sql = "UPDATE note SET withdrawn_at = $1, withdrawn_by = $2 WHERE id = $3 AND withdrawn_at IS NULL";
    Ok(sqlx::query(sql).bind(&author.at).bind(&author.actor).bind(note).execute(pool).await?.rows_affected() > 0)
}

/// What columns mean, as offices said: headings (JSON) → heading → field.
pub async fn mappings(pool: &Pool) -> Result<BTreeMap<String, BTreeMap<String, String>>, StoreError> {
    let read = |r: &DbRow| {
        let (headings, fields): (String, String) = (r.try_get(0)?, r.try_get(1)?);
        let fields = serde_json::from_str(&fields).map_err(|_| StoreError::Corrupt("mapping.fields".into()))?;
        Ok((headings, fields))
    };
    sqlx::query("SELECT headings, fields FROM mapping").fetch_all(pool).await?.iter().map(read).collect()
}

/// Remembers what the columns of lists with these headings mean.
pub async fn save_mapping(
    pool: &Pool,
    headings: &str,
    fields: &BTreeMap<String, String>,
    author: &Author,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO mapping (headings, fields, at, actor) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (headings) DO UPDATE SET fields = excluded.fields, at = excluded.at, actor = excluded.actor";
    let fields = serde_json::to_string(fields).map_err(|e| StoreError::Corrupt(e.to_string()))?;
    sqlx::query(sql).bind(headings).bind(fields).bind(&author.at).bind(&author.actor).execute(pool).await?;
    Ok(())
}
