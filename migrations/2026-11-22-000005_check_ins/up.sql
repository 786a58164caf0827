-- The last five columns sum up the list's accepted and denied rows, in the transaction that adds one.
CREATE TABLE check_in_lists (
    id UUID NOT NULL PRIMARY KEY,
    event_id UUID NOT NULL REFERENCES events (id),
    name TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    attended BIGINT NOT NULL,
    inside BIGINT NOT NULL,
    entries BIGINT NOT NULL,
    exits BIGINT NOT NULL,
    denied BIGINT NOT NULL
);
CREATE INDEX check_in_lists_by_event ON check_in_lists (event_id, id);

-- Rows are never changed. visit numbers the accepted entries of a person at a list: two doors cannot both make the
-- same one. annuls_id: this row takes another one back.
CREATE TABLE check_ins (
    id UUID NOT NULL PRIMARY KEY,
    list_id UUID NOT NULL REFERENCES check_in_lists (id),
    event_id UUID NOT NULL REFERENCES events (id),
    registration_id UUID REFERENCES registrations (id),
    direction TEXT NOT NULL,
    result TEXT NOT NULL,
    reason TEXT,
    visit BIGINT,
    device TEXT NOT NULL,
    nonce TEXT,
    annuls_id UUID REFERENCES check_ins (id),
    annul_reason TEXT,
    occurred_at TIMESTAMPTZ NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX check_ins_one_per_visit ON check_ins (event_id, registration_id, list_id, visit);
CREATE INDEX check_ins_by_list ON check_ins (list_id, id);
CREATE UNIQUE INDEX check_ins_one_per_nonce ON check_ins (list_id, device, nonce) WHERE nonce IS NOT NULL;
CREATE UNIQUE INDEX check_ins_annulled_once ON check_ins (annuls_id) WHERE annuls_id IS NOT NULL;
