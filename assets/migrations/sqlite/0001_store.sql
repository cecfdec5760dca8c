-- The first schema of the store. Ids are UUIDs of 16 bytes; every table that is joined has a small row
-- number of its own, because sequential integer keys cost half of what random ones do. Times are
-- milliseconds since 1970. `body` is JSON, the other columns are taken out of it for lookups and lists.

-- A contact that is gone keeps its row without a body: conversations and the journal still name its id.
CREATE TABLE contact (
  row INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  kind INTEGER,
  created INTEGER,
  merged_to BLOB,
  body TEXT
) STRICT;

-- The time of the last interaction changes with every conversation, so it has a narrow table of its own.
-- `due` is what expiry counts from; only contacts that expire have one.
CREATE TABLE alive (
  contact INTEGER PRIMARY KEY,
  seen INTEGER,
  due INTEGER
) STRICT;
CREATE INDEX alive_due ON alive (due) WHERE due IS NOT NULL;

-- Who claims an identifier (first, at most one), and which live contacts carry it in a field.
CREATE TABLE identifier (
  kind INTEGER NOT NULL,
  value TEXT NOT NULL,
  source TEXT NOT NULL,
  claimed INTEGER NOT NULL,
  contact INTEGER NOT NULL,
  carried INTEGER NOT NULL,
  at INTEGER,
  origin INTEGER,
  origin_id ANY,
  trust INTEGER,
  PRIMARY KEY (kind, value, source, claimed DESC, contact)
) STRICT, WITHOUT ROWID;
CREATE INDEX identifier_contact ON identifier (contact);

-- `contact` is the conversation's own contact, `entry` the journal entry that linked it first.
-- `until` orders by end: NULL while active, never before the start.
CREATE TABLE conversation (
  row INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  contact INTEGER NOT NULL,
  entry INTEGER,
  started INTEGER NOT NULL,
  ended INTEGER,
  until INTEGER,
  channel TEXT NOT NULL,
  direction TEXT NOT NULL,
  status INTEGER NOT NULL,
  queue TEXT,
  agent TEXT,
  agent_name TEXT,
  wrapup_code TEXT,
  wrapup_notes TEXT,
  subject TEXT,
  address TEXT,
  provided_name TEXT,
  link TEXT NOT NULL,
  others TEXT,
  wrapup TEXT,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX conversation_until ON conversation (until, started, agent);

-- Every contact of a conversation, its own and those of other participants, in the order of a journey.
CREATE TABLE party (
  contact INTEGER NOT NULL,
  closed INTEGER NOT NULL,
  started INTEGER NOT NULL,
  conversation INTEGER NOT NULL,
  PRIMARY KEY (contact, closed, started DESC, conversation DESC)
) STRICT, WITHOUT ROWID;

CREATE TABLE visit (
  row INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  contact INTEGER NOT NULL,
  entry INTEGER,
  started INTEGER NOT NULL,
  until INTEGER NOT NULL,
  link TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX visit_contact ON visit (contact, started);
CREATE INDEX visit_until ON visit (until);

CREATE TABLE note (
  row INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  contact INTEGER NOT NULL,
  created INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX note_contact ON note (contact, created);

CREATE TABLE organization (
  row INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  name TEXT NOT NULL,
  created INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX organization_name ON organization (name, created, id);

-- The smaller id first.
CREATE TABLE not_same (
  one BLOB NOT NULL,
  other BLOB NOT NULL,
  marked_by TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (one, other)
) STRICT, WITHOUT ROWID;

CREATE TABLE shared (
  kind INTEGER NOT NULL,
  value TEXT NOT NULL,
  source TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (kind, value, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE name (
  kind INTEGER NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  color TEXT,
  shown INTEGER NOT NULL,
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

-- Counts that would be slow to count, and the number of the last import batch.
CREATE TABLE counter (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The journal's public part: who, when, what, ids; no personal values. `contacts` holds the ids that the
-- changes speak of, 16 bytes each; NULL when that is `contact` alone. `hash` seals the row and all before it.
CREATE TABLE entry (
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  contact BLOB,
  conversation BLOB,
  contacts BLOB,
  batch INTEGER,
  undoes INTEGER,
  digest BLOB,
  hash BLOB NOT NULL
) STRICT;
CREATE INDEX entry_by_people ON entry (seq) WHERE action NOT IN ('resolve', 'expire');
CREATE INDEX entry_by_actor ON entry (actor, seq) WHERE action NOT IN ('resolve', 'expire');
CREATE INDEX entry_undoes ON entry (undoes) WHERE undoes IS NOT NULL;
CREATE INDEX entry_batch ON entry (batch) WHERE batch IS NOT NULL;
CREATE INDEX entry_conversation ON entry (conversation) WHERE conversation IS NOT NULL AND action <> 'resolve';

-- Entries by contact, but for those that `conversation.entry` and `visit.entry` lead to.
CREATE TABLE entry_contact (
  contact INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (contact, seq)
) STRICT, WITHOUT ROWID;

-- The journal's values and evidence: deletable without breaking the chain.
CREATE TABLE payload (
  seq INTEGER PRIMARY KEY,
  salt BLOB NOT NULL,
  body TEXT NOT NULL
) STRICT;
