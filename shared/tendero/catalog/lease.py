"""Who may work on a source: one process at a time, and never one that has died."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tendero.platform.database import Database, Transaction
from tendero.platform.errors import DatabaseError
from tendero.platform.sql import load

_SQL = load(__file__)
# PostgreSQL needs a moment to notice that a process was killed.
_PATIENCE_SECONDS = 2.0
_PAUSE_SECONDS = 0.1


@contextmanager
def lease(database: Database, source: str) -> Iterator[bool]:
    """Holds the source for the length of the block; false where another process holds it already.

    PostgreSQL ends the hold with the connection, so a process that was killed holds nothing.
    """
    with database.session() as session:
        taken = _take(session, source)
        try:
            yield taken
        finally:
            if taken:
                with suppress(DatabaseError):
                    session.execute(_SQL["release"], source=source)


def _take(session: Transaction, source: str) -> bool:
    end = time.monotonic() + _PATIENCE_SECONDS
    while True:
        row = session.one(_SQL["take"], source=source)
        if row and row["taken"]:
            return True
        if time.monotonic() > end:
            return False
        time.sleep(_PAUSE_SECONDS)
