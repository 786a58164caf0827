-- Whose tokens end with their part as an owner; NULL: the operator issued it.
ALTER TABLE api_tokens ADD COLUMN issued_by UUID REFERENCES accounts (id);
UPDATE api_tokens SET issued_by = (
    SELECT actor_id FROM audit
    WHERE audit.organization_id = api_tokens.organization_id AND audit.subject_id = api_tokens.id
        AND audit.deed = 'token.issued' AND audit.actor = 'member'
);
