-- Who has not verified their address uses no code up.
UPDATE access_codes SET used = (
    SELECT COUNT(*) FROM registrations
    WHERE registrations.access_code_id = access_codes.id
    AND registrations.status NOT IN ('pending_verification', 'cancelled', 'rejected', 'expired')
);

-- queue: the id of the event that the request was about. A reply that is forgotten has neither headers nor a body.
ALTER TABLE idempotency_keys ADD COLUMN queue UUID;
CREATE INDEX idempotency_keys_by_queue ON idempotency_keys (queue) WHERE queue IS NOT NULL;
