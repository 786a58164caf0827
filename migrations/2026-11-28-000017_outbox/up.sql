-- The mail server does not take our login: nothing is sent meanwhile. One row, or none.
CREATE TABLE mail_pauses (
    id UUID NOT NULL PRIMARY KEY,
    reply TEXT NOT NULL,
    since TIMESTAMPTZ NOT NULL,
    probe_at TIMESTAMPTZ NOT NULL
);

-- Addresses at which letters about a registration do not arrive, and who said so.
CREATE TABLE undeliverable_addresses (
    registration_id UUID NOT NULL PRIMARY KEY REFERENCES registrations (id),
    recipient TEXT NOT NULL,
    reply TEXT NOT NULL,
    since TIMESTAMPTZ NOT NULL
);

-- Reports that were taken in, so that each counts once.
CREATE TABLE bounces (
    message_id UUID NOT NULL REFERENCES messages (id),
    fingerprint TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (message_id, fingerprint)
);

-- audience: the filters of the registrations list; reached: the last registration to which a message was posted
CREATE TABLE campaigns (
    id UUID NOT NULL PRIMARY KEY,
    event_id UUID NOT NULL REFERENCES events (id),
    subject JSONB NOT NULL,
    body JSONB NOT NULL,
    audience JSONB NOT NULL,
    consent TEXT,
    state TEXT NOT NULL,
    send_at TIMESTAMPTZ,
    reached UUID,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX campaigns_by_event ON campaigns (event_id, id);
CREATE INDEX campaigns_by_state ON campaigns (state, send_at);

-- Each gets a campaign once.
CREATE TABLE campaign_recipients (
    campaign_id UUID NOT NULL REFERENCES campaigns (id),
    registration_id UUID NOT NULL REFERENCES registrations (id),
    message_id UUID NOT NULL REFERENCES messages (id),
    PRIMARY KEY (campaign_id, registration_id)
);
