DROP TABLE quotas; DROP TABLE event_hosts; DROP TABLE event_tags; DROP TABLE events;
