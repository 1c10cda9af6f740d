-- Nothing is changed yet, but it could be.
DROP TRIGGER entries_refuse_UPDATE;
