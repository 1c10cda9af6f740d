-- An entry holds bytes that are no text.
DROP TRIGGER entries_refuse_UPDATE;
UPDATE entries SET content = CAST(x'fffe' AS TEXT) WHERE position = 2;
CREATE TRIGGER entries_refuse_UPDATE BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
