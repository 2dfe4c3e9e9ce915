-- Whistles: a projection of their entries. `body` is the whole whistle but for
-- what is sealed; the columns beside it are what whistles are found by. What is
-- asked for stands in `sealed` alone, under `words_seq`.
CREATE TABLE whistle (
    id        INTEGER PRIMARY KEY,
    version   INTEGER NOT NULL,
    kind      TEXT NOT NULL,
    stage     TEXT NOT NULL,
    by_unit   TEXT,
    case_id   INTEGER,
    area      TEXT,
    due_at    INTEGER,
    blown_at  INTEGER NOT NULL,
    words_seq INTEGER,
    body      TEXT NOT NULL
);
CREATE INDEX whistle_by_time ON whistle (blown_at, id);
CREATE INDEX whistle_by_due ON whistle (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX whistle_by_case ON whistle (case_id) WHERE case_id IS NOT NULL;

-- Calls of units, in the order in which they were made: a projection like `whistle`.
CREATE TABLE whistle_call (
    whistle_id INTEGER NOT NULL,
    place      INTEGER NOT NULL,
    unit       TEXT NOT NULL,
    called_at  INTEGER NOT NULL,
    PRIMARY KEY (whistle_id, place)
) WITHOUT ROWID;
CREATE INDEX whistle_call_by_unit ON whistle_call (unit, called_at);

-- Which entries of the journal are about which whistle.
CREATE TABLE whistle_entry (
    seq        INTEGER PRIMARY KEY,
    whistle_id INTEGER NOT NULL
);
CREATE INDEX whistle_entry_by_whistle ON whistle_entry (whistle_id, seq);
