-- What was said in conversations of messages. A message goes with its conversation, however that goes.
CREATE TABLE message (
  conversation INTEGER NOT NULL,
  id TEXT NOT NULL,
  at INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (conversation, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX message_at ON message (conversation, at, id);
CREATE TRIGGER message_gone AFTER DELETE ON conversation BEGIN
  DELETE FROM message WHERE conversation = OLD.row;
END;
