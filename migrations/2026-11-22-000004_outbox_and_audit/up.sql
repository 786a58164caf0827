-- due_at: when to try (again); a lease moves it ahead; NULL: nothing more to do
CREATE TABLE messages (
    id UUID NOT NULL PRIMARY KEY,
    event_id UUID NOT NULL REFERENCES events (id),
    registration_id UUID REFERENCES registrations (id),
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
CREATE INDEX messages_due ON messages (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX messages_by_event ON messages (event_id, id);
CREATE INDEX messages_by_registration ON messages (registration_id, id);

CREATE TABLE audit (
    id UUID NOT NULL PRIMARY KEY,
    organization_id UUID,
    event_id UUID,
    actor TEXT NOT NULL,
    actor_id UUID,
    deed TEXT NOT NULL,
    subject_id UUID,
    at TIMESTAMPTZ NOT NULL
);

CREATE TABLE idempotency_keys (
    id TEXT NOT NULL PRIMARY KEY,
    body_hash TEXT NOT NULL,
    status BIGINT NOT NULL,
    headers JSONB NOT NULL,
    body TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
