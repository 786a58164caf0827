CREATE TABLE registrations (
    id UUID NOT NULL PRIMARY KEY,
    event_id UUID NOT NULL REFERENCES events (id),
    code TEXT NOT NULL,
    status TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT,
    email TEXT NOT NULL,
    email_key TEXT,
    organization TEXT,
    job_title TEXT,
    phone TEXT,
    country TEXT,
    locale TEXT NOT NULL,
    external_ref TEXT,
    source TEXT NOT NULL,
    waitlist_rank BIGINT,
    ticket_epoch BIGINT NOT NULL,
    search_key TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL
);
-- email_key: NULL once cancelled, so that the address is free again.
-- Every index begins with the event: a busy event's rows stay together, however many rows there are.
CREATE UNIQUE INDEX registrations_one_per_address ON registrations (event_id, email_key);
CREATE UNIQUE INDEX registrations_by_code ON registrations (event_id, code);
CREATE UNIQUE INDEX registrations_by_event ON registrations (event_id, id);
CREATE UNIQUE INDEX registrations_waiting ON registrations (event_id, waitlist_rank) WHERE waitlist_rank IS NOT NULL;
