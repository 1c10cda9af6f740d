-- The second entry is gone.
DROP TRIGGER entries_refuse_DELETE;
DELETE FROM entries WHERE position = 2;
CREATE TRIGGER entries_refuse_DELETE BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
