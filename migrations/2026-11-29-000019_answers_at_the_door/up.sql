-- What was wrong with the answers that a device handed in with a check-in; null: nothing.
ALTER TABLE check_ins ADD COLUMN answer_errors JSONB;

-- When an answer was last given or taken back, after the registration; fact: which one of a device that handed it in
-- afterwards; null: we heard of it when it was given.
CREATE TABLE answers_given (
    registration_id UUID NOT NULL REFERENCES registrations (id),
    question TEXT NOT NULL,
    answered_at TIMESTAMPTZ NOT NULL,
    fact TEXT,
    PRIMARY KEY (registration_id, question)
);
