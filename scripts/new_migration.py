"""Write the next migration from what the models say now: `python scripts/new_migration.py "what changed"`.

Raise SCHEMA_VERSION in models/schema.py first. The step is written against the newest golden ledger, so keep
that ledger as the schema before made it. Read what was generated and mend it: a rename looks like a loss.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from sqlcipher3 import dbapi2

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from app.ledger.migrate import alembic_config
from models.schema import SCHEMA_VERSION, Model

FOLDER = Path(__file__).resolve().parents[1] / "models" / "migrations" / "versions"
HEAD = '''"""{title}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.fields
{search}
revision = "{revision}"
down_revision = {before}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring a ledger of the schema before to this one."""
    {body}
'''


def main(title: str) -> None:
    """Compare the schema the existing steps lead to with the models and write the difference."""
    known = sorted(FOLDER.glob("0*.py"))
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/empty.db"
        engine = sa.create_engine("sqlite://", module=dbapi2, creator=lambda: dbapi2.connect(path))
        with engine.connect() as conn:
            if known:
                command.upgrade(alembic_config(conn), "head")
            migration = produce_migrations(
                MigrationContext.configure(conn, opts={"render_as_batch": True, "compare_type": True}),
                Model.metadata,
            )
    assert migration.upgrade_ops is not None  # noqa: S101 — autogenerate always gives one
    body = render_python_code(migration.upgrade_ops, render_as_batch=True)
    first = not known
    text = HEAD.format(
        title=title,
        search="from models.search import create_search_tables\n" if first else "",
        revision=f"{SCHEMA_VERSION:04}",
        before=None if first else f'"{known[-1].name[:4]}"',
        body=body + ("\n    create_search_tables(op.get_bind())" if first else ""),
    )
    (FOLDER / f"{SCHEMA_VERSION:04}_{'first' if first else 'change'}.py").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "The schema changed")
