DROP TABLE imports;
DROP TABLE column_sets;
