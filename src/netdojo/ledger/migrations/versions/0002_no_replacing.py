"""The entries refuse to be replaced as well: SQLite asks no DELETE trigger about what INSERT OR REPLACE removes."""

from alembic import op

revision = "0002"
down_revision = "0001"

REFUSE_REPLACING = """
CREATE TRIGGER entries_refuse_REPLACE BEFORE INSERT ON entries
WHEN EXISTS (SELECT 1 FROM entries WHERE position = NEW.position)
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END
"""


def upgrade() -> None:
    op.execute(REFUSE_REPLACING)
