-- reminders: how long before the event, as words; since: when they were last chosen, so that none is sent for a moment that
-- was over by then; thanks_after_hours: after the end, NULL: no letter
CREATE TABLE letter_settings (
    event_id UUID NOT NULL PRIMARY KEY REFERENCES events (id),
    reminders JSONB NOT NULL,
    thanks_after_hours BIGINT,
    calendar_method TEXT NOT NULL,
    since TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL
);

-- a letter to many: who registered after announced_at gets none; reached: the last registration that was told; finished_at:
-- all were
CREATE TABLE announcements (
    id UUID NOT NULL PRIMARY KEY,
    event_id UUID NOT NULL REFERENCES events (id),
    kind TEXT NOT NULL,
    occasion TEXT NOT NULL,
    previously JSONB,
    announced_at TIMESTAMPTZ NOT NULL,
    reached UUID,
    finished_at TIMESTAMPTZ
);
CREATE UNIQUE INDEX announcements_once ON announcements (event_id, kind, occasion);
CREATE INDEX announcements_unfinished ON announcements (id) WHERE finished_at IS NULL;

CREATE TABLE letter_wordings (
    event_id UUID NOT NULL REFERENCES events (id),
    kind TEXT NOT NULL,
    language TEXT NOT NULL,
    subject TEXT,
    body TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (event_id, kind, language)
);

-- who wants no letters that nobody needs, such as reminders; epoch: of the ticket of who said so
CREATE TABLE letters_declined (
    registration_id UUID NOT NULL PRIMARY KEY REFERENCES registrations (id),
    epoch BIGINT NOT NULL,
    declined_at TIMESTAMPTZ NOT NULL
);
