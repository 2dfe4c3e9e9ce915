-- What only some cases go through, as JSON; NULL in most.
ALTER TABLE cases ADD COLUMN more TEXT;

-- Units that have to do with a case without leading it: a projection like `cases`.
CREATE TABLE case_unit (
    case_id INTEGER NOT NULL,
    unit    TEXT NOT NULL,
    PRIMARY KEY (case_id, unit)
) WITHOUT ROWID;
CREATE INDEX case_unit_by_unit ON case_unit (unit, case_id);
