-- Many hands: what a list last said beside what people made of it, whole records in the history, former editions kept, accounts,
-- suggestions, publications.

ALTER TABLE revision ADD COLUMN why TEXT;
ALTER TABLE revision ADD COLUMN undoes INTEGER REFERENCES revision(id);

ALTER TABLE change ADD COLUMN action TEXT;   -- add, update, retire; null: written by an older version, cannot be undone
CREATE INDEX change_revision ON change(revision);

ALTER TABLE place ADD COLUMN home BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE place ADD COLUMN version INTEGER NOT NULL DEFAULT 0;          -- revision that last touched it
ALTER TABLE place ADD COLUMN source TEXT;                                 -- what its list last said, JSON, once a person changed it
ALTER TABLE place ADD COLUMN merged_into INTEGER REFERENCES place(id);

ALTER TABLE service ADD COLUMN booking TEXT;
ALTER TABLE service ADD COLUMN verified TEXT;  -- field → YYYY-MM-DD, JSON
ALTER TABLE service ADD COLUMN hidden TEXT;    -- fields the public does not see, JSON
ALTER TABLE service ADD COLUMN staff TEXT;     -- 連携シート, JSON; staff only

-- Something an import was not sure of, waiting for a person.
CREATE TABLE doubt (
    id INTEGER PRIMARY KEY,
    place_id INTEGER NOT NULL REFERENCES place(id),
    revision INTEGER NOT NULL REFERENCES revision(id),
    code TEXT NOT NULL,
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    message TEXT NOT NULL,
    settled INTEGER REFERENCES revision(id)
);
CREATE INDEX doubt_place ON doubt(place_id);

-- Of what is replaced whole, the edition before the current one is kept, so that an import can be taken back.
ALTER TABLE address ADD COLUMN added INTEGER;
ALTER TABLE address ADD COLUMN retired INTEGER;

CREATE TABLE series_kept (
    id INTEGER PRIMARY KEY,
    dataset_id INTEGER NOT NULL REFERENCES dataset(id),
    subject TEXT NOT NULL,
    measure TEXT NOT NULL,
    unit TEXT NOT NULL,
    year INTEGER NOT NULL,     -- fiscal year, April to March
    value DOUBLE NOT NULL,
    added INTEGER,
    retired INTEGER
);
INSERT INTO series_kept (id, dataset_id, subject, measure, unit, year, value)
    SELECT id, dataset_id, subject, measure, unit, year, value FROM series;
DROP TABLE series;
ALTER TABLE series_kept RENAME TO series;
CREATE UNIQUE INDEX series_current ON series(dataset_id, subject, measure, year) WHERE retired IS NULL;

CREATE TABLE compiled_kept (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,        -- streets, base, drive, feed:…, heights:…
    hash TEXT NOT NULL,
    bytes BLOB NOT NULL,
    dataset_id INTEGER REFERENCES dataset(id),
    added INTEGER,
    retired INTEGER
);
INSERT INTO compiled_kept (name, hash, bytes, dataset_id) SELECT name, hash, bytes, dataset_id FROM compiled;
DROP TABLE compiled;
ALTER TABLE compiled_kept RENAME TO compiled;
CREATE UNIQUE INDEX compiled_current ON compiled(name) WHERE retired IS NULL;

-- People.
CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    areas TEXT NOT NULL,       -- ids, JSON
    password TEXT NOT NULL,    -- argon2id, PHC string
    disabled BOOLEAN NOT NULL DEFAULT FALSE,
    failures INTEGER NOT NULL DEFAULT 0,
    locked_until TEXT
);
CREATE TABLE session (
    token TEXT PRIMARY KEY,    -- SHA-256 of what the browser holds
    account_id INTEGER NOT NULL REFERENCES account(id),
    opened TEXT NOT NULL,
    expires TEXT NOT NULL
);
CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    detail TEXT NOT NULL
);

-- What residents say, and what was handed out.
CREATE TABLE suggestion (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    service_id INTEGER REFERENCES service(id),
    body TEXT NOT NULL,
    contact TEXT,              -- staff only
    state TEXT NOT NULL,       -- open, taken, declined
    decided_by TEXT,
    reply TEXT
);
CREATE TABLE publication (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    what TEXT NOT NULL,
    recipient TEXT NOT NULL,
    revision INTEGER NOT NULL,
    note TEXT
);

-- Which column means what, as an office said once for all its lists with these headings.
CREATE TABLE mapping (
    headings TEXT PRIMARY KEY, -- JSON
    fields TEXT NOT NULL,      -- heading → field, JSON
    at TEXT NOT NULL,
    actor TEXT NOT NULL
);
