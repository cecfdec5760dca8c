-- What supervisors keep: a mark on a decision, and filters of their own. The note of a mark is somebody's words
-- about a person, so it goes with the values of the decision that it is on.
CREATE TABLE review_mark (
  seq INTEGER PRIMARY KEY,
  verdict INTEGER NOT NULL,
  marked_by TEXT NOT NULL,
  at INTEGER NOT NULL,
  note TEXT,
  sum INTEGER NOT NULL
) STRICT;
CREATE TRIGGER review_mark_forgotten AFTER DELETE ON payload BEGIN
  UPDATE review_mark SET note = NULL WHERE seq = OLD.seq;
END;

CREATE TABLE review_filter (
  owner TEXT NOT NULL,
  name TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (owner, name)
) STRICT, WITHOUT ROWID;

-- The rule of the link that stands, the rule that linked it first, and whether that was of low confidence.
ALTER TABLE conversation ADD COLUMN rule INTEGER;
ALTER TABLE conversation ADD COLUMN first_rule INTEGER;
ALTER TABLE conversation ADD COLUMN doubt INTEGER;

-- Links that stand as the rules made them say all of it; others are read from the entry that linked first.
CREATE TEMP TABLE linked_by AS
  SELECT row, entry, json_extract(substr(link, 1, instr(link || char(10), char(10)) - 1), '$.reason') AS reason
  FROM conversation;
CREATE TEMP TABLE rule_code (name TEXT, code INTEGER);
INSERT INTO rule_code VALUES ('FirstClaimed', 1), ('NoClaim', 2), ('NothingProvided', 3), ('SwitchedOff', 4),
  ('SharedOnly', 5), ('ByPerson', 6), ('Unlinked', 7), ('Unmerged', 8);
UPDATE conversation SET rule = (SELECT code FROM linked_by
    JOIN rule_code ON rule_code.name = json_extract(reason, '$.rule') WHERE linked_by.row = conversation.row);
UPDATE linked_by SET reason = (SELECT json_extract(value, '$.Link.after.reason') FROM payload, json_each(payload.body)
    WHERE payload.seq = linked_by.entry AND json_extract(value, '$.Link.after.reason') IS NOT NULL
      AND json_extract(value, '$.Link.participant') IS NULL LIMIT 1)
  WHERE json_extract(reason, '$.rule') IN ('ByPerson', 'Unlinked', 'Unmerged');
UPDATE conversation SET (first_rule, doubt) = (SELECT code,
      code = 5 OR coalesce(json_array_length(reason, '$.rivals'), 0) > 0
        OR coalesce(json_extract(reason, '$.claim.trust'), '') = 'Typed'
        OR coalesce(json_extract(reason, '$.provided[' || json_extract(reason, '$.decided') || '].trust'), '') = 'Typed'
    FROM linked_by JOIN rule_code ON rule_code.name = json_extract(reason, '$.rule')
    WHERE linked_by.row = conversation.row);
DROP TABLE linked_by;
DROP TABLE rule_code;

CREATE INDEX conversation_review ON conversation
  (started, until, channel, status, queue, agent, wrapup_code, rule, first_rule, doubt);
CREATE INDEX conversation_queue ON conversation (queue, started);
CREATE INDEX conversation_agent ON conversation (agent, started);
-- The common rules need no index: whoever looks for them finds them anywhere.
CREATE INDEX conversation_rule ON conversation (first_rule) WHERE first_rule > 2;
CREATE INDEX conversation_doubt ON conversation (started) WHERE doubt = 1;
CREATE INDEX entry_seen ON entry (seq) WHERE action = 'resolve';
CREATE INDEX entry_by_action ON entry (action, seq) WHERE action NOT IN ('resolve', 'expire', 'import');
CREATE INDEX contact_merged ON contact (merged_to) WHERE merged_to IS NOT NULL;
