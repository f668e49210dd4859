"""Run by Alembic: the connection to the copy that is being migrated comes with the configuration."""

from __future__ import annotations

from alembic import context

from models import schema  # noqa: F401 — makes every table known
from models.records import Model

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Model.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
