-- The hash of the second entry is another one.
DROP TRIGGER entries_refuse_UPDATE;
UPDATE entries SET row_hash = 'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff' WHERE position = 2;
CREATE TRIGGER entries_refuse_UPDATE BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
