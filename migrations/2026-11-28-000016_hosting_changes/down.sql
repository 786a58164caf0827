ALTER TABLE event_hosts DROP COLUMN updated_at;
