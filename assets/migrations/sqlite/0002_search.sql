-- Search over curated contacts: immutable segments built in bulk, and the writes since.

-- One row. `version` changes whenever the list of segments does; writes up to `built_sequence` are in segments.
CREATE TABLE search_state (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    version INTEGER NOT NULL,
    built_sequence INTEGER NOT NULL,
    next_segment INTEGER NOT NULL,
    builder INTEGER,
    builder_seen INTEGER
) STRICT;
INSERT INTO search_state VALUES (1, 0, 0, 1, NULL, NULL);

-- A segment in use, oldest first by id. `root` says which blocks hold what.
CREATE TABLE search_segment (
    id INTEGER PRIMARY KEY,
    documents INTEGER NOT NULL,
    root BLOB NOT NULL
) STRICT;

-- The blocks of all segments, those still being built or thrown away included: key = segment * 2^32 + number.
CREATE TABLE search_block (
    key INTEGER PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT;

-- Documents of a segment that a later segment (`killer`) replaced or removed.
CREATE TABLE search_dead (
    segment INTEGER NOT NULL,
    killer INTEGER NOT NULL,
    documents BLOB NOT NULL,
    PRIMARY KEY (segment, killer)
) STRICT;

-- Every write since the last build, in order; without a document the contact can no longer be found.
CREATE TABLE search_delta (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    contact_row INTEGER NOT NULL,
    document BLOB
) STRICT;
