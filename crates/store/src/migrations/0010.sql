-- Alerts and warnings: a projection of their entries. `kind` says which, `body`
-- how it stands as JSON, `version` the number of its steps.
CREATE TABLE sheet (
    kind    TEXT NOT NULL,
    id      INTEGER NOT NULL,
    version INTEGER NOT NULL,
    open    INTEGER NOT NULL,
    body    TEXT NOT NULL,
    PRIMARY KEY (kind, id)
) WITHOUT ROWID;
CREATE INDEX sheet_by_open ON sheet (kind, open, id);

-- The entries of each, in order.
CREATE TABLE sheet_step (
    kind TEXT NOT NULL,
    id   INTEGER NOT NULL,
    seq  INTEGER NOT NULL,
    PRIMARY KEY (kind, id, seq)
) WITHOUT ROWID;
CREATE INDEX sheet_step_by_seq ON sheet_step (seq);
