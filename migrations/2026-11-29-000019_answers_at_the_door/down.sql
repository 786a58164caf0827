DROP TABLE answers_given;
ALTER TABLE check_ins DROP COLUMN answer_errors;
