-- Entries that linked a conversation further when it was seen again: somebody else had joined it. Their values go
-- with the conversation, as those of the entry that linked it first do.
CREATE TABLE later_link (
  conversation INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (conversation, seq)
) STRICT, WITHOUT ROWID;
INSERT INTO later_link (conversation, seq)
  SELECT conversation.row, entry.seq FROM entry JOIN conversation ON conversation.id = entry.conversation
  WHERE entry.action = 'resolve' AND entry.seq <> conversation.entry;
