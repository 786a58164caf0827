DROP TABLE letters_declined;
DROP TABLE letter_wordings;
DROP TABLE announcements;
DROP TABLE letter_settings;
