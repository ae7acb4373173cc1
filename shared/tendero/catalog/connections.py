"""A run that only looks whether its two ends answer."""

from __future__ import annotations

import time
from contextlib import closing
from typing import Any

from tendero.catalog.report import SyncReport
from tendero.catalog.source import Source
from tendero.catalog.store import Store
from tendero.platform import logs
from tendero.platform.database import Database

_log = logs.logger("sync")
CONNECTIONS = "connections"


def check(database: Database, source: Source) -> SyncReport:
    """Reads the state of the last run, and the first page of the source, which takes its address, its login
    and its rights; writes nothing.

    Raises what a run would: DatabaseError, SourceError.
    """
    began = time.monotonic()
    Store(database, source.name).state()
    # A generator in every source: closed, it stops what it had asked for ahead.
    pages: Any = source.walk(None, {}).pages()
    with closing(pages):
        page = next(pages, None)
    _log.info("connections work", source=source.name)
    return SyncReport(
        source=source.name,
        mode=CONNECTIONS,
        dry_run=True,
        run_id=None,
        processed=0,
        inserted=0,
        updated=0,
        unchanged=0,
        deactivated=0,
        embeddings=0,
        duration_seconds=round(time.monotonic() - began, 3),
        errors=page.problems if page is not None else (),
    )
