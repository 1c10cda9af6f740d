-- The second and the third entry change places.
DROP TRIGGER entries_refuse_UPDATE;
UPDATE entries SET position = 99 WHERE position = 2;
UPDATE entries SET position = 2 WHERE position = 3;
UPDATE entries SET position = 3 WHERE position = 99;
CREATE TRIGGER entries_refuse_UPDATE BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
