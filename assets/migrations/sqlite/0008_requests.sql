-- Which entry came of a request that somebody may ask again: the answer may be lost on its way, the change is
-- made once. Ids and times only, kept for a day.
CREATE TABLE request (
  id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
  entry INTEGER NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX request_at ON request (at);
