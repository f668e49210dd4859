"""The whole schema: importing this module makes every table of the ledger known."""

from __future__ import annotations

import sqlalchemy as sa

import models.county
import models.due
import models.journal
import models.mediation
import models.outreach
import models.person
import models.roster
import models.screening
import models.settings
import models.submission
from models.records import Model
from models.search import create_search_tables

SCHEMA_VERSION = 1

SLICES = (
    models.settings,
    models.person,
    models.roster,
    models.mediation,
    models.screening,
    models.outreach,
    models.due,
    models.submission,
    models.county,
    models.journal,
)


def create_tables(conn: sa.Connection) -> None:
    """Create every table, index and search table of the present schema in an empty ledger."""
    Model.metadata.create_all(conn)
    create_search_tables(conn)
    conn.execute(sa.text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
    conn.execute(
        sa.text("INSERT INTO alembic_version VALUES (:version)"), {"version": f"{SCHEMA_VERSION:04}"}
    )
