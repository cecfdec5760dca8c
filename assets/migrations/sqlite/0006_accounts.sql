-- Who may ask a server: users and clients, what was granted to them, and the external sources that somebody
-- named. Secrets stand as slow hashes, tokens as SHA-256 of what was handed out: nobody can read either back.
CREATE TABLE account (
  id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
  kind INTEGER NOT NULL,
  name TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX account_name ON account (kind, name);

CREATE TABLE granted (
  hash BLOB PRIMARY KEY NOT NULL CHECK (length(hash) = 32),
  kind INTEGER NOT NULL,
  owner BLOB NOT NULL,
  client BLOB NOT NULL,
  expires INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX granted_owner ON granted (owner);
CREATE INDEX granted_expires ON granted (expires);

CREATE TABLE external_source (
  id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
  name TEXT NOT NULL UNIQUE,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
