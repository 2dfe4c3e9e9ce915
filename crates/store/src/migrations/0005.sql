-- Files that were attached to cases: the bytes lie beside the entry whose sealed
-- part holds their SHA-256, and are overwritten by zeros with it.
CREATE TABLE file (
    seq  INTEGER PRIMARY KEY,
    body BLOB NOT NULL
);
