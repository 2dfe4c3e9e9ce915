-- The register of what senses: a projection of its entries. `kind` is a small
-- number, `body` the fields as JSON.
CREATE TABLE register (
    kind INTEGER NOT NULL,
    id   INTEGER NOT NULL,
    name TEXT,
    body TEXT NOT NULL,
    seq  INTEGER NOT NULL,
    PRIMARY KEY (kind, id)
) WITHOUT ROWID;
CREATE INDEX register_by_name ON register (kind, name);

-- Links, from both ends; `own` where the link stands with this end.
CREATE TABLE register_link (
    kind    INTEGER NOT NULL,
    id      INTEGER NOT NULL,
    to_kind INTEGER NOT NULL,
    to_id   INTEGER NOT NULL,
    own     INTEGER NOT NULL,
    PRIMARY KEY (kind, id, to_kind, to_id)
) WITHOUT ROWID;

-- The largest number ever given to an entity of a kind: none is given twice.
CREATE TABLE register_last (
    kind INTEGER PRIMARY KEY,
    id   INTEGER NOT NULL
);

-- Segments of readings that count now; their files lie beside the record.
CREATE TABLE segment (
    name TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    seq  INTEGER NOT NULL
) WITHOUT ROWID;
