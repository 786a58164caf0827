CREATE TABLE series (
    id UUID NOT NULL PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organizations (id),
    slug TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL
);

-- A default here fills the rows that are there already; new ones say what they are.
-- edit_until NULL: until the event begins. pending_holds_seat: who waits for approval has a seat meanwhile.
ALTER TABLE events ADD COLUMN registration_mode TEXT NOT NULL DEFAULT 'built_in';
ALTER TABLE events ADD COLUMN external_url TEXT;
ALTER TABLE events ADD COLUMN approval BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE events ADD COLUMN pending_holds_seat BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE events ADD COLUMN verify_email BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE events ADD COLUMN offer_hours BIGINT NOT NULL DEFAULT 24;
ALTER TABLE events ADD COLUMN edit_until TIMESTAMPTZ;
ALTER TABLE events ADD COLUMN series_id UUID REFERENCES series (id);

-- Parts of an event. The table of the same name in other systems: program, agenda.
CREATE TABLE event_sessions (
    id UUID NOT NULL PRIMARY KEY,
    event_id UUID NOT NULL REFERENCES events (id),
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    room TEXT,
    starts_at TIMESTAMPTZ NOT NULL,
    ends_at TIMESTAMPTZ NOT NULL,
    overlap_allowed BOOLEAN NOT NULL,
    position BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL
);
CREATE UNIQUE INDEX event_sessions_by_event ON event_sessions (event_id, id);

-- sessions: those that come with it, beyond what is chosen. min_group, max_group: how many of it one registration brings.
CREATE TABLE ticket_types (
    id UUID NOT NULL PRIMARY KEY,
    event_id UUID NOT NULL REFERENCES events (id),
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    visibility TEXT NOT NULL,
    opens_at TIMESTAMPTZ,
    closes_at TIMESTAMPTZ,
    min_group BIGINT NOT NULL,
    max_group BIGINT NOT NULL,
    approval BOOLEAN NOT NULL,
    sessions JSONB NOT NULL,
    position BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL
);
CREATE UNIQUE INDEX ticket_types_by_event ON ticket_types (event_id, id);

-- Whose seats: a ticket type's, a session's, or, if neither, the event's own. held: kept for codes, not given out yet.
-- allowed: how many more than the capacity somebody has let in on purpose.
ALTER TABLE quotas ADD COLUMN ticket_type_id UUID REFERENCES ticket_types (id);
ALTER TABLE quotas ADD COLUMN session_id UUID REFERENCES event_sessions (id);
ALTER TABLE quotas ADD COLUMN held BIGINT NOT NULL DEFAULT 0;
ALTER TABLE quotas ADD COLUMN allowed BIGINT NOT NULL DEFAULT 0;

-- label, help, options: by language. condition: asked only if another question has one of these answers.
-- ticket_types NULL: all. retired_at: not asked any more; old answers stay readable.
CREATE TABLE questions (
    id UUID NOT NULL PRIMARY KEY,
    event_id UUID NOT NULL REFERENCES events (id),
    key TEXT NOT NULL,
    kind TEXT NOT NULL,
    label JSONB NOT NULL,
    help JSONB NOT NULL,
    options JSONB NOT NULL,
    required BOOLEAN NOT NULL,
    ticket_types JSONB,
    asked_at TEXT NOT NULL,
    condition JSONB,
    retention_days BIGINT,
    sensitive BOOLEAN NOT NULL,
    position BIGINT NOT NULL,
    retired_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL
);
CREATE UNIQUE INDEX questions_by_event ON questions (event_id, key);

-- One row for each version of a text; organization_id: with whom data is shared.
CREATE TABLE consent_texts (
    id UUID NOT NULL PRIMARY KEY,
    event_id UUID NOT NULL REFERENCES events (id),
    key TEXT NOT NULL,
    edition BIGINT NOT NULL,
    purpose TEXT NOT NULL,
    organization_id UUID REFERENCES organizations (id),
    text JSONB NOT NULL,
    required BOOLEAN NOT NULL,
    retired_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX consent_texts_by_event ON consent_texts (event_id, key, edition);

CREATE TABLE consents (
    id UUID NOT NULL PRIMARY KEY,
    event_id UUID NOT NULL REFERENCES events (id),
    registration_id UUID NOT NULL REFERENCES registrations (id),
    consent_text_id UUID NOT NULL REFERENCES consent_texts (id),
    key TEXT NOT NULL,
    language TEXT NOT NULL,
    given_at TIMESTAMPTZ NOT NULL,
    withdrawn_at TIMESTAMPTZ
);
CREATE INDEX consents_by_registration ON consents (registration_id, id);
CREATE UNIQUE INDEX consents_given_once ON consents (registration_id, key) WHERE withdrawn_at IS NULL;

-- reserved: seats kept for it until release_at; used: how many live registrations came with it; seated: how many of them
-- hold a seat. What is reserved and not seated is held in the quotas.
CREATE TABLE access_codes (
    id UUID NOT NULL PRIMARY KEY,
    event_id UUID NOT NULL REFERENCES events (id),
    code TEXT NOT NULL,
    code_key TEXT NOT NULL,
    note TEXT,
    max_uses BIGINT,
    used BIGINT NOT NULL,
    seated BIGINT NOT NULL,
    opens_at TIMESTAMPTZ,
    closes_at TIMESTAMPTZ,
    ticket_type_id UUID REFERENCES ticket_types (id),
    email_domains JSONB NOT NULL,
    reserved BIGINT NOT NULL,
    release_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL
);
CREATE UNIQUE INDEX access_codes_by_event ON access_codes (event_id, code_key);
CREATE INDEX access_codes_due ON access_codes (release_at) WHERE reserved > 0;

-- A personal invitation to an event.
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

-- seated: it holds a seat of each quota it stands under. group_id: the registration that leads its group; its own id for
-- the lead. expires_at: when an offer or a wait for verification ends. reason: why it was rejected, or put in by hand.
ALTER TABLE registrations ADD COLUMN seated BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE registrations SET seated = TRUE WHERE status = 'confirmed';
ALTER TABLE registrations ADD COLUMN ticket_type_id UUID REFERENCES ticket_types (id);
ALTER TABLE registrations ADD COLUMN group_id UUID;
ALTER TABLE registrations ADD COLUMN answers JSONB;
ALTER TABLE registrations ADD COLUMN expires_at TIMESTAMPTZ;
ALTER TABLE registrations ADD COLUMN note TEXT;
ALTER TABLE registrations ADD COLUMN tags JSONB;
ALTER TABLE registrations ADD COLUMN access_code_id UUID REFERENCES access_codes (id);
ALTER TABLE registrations ADD COLUMN reason TEXT;
CREATE INDEX registrations_expiring ON registrations (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX registrations_by_group ON registrations (group_id) WHERE group_id IS NOT NULL;

CREATE TABLE registration_sessions (
    registration_id UUID NOT NULL REFERENCES registrations (id),
    session_id UUID NOT NULL REFERENCES event_sessions (id),
    event_id UUID NOT NULL REFERENCES events (id),
    PRIMARY KEY (registration_id, session_id)
);
CREATE INDEX registration_sessions_by_session ON registration_sessions (session_id, registration_id);
