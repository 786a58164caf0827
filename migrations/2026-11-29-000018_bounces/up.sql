-- A report may name nothing but an address. Of letters that were sent alone: whoever registers writes nothing into it.
CREATE INDEX messages_by_recipient ON messages (recipient, id) WHERE sent_at IS NOT NULL;
