//! One place with its services: read, written, noted in the history.

use super::super::{Connection, shape};
use super::load;
use crate::model::{Entry, Place, Service};
use crate::store::{StoreError, geometry};
use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::Row;

/// What an entry of the history did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// A record came.
    Add,
    /// A record changed.
    Update,
    /// A record went.
    Retire,
}

impl Action {
    pub fn code(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Update => "update",
            Self::Retire => "retire",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Add, Self::Update, Self::Retire].into_iter().find(|a| a.code() == code)
    }
}

/// Begins a revision.
pub async fn begin(
    c: &mut Connection,
    author: &crate::store::Author,
    summary: &str,
    undoes: Option<i64>,
) -> Result<i64, StoreError> {
    let sql = "INSERT INTO revision (at, actor, summary, why, undoes) VALUES ($1, $2, $3, $4, $5) RETURNING id";
    let row = sqlx::query(sql).bind(&author.at).bind(&author.actor).bind(summary).bind(&author.why).bind(undoes);
    Ok(row.fetch_one(c).await?.try_get(0)?)
}

/// Notes what a revision did to a record: what it was before, and how it changed. What it was after is what it was before the
/// next change, or what it is.
pub async fn note(
    c: &mut Connection,
    revision: i64,
    record: &str,
    id: i64,
    before: Option<&str>,
    action: Action,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO change (revision, record, record_id, before, action) VALUES ($1, $2, $3, $4, $5)";
    sqlx::query(sql).bind(revision).bind(record).bind(id).bind(before).bind(action.code()).execute(c).await?;
    Ok(())
}

/// JSON of an entry.
pub fn text(entry: &Entry) -> Result<String, StoreError> {
    serde_json::to_string(entry).map_err(|e| StoreError::Corrupt(e.to_string()))
}

/// A place, retired or not.
pub async fn read(c: &mut Connection, id: i64) -> Result<Option<Entry>, StoreError> {
    let sql = concat!("SELECT *, ", get_geom!(), " AS shape FROM place WHERE id = $1");
    let Some(row) = sqlx::query(sql).bind(id).fetch_optional(&mut *c).await? else { return Ok(None) };
    let (dataset, mut place) = load::place(&row)?;
    let sql = "SELECT * FROM service WHERE place_id = $1 AND retired IS NULL ORDER BY id";
    for row in sqlx::query(sql).bind(id).fetch_all(&mut *c).await? {
        place.services.extend(load::service(&row)?);
    }
    let source: Option<String> = row.try_get("source")?;
    let source = source.map(|s| serde_json::from_str(&s)).transpose();
    Ok(Some(Entry {
        dataset,
        version: row.try_get("version")?,
        place,
        digest: row.try_get("digest")?,
        located_by: row.try_get("located_by")?,
        source: source.map_err(|_| StoreError::Corrupt("place.source".into()))?,
        merged_into: row.try_get("merged_into")?,
        retired: row.try_get("retired")?,
    }))
}

/// Writes an entry: a new one if its place has no id. Services that `before` had and it has not are retired. Gives the id.
pub async fn write(c: &mut Connection, entry: &Entry, before: Option<&Entry>, revision: i64) -> Result<i64, StoreError> {
    let p = &entry.place;
    let source = entry.source.as_ref().map(serde_json::to_string).transpose();
    let source = source.map_err(|e| StoreError::Corrupt(e.to_string()))?;
    let geom = p.point.map(geometry::point).map(shape);
    let id = if p.id == 0 {
        let sql = concat!(
            "INSERT INTO place (geom, name, kana, address, geocode_level, facility, home, digest, located_by, source, merged_into, \
             retired, version, dataset_id, key) VALUES (",
            put_geom!("$1"),
            ", $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) RETURNING id"
        );
        let row = sqlx::query(sql).bind(geom).bind(&p.name).bind(&p.kana).bind(&p.address).bind(p.level.code());
        let row = row.bind(&p.facility).bind(p.home).bind(&entry.digest).bind(&entry.located_by).bind(source);
        let row = row.bind(entry.merged_into).bind(entry.retired).bind(revision).bind(entry.dataset).bind(&p.key);
        row.fetch_one(&mut *c).await?.try_get(0)?
    } else {
        let sql = concat!(
            "UPDATE place SET geom = ",
            put_geom!("$1"),
            ", name = $2, kana = $3, address = $4, geocode_level = $5, facility = $6, home = $7, digest = $8, located_by = $9, \
             source = $10, merged_into = $11, retired = $12, version = $13 WHERE id = $14"
        );
        let row = sqlx::query(sql).bind(geom).bind(&p.name).bind(&p.kana).bind(&p.address).bind(p.level.code());
        let row = row.bind(&p.facility).bind(p.home).bind(&entry.digest).bind(&entry.located_by).bind(source);
        row.bind(entry.merged_into).bind(entry.retired).bind(revision).bind(p.id).execute(&mut *c).await?;
        p.id
    };
    if entry.retired.is_some() {
        return Ok(id); // its services rest with it, or have moved to another place
    }
    for gone in before.into_iter().flat_map(|b| &b.place.services).filter(|s| !p.services.iter().any(|n| n.key == s.key)) {
        // one that moved to another place is no longer ours to retire
        let sql = "UPDATE service SET retired = $1 WHERE id = $2 AND place_id = $3 AND retired IS NULL";
        sqlx::query(sql).bind(revision).bind(gone.id).bind(id).execute(&mut *c).await?;
    }
    for service in &p.services {
        put_service(c, id, service).await?;
    }
    Ok(id)
}

