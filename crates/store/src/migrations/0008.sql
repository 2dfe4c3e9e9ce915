-- Dossiers: what grows out of cases. A projection of their entries; `body` is
-- what the kind's events add up to, as JSON, and holds nothing personal.
CREATE TABLE dossier (
    id         INTEGER PRIMARY KEY,
    version    INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    state      TEXT NOT NULL,
    due_at     INTEGER,
    opened_at  INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    erased     INTEGER NOT NULL,
    body       TEXT NOT NULL
);
CREATE INDEX dossier_by_kind ON dossier (kind, state, id);

-- By what dossiers are found: `area:west`, `case:12`, `category:light`, `unit:lights`.
CREATE TABLE dossier_tag (
    tag        TEXT NOT NULL,
    dossier_id INTEGER NOT NULL,
    PRIMARY KEY (tag, dossier_id)
) WITHOUT ROWID;
CREATE INDEX dossier_tag_by_dossier ON dossier_tag (dossier_id);

-- Which entries are about which dossier, voices apart.
CREATE TABLE dossier_entry (
    seq        INTEGER PRIMARY KEY,
    dossier_id INTEGER NOT NULL
);
CREATE INDEX dossier_entry_by_dossier ON dossier_entry (dossier_id, seq);

-- What each person said in a dossier's votes; `voter` is a keyed hash.
CREATE TABLE voice (
    dossier_id INTEGER NOT NULL,
    round      INTEGER NOT NULL,
    voter      BLOB NOT NULL,
    options    TEXT NOT NULL,
    PRIMARY KEY (dossier_id, round, voter)
) WITHOUT ROWID;

-- As `receipt`, for calls about dossiers.
CREATE TABLE dossier_receipt (
    key         TEXT PRIMARY KEY,
    fingerprint BLOB NOT NULL,
    salted_by   INTEGER,
    dossier_id  INTEGER NOT NULL,
    at          INTEGER NOT NULL
) WITHOUT ROWID;
