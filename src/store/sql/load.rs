//! Register → model.

use super::super::{Connection, Pool, Row as DbRow};
use super::records;
use crate::model::{
    AddressPoint, Area, AreaType, Cell, Contents, Dataset, Figure, Filed, GeocodeLevel, LonLat, Place, Population, Service,
    Status, StoredDataset, Visibility, kind_by_code,
};
use crate::store::{Edits, StoreError, geometry};
use futures_stream::each;
use sqlx::Row;
use std::collections::HashMap;

mod futures_stream {
    //! Rows one at a time, so that a large table is never held twice.
    use super::{Connection, DbRow, StoreError};

    pub async fn each(
        connection: &mut Connection,
        sql: &'static str,
        mut take: impl FnMut(&DbRow) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut rows = sqlx::query(sql).fetch(connection);
        while let Some(row) = next(&mut rows).await {
            take(&row?)?;
        }
        Ok(())
    }

    async fn next<S: futures_core::Stream + Unpin>(stream: &mut S) -> Option<S::Item> {
        std::future::poll_fn(|cx| std::pin::Pin::new(&mut *stream).poll_next(cx)).await
    }
}

/// Everything but house numbers and compiled networks, read in one transaction so that it is one revision.
pub async fn contents(pool: &Pool) -> Result<Contents, StoreError> {
    let mut tx = pool.begin().await?;
    let revision = sqlx::query("SELECT COALESCE(MAX(id), 0) FROM revision").fetch_one(&mut *tx).await?.try_get(0)?;
    let mut out = Contents { revision, ..Contents::default() };
    each(&mut tx, "SELECT * FROM dataset ORDER BY id", |r| {
        out.datasets.push(stored_dataset(r)?);
        Ok(())
    })
    .await?;
    out.places = places(&mut tx).await?.into_iter().map(|f| (f.dataset, f.place)).collect();
    each(&mut tx, concat!("SELECT *, ", get_geom!(), " AS shape FROM area WHERE retired IS NULL ORDER BY id"), |r| {
        out.areas.extend(area(r)?);
        Ok(())
    })
    .await?;
    let mut at: HashMap<i64, usize> = HashMap::new();
    each(&mut tx, concat!("SELECT *, ", get_geom!(), " AS shape FROM cell WHERE retired IS NULL ORDER BY id"), |r| {
        let cell = cell(r)?;
        at.insert(cell.1.id, out.cells.len());
        out.cells.push(cell);
        Ok(())
    })
    .await?;
    each(&mut tx, "SELECT * FROM population ORDER BY cell_id, year", |r| {
        let cell_id: i64 = r.try_get("cell_id")?;
        if let Some(&i) = at.get(&cell_id) {
            out.cells[i].1.population.push(Population {
                year: year(r)?,
                total: r.try_get("total")?,
                aged65: r.try_get("aged65")?,
                aged75: r.try_get("aged75")?,
            });
        }
        Ok(())
    })
    .await?;
    each(&mut tx, "SELECT * FROM series WHERE retired IS NULL ORDER BY dataset_id, subject, measure, year", |r| {
        out.series.push(Figure {
            subject: r.try_get("subject")?,
            measure: r.try_get("measure")?,
            unit: r.try_get("unit")?,
            year: year(r)?,
            value: r.try_get("value")?,
        });
        Ok(())
    })
    .await?;
    tx.commit().await?;
    Ok(out)
}

/// Every place that is not retired, with its services.
async fn places(c: &mut Connection) -> Result<Vec<Filed>, StoreError> {
    let mut out: Vec<Filed> = Vec::new();
    let mut at: HashMap<i64, usize> = HashMap::new();
    each(c, concat!("SELECT *, ", get_geom!(), " AS shape FROM place WHERE retired IS NULL ORDER BY id"), |r| {
        let (dataset, place) = place(r)?;
        at.insert(place.id, out.len());
        out.push(Filed { dataset, version: r.try_get("version")?, place });
        Ok(())
    })
    .await?;
    each(c, "SELECT * FROM service WHERE retired IS NULL ORDER BY id", |r| {
        let place_id: i64 = r.try_get("place_id")?;
        if let (Some(&i), Some(service)) = (at.get(&place_id), service(r)?) {
            out[i].place.services.push(service);
        }
        Ok(())
    })
    .await?;
    Ok(out)
}

/// Every place that is not retired, with its version, and the revision they are of.
pub async fn records(pool: &Pool) -> Result<(i64, Vec<Filed>), StoreError> {
    let mut tx = pool.begin().await?;
    let revision = sqlx::query("SELECT COALESCE(MAX(id), 0) FROM revision").fetch_one(&mut *tx).await?.try_get(0)?;
    Ok((revision, places(&mut tx).await?))
}

/// What became of places since a revision, if only people's edits and looked-up positions came since, and not many.
pub async fn edits_since(pool: &Pool, known: i64) -> Result<Option<Edits>, StoreError> {
    const MOST: usize = 1_000;
    let mut tx = pool.begin().await?;
    let now = "SELECT COALESCE(MAX(id), $1), COUNT(undoes) FROM revision WHERE id > $1";
    let row = sqlx::query(now).bind(known).fetch_one(&mut *tx).await?;
    let (revision, undone): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
    let imports = sqlx::query("SELECT COUNT(*) FROM dataset WHERE revision > $1").bind(known).fetch_one(&mut *tx).await?;
    if undone > 0 || imports.try_get::<i64, _>(0)? > 0 {
        return Ok(None);
    }
    let sql = "SELECT DISTINCT record, record_id FROM change WHERE revision > $1 LIMIT 1001";
    let changed = sqlx::query(sql).bind(known).fetch_all(&mut *tx).await?;
    if changed.len() > MOST {
        return Ok(None);
    }
    let mut edits = Edits { revision, places: Vec::new() };
    for r in &changed {
        let (record, id): (String, i64) = (r.try_get(0)?, r.try_get(1)?);
        if record != "place" {
            return Ok(None);
        }
        let entry = records::read(&mut tx, id).await?.filter(|e| e.retired.is_none());
        edits.places.push((id, entry.map(|e| Filed { dataset: e.dataset, version: e.version, place: e.place })));
    }
    Ok(Some(edits))
}

