-- Small rows that nothing else repeats have a sum of their columns, as bodies have a seal. Rows of an older scv
-- have none until they are written again.
ALTER TABLE alive ADD COLUMN sum INTEGER;
ALTER TABLE identifier ADD COLUMN sum INTEGER;
ALTER TABLE name ADD COLUMN sum INTEGER;
ALTER TABLE not_same ADD COLUMN sum INTEGER;
