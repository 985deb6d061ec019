//! One delivery, one transaction: what is new is added, what differs updated, what disappeared retired.

use super::super::{Connection, Pool, announce, extend, push_shape, shape, writing};
use super::load;
use super::records::{self, Action};
use crate::model::{AddressPoint, Area, Cell, Entry, Figure, Finding, LonLat, Outcome, Place, Severity, merge_places};
use crate::store::{Author, Delivery, StoreError, geometry};
use sha2::{Digest, Sha256};
use sqlx::Row;
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
pub async fn deliver(pool: &Pool, delivery: Delivery<'_>, author: &Author, keep: bool) -> Result<Outcome, StoreError> {
    let mut tx = writing(pool).await?;
    let mut work = Work::begin(&mut tx, &delivery, author).await?;
    work.places(&delivery.batch.places).await?;
    work.doubts(delivery.findings).await?;
    work.areas(&delivery.batch.areas).await?;
    work.cells(&delivery.batch.cells).await?;
    work.addresses(&delivery.batch.addresses).await?;
    work.series(&delivery.batch.series).await?;
    work.compiled(&delivery).await?;
    let mut outcome = work.end(&delivery).await?;
    if let Some(revision) = outcome.revision.filter(|_| keep) {
        announce(&mut tx, revision).await?;
        tx.commit().await?
    } else {
        tx.rollback().await?;
        outcome.revision = None;
    }
    Ok(outcome)
}

struct Work<'c> {
    c: &'c mut Connection,
    dataset: i64,
    revision: i64,
    /// The file is the one taken last.
    same_file: bool,
    /// What is said of the dataset is what was said last: the same records in another file are no news.
    same_words: bool,
    changed: bool,
    outcome: Outcome,
    /// Register ids of the places that were added or changed, by key.
    ids: HashMap<String, i64>,
}

impl<'c> Work<'c> {
    async fn begin(c: &'c mut Connection, delivery: &Delivery<'_>, author: &Author) -> Result<Self, StoreError> {
        let summary = format!("取り込み: {}", delivery.file);
        let revision = records::begin(c, author, &summary, None).await?;
        let d = delivery.dataset;
        let known = sqlx::query("SELECT * FROM dataset WHERE key = $1").bind(&d.key).fetch_optional(&mut *c).await?;
        let before = known.as_ref().map(edition).transpose()?;
        let (dataset, same_file, same_words) = match known {
            Some(row) => {
                let last = load::stored_dataset(&row)?;
                (last.id, last.sha256 == delivery.sha256, last.dataset == *d)
            }
            None => {
                let insert = "INSERT INTO dataset (key, format, title, attribution, vintage, sha256, file, revision) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id";
                let insert =
                    sqlx::query(insert).bind(&d.key).bind(&d.format).bind(&d.title).bind(&d.attribution).bind(&d.vintage);
                (insert.bind("").bind(delivery.file).bind(revision).fetch_one(&mut *c).await?.try_get(0)?, false, false)
            }
        };
        let action = if before.is_some() { Action::Update } else { Action::Add };
        records::note(c, revision, "dataset", dataset, before.as_deref(), action).await?;
        Ok(Self { c, dataset, revision, same_file, same_words, changed: false, outcome: Outcome::default(), ids: HashMap::new() })
    }

