-- updated_at: when an organization's part in an event was last changed. Every row has it.
ALTER TABLE event_hosts ADD COLUMN updated_at TIMESTAMPTZ;
UPDATE event_hosts SET updated_at = (SELECT created_at FROM events WHERE events.id = event_hosts.event_id);
