-- A default here fills the rows that are there already; new ones say what they are.
-- ticket_types, sessions: who is let in; empty: everybody. capacity NULL: no limit. automatic_exit_at: who is inside then
-- counts as gone. fields, questions: what staff see and have to ask. inside_later: who is inside after the automatic
-- exit; inside counts those before it.
ALTER TABLE check_in_lists ADD COLUMN zone TEXT;
ALTER TABLE check_in_lists ADD COLUMN ticket_types JSONB NOT NULL DEFAULT '[]';
ALTER TABLE check_in_lists ADD COLUMN sessions JSONB NOT NULL DEFAULT '[]';
ALTER TABLE check_in_lists ADD COLUMN opens_at TIMESTAMPTZ;
ALTER TABLE check_in_lists ADD COLUMN closes_at TIMESTAMPTZ;
ALTER TABLE check_in_lists ADD COLUMN admits TEXT NOT NULL DEFAULT 'reentry';
ALTER TABLE check_in_lists ADD COLUMN directions TEXT NOT NULL DEFAULT 'both';
ALTER TABLE check_in_lists ADD COLUMN capacity BIGINT;
ALTER TABLE check_in_lists ADD COLUMN when_full TEXT NOT NULL DEFAULT 'warn';
ALTER TABLE check_in_lists ADD COLUMN automatic_exit_at TIMESTAMPTZ;
ALTER TABLE check_in_lists ADD COLUMN fields JSONB NOT NULL DEFAULT '["ticket_type", "note"]';
ALTER TABLE check_in_lists ADD COLUMN questions JSONB NOT NULL DEFAULT '[]';
ALTER TABLE check_in_lists ADD COLUMN roster_names TEXT NOT NULL DEFAULT 'full';
ALTER TABLE check_in_lists ADD COLUMN inside_later BIGINT NOT NULL DEFAULT 0;
ALTER TABLE check_in_lists ADD COLUMN updated_at TIMESTAMPTZ NOT NULL DEFAULT '1970-01-01T00:00:00Z';
ALTER TABLE check_in_lists ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
UPDATE check_in_lists SET updated_at = created_at;

-- source: online, offline or paper. standing: what spoke against the registration when we heard of a fact that had
-- happened already, whatever else was scanned.
ALTER TABLE check_ins ADD COLUMN source TEXT NOT NULL DEFAULT 'online';
ALTER TABLE check_ins ADD COLUMN standing TEXT;

-- Which rows contradict others of the same person, or the registration. Derived from check_ins in the transaction that
-- adds a row; doctor derives it again.
CREATE TABLE check_in_conflicts (
    check_in_id UUID NOT NULL PRIMARY KEY REFERENCES check_ins (id),
    event_id UUID NOT NULL REFERENCES events (id),
    list_id UUID NOT NULL REFERENCES check_in_lists (id),
    registration_id UUID NOT NULL REFERENCES registrations (id),
    reason TEXT NOT NULL
);
CREATE UNIQUE INDEX check_in_conflicts_by_list ON check_in_conflicts (list_id, check_in_id);
CREATE UNIQUE INDEX check_in_conflicts_by_person ON check_in_conflicts (event_id, registration_id, check_in_id);

-- Somebody looked at a conflict and let it stand.
CREATE TABLE check_in_settlements (
    check_in_id UUID NOT NULL PRIMARY KEY REFERENCES check_ins (id),
    reason TEXT NOT NULL,
    settled_by TEXT NOT NULL,
    settled_at TIMESTAMPTZ NOT NULL
);

-- How many of an event's lists somebody has to have been at to have attended. lists NULL: all that expect them. No row: one.
CREATE TABLE attendance_rules (
    event_id UUID NOT NULL PRIMARY KEY REFERENCES events (id),
    lists BIGINT,
    updated_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL
);

-- Badges and member cards of other systems are typed at the door.
CREATE INDEX registrations_by_external_ref ON registrations (event_id, external_ref) WHERE external_ref IS NOT NULL;
