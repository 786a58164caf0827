ALTER TABLE announcements DROP COLUMN session;
