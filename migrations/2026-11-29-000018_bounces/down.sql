DROP INDEX messages_by_recipient;