async fn put_service(c: &mut Connection, place: i64, s: &Service) -> Result<(), StoreError> {
    let json = |empty: bool, v: Value| (!empty).then(|| v.to_string());
    let (hidden, staff) =
        (json(s.hidden.is_empty(), serde_json::json!(s.hidden)), json(s.staff.is_empty(), serde_json::json!(s.staff)));
    let verified = json(s.verified.is_empty(), serde_json::json!(s.verified));
    let insert = "INSERT INTO service (place_id, key, kind, name, status, schedule_text, fee, pickup, booking, phone, url, capacity, reference, \
                  visibility, internal, serves, verified_on, verified, hidden, staff) \
                  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20) \
                  ON CONFLICT (place_id, key) DO UPDATE SET kind = excluded.kind, name = excluded.name, status = excluded.status, \
                  schedule_text = excluded.schedule_text, fee = excluded.fee, pickup = excluded.pickup, booking = excluded.booking, \
                  phone = excluded.phone, url = excluded.url, capacity = excluded.capacity, reference = excluded.reference, \
                  visibility = excluded.visibility, internal = excluded.internal, serves = excluded.serves, \
                  verified_on = excluded.verified_on, verified = excluded.verified, hidden = excluded.hidden, staff = excluded.staff, \
                  retired = NULL";
    if s.id != 0 {
        // a service keeps its id when it moves to another place
        sqlx::query("UPDATE service SET place_id = $1, key = $2 WHERE id = $3")
            .bind(place)
            .bind(&s.key)
            .bind(s.id)
            .execute(&mut *c)
            .await?;
    }
    let row = sqlx::query(insert).bind(place).bind(&s.key).bind(s.kind.code()).bind(&s.name).bind(s.status.code());
    let row = row.bind(&s.schedule_text).bind(&s.fee).bind(&s.pickup).bind(&s.booking).bind(&s.phone).bind(&s.url);
    let row = row.bind(s.capacity.map(i64::from)).bind(&s.reference).bind(s.visibility.code()).bind(&s.internal);
    row.bind(&s.serves).bind(&s.verified_on).bind(verified).bind(hidden).bind(staff).execute(&mut *c).await?;
    Ok(())
}

/// Digest of what a list says of a place: of what is there, so that a field added to the model later changes nothing.
pub fn digest(place: &Place) -> Vec<u8> {
    let mut value = serde_json::json!(Place { id: 0, ..place.clone() });
    prune(&mut value);
    Sha256::digest(value.to_string().as_bytes()).to_vec()
}

fn prune(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.values_mut().for_each(prune);
            fields.retain(|_, v| !is_nothing(v));
        }
        Value::Array(list) => list.iter_mut().for_each(prune),
        _ => {}
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Number(n) => n.as_i64() == Some(0),
        Value::Array(a) => a.is_empty(),
        Value::Object(o) => o.is_empty(),
        _ => false,
    }
}

/// Whether a record is what its list says, register ids and looked-up positions apart.
pub fn is_same(entry: &Entry, listed: &Place) -> bool {
    let mut known = entry.source.as_deref().unwrap_or(&entry.place).clone();
    if entry.located_by.is_some() && listed.point.is_none() {
        (known.point, known.level) = (None, listed.level);
    }
    known.services.iter_mut().for_each(|s| s.id = 0);
    let mut listed = Place { id: known.id, key: known.key.clone(), ..listed.clone() };
    listed.services.iter_mut().for_each(|s| s.id = 0);
    let by_key = |p: &mut Place| p.services.sort_by(|a, b| a.key.cmp(&b.key));
    by_key(&mut known);
    by_key(&mut listed);
    known == listed
}
