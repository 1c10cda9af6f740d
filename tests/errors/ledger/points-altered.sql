-- A failed run is given more points behind the triggers, which are put back.
DROP TRIGGER entries_refuse_UPDATE;
UPDATE entries SET content = replace(content, '"points":4', '"points":9') WHERE position = 1;
CREATE TRIGGER entries_refuse_UPDATE BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
