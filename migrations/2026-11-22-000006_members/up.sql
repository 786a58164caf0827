-- A default here fills the rows that are there already; new ones say what they are.
ALTER TABLE organizations ADD COLUMN contact_email TEXT;
ALTER TABLE organizations ADD COLUMN default_language TEXT NOT NULL DEFAULT 'en';
ALTER TABLE organizations ADD COLUMN default_timezone TEXT NOT NULL DEFAULT 'Europe/Luxembourg';
ALTER TABLE organizations ADD COLUMN mail_sender_name TEXT;
ALTER TABLE organizations ADD COLUMN mail_reply_to TEXT;
ALTER TABLE organizations ADD COLUMN second_factor_required BOOLEAN NOT NULL DEFAULT FALSE;

-- A person who signs in. password_hash NULL: not chosen yet. second_factor: the secret of the one-time codes, sealed;
-- second_factor_at NULL: not confirmed yet; second_factor_step: the last one-time code that was used.
CREATE TABLE accounts (
    id UUID NOT NULL PRIMARY KEY,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    password_hash TEXT,
    second_factor TEXT,
    second_factor_at TIMESTAMPTZ,
    second_factor_step BIGINT,
    recovery_codes JSONB NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL
);

-- token_hash: of what the cookie holds. expires_at: at the latest; an idle one ends before.
CREATE TABLE sign_ins (
    id UUID NOT NULL PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES accounts (id),
    token_hash TEXT NOT NULL UNIQUE,
    second_factor BOOLEAN NOT NULL,
    user_agent TEXT NOT NULL,
    network TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    last_seen_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ
);
CREATE INDEX sign_ins_by_account ON sign_ins (account_id, id);

CREATE TABLE password_resets (
    id UUID NOT NULL PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES accounts (id),
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ
);
CREATE INDEX password_resets_by_account ON password_resets (account_id, id);

-- event_id: a member of this one event only.
CREATE TABLE members (
    id UUID NOT NULL PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organizations (id),
    account_id UUID NOT NULL REFERENCES accounts (id),
    event_id UUID REFERENCES events (id),
    role TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL
);
CREATE UNIQUE INDEX members_by_organization ON members (organization_id, id);
CREATE UNIQUE INDEX members_once ON members (account_id, organization_id) WHERE event_id IS NULL;
CREATE UNIQUE INDEX members_once_an_event ON members (account_id, organization_id, event_id) WHERE event_id IS NOT NULL;

CREATE TABLE invites (
    id UUID NOT NULL PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organizations (id),
    event_id UUID REFERENCES events (id),
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    role TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    accepted_at TIMESTAMPTZ,
    revoked_at TIMESTAMPTZ,
    version BIGINT NOT NULL
);
CREATE UNIQUE INDEX invites_by_organization ON invites (organization_id, id);

-- scopes, events NULL: all.
ALTER TABLE api_tokens ADD COLUMN scopes JSONB;
ALTER TABLE api_tokens ADD COLUMN events JSONB;
ALTER TABLE api_tokens ADD COLUMN expires_at TIMESTAMPTZ;
CREATE UNIQUE INDEX api_tokens_by_organization ON api_tokens (organization_id, id);

ALTER TABLE event_hosts ADD COLUMN state TEXT NOT NULL DEFAULT 'accepted';
ALTER TABLE event_hosts ADD COLUMN version BIGINT NOT NULL DEFAULT 1;

ALTER TABLE registrations ADD COLUMN via_organization_id UUID REFERENCES organizations (id);

-- event_id NULL: about no event. about_id: the invite or the reset that it is about.
CREATE TABLE messages_of_all (
    id UUID NOT NULL PRIMARY KEY,
    event_id UUID REFERENCES events (id),
    registration_id UUID REFERENCES registrations (id),
    about_id UUID,
    kind TEXT NOT NULL,
    recipient TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    due_at TIMESTAMPTZ,
    lease UUID,
    reply TEXT,
    sent_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL
);
INSERT INTO messages_of_all
    SELECT id, event_id, registration_id, NULL, kind, recipient, state, attempts, due_at, lease, reply, sent_at, created_at,
           updated_at, version
    FROM messages;
DROP TABLE messages;
ALTER TABLE messages_of_all RENAME TO messages;
CREATE INDEX messages_due ON messages (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX messages_by_event ON messages (event_id, id);
CREATE INDEX messages_by_registration ON messages (registration_id, id);

-- organization_id: whose trail it is; all zeros for the installation's own. network: where from, shortened.
-- changes: what was before and is now, without secrets. Rows are never changed.
CREATE TABLE audit_trail (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    event_id UUID,
    actor TEXT NOT NULL,
    actor_id UUID,
    network TEXT,
    deed TEXT NOT NULL,
    subject_id UUID,
    changes JSONB,
    at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (organization_id, id)
);
INSERT INTO audit_trail
    SELECT organization_id, id, event_id, actor, actor_id, NULL, deed, subject_id, NULL, at
    FROM audit WHERE organization_id IS NOT NULL;
DROP TABLE audit;
ALTER TABLE audit_trail RENAME TO audit;
CREATE INDEX audit_by_event ON audit (event_id, id) WHERE event_id IS NOT NULL;

-- Each seals the rows of a trail behind those of the seal before it, up to last_id: hash covers them and the hash before.
CREATE TABLE audit_seals (
    organization_id UUID NOT NULL,
    number BIGINT NOT NULL,
    last_id UUID NOT NULL,
    entries BIGINT NOT NULL,
    hash TEXT NOT NULL,
    sealed_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (organization_id, number)
);
