"""The real parts that tests stand on: an embedded PostgreSQL, with a migrated database for each test."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pg8000.dbapi
import pytest

from infra.local.postgres import Postgres
from infra.migrations import run as migrations
from tendero.platform import logs
from tendero.platform.connect import Address, database
from tendero.platform.database import Database
from tendero.platform.settings import Settings

# A machine that is busy fails no test: neither one example nor making them has a limit in time.
hypothesis.settings.register_profile(
    "tendero", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("tendero")

_numbers = itertools.count(1)
_MEMORY = Path("/dev/shm")
_CARELESS = (
    "fsync = off",
    "synchronous_commit = off",
    "full_page_writes = off",
    "max_wal_size = '128MB'",
    # A worker of it that looks at the template holds up `create database` for seconds.
    "autovacuum = off",
)


@pytest.fixture(autouse=True)
def own_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that silences the logs silences them for its own test only."""
    monkeypatch.setattr(logs, "_target", logs._Target())


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One embedded server for each test process, whose data need not outlive a power cut."""
    # A short path: a Unix socket's name may have 107 bytes only.
    folder = Path(tempfile.mkdtemp(prefix="tendero-", dir=_memory()))
    server = Postgres(folder / "pg")
    server.start()
    for setting in _CARELESS:
        _administer(server, f"alter system set {setting}")
    _administer(server, "select pg_reload_conf()")
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


def _memory() -> str | None:
    """The machine's folder in memory, where a copy of a database takes a tenth of the time; None without."""
    # A container often has one of 64 MB only.
    large = _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > 2**31
    return str(_MEMORY) if large else None


@pytest.fixture(scope="session")
def template(postgres: Postgres) -> str:
    """A migrated database that each test gets a copy of."""
    _administer(postgres, "create database template_tendero")
    migrations.upgrade(Settings.load({"DATABASE_URL": postgres.url("template_tendero")}))
    return "template_tendero"


@pytest.fixture
def database_url(postgres: Postgres, template: str) -> Iterator[str]:
    """The URL of an empty database with the newest schema, dropped after the test."""
    name = f"test_{next(_numbers)}"
    # Copying files takes half of the time of copying through the log.
    _administer(postgres, f"create database {name} template {template} strategy file_copy")
    yield postgres.url(name)
    _administer(postgres, f"drop database {name} with (force)")


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    """A pool on the test's own database."""
    pool = database(Settings.load({"DATABASE_URL": database_url}))
    yield pool
    pool.close()


def _administer(postgres: Postgres, statement: str) -> None:
    address = Address.of(Settings.load({"DATABASE_URL": postgres.url("postgres")}))
    # Preparing TLS, which no Unix socket speaks, would take longer than all the rest.
    connection = pg8000.dbapi.connect(
        user=address.user, database="postgres", unix_sock=address.socket, ssl_context=False
    )
    connection.autocommit = True
    connection.cursor().execute(statement)
    connection.close()


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """A folder whose path is short enough for a Unix socket, removed after the test."""
    folder = Path(tempfile.mkdtemp(prefix="tendero-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
