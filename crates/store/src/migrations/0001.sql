-- The journal: one append-only sequence. `hash` is the RFC 6962 leaf hash of `body`.
CREATE TABLE entry (
    seq     INTEGER PRIMARY KEY,
    case_id INTEGER,
    hash    BLOB NOT NULL,
    body    BLOB NOT NULL
);
CREATE INDEX entry_by_case ON entry (case_id, seq) WHERE case_id IS NOT NULL;

-- What is bound to an entry by a salted hash, and can be erased: salt and body
-- are then overwritten by as many zeros, in place, so that no page ever moves
-- a row and leaves a copy of it behind. Rows are only added at the end.
CREATE TABLE sealed (
    seq  INTEGER PRIMARY KEY,
    salt BLOB NOT NULL,
    body BLOB NOT NULL
);

-- Which entry had something erased beside which.
CREATE TABLE erased (
    seq INTEGER PRIMARY KEY,
    by  INTEGER NOT NULL
);

-- Complete tiles of the tree, 256 hashes each.
CREATE TABLE tile (
    level  INTEGER NOT NULL,
    idx    INTEGER NOT NULL,
    hashes BLOB NOT NULL,
    PRIMARY KEY (level, idx)
);

CREATE TABLE checkpoint (
    size INTEGER PRIMARY KEY,
    note TEXT NOT NULL
);

-- Cases: a projection of their entries. What a request said, and exactly where
-- it lies, stands in `sealed` alone, under `request_seq`: SQLite may leave old
-- copies of a changing row in the unused part of a page. `follow_code` is the
-- SHA-256 of the code, `block` the tile of the web map at zoom 18 (some 120 m).
CREATE TABLE cases (
    id                   INTEGER PRIMARY KEY,
    version              INTEGER NOT NULL,
    stage                INTEGER NOT NULL,
    channel              INTEGER NOT NULL,
    category             TEXT,
    area                 TEXT,
    unit                 TEXT,
    decline              INTEGER,
    source_system        TEXT,
    source_id            TEXT,
    request_seq          INTEGER,
    follow_code          BLOB,
    block                INTEGER,
    due_at               INTEGER,
    respond_by           INTEGER,
    resolve_by           INTEGER,
    submitted_at         INTEGER NOT NULL,
    dispatched_at        INTEGER,
    started_at           INTEGER,
    reported_at          INTEGER,
    closed_at            INTEGER,
    closed_unverified    INTEGER NOT NULL,
    failed_verifications INTEGER NOT NULL,
    reopened             INTEGER NOT NULL,
    call_back_at         INTEGER,
    call_back_reached    INTEGER,
    call_back_solved     INTEGER,
    satisfaction         INTEGER,
    changed_at           INTEGER NOT NULL
);
CREATE INDEX case_by_time ON cases (submitted_at, id);
CREATE INDEX case_by_stage ON cases (stage, submitted_at, id);
CREATE INDEX case_by_unit ON cases (unit, stage, submitted_at, id) WHERE unit IS NOT NULL;
CREATE INDEX case_by_area ON cases (area, submitted_at, id) WHERE area IS NOT NULL;
CREATE INDEX case_by_category ON cases (category, submitted_at, id) WHERE category IS NOT NULL;
CREATE INDEX case_by_due ON cases (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX case_by_block ON cases (block, id) WHERE block IS NOT NULL;
CREATE UNIQUE INDEX case_by_follow_code ON cases (follow_code) WHERE follow_code IS NOT NULL;
CREATE UNIQUE INDEX case_by_source ON cases (source_system, source_id) WHERE source_id IS NOT NULL;

-- Calls that were made. Where something was sealed with the change, the
-- fingerprint is hashed once more behind the salt of entry `salted_by`, so that
-- after an erasure nobody can try out words against it.
CREATE TABLE receipt (
    key         TEXT PRIMARY KEY,
    fingerprint BLOB NOT NULL,
    salted_by   INTEGER,
    case_id     INTEGER NOT NULL,
    at          INTEGER NOT NULL
) WITHOUT ROWID;

-- What the city is made of: areas, units, categories, settings. `seq` is the
-- entry that last set it; the outline of an area is sealed beside that entry.
CREATE TABLE item (
    kind TEXT NOT NULL,
    code TEXT NOT NULL,
    body TEXT NOT NULL,
    seq  INTEGER NOT NULL,
    PRIMARY KEY (kind, code)
) WITHOUT ROWID;

CREATE TABLE account (
    name          TEXT PRIMARY KEY,
    display_name  TEXT NOT NULL,
    role          TEXT NOT NULL,
    unit          TEXT,
    password_hash TEXT NOT NULL,
    disabled      INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE TABLE session (
    token_hash BLOB PRIMARY KEY,
    account    TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX session_by_account ON session (account);
