//! A list as a GeoPackage of its own (OGC 12-128r18): one table of points with text attributes, for QGIS and others.

use super::{StoreError, geometry};
use crate::model::LonLat;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use std::path::Path;

const TABLES: &str = "\
PRAGMA application_id = 0x47504b47;
PRAGMA user_version = 10300;
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL,
    organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
INSERT INTO gpkg_spatial_ref_sys VALUES
    ('Undefined cartesian SRS', -1, 'NONE', -1, 'undefined', NULL),
    ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', NULL),
    ('WGS 84', 4326, 'EPSG', 4326, 'GEOGCS[\"WGS 84\",DATUM[\"WGS_1984\",SPHEROID[\"WGS 84\",6378137,298.257223563]],PRIMEM[\"Greenwich\",0],UNIT[\"degree\",0.0174532925199433]]', NULL);
CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
    description TEXT DEFAULT '', last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
    min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL UNIQUE REFERENCES gpkg_contents(table_name), column_name TEXT NOT NULL,
    geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL REFERENCES gpkg_spatial_ref_sys(srs_id), z TINYINT NOT NULL,
    m TINYINT NOT NULL, PRIMARY KEY (table_name, column_name));
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
    VALUES ('services', 'features', 'services', '地域資源一覧', 4326);
INSERT INTO gpkg_geometry_columns VALUES ('services', 'geom', 'POINT', 4326, 0, 0);";

/// One row: where, and its attributes in the order of the names.
pub type PointRow = (Option<LonLat>, Vec<String>);

/// Writes rows as the layer `services` of a new file. The names are ours, letters of ASCII.
///
/// # Errors
/// If the file cannot be written.
pub async fn write_points(path: &Path, names: &[&str], rows: &[PointRow]) -> Result<(), StoreError> {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true).journal_mode(SqliteJournalMode::Delete);
    let mut c = options.connect().await?;
    sqlx::raw_sql(TABLES).execute(&mut c).await?;
    // column names cannot be bound: nothing but lower-case letters gets this far
    if !names.iter().all(|n| n.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')) {
        return Err(StoreError::Corrupt("name".into()));
    }
    let columns: String = names.iter().map(|n| format!(", \"{n}\" TEXT")).collect();
    let table = format!("CREATE TABLE services (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom POINT{columns})");
    sqlx::raw_sql(AssertSqlSafe(table)).execute(&mut c).await?;
    let list: String = names.iter().map(|n| format!(", \"{n}\"")).collect();
    let marks: String = names.iter().map(|_| ", ?").collect();
    let insert = format!("INSERT INTO services (geom{list}) VALUES (?{marks})");
    let mut tx = c.begin().await?;
    for (point, values) in rows {
        let mut row = sqlx::query(AssertSqlSafe(insert.clone())).bind(point.map(geometry::point));
        for value in values {
            row = row.bind(value);
        }
        row.execute(&mut *tx).await?;
    }
    let b = crate::model::Bounds::of(rows.iter().filter_map(|r| r.0));
    if !b.is_empty() {
        let extent = "UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ?";
        sqlx::query(extent).bind(b.west).bind(b.south).bind(b.east).bind(b.north).execute(&mut *tx).await?;
    }
    tx.commit().await?;
    Ok(c.close().await?)
}
