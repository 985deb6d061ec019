//! One delivery, one transaction: what is new is added, what differs updated, what disappeared retired.

use super::super::{Author, Delivery, StoreError};
use super::geopackage;
use crate::model::{AddressPoint, Area, Bounds, Cell, Figure, LonLat, Outcome, Place, Service};
use sha2::{Digest, Sha256};
use sqlx::sqlite::{SqliteConnection, SqlitePool};
use sqlx::{Connection, Row};
use std::collections::HashMap;

/// Most names of new, changed or vanished records reported.
const MAX_NAMES: usize = 1000;

/// A record already in the register.
struct Known {
    id: i64,
    digest: Vec<u8>,
    retired: bool,
    name: String,
}

/// Takes a delivery; or, if it is not to be kept, only says what it would change.
pub async fn deliver(pool: &SqlitePool, delivery: Delivery<'_>, author: &Author, keep: bool) -> Result<Outcome, StoreError> {
    let mut connection = pool.acquire().await?;
    let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
    let mut work = Work::begin(&mut tx, &delivery, author).await?;
    work.places(&delivery.batch.places).await?;
    work.areas(&delivery.batch.areas).await?;
    work.cells(&delivery.batch.cells).await?;
    work.addresses(&delivery.batch.addresses).await?;
    work.series(&delivery.batch.series).await?;
    work.compiled(&delivery).await?;
    let mut outcome = work.end(&delivery).await?;
    if keep && outcome.revision.is_some() {
        tx.commit().await?
    } else {
        tx.rollback().await?;
        outcome.revision = None;
    }
    Ok(outcome)
}

struct Work<'c> {
    c: &'c mut SqliteConnection,
    dataset: i64,
    revision: i64,
    same_file: bool,
    changed: bool,
    outcome: Outcome,
}

impl<'c> Work<'c> {
    async fn begin(c: &'c mut SqliteConnection, delivery: &Delivery<'_>, author: &Author) -> Result<Self, StoreError> {
        let summary = format!("取り込み: {}", delivery.file);
        let revision = sqlx::query("INSERT INTO revision (at, actor, summary) VALUES (?, ?, ?)")
            .bind(&author.at)
            .bind(&author.actor)
            .bind(summary)
            .execute(&mut *c)
            .await?
            .last_insert_rowid();
        let d = delivery.dataset;
        let known = sqlx::query("SELECT id, sha256 FROM dataset WHERE key = ?").bind(&d.key).fetch_optional(&mut *c).await?;
        let (dataset, same_file) = match known {
            Some(row) => (row.try_get(0)?, row.try_get::<String, _>(1)? == delivery.sha256),
            None => {
                let insert = "INSERT INTO dataset (key, format, title, attribution, vintage, sha256, file, revision) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
                let insert =
                    sqlx::query(insert).bind(&d.key).bind(&d.format).bind(&d.title).bind(&d.attribution).bind(&d.vintage);
                let done = insert.bind("").bind(delivery.file).bind(revision).execute(&mut *c).await?;
                (done.last_insert_rowid(), false)
            }
        };
        Ok(Self { c, dataset, revision, same_file, changed: false, outcome: Outcome::default() })
    }

    async fn end(self, delivery: &Delivery<'_>) -> Result<Outcome, StoreError> {
        let mut outcome = self.outcome;
        if !self.changed && self.same_file {
            return Ok(outcome); // the caller rolls back: nothing happened
        }
        let d = delivery.dataset;
        sqlx::query(
            "UPDATE dataset SET sha256 = ?, file = ?, revision = ?, title = ?, vintage = ?, attribution = ? WHERE id = ?",
        )
        .bind(delivery.sha256)
        .bind(delivery.file)
        .bind(self.revision)
        .bind(&d.title)
        .bind(&d.vintage)
        .bind(&d.attribution)
        .bind(self.dataset)
        .execute(&mut *self.c)
        .await?;
        extend_contents(self.c, delivery).await?;
        outcome.revision = Some(self.revision);
        Ok(outcome)
    }

