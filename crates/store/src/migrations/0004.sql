-- Cases with a deadline that waits for a year of the calendar: few, and for a while only.
CREATE INDEX case_provisional ON cases (submitted_at, id)
    WHERE more ->> '$.provisional' IS NOT NULL;

-- What was set of the city itself, for its history.
CREATE INDEX entry_of_city ON entry (seq) WHERE case_id IS NULL;
