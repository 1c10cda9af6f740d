-- A database of something else.
DROP TABLE entries; DROP TABLE alembic_version; CREATE TABLE notes (text);
