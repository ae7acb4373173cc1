"""The library's parts for a command: over a database that answers and has the schema."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from infra.cli.environment import Environment
from infra.migrations.newest import newest
from tendero.platform.connect import database
from tendero.platform.database import Database
from tendero.platform.errors import SchemaMissing
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings
from tendero.platform.sql import load

_SQL = load(__file__)


@dataclass(frozen=True)
class Library:
    """`settings` have their secrets filled in."""

    settings: Settings
    secrets: Secrets
    database: Database

    def tell_when_empty(self) -> None:
        """A hint on stderr while nothing has been synced."""
        if not self.database.fetch(_SQL["any_product"]):
            print("There are no products yet: run `tendero sync`.", file=sys.stderr)


@contextmanager
def opened(found: Environment) -> Iterator[Library]:
    """Raises SettingsError, DatabaseUnavailable or SchemaMissing before any work is begun."""
    given = found.settings()
    secrets = Secrets(given)
    settings = secrets.resolve(given)
    pool = database(settings)
    try:
        _check_schema(pool)
        yield Library(settings, secrets, pool)
    finally:
        pool.close()


def _check_schema(pool: Database) -> None:
    rows = pool.fetch(_SQL["revision"])
    found = rows[0]["revision"] if rows else "none"
    # One that is newer than this release's only has more than it needs.
    if not rows or found < newest():
        raise SchemaMissing(
            f"The database's schema is {found}; this release needs {newest()}. Run `tendero migrate`."
        )
