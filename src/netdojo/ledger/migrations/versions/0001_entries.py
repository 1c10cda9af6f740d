"""The entries of the ledger, which can be added and read, never changed or removed."""

from alembic import op

revision = "0001"
down_revision = None

ENTRIES = """
CREATE TABLE entries (
    position INTEGER PRIMARY KEY CHECK (position > 0),
    recorded TEXT NOT NULL,
    content TEXT NOT NULL,
    prev_hash TEXT NOT NULL,
    row_hash TEXT NOT NULL
)
"""
REFUSE = """
CREATE TRIGGER entries_refuse_{verb} BEFORE {verb} ON entries
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END
"""


def upgrade() -> None:
    op.execute(ENTRIES)
    for verb in ("UPDATE", "DELETE"):
        op.execute(REFUSE.format(verb=verb))
