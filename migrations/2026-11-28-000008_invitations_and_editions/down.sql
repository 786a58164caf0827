ALTER TABLE registrations DROP COLUMN answers_key;
DROP INDEX events_by_edition;
ALTER TABLE events DROP COLUMN edition;
DROP TABLE guest_invitations;
CREATE TABLE guest_invitations (
    id UUID NOT NULL PRIMARY KEY,
    event_id UUID NOT NULL REFERENCES events (id),
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT,
    ticket_type_id UUID REFERENCES ticket_types (id),
    language TEXT NOT NULL,
    state TEXT NOT NULL,
    registration_id UUID REFERENCES registrations (id),
    expires_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL
);
CREATE UNIQUE INDEX guest_invitations_by_event ON guest_invitations (event_id, email_key);
