-- Requests to export or delete what is kept of a person: who asked, when, and what became of it. They name the
-- contact by its id alone, as the journal does, so nothing of the person is left here after an erasure.
CREATE TABLE person_request (
  row INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  body TEXT NOT NULL
) STRICT;
