-- The search index over curated contacts. `search_delta` is written with each contact, in its transaction; the
-- rest is built from it in bulk (see src/store/search.rs).
CREATE TABLE search_delta (
  sequence    INTEGER PRIMARY KEY AUTOINCREMENT,
  contact_row INTEGER NOT NULL,
  document    BLOB                    -- NULL: the contact can no longer be found
);

CREATE TABLE search_block (
  id    INTEGER PRIMARY KEY,          -- generation, kind and number of the block
  bytes BLOB NOT NULL
);

CREATE TABLE search_state (
  only_row   INTEGER PRIMARY KEY CHECK (only_row = 1),
  generation INTEGER NOT NULL,        -- the generation that readers use; 0: none yet
  sequence   INTEGER NOT NULL,        -- the delta up to here is in that generation
  documents  INTEGER NOT NULL
);
INSERT INTO search_state VALUES (1, 0, 0, 0);
