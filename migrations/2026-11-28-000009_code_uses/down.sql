DROP INDEX idempotency_keys_by_queue;
ALTER TABLE idempotency_keys DROP COLUMN queue;
