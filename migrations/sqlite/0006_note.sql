-- What people who know a district say of it. Nothing is ever overwritten: a note that is taken back stays, with who did and when.
CREATE TABLE note (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    area_id INTEGER NOT NULL REFERENCES area(id),
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    about TEXT,
    value TEXT,
    parent_id INTEGER REFERENCES note(id),
    withdrawn_at TEXT,
    withdrawn_by TEXT
);
CREATE INDEX note_area ON note(area_id);
