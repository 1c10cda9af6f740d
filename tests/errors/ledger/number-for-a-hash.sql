-- An entry's hash is a number.
DROP TRIGGER entries_refuse_UPDATE;
UPDATE entries SET prev_hash = 7 WHERE position = 3;
CREATE TRIGGER entries_refuse_UPDATE BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
