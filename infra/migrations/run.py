"""Brings a database to the newest schema."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pg8000.dbapi
import sqlalchemy
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from tendero.platform.connect import opener
from tendero.platform.database import reason, sqlstate
from tendero.platform.errors import DatabaseError, DatabaseUnavailable
from tendero.platform.settings import Settings

_FOLDER = Path(__file__).parent
_PGVECTOR = "Put pgvector 0.8 or newer on that server"
_FIXES = {
    "0A000": f"{_PGVECTOR} (on Debian and Ubuntu the package postgresql-NN-pgvector).",
    "42704": f"{_PGVECTOR}, then run: alter extension vector update;",
    "42501": "Run it as the database's owner, after a superuser has run: create extension vector;",
}
# Two operators who migrate at once wait for each other on this advisory lock.
_LOCK = 7_305_811

# psql sessions see this shop's rows without further ado. A migrating role that does not own the database
# may not say so; then each session sets it.
_OWN_SHOP = "select set_config('tendero.shop_id', :shop, false)"
_DEFAULT_SHOP = """
do $$ begin
    execute format('alter database %I set tendero.shop_id = %L', current_database(),
                   current_setting('tendero.shop_id'));
exception when insufficient_privilege then null;
end $$
"""


def upgrade(settings: Settings) -> tuple[str | None, str | None]:
    """Runs what is missing; the schema's revision before and after. Raises DatabaseError."""
    with _connection(settings) as connection:
        try:
            connection.execute(sqlalchemy.text(f"select pg_advisory_lock({_LOCK})"))
            before = MigrationContext.configure(connection).get_current_revision()
            if before is None:
                connection.execute(sqlalchemy.text(_OWN_SHOP), {"shop": settings.shop_id})
                connection.exec_driver_sql(_DEFAULT_SHOP)
            connection.commit()
            command.upgrade(_config(connection), "head")
            after = MigrationContext.configure(connection).get_current_revision()
            connection.commit()
        except (sqlalchemy.exc.DBAPIError, pg8000.dbapi.Error) as error:
            raise stopped(error) from error
    return before, after


def stopped(error: Exception) -> DatabaseError:
    """The error to raise for what PostgreSQL, or SQLAlchemy in its place, said to a migration."""
    cause = getattr(error, "orig", None) or error
    fix = _FIXES.get(sqlstate(cause), "")
    return DatabaseError(f"The migration stopped: {reason(cause)}. {fix}".rstrip())


def revisions(settings: Settings) -> tuple[str | None, str | None]:
    """The schema's revision in the database, and the newest one there is."""
    with _connection(settings) as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    return current, ScriptDirectory.from_config(_config(None)).get_current_head()


def _connection(settings: Settings) -> sqlalchemy.Connection:
    engine = sqlalchemy.create_engine(
        "postgresql+pg8000://", creator=opener(settings), poolclass=sqlalchemy.pool.NullPool
    )
    try:
        return engine.connect()
    except Exception as error:
        cause = getattr(error, "orig", None) or error
        raise DatabaseUnavailable(f"No connection to PostgreSQL: {reason(cause)}") from error


def _config(connection: Any) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["connection"] = connection
    return config
