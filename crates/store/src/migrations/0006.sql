-- Those who joined a case: by the SHA-256 of their follow code, with their number
-- among those who joined it, and the entry beside which the rest is sealed.
CREATE TABLE joiner (
    follow_code BLOB PRIMARY KEY,
    case_id     INTEGER NOT NULL,
    number      INTEGER NOT NULL,
    seq         INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX joiner_by_seq ON joiner (seq);
