-- Nothing has ever written to the one before: nobody could be invited.
DROP TABLE guest_invitations;

-- A personal invitation to an event. sessions: those that it names, and that come with its ticket type. word: what came
-- with a no. keeps_seat: a seat of each quota under which it stands is held for it, until seat_until.
CREATE TABLE guest_invitations (
    id UUID NOT NULL PRIMARY KEY,
    event_id UUID NOT NULL REFERENCES events (id),
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT,
    organization TEXT,
    language TEXT NOT NULL,
    ticket_type_id UUID REFERENCES ticket_types (id),
    sessions JSONB NOT NULL,
    state TEXT NOT NULL,
    word TEXT,
    registration_id UUID REFERENCES registrations (id),
    keeps_seat BOOLEAN NOT NULL,
    seat_until TIMESTAMPTZ,
    expires_at TIMESTAMPTZ NOT NULL,
    answered_at TIMESTAMPTZ,
    search_key TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL
);
CREATE UNIQUE INDEX guest_invitations_by_event ON guest_invitations (event_id, id);
CREATE UNIQUE INDEX guest_invitations_open ON guest_invitations (event_id, email_key) WHERE state = 'invited';
CREATE INDEX guest_invitations_due ON guest_invitations (expires_at) WHERE state = 'invited';
CREATE INDEX guest_invitations_keeping ON guest_invitations (seat_until) WHERE keeps_seat;
CREATE INDEX guest_invitations_by_registration ON guest_invitations (registration_id) WHERE registration_id IS NOT NULL;

-- Which one of its series an event is.
ALTER TABLE events ADD COLUMN edition BIGINT;
CREATE UNIQUE INDEX events_by_edition ON events (series_id, edition) WHERE edition IS NOT NULL;

-- What was answered in words, as a search finds it: without accents and case.
ALTER TABLE registrations ADD COLUMN answers_key JSONB;
