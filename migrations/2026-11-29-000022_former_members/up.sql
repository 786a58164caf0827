-- Who was a member, by the name that they had then: the trail names them still.
CREATE TABLE former_members (
    organization_id UUID NOT NULL REFERENCES organizations (id),
    account_id UUID NOT NULL REFERENCES accounts (id),
    name TEXT NOT NULL,
    left_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (organization_id, account_id)
);
