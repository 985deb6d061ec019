//! Register → model.

use super::super::StoreError;
use super::geopackage;
use crate::model::{
    AddressPoint, Area, AreaType, Cell, Contents, Figure, GeocodeLevel, LonLat, Place, Population, Service, Status, Visibility,
    kind_by_code,
};
use futures_stream::each;
use sqlx::Row;
use sqlx::sqlite::{SqlitePool, SqliteRow};
use std::collections::HashMap;

mod futures_stream {
    //! Rows one at a time, so that a large table is never held twice.
    use super::super::super::StoreError;
    use sqlx::Executor;
    use sqlx::sqlite::{SqliteConnection, SqliteRow};

    pub async fn each(
        connection: &mut SqliteConnection,
        sql: &'static str,
        mut take: impl FnMut(&SqliteRow) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut rows = connection.fetch(sql);
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
pub async fn contents(pool: &SqlitePool) -> Result<Contents, StoreError> {
    let mut tx = pool.begin().await?;
    let revision = sqlx::query("SELECT COALESCE(MAX(id), 0) FROM revision").fetch_one(&mut *tx).await?.try_get(0)?;
    let mut out = Contents { revision, ..Contents::default() };
    each(&mut tx, "SELECT * FROM dataset ORDER BY id", |r| {
        out.datasets.push(super::stored_dataset(r)?);
        Ok(())
    })
    .await?;
    let mut at: HashMap<i64, usize> = HashMap::new();
    each(&mut tx, "SELECT * FROM place WHERE retired IS NULL ORDER BY id", |r| {
        let place = place(r)?;
        at.insert(place.1.id, out.places.len());
        out.places.push(place);
        Ok(())
    })
    .await?;
    each(&mut tx, "SELECT * FROM service WHERE retired IS NULL ORDER BY id", |r| {
        let place_id: i64 = r.try_get("place_id")?;
        if let (Some(&i), Some(service)) = (at.get(&place_id), service(r)?) {
            out.places[i].1.services.push(service);
        }
        Ok(())
    })
    .await?;
    each(&mut tx, "SELECT * FROM area WHERE retired IS NULL ORDER BY id", |r| {
        out.areas.extend(area(r)?);
        Ok(())
    })
    .await?;
    at.clear();
    each(&mut tx, "SELECT * FROM cell WHERE retired IS NULL ORDER BY id", |r| {
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
                year: r.try_get("year")?,
                total: r.try_get("total")?,
                aged65: r.try_get("aged65")?,
                aged75: r.try_get("aged75")?,
            });
        }
        Ok(())
    })
    .await?;
    each(&mut tx, "SELECT * FROM series ORDER BY dataset_id, subject, measure, year", |r| {
        out.series.push(Figure {
            subject: r.try_get("subject")?,
            measure: r.try_get("measure")?,
            unit: r.try_get("unit")?,
            year: r.try_get("year")?,
            value: r.try_get("value")?,
        });
        Ok(())
    })
    .await?;
    tx.commit().await?;
    Ok(out)
}

/// House-number and town points.
pub async fn addresses(pool: &SqlitePool) -> Result<Vec<AddressPoint>, StoreError> {
    let mut connection = pool.acquire().await?;
    let mut out = Vec::new();
    each(&mut connection, "SELECT geom, city_code, town, block, number FROM address ORDER BY id", |r| {
        let geom: &[u8] = r.try_get(0)?;
        let point = geopackage::read_point(geom).ok_or_else(|| StoreError::Corrupt("address.geom".into()))?;
        out.push(AddressPoint {
            city_code: r.try_get(1)?,
            town: r.try_get(2)?,
            block: r.try_get(3)?,
            number: r.try_get(4)?,
            point: point.to_e7(),
        });
        Ok(())
    })
    .await?;
    Ok(out)
}

fn place(r: &SqliteRow) -> Result<(i64, Place), StoreError> {
    let geom: Option<&[u8]> = r.try_get("geom")?;
    let level: String = r.try_get("geocode_level")?;
    let place = Place {
        id: r.try_get("id")?,
        key: r.try_get("key")?,
        name: r.try_get("name")?,
        kana: r.try_get("kana")?,
        address: r.try_get("address")?,
        point: geom.and_then(geopackage::read_point),
        level: GeocodeLevel::from_code(&level),
        facility: r.try_get("facility")?,
        services: Vec::new(),
    };
    Ok((r.try_get("dataset_id")?, place))
}

/// A service, or nothing if its kind is no longer known.
fn service(r: &SqliteRow) -> Result<Option<Service>, StoreError> {
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
        phone: r.try_get("phone")?,
        url: r.try_get("url")?,
        capacity: r.try_get("capacity")?,
        reference: r.try_get("reference")?,
        visibility: Visibility::from_code(&visibility),
        serves: r.try_get("serves")?,
        verified_on: r.try_get("verified_on")?,
        internal: r.try_get("internal")?,
    }))
}

fn area(r: &SqliteRow) -> Result<Option<(i64, Area)>, StoreError> {
    let geom: Option<&[u8]> = r.try_get("geom")?;
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
        geometry: geom.and_then(geopackage::read_multi_polygon),
    };
    Ok(Some((r.try_get("dataset_id")?, area)))
}

fn cell(r: &SqliteRow) -> Result<(i64, Cell), StoreError> {
    let geom: Option<&[u8]> = r.try_get("geom")?;
    let (lon, lat): (Option<f64>, Option<f64>) = (r.try_get("centroid_lon")?, r.try_get("centroid_lat")?);
    let cell = Cell {
        id: r.try_get("id")?,
        code: r.try_get("code")?,
        name: r.try_get("name")?,
        bounds: geom.and_then(geopackage::read_bounds),
        centroid: lon.zip(lat).map(|(lon, lat)| LonLat::new(lon, lat)),
        population: Vec::new(),
        merged_into: r.try_get("merged_into")?,
    };
    Ok((r.try_get("dataset_id")?, cell))
}
