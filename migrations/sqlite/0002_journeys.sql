-- What a planner needs beside the lists: which 町内 a service is for, when it was last verified, series by year, scenarios.

ALTER TABLE service ADD COLUMN serves TEXT;       -- 町内 it is for, as written
ALTER TABLE service ADD COLUMN verified_on TEXT;  -- YYYY-MM-DD
ALTER TABLE area ADD COLUMN parent TEXT;          -- name of the district a 町内 belongs to

-- A figure by year about something that is not always an area of ours (a demand-taxi zone may cover parts of two districts):
-- never divided over areas.
CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    dataset_id INTEGER NOT NULL REFERENCES dataset(id),
    subject TEXT NOT NULL,
    measure TEXT NOT NULL,
    unit TEXT NOT NULL,
    year INTEGER NOT NULL,     -- fiscal year, April to March
    value DOUBLE NOT NULL,
    UNIQUE (dataset_id, subject, measure, year)
);

-- A named what-if: its changes as JSON.
CREATE TABLE scenario (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL,
    at TEXT NOT NULL,
    actor TEXT NOT NULL
);

INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) VALUES
    ('series', 'attributes', 'series', '年度ごとの数', NULL);