/// House-number and town points.
pub async fn addresses(pool: &Pool) -> Result<Vec<AddressPoint>, StoreError> {
    let mut connection = pool.acquire().await?;
    let mut out = Vec::new();
    each(
        &mut connection,
        concat!(
            "SELECT ",
            get_geom!(),
            " AS shape, city_code, town, block, number FROM address WHERE retired IS NULL ORDER BY id"
        ),
        |r| {
            let geom: &[u8] = r.try_get(0)?;
            let point = geometry::read_point(geom).ok_or_else(|| StoreError::Corrupt("address.geom".into()))?;
            out.push(AddressPoint {
                city_code: r.try_get(1)?,
                town: r.try_get(2)?,
                block: r.try_get(3)?,
                number: r.try_get(4)?,
                point: point.to_e7(),
            });
            Ok(())
        },
    )
    .await?;
    Ok(out)
}

/// A dataset.
pub fn stored_dataset(row: &DbRow) -> Result<StoredDataset, sqlx::Error> {
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

/// A place without its services, and the id of its dataset.
pub fn place(r: &DbRow) -> Result<(i64, Place), StoreError> {
    let geom: Option<&[u8]> = r.try_get("shape")?;
    let level: String = r.try_get("geocode_level")?;
    let place = Place {
        id: r.try_get("id")?,
        key: r.try_get("key")?,
        name: r.try_get("name")?,
        kana: r.try_get("kana")?,
        address: r.try_get("address")?,
        point: geom.and_then(geometry::read_point),
        level: GeocodeLevel::from_code(&level),
        facility: r.try_get("facility")?,
        home: r.try_get("home")?,
        services: Vec::new(),
    };
    Ok((r.try_get("dataset_id")?, place))
}

/// A service, or nothing if its kind is no longer known.
pub fn service(r: &DbRow) -> Result<Option<Service>, StoreError> {
    let (kind, status, visibility): (String, String, String) =
        (r.try_get("kind")?, r.try_get("status")?, r.try_get("visibility")?);
    let Some(kind) = kind_by_code(&kind) else { return Ok(None) };
    Ok(Some(Service {
        id: r.try_get("id")?,
        key: r.try_get("key")?,
        kind,
        name: r.try_get("name")?,
        status: Status::from_code(&status),
        schedule_text: r.try_get("schedule_text")?,
        fee: r.try_get("fee")?,
        pickup: r.try_get("pickup")?,
        booking: r.try_get("booking")?,
        phone: r.try_get("phone")?,
        url: r.try_get("url")?,
        capacity: r.try_get::<Option<i64>, _>("capacity")?.and_then(|c| u32::try_from(c).ok()),
        reference: r.try_get("reference")?,
        visibility: Visibility::from_code(&visibility),
        serves: r.try_get("serves")?,
        verified_on: r.try_get("verified_on")?,
        verified: kept(r, "verified")?,
        hidden: kept(r, "hidden")?,
        staff: kept(r, "staff")?,
        internal: r.try_get("internal")?,
    }))
}

fn year(r: &DbRow) -> Result<u16, StoreError> {
    let year: i64 = r.try_get("year")?;
    u16::try_from(year).map_err(|_| StoreError::Corrupt("year".into()))
}

/// A JSON column; nothing said is the empty value.
fn kept<T: Default + serde::de::DeserializeOwned>(r: &DbRow, column: &'static str) -> Result<T, StoreError> {
    let text: Option<String> = r.try_get(column)?;
    text.map_or(Ok(T::default()), |t| serde_json::from_str(&t).map_err(|_| StoreError::Corrupt(format!("service.{column}"))))
}

fn area(r: &DbRow) -> Result<Option<(i64, Area)>, StoreError> {
    let geom: Option<&[u8]> = r.try_get("shape")?;
    let area_type: String = r.try_get("area_type")?;
    let Some(area_type) = AreaType::from_code(&area_type) else { return Ok(None) };
    let area = Area {
        id: r.try_get("id")?,
        key: r.try_get("key")?,
        area_type,
        code: r.try_get("code")?,
        name: r.try_get("name")?,
        city_code: r.try_get("city_code")?,
        parent: r.try_get("parent")?,
        approximate: r.try_get("approximate")?,
        geometry: geom.and_then(geometry::read_multi_polygon),
    };
    Ok(Some((r.try_get("dataset_id")?, area)))
}

fn cell(r: &DbRow) -> Result<(i64, Cell), StoreError> {
    let geom: Option<&[u8]> = r.try_get("shape")?;
    let (lon, lat): (Option<f64>, Option<f64>) = (r.try_get("centroid_lon")?, r.try_get("centroid_lat")?);
    let cell = Cell {
        id: r.try_get("id")?,
        code: r.try_get("code")?,
        name: r.try_get("name")?,
        bounds: geom.and_then(geometry::read_bounds),
        centroid: lon.zip(lat).map(|(lon, lat)| LonLat::new(lon, lat)),
        population: Vec::new(),
        merged_into: r.try_get("merged_into")?,
    };
    Ok((r.try_get("dataset_id")?, cell))
}
