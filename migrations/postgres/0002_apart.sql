-- Places that look alike and are not one, so that nobody is asked twice.
CREATE TABLE apart (
    first_id BIGINT NOT NULL REFERENCES place(id),
    second_id BIGINT NOT NULL REFERENCES place(id),
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    PRIMARY KEY (first_id, second_id)
);