    async fn end(self, delivery: &Delivery<'_>) -> Result<Outcome, StoreError> {
        let mut outcome = self.outcome;
        if !self.changed && (self.same_file || self.same_words) {
            return Ok(outcome); // the caller rolls back: nothing happened
        }
        let d = delivery.dataset;
        sqlx::query(
            "UPDATE dataset SET sha256 = $1, file = $2, revision = $3, title = $4, vintage = $5, attribution = $6 WHERE id = $7",
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
        extend(self.c, delivery.batch).await?;
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

    async fn note(&mut self, record: &str, id: i64, before: Option<&str>, action: Action) -> Result<(), StoreError> {
        records::note(self.c, self.revision, record, id, before, action).await
    }

    async fn retire(&mut self, table: &'static str, sql: &'static str, gone: HashMap<String, Known>) -> Result<(), StoreError> {
        let mut gone: Vec<Known> = gone.into_values().filter(|k| !k.retired).collect();
        gone.sort_by_key(|k| k.id);
        for k in gone {
            let before = match table {
                "place" => records::read(self.c, k.id).await?.map(|e| records::text(&e)).transpose()?,
                _ => None,
            };
            sqlx::query(sql).bind(self.revision).bind(k.id).execute(&mut *self.c).await?;
            self.note(table, k.id, before.as_deref(), Action::Retire).await?;
            self.changed = true;
            if self.outcome.gone.len() < MAX_NAMES {
                self.outcome.gone.push(k.name);
            }
        }
        Ok(())
    }

    async fn places(&mut self, places: &[Place]) -> Result<(), StoreError> {
        let sql = "SELECT id, key, digest, retired, name FROM place WHERE dataset_id = $1";
        let mut known = self.known(sql).await?;
        for place in places {
            let digest = records::digest(place);
            match known.remove(&place.key) {
                None => {
                    self.outcome.added += 1;
                    self.changed = true;
                    listed(&mut self.outcome.new, place);
                    let entry = Entry { dataset: self.dataset, place: place.clone(), digest, ..Entry::default() };
                    let id = records::write(self.c, &entry, None, self.revision).await?;
                    self.note("place", id, None, Action::Add).await?;
                    self.ids.insert(place.key.clone(), id);
                }
                Some(k) if k.digest == digest && !k.retired => self.outcome.unchanged += 1,
                Some(k) => self.place_again(place, k.id, digest).await?,
            }
        }
        let sql = "UPDATE place SET retired = $1, version = $1 WHERE id = $2";
        self.retire("place", sql, known).await
    }

    /// A place the register knows, and of which the list says something else than before, or says something again.
    async fn place_again(&mut self, listed_now: &Place, id: i64, digest: Vec<u8>) -> Result<(), StoreError> {
        let Some(before) = records::read(self.c, id).await? else { return Ok(()) };
        // a person took it out, or made it part of another: a list does not bring it back by itself
        let by_hand = before.retired.is_some() && (before.source.is_some() || before.merged_into.is_some());
        if by_hand || (before.retired.is_none() && records::is_same(&before, listed_now)) {
            self.outcome.unchanged += 1;
            if before.digest != digest {
                let sql = "UPDATE place SET digest = $1 WHERE id = $2";
                sqlx::query(sql).bind(digest).bind(id).execute(&mut *self.c).await?;
            }
            return Ok(());
        }
        self.outcome.updated += 1;
        self.changed = true;
        listed(&mut self.outcome.changed, listed_now);
        let mut next = Entry { digest, retired: None, located_by: None, ..before.clone() };
        let with_ids = with_ids(listed_now, &before.place);
        match &before.source {
            None => next.place = with_ids,
            Some(source) => {
                let (merged, conflicts) = merge_places(source, &before.place, &with_ids);
                (next.place, next.source) = (merged, Some(Box::new(with_ids)));
                for c in conflicts {
                    let words = |v: &serde_json::Value| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
                    let message = format!(
                        "一覧は「{}」、所内の記録は「{}」です。所内の記録を残しました。",
                        words(&c.theirs),
                        words(&c.mine)
                    );
                    self.doubt(id, "list_disagrees", &c.path, &words(&c.theirs), &message).await?;
                    self.outcome.conflicts += 1;
                }
            }
        }
        // what was looked up stays until it is looked up again
        if next.place.point.is_none() && before.located_by.is_some() && before.place.address == next.place.address {
            (next.place.point, next.place.level) = (before.place.point, before.place.level);
            next.located_by.clone_from(&before.located_by);
        }
        records::write(self.c, &next, Some(&before), self.revision).await?;
        self.note("place", id, Some(&records::text(&before)?), Action::Update).await?;
        self.ids.insert(listed_now.key.clone(), id);
        Ok(())
    }

    async fn doubt(&mut self, place: i64, code: &str, field: &str, value: &str, message: &str) -> Result<(), StoreError> {
        let sql = "INSERT INTO doubt (place_id, revision, code, field, value, message) VALUES ($1, $2, $3, $4, $5, $6)";
        let row = sqlx::query(sql).bind(place).bind(self.revision).bind(code).bind(field).bind(value).bind(message);
        row.execute(&mut *self.c).await?;
        Ok(())
    }

    /// What the reader was not sure of, kept with the record until a person settles it. What can be seen from the record itself
    /// (no position) is not kept twice.
    async fn doubts(&mut self, findings: &[Finding]) -> Result<(), StoreError> {
        let ids = std::mem::take(&mut self.ids);
        for f in findings.iter().filter(|f| f.severity == Severity::Doubtful && f.code != "position_missing") {
            if let Some(id) = f.record.as_ref().and_then(|key| ids.get(key)) {
                self.doubt(*id, &f.code, &f.column, &f.value, &f.message).await?;
            }
        }
        Ok(())
    }

    async fn areas(&mut self, areas: &[Area]) -> Result<(), StoreError> {
        let mut known = self.known("SELECT id, key, digest, retired, name FROM area WHERE dataset_id = $1").await?;
        for a in areas {
            let geom = a.geometry.as_ref().map(geometry::multi_polygon);
            let digest = digest_of(&[
                format!("{:?}", Area { id: 0, geometry: None, ..a.clone() }).as_bytes(),
                geom.as_deref().unwrap_or_default(),
            ]);
            let before = known.remove(&a.key);
            if !self.weigh(before.as_ref(), &digest) {
                continue;
            }
            let row = AreaRow { area: a, geom: geom.map(shape), digest };
            match before {
                None => {
                    let id = self.add_area(&row).await?;
                    self.note("area", id, None, Action::Add).await?;
                }
                Some(k) => {
                    let was = super::undo::area_text(self.c, k.id).await?;
                    self.change_area(k.id, &row).await?;
                    self.note("area", k.id, was.as_deref(), Action::Update).await?;
                }
            }
        }
        self.retire("area", "UPDATE area SET retired = $1 WHERE id = $2", known).await
    }

    async fn add_area(&mut self, row: &AreaRow<'_>) -> Result<i64, StoreError> {
        let a = row.area;
        let sql = concat!(
            "INSERT INTO area (geom, area_type, code, name, city_code, approximate, digest, parent, dataset_id, key) VALUES (",
            put_geom!("$1"),
            ", $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id"
        );
        let query = sqlx::query(sql).bind(&row.geom).bind(a.area_type.code()).bind(&a.code).bind(&a.name).bind(&a.city_code);
        let query = query.bind(a.approximate).bind(&row.digest).bind(&a.parent).bind(self.dataset).bind(&a.key);
        Ok(query.fetch_one(&mut *self.c).await?.try_get(0)?)
    }

    async fn change_area(&mut self, id: i64, row: &AreaRow<'_>) -> Result<(), StoreError> {
        let a = row.area;
        let sql = concat!(
            "UPDATE area SET geom = ",
            put_geom!("$1"),
            ", area_type = $2, code = $3, name = $4, city_code = $5, approximate = $6, digest = $7, parent = $8, retired = NULL \
             WHERE id = $9"
        );
        let query = sqlx::query(sql).bind(&row.geom).bind(a.area_type.code()).bind(&a.code).bind(&a.name).bind(&a.city_code);
        query.bind(a.approximate).bind(&row.digest).bind(&a.parent).bind(id).execute(&mut *self.c).await?;
        Ok(())
    }

    async fn cells(&mut self, cells: &[Cell]) -> Result<(), StoreError> {
        let sql = "SELECT id, code, digest, retired, COALESCE(name, code) FROM cell WHERE dataset_id = $1";
        let mut known = self.known(sql).await?;
        for cell in cells {
            let digest = Sha256::digest(format!("{:?}", Cell { id: 0, ..cell.clone() }).as_bytes()).to_vec();
            let before = known.remove(&cell.code);
            if !self.weigh(before.as_ref(), &digest) {
                continue;
            }
            let geom = cell.bounds.map(geometry::rectangle).map(shape);
            match before {
                None => {
                    let id = self.add_cell(cell, geom, &digest).await?;
                    self.note("cell", id, None, Action::Add).await?;
                }
                Some(k) => {
                    let was = super::undo::cell_text(self.c, k.id).await?;
                    self.change_cell(k.id, cell, geom, &digest).await?;
                    self.note("cell", k.id, was.as_deref(), Action::Update).await?;
                }
            }
        }
        self.retire("cell", "UPDATE cell SET retired = $1 WHERE id = $2", known).await
    }

    async fn add_cell(&mut self, cell: &Cell, geom: Option<Vec<u8>>, digest: &[u8]) -> Result<i64, StoreError> {
        let sql = concat!(
            "INSERT INTO cell (geom, name, centroid_lon, centroid_lat, merged_into, digest, dataset_id, code) VALUES (",
            put_geom!("$1"),
            ", $2, $3, $4, $5, $6, $7, $8) RETURNING id"
        );
        let row =
            sqlx::query(sql).bind(geom).bind(&cell.name).bind(cell.centroid.map(|c| c.lon)).bind(cell.centroid.map(|c| c.lat));
        let row = row.bind(&cell.merged_into).bind(digest).bind(self.dataset).bind(&cell.code);
        let id = row.fetch_one(&mut *self.c).await?.try_get(0)?;
        self.put_population(id, cell).await?;
        Ok(id)
    }

    async fn change_cell(&mut self, id: i64, cell: &Cell, geom: Option<Vec<u8>>, digest: &[u8]) -> Result<(), StoreError> {
        let sql = concat!(
            "UPDATE cell SET geom = ",
            put_geom!("$1"),
            ", name = $2, centroid_lon = $3, centroid_lat = $4, merged_into = $5, digest = $6, retired = NULL WHERE id = $7"
        );
        let row =
            sqlx::query(sql).bind(geom).bind(&cell.name).bind(cell.centroid.map(|c| c.lon)).bind(cell.centroid.map(|c| c.lat));
        row.bind(&cell.merged_into).bind(digest).bind(id).execute(&mut *self.c).await?;
        sqlx::query("DELETE FROM population WHERE cell_id = $1").bind(id).execute(&mut *self.c).await?;
        self.put_population(id, cell).await
    }

    async fn put_population(&mut self, id: i64, cell: &Cell) -> Result<(), StoreError> {
        for p in &cell.population {
            let sql = "INSERT INTO population (cell_id, year, total, aged65, aged75) VALUES ($1, $2, $3, $4, $5) \
                       ON CONFLICT (cell_id, year) DO UPDATE SET total = excluded.total, aged65 = excluded.aged65, aged75 = excluded.aged75";
            let row = sqlx::query(sql).bind(id).bind(i64::from(p.year)).bind(p.total).bind(p.aged65).bind(p.aged75);
            row.execute(&mut *self.c).await?;
        }
        Ok(())
    }

    /// Takes the current edition of what is replaced whole out of use; the one before it goes for good. Gives how many rows it had.
    async fn put_aside(&mut self, forget: &'static str, retire: &'static str) -> Result<usize, StoreError> {
        self.changed = true;
        sqlx::query(forget).bind(self.dataset).execute(&mut *self.c).await?;
        let old = sqlx::query(retire).bind(self.revision).bind(self.dataset).execute(&mut *self.c).await?;
        Ok(old.rows_affected() as usize)
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
        let removed = self
            .put_aside(
                "DELETE FROM address WHERE dataset_id = $1 AND retired IS NOT NULL",
                "UPDATE address SET retired = $1 WHERE dataset_id = $2 AND retired IS NULL",
            )
            .await?;
        self.outcome.updated += removed.min(addresses.len());
        self.outcome.added += addresses.len().saturating_sub(removed);
        for chunk in addresses.chunks(2000) {
            let mut insert =
                sqlx::QueryBuilder::new("INSERT INTO address (geom, dataset_id, added, city_code, town, block, number) ");
            let (dataset, revision) = (self.dataset, self.revision);
            insert.push_values(chunk, |mut row, a| {
                push_shape(&mut row, geometry::point(LonLat::from_e7(a.point)));
                row.push_bind(dataset).push_bind(revision);
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
        let old = self
            .put_aside(
                "DELETE FROM series WHERE dataset_id = $1 AND retired IS NOT NULL",
                "UPDATE series SET retired = $1 WHERE dataset_id = $2 AND retired IS NULL",
            )
            .await?;
        let known = old.min(series.len());
        self.outcome.updated += known;
        self.outcome.added += series.len() - known;
        for f in series {
            let sql = "INSERT INTO series (dataset_id, subject, measure, unit, year, value, added) VALUES ($1, $2, $3, $4, $5, $6, $7) \
                       ON CONFLICT (dataset_id, subject, measure, year) WHERE retired IS NULL DO UPDATE SET value = excluded.value, unit = excluded.unit";
            let row = sqlx::query(sql).bind(self.dataset).bind(&f.subject).bind(&f.measure);
            row.bind(&f.unit).bind(i64::from(f.year)).bind(f.value).bind(self.revision).execute(&mut *self.c).await?;
        }
        Ok(())
    }

    async fn compiled(&mut self, delivery: &Delivery<'_>) -> Result<(), StoreError> {
        for compiled in delivery.compiled {
            let sql = "SELECT hash FROM compiled WHERE name = $1 AND retired IS NULL";
            let old = sqlx::query(sql).bind(&compiled.name).fetch_optional(&mut *self.c).await?;
            let same = old.map(|r| r.try_get::<String, _>(0)).transpose()?.is_some_and(|h| h == compiled.hash);
            if same {
                self.outcome.unchanged += 1;
                continue;
            }
            self.changed = true;
            let forget = "DELETE FROM compiled WHERE name = $1 AND retired IS NOT NULL";
            sqlx::query(forget).bind(&compiled.name).execute(&mut *self.c).await?;
            let retire = "UPDATE compiled SET retired = $1 WHERE name = $2 AND retired IS NULL";
            sqlx::query(retire).bind(self.revision).bind(&compiled.name).execute(&mut *self.c).await?;
            let insert = "INSERT INTO compiled (name, hash, bytes, dataset_id, added) VALUES ($1, $2, $3, $4, $5)";
            let row = sqlx::query(insert).bind(&compiled.name).bind(&compiled.hash).bind(&compiled.bytes).bind(self.dataset);
            row.bind(self.revision).execute(&mut *self.c).await?;
        }
        Ok(())
    }
}

struct AreaRow<'a> {
    area: &'a Area,
    geom: Option<Vec<u8>>,
    digest: Vec<u8>,
}

fn listed(names: &mut Vec<String>, place: &Place) {
    if names.len() < MAX_NAMES {
        names.push(place.services.first().map_or(&place.name, |s| &s.name).clone());
    }
}

/// What a list says of a place, with the register ids of the services that are there.
fn with_ids(listed: &Place, known: &Place) -> Place {
    let mut place = Place { id: known.id, key: known.key.clone(), ..listed.clone() };
    for service in &mut place.services {
        service.id = known.services.iter().find(|k| k.key == service.key).map_or(0, |k| k.id);
    }
    place
}

/// What a dataset is an edition of, for the history.
pub fn edition(row: &super::super::Row) -> Result<String, StoreError> {
    let text = |column: &'static str| row.try_get::<Option<String>, _>(column);
    let revision: i64 = row.try_get("revision")?;
    Ok(serde_json::json!({
        "sha256": text("sha256")?, "file": text("file")?, "title": text("title")?, "vintage": text("vintage")?,
        "attribution": text("attribution")?, "revision": revision,
    })
    .to_string())
}

fn digest_of(parts: &[&[u8]]) -> Vec<u8> {
    let mut hash = Sha256::new();
    parts.iter().for_each(|p| hash.update(p));
    hash.finalize().to_vec()
}
