-- A device is paired once: its code is exchanged for a token. Both are stored so that they can be recognized, not read.
-- expires_at: none is a day after the event.
CREATE TABLE devices (
    id UUID NOT NULL PRIMARY KEY,
    event_id UUID NOT NULL REFERENCES events (id),
    name TEXT NOT NULL,
    lists JSONB NOT NULL,
    walk_ins BOOLEAN NOT NULL,
    code_hash TEXT,
    code_expires_at TIMESTAMPTZ NOT NULL,
    token_hash TEXT,
    paired_at TIMESTAMPTZ,
    expires_at TIMESTAMPTZ,
    last_seen_at TIMESTAMPTZ,
    revoked_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX devices_by_event ON devices (event_id, id);
CREATE UNIQUE INDEX devices_by_code ON devices (code_hash);
CREATE UNIQUE INDEX devices_by_token ON devices (token_hash);