    async fn known(&mut self, sql: &'static str) -> Result<HashMap<String, Known>, StoreError> {
        let rows = sqlx::query(sql).bind(self.dataset).fetch_all(&mut *self.c).await?;
        rows.iter()
            .map(|r| {
                let known = Known {
                    id: r.try_get(0)?,
                    digest: r.try_get(2)?,
                    retired: r.try_get::<Option<i64>, _>(3)?.is_some(),
                    name: r.try_get(4)?,
                };
                Ok((r.try_get(1)?, known))
            })
            .collect()
    }

    /// Counts a record; true if it must be written.
    fn weigh(&mut self, known: Option<&Known>, digest: &[u8]) -> bool {
        match known {
            Some(k) if k.digest == digest && !k.retired => self.outcome.unchanged += 1,
            Some(_) => self.outcome.updated += 1,
            None => self.outcome.added += 1,
        }
        let write = known.is_none_or(|k| k.digest != digest || k.retired);
        self.changed |= write;
        write
    }

    async fn note(&mut self, record: &str, id: i64, before: Option<&str>, after: Option<String>) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO change (revision, record, record_id, before, after) VALUES (?, ?, ?, ?, ?)")
            .bind(self.revision)
            .bind(record)
            .bind(id)
            .bind(before)
            .bind(after)
            .execute(&mut *self.c)
            .await?;
        Ok(())
    }

    async fn retire(&mut self, table: &'static str, sql: &'static str, gone: HashMap<String, Known>) -> Result<(), StoreError> {
        let mut gone: Vec<Known> = gone.into_values().filter(|k| !k.retired).collect();
        gone.sort_by_key(|k| k.id);
        for k in gone {
            sqlx::query(sql).bind(self.revision).bind(k.id).execute(&mut *self.c).await?;
            self.note(table, k.id, Some(&k.name), None).await?;
            self.changed = true;
            if self.outcome.gone.len() < MAX_NAMES {
                self.outcome.gone.push(k.name);
            }
        }
        Ok(())
    }

    async fn places(&mut self, places: &[Place]) -> Result<(), StoreError> {
        let sql = "SELECT id, key, digest, retired, name FROM place WHERE dataset_id = ?";
        let mut known = self.known(sql).await?;
        for place in places {
            let text = format!("{:?}", Place { id: 0, ..place.clone() });
            let digest = Sha256::digest(text.as_bytes()).to_vec();
            let before = known.remove(&place.key);
            if !self.weigh(before.as_ref(), &digest) {
                continue;
            }
            let names = if before.is_some() { &mut self.outcome.changed } else { &mut self.outcome.new };
            if names.len() < MAX_NAMES {
                names.push(place.services.first().map_or(&place.name, |s| &s.name).clone());
            }
            let old = match &before {
                Some(k) => Some(self.place_json(k.id).await?),
                None => None,
            };
            let id = self.put_place(place, before.as_ref().map(|k| k.id), &digest).await?;
            if old.is_some() {
                let after = self.place_json(id).await?;
                self.note("place", id, old.as_deref(), Some(after)).await?;
            }
        }
        self.retire("place", "UPDATE place SET retired = ? WHERE id = ?", known).await
    }

    /// A place and its services as they stand, for the history.
    async fn place_json(&mut self, id: i64) -> Result<String, StoreError> {
        let sql = "SELECT json_object('name', p.name, 'kana', p.kana, 'address', p.address, 'level', p.geocode_level, 'geom', hex(p.geom), \
                   'services', (SELECT json_group_array(json_object('key', s.key, 'kind', s.kind, 'name', s.name, 'status', s.status, \
                   'schedule', s.schedule_text, 'fee', s.fee, 'pickup', s.pickup, 'phone', s.phone, 'url', s.url, 'capacity', s.capacity, \
                   'visibility', s.visibility, 'serves', s.serves, 'verified_on', s.verified_on, 'internal', s.internal)) FROM service s WHERE s.place_id = p.id AND s.retired IS NULL)) FROM place p WHERE p.id = ?";
        Ok(sqlx::query(sql).bind(id).fetch_one(&mut *self.c).await?.try_get(0)?)
    }

    async fn put_place(&mut self, p: &Place, id: Option<i64>, digest: &[u8]) -> Result<i64, StoreError> {
        let sql = "INSERT INTO place (id, geom, dataset_id, key, name, kana, address, geocode_level, facility, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \
                   ON CONFLICT (id) DO UPDATE SET geom = excluded.geom, name = excluded.name, kana = excluded.kana, address = excluded.address, \
                   geocode_level = excluded.geocode_level, facility = excluded.facility, digest = excluded.digest, located_by = NULL, retired = NULL";
        let row = sqlx::query(sql).bind(id).bind(p.point.map(geopackage::point)).bind(self.dataset).bind(&p.key).bind(&p.name);
        let row = row.bind(&p.kana).bind(&p.address).bind(p.level.code()).bind(&p.facility).bind(digest);
        let done = row.execute(&mut *self.c).await?;
        let place_id = id.unwrap_or_else(|| done.last_insert_rowid());
        if id.is_some() {
            sqlx::query("UPDATE service SET retired = ? WHERE place_id = ? AND retired IS NULL")
                .bind(self.revision)
                .bind(place_id)
                .execute(&mut *self.c)
                .await?;
        }
        for s in &p.services {
            self.put_service(place_id, s).await?;
        }
        Ok(place_id)
    }

    async fn put_service(&mut self, place_id: i64, s: &Service) -> Result<(), StoreError> {
        let sql = "INSERT INTO service (place_id, key, kind, name, status, schedule_text, fee, pickup, phone, url, capacity, reference, visibility, internal, serves, verified_on) \
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (place_id, key) DO UPDATE SET kind = excluded.kind, name = excluded.name, \
                   status = excluded.status, schedule_text = excluded.schedule_text, fee = excluded.fee, pickup = excluded.pickup, phone = excluded.phone, \
                   url = excluded.url, capacity = excluded.capacity, reference = excluded.reference, visibility = excluded.visibility, \
                   internal = excluded.internal, serves = excluded.serves, verified_on = excluded.verified_on, retired = NULL";
        let row = sqlx::query(sql).bind(place_id).bind(&s.key).bind(s.kind.code()).bind(&s.name).bind(s.status.code());
        let row = row.bind(&s.schedule_text).bind(&s.fee).bind(&s.pickup).bind(&s.phone).bind(&s.url).bind(s.capacity);
        row.bind(&s.reference)
            .bind(s.visibility.code())
            .bind(&s.internal)
            .bind(&s.serves)
            .bind(&s.verified_on)
            .execute(&mut *self.c)
            .await?;
        Ok(())
    }

    async fn areas(&mut self, areas: &[Area]) -> Result<(), StoreError> {
        let mut known = self.known("SELECT id, key, digest, retired, name FROM area WHERE dataset_id = ?").await?;
        for a in areas {
            let geom = a.geometry.as_ref().map(geopackage::multi_polygon);
            let digest = digest_of(&[
                format!("{:?}", Area { id: 0, geometry: None, ..a.clone() }).as_bytes(),
                geom.as_deref().unwrap_or_default(),
            ]);
            let before = known.remove(&a.key);
            if !self.weigh(before.as_ref(), &digest) {
                continue;
            }
            let sql = "INSERT INTO area (id, geom, dataset_id, key, area_type, code, name, city_code, approximate, digest, parent) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \
                       ON CONFLICT (id) DO UPDATE SET geom = excluded.geom, area_type = excluded.area_type, code = excluded.code, name = excluded.name, \
                       city_code = excluded.city_code, approximate = excluded.approximate, digest = excluded.digest, parent = excluded.parent, retired = NULL";
            let id = before.as_ref().map(|k| k.id);
            let row = sqlx::query(sql).bind(id).bind(geom).bind(self.dataset).bind(&a.key).bind(a.area_type.code());
            let done = row
                .bind(&a.code)
                .bind(&a.name)
                .bind(&a.city_code)
                .bind(a.approximate)
                .bind(digest)
                .bind(&a.parent)
                .execute(&mut *self.c)
                .await?;
            if let Some(k) = before {
                let id = id.unwrap_or_else(|| done.last_insert_rowid());
                self.note("area", id, Some(&k.name), Some(a.name.clone())).await?;
            }
        }
        self.retire("area", "UPDATE area SET retired = ? WHERE id = ?", known).await
    }

    async fn cells(&mut self, cells: &[Cell]) -> Result<(), StoreError> {
        let sql = "SELECT id, code, digest, retired, COALESCE(name, code) FROM cell WHERE dataset_id = ?";
        let mut known = self.known(sql).await?;
        for cell in cells {
            let digest = Sha256::digest(format!("{:?}", Cell { id: 0, ..cell.clone() }).as_bytes()).to_vec();
            let before = known.remove(&cell.code);
            if self.weigh(before.as_ref(), &digest) {
                self.put_cell(cell, before.map(|k| k.id), &digest).await?;
            }
        }
        self.retire("cell", "UPDATE cell SET retired = ? WHERE id = ?", known).await
    }

    async fn put_cell(&mut self, cell: &Cell, id: Option<i64>, digest: &[u8]) -> Result<(), StoreError> {
        let sql = "INSERT INTO cell (id, geom, dataset_id, code, name, centroid_lon, centroid_lat, merged_into, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) \
                   ON CONFLICT (id) DO UPDATE SET geom = excluded.geom, name = excluded.name, centroid_lon = excluded.centroid_lon, \
                   centroid_lat = excluded.centroid_lat, merged_into = excluded.merged_into, digest = excluded.digest, retired = NULL";
        let row = sqlx::query(sql)
            .bind(id)
            .bind(cell.bounds.map(geopackage::rectangle))
            .bind(self.dataset)
            .bind(&cell.code)
            .bind(&cell.name);
        let row = row.bind(cell.centroid.map(|c| c.lon)).bind(cell.centroid.map(|c| c.lat)).bind(&cell.merged_into).bind(digest);
        let done = row.execute(&mut *self.c).await?;
        let cell_id = id.unwrap_or_else(|| done.last_insert_rowid());
        if id.is_some() {
            sqlx::query("DELETE FROM population WHERE cell_id = ?").bind(cell_id).execute(&mut *self.c).await?;
        }
        for p in &cell.population {
            sqlx::query("INSERT OR REPLACE INTO population (cell_id, year, total, aged65, aged75) VALUES (?, ?, ?, ?, ?)")
                .bind(cell_id)
                .bind(p.year)
                .bind(p.total)
                .bind(p.aged65)
                .bind(p.aged75)
                .execute(&mut *self.c)
                .await?;
        }
        Ok(())
    }

    /// House numbers are replaced whole when their file differs. Inserted many at a time: there are hundreds of thousands.
    async fn addresses(&mut self, addresses: &[AddressPoint]) -> Result<(), StoreError> {
        if addresses.is_empty() {
            return Ok(());
        }
        if self.same_file {
            self.outcome.unchanged += addresses.len();
            return Ok(());
        }
        self.changed = true;
        let removed = sqlx::query("DELETE FROM address WHERE dataset_id = ?")
            .bind(self.dataset)
            .execute(&mut *self.c)
            .await?
            .rows_affected() as usize;
        self.outcome.updated += removed.min(addresses.len());
        self.outcome.added += addresses.len().saturating_sub(removed);
        for chunk in addresses.chunks(2000) {
            let mut insert = sqlx::QueryBuilder::new("INSERT INTO address (geom, dataset_id, city_code, town, block, number) ");
            let dataset = self.dataset;
            insert.push_values(chunk, |mut row, a| {
                row.push_bind(geopackage::point(LonLat::from_e7(a.point))).push_bind(dataset);
                row.push_bind(a.city_code.as_str())
                    .push_bind(a.town.as_str())
                    .push_bind(a.block.as_str())
                    .push_bind(a.number.as_str());
            });
            insert.build().persistent(chunk.len() == 2000).execute(&mut *self.c).await?;
        }
        Ok(())
    }

    /// Series are replaced whole when their file differs.
    async fn series(&mut self, series: &[Figure]) -> Result<(), StoreError> {
        if series.is_empty() {
            return Ok(());
        }
        if self.same_file {
            self.outcome.unchanged += series.len();
            return Ok(());
        }
        self.changed = true;
        let old = sqlx::query("DELETE FROM series WHERE dataset_id = ?").bind(self.dataset).execute(&mut *self.c).await?;
        let known = (old.rows_affected() as usize).min(series.len());
        self.outcome.updated += known;
        self.outcome.added += series.len() - known;
        for f in series {
            let sql = "INSERT OR REPLACE INTO series (dataset_id, subject, measure, unit, year, value) VALUES (?, ?, ?, ?, ?, ?)";
            let row = sqlx::query(sql).bind(self.dataset).bind(&f.subject).bind(&f.measure);
            row.bind(&f.unit).bind(f.year).bind(f.value).execute(&mut *self.c).await?;
        }
        Ok(())
    }

    async fn compiled(&mut self, delivery: &Delivery<'_>) -> Result<(), StoreError> {
        for compiled in delivery.compiled {
            let old =
                sqlx::query("SELECT hash FROM compiled WHERE name = ?").bind(&compiled.name).fetch_optional(&mut *self.c).await?;
            let same = old.map(|r| r.try_get::<String, _>(0)).transpose()?.is_some_and(|h| h == compiled.hash);
            if same {
                self.outcome.unchanged += 1;
                continue;
            }
            self.changed = true;
            sqlx::query("INSERT OR REPLACE INTO compiled (name, hash, bytes, dataset_id) VALUES (?, ?, ?, ?)")
                .bind(&compiled.name)
                .bind(&compiled.hash)
                .bind(&compiled.bytes)
                .bind(self.dataset)
                .execute(&mut *self.c)
                .await?;
        }
        Ok(())
    }
}

