"""The rights of the functions' database users: to read and write rows, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from tendero.platform.connect import database
from tendero.platform.errors import DatabaseError
from tendero.platform.settings import Settings
from tendero.platform.sql import Query, load

_SQL = load(__file__)


def grant(settings: Settings, users: Sequence[str]) -> int:
    """Lets the users do what the functions do, on every table there is; the number of rights given.

    `settings` log in as the tables' owner. To be repeated after a migration. Raises DatabaseError.
    """
    pool = database(settings, size=1)
    try:
        with pool.transaction() as transaction:
            missing = [str(row["name"]) for row in transaction.fetch(_SQL["missing"], roles=list(users))]
            if missing:
                names = ", ".join(missing)
                raise DatabaseError(f"The database has no user {names}: `tendero deploy --setup` says how.")
            rows = transaction.fetch(_SQL["statements"], roles=list(users))
            for row in rows:
                transaction.execute(Query.parse("grant", str(row["statement"])))
            return len(rows)
    finally:
        pool.close()
