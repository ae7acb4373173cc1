"""A migrated, embedded PostgreSQL for one benchmark."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.local.postgres import Postgres
from infra.migrations import run as migrations
from tendero.platform.settings import Settings


@contextmanager
def migrated(kept: Path | None = None) -> Iterator[Settings]:
    """Settings that name a database with the newest schema: a new one that is gone afterwards, or the one in
    the folder `kept`."""
    # A short path: a Unix socket's name may have 107 bytes only.
    with (
        tempfile.TemporaryDirectory(prefix="tendero-", ignore_cleanup_errors=True) as folder,
        Postgres((kept or Path(folder)) / "pg") as server,
    ):
        settings = Settings.load({"DATABASE_URL": server.url("postgres")})
        migrations.upgrade(settings)
        yield settings
