CREATE TABLE events (
    id UUID NOT NULL PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organizations (id),
    slug TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    summary TEXT NOT NULL,
    description TEXT NOT NULL,
    status TEXT NOT NULL,
    visibility TEXT NOT NULL,
    starts_at TIMESTAMPTZ NOT NULL,
    ends_at TIMESTAMPTZ NOT NULL,
    timezone TEXT NOT NULL,
    location JSONB NOT NULL,
    languages JSONB NOT NULL,
    contact_email TEXT,
    registration_opens_at TIMESTAMPTZ,
    registration_closes_at TIMESTAMPTZ,
    waitlist TEXT NOT NULL,
    search_key TEXT NOT NULL,
    published_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX events_by_start ON events (starts_at, id);
CREATE INDEX events_by_organization ON events (organization_id, starts_at, id);

CREATE TABLE event_tags (
    event_id UUID NOT NULL REFERENCES events (id),
    tag TEXT NOT NULL,
    PRIMARY KEY (event_id, tag)
);

CREATE TABLE event_hosts (
    event_id UUID NOT NULL REFERENCES events (id),
    organization_id UUID NOT NULL REFERENCES organizations (id),
    role TEXT NOT NULL,
    data_access TEXT NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (event_id, organization_id)
);
CREATE INDEX event_hosts_by_organization ON event_hosts (organization_id, event_id);

-- capacity NULL: no limit
CREATE TABLE quotas (
    id UUID NOT NULL PRIMARY KEY,
    event_id UUID NOT NULL REFERENCES events (id),
    capacity BIGINT,
    taken BIGINT NOT NULL
);
CREATE UNIQUE INDEX quotas_by_event ON quotas (event_id, id);
