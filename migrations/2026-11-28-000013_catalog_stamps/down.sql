ALTER TABLE quotas DROP COLUMN catalog;
