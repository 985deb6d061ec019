-- The register. The file is a GeoPackage 1.3: QGIS and ogrinfo open place, area, cell and address as layers.

CREATE TABLE gpkg_spatial_ref_sys (
    srs_name TEXT NOT NULL,
    srs_id INTEGER NOT NULL PRIMARY KEY,
    organization TEXT NOT NULL,
    organization_coordsys_id INTEGER NOT NULL,
    definition TEXT NOT NULL,
    description TEXT
);
INSERT INTO gpkg_spatial_ref_sys VALUES
    ('Undefined Cartesian SRS', -1, 'NONE', -1, 'undefined', NULL),
    ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', NULL),
    ('WGS 84 geodetic', 4326, 'EPSG', 4326, 'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AUTHORITY["EPSG","4326"]]', 'longitude/latitude');

CREATE TABLE gpkg_contents (
    table_name TEXT NOT NULL PRIMARY KEY,
    data_type TEXT NOT NULL,
    identifier TEXT UNIQUE,
    description TEXT DEFAULT '',
    last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
    min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE,
    srs_id INTEGER REFERENCES gpkg_spatial_ref_sys(srs_id)
);

CREATE TABLE gpkg_geometry_columns (
    table_name TEXT NOT NULL UNIQUE REFERENCES gpkg_contents(table_name),
    column_name TEXT NOT NULL,
    geometry_type_name TEXT NOT NULL,
    srs_id INTEGER NOT NULL REFERENCES gpkg_spatial_ref_sys(srs_id),
    z TINYINT NOT NULL,
    m TINYINT NOT NULL,
    PRIMARY KEY (table_name, column_name)
);

-- Every change to the register is one revision: who, when, what.
CREATE TABLE revision (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,          -- RFC 3339, UTC
    actor TEXT NOT NULL,
    summary TEXT NOT NULL
);

-- Before and after of each record a revision touched, as JSON; nothing is ever overwritten without a trace.
CREATE TABLE change (
    revision INTEGER NOT NULL REFERENCES revision(id),
    record TEXT NOT NULL,      -- place, area, cell
    record_id INTEGER NOT NULL,
    before TEXT,               -- null: added
    after TEXT                 -- null: retired
);
CREATE INDEX change_record ON change(record, record_id);

CREATE TABLE dataset (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    format TEXT NOT NULL,
    title TEXT NOT NULL,
    attribution TEXT NOT NULL,
    vintage TEXT,
    sha256 TEXT NOT NULL,      -- of the file last taken
    file TEXT NOT NULL,        -- its name
    revision INTEGER NOT NULL REFERENCES revision(id)
);

-- A row is retired, never deleted: `retired` is the revision that found it gone.
CREATE TABLE place (
    id INTEGER PRIMARY KEY,
    geom POINT,
    dataset_id INTEGER NOT NULL REFERENCES dataset(id),
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    kana TEXT,
    address TEXT,
    geocode_level TEXT NOT NULL,
    facility TEXT,
    digest BLOB NOT NULL,      -- of the content, services included: equal digests mean an unchanged record
    retired INTEGER REFERENCES revision(id),
    UNIQUE (dataset_id, key)
);

CREATE TABLE service (
    id INTEGER PRIMARY KEY,
    place_id INTEGER NOT NULL REFERENCES place(id),
    key TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    schedule_text TEXT,
    fee TEXT,
    pickup TEXT,
    phone TEXT,
    url TEXT,
    capacity INTEGER,
    reference TEXT,
    visibility TEXT NOT NULL,
    internal TEXT,             -- columns of the source without a field, JSON; staff only
    retired INTEGER REFERENCES revision(id),
    UNIQUE (place_id, key)
);

CREATE TABLE area (
    id INTEGER PRIMARY KEY,
    geom MULTIPOLYGON,
    dataset_id INTEGER NOT NULL REFERENCES dataset(id),
    key TEXT NOT NULL,
    area_type TEXT NOT NULL,
    code TEXT,
    name TEXT NOT NULL,
    city_code TEXT,
    approximate BOOLEAN NOT NULL,
    digest BLOB NOT NULL,
    retired INTEGER REFERENCES revision(id),
    UNIQUE (dataset_id, key)
);

CREATE TABLE cell (
    id INTEGER PRIMARY KEY,
    geom POLYGON,
    dataset_id INTEGER NOT NULL REFERENCES dataset(id),
    code TEXT NOT NULL,
    name TEXT,
    centroid_lon DOUBLE,
    centroid_lat DOUBLE,
    merged_into TEXT,
    digest BLOB NOT NULL,
    retired INTEGER REFERENCES revision(id),
    UNIQUE (dataset_id, code)
);

CREATE TABLE population (
    cell_id INTEGER NOT NULL REFERENCES cell(id),
    year INTEGER NOT NULL,
    total DOUBLE,
    aged65 DOUBLE,
    aged75 DOUBLE,
    PRIMARY KEY (cell_id, year)
) WITHOUT ROWID;

-- House-number and town points are replaced whole with their dataset: they carry no history of their own.
CREATE TABLE address (
    id INTEGER PRIMARY KEY,
    geom POINT NOT NULL,
    dataset_id INTEGER NOT NULL REFERENCES dataset(id),
    city_code TEXT NOT NULL,
    town TEXT NOT NULL,
    block TEXT NOT NULL,
    number TEXT NOT NULL
);
CREATE INDEX address_dataset ON address(dataset_id);

-- Compiled networks and maps by content hash, so that a copy of this file is a whole backup.
CREATE TABLE compiled (
    name TEXT PRIMARY KEY,     -- streets, base
    hash TEXT NOT NULL,
    bytes BLOB NOT NULL,
    dataset_id INTEGER REFERENCES dataset(id)
);

INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) VALUES
    ('place', 'features', 'place', '場所', 4326),
    ('area', 'features', 'area', '区域', 4326),
    ('cell', 'features', 'cell', '人口メッシュ・小地域', 4326),
    ('address', 'features', 'address', '住所の点', 4326),
    ('service', 'attributes', 'service', 'サービス', NULL),
    ('population', 'attributes', 'population', '人口', NULL);
INSERT INTO gpkg_geometry_columns VALUES
    ('place', 'geom', 'POINT', 4326, 0, 0),
    ('area', 'geom', 'MULTIPOLYGON', 4326, 0, 0),
    ('cell', 'geom', 'POLYGON', 4326, 0, 0),
    ('address', 'geom', 'POINT', 4326, 0, 0);
