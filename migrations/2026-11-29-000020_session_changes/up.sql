-- How a session stood before it changed, if it is that which is announced.
ALTER TABLE announcements ADD COLUMN session JSONB;
