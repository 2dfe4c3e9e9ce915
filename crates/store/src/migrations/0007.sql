-- What other systems were told (webhooks): everything before `next` was told or
-- is held. No part of the record: nothing here is in the journal.
CREATE TABLE outbox (
    hook     TEXT PRIMARY KEY,
    next     INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    retry_at INTEGER,
    told_at  INTEGER,
    error    TEXT
) WITHOUT ROWID;

-- Events that were not taken yet; those without `due_at` are dead letters.
CREATE TABLE outbox_held (
    hook     TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    case_id  INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    due_at   INTEGER,
    error    TEXT,
    PRIMARY KEY (hook, seq)
) WITHOUT ROWID;

-- Who sent which case, by a keyed hash of the telephone number; derived from
-- what is sealed, and erased with it.
CREATE TABLE caller (
    hash    BLOB NOT NULL,
    case_id INTEGER NOT NULL,
    PRIMARY KEY (hash, case_id)
) WITHOUT ROWID;
CREATE INDEX caller_by_case ON caller (case_id);

-- How far what is derived in the background has followed the journal.
CREATE TABLE follower (
    name TEXT PRIMARY KEY,
    next INTEGER NOT NULL
) WITHOUT ROWID;
