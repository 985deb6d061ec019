-- How a place got its position: null, the list's own coordinate; else the hash of the address lists it was looked up in. A
-- place looked up before is looked up again when other lists are there.

ALTER TABLE place ADD COLUMN located_by TEXT;
