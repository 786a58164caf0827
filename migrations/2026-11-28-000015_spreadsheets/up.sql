-- Columns that an organization chooses again and again. kind: of which file; column_keys: as programs call
-- them, in their order.
CREATE TABLE column_sets (
    id UUID NOT NULL PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organizations (id),
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    column_keys JSONB NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL
);
CREATE UNIQUE INDEX column_sets_by_slug ON column_sets (organization_id, slug);

-- A spreadsheet that is read in. state: running until its one transaction has ended. report: what came of it, without
-- anybody's data; the file itself is not kept.
CREATE TABLE imports (
    id UUID NOT NULL PRIMARY KEY,
    event_id UUID NOT NULL REFERENCES events (id),
    mode TEXT NOT NULL,
    state TEXT NOT NULL,
    file_rows BIGINT NOT NULL,
    report JSONB NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX imports_by_event ON imports (event_id, id);
