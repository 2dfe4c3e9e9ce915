-- Keys are sessions that somebody was given for a device or another system: who gave
-- them, when, and when they were last used. Those from before are known by their end only.
ALTER TABLE session ADD COLUMN made_at INTEGER;
ALTER TABLE session ADD COLUMN made_by TEXT;
ALTER TABLE session ADD COLUMN used_at INTEGER;
