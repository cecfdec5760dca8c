-- Exports that somebody asked a server for, and their files in parts as they are written. A file holds values of
-- people: it goes when its export expires, and all of them go whenever a person is erased.
CREATE TABLE export (
  row INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  kind INTEGER NOT NULL,
  running INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;

CREATE TABLE export_part (
  export INTEGER NOT NULL,
  number INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (export, number)
) STRICT;
