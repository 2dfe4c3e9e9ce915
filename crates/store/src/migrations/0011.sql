-- Saved views of the desk, of each account all together as JSON. Like sessions they
-- are no part of the record: no entry tells of them, and a replay does not bring them back.
-- `unit` is empty for those who act for none.
CREATE TABLE view_shelf (
    account TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    role    TEXT NOT NULL,
    unit    TEXT NOT NULL,
    views   TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX view_shelf_by_circle ON view_shelf (role, unit, account);