fn digest_of(parts: &[&[u8]]) -> Vec<u8> {
    let mut hash = Sha256::new();
    parts.iter().for_each(|p| hash.update(p));
    hash.finalize().to_vec()
}

/// Keeps the layer extents of the GeoPackage true, so that QGIS zooms to the data.
async fn extend_contents(c: &mut SqliteConnection, delivery: &Delivery<'_>) -> Result<(), StoreError> {
    let batch = delivery.batch;
    let places = Bounds::of(batch.places.iter().filter_map(|p| p.point));
    let corners = |b: Bounds| [LonLat::new(b.west, b.south), LonLat::new(b.east, b.north)];
    let cells = Bounds::of(batch.cells.iter().filter_map(|c| c.bounds).flat_map(corners));
    let rings = batch.areas.iter().flat_map(|a| a.geometry.iter().flatten().flat_map(|p| p.exterior().coords()));
    let areas = Bounds::of(rings.map(|c| LonLat::new(c.x, c.y)));
    let addresses = Bounds::of(batch.addresses.iter().map(|a| LonLat::from_e7(a.point)));
    for (table, b) in [("place", places), ("area", areas), ("cell", cells), ("address", addresses)] {
        if b.is_empty() {
            continue;
        }
        let sql = "UPDATE gpkg_contents SET min_x = MIN(COALESCE(min_x, ?1), ?1), min_y = MIN(COALESCE(min_y, ?2), ?2), \
                   max_x = MAX(COALESCE(max_x, ?3), ?3), max_y = MAX(COALESCE(max_y, ?4), ?4), \
                   last_change = strftime('%Y-%m-%dT%H:%M:%fZ','now') WHERE table_name = ?5";
        sqlx::query(sql).bind(b.west).bind(b.south).bind(b.east).bind(b.north).bind(table).execute(&mut *c).await?;
    }
    Ok(())
}
