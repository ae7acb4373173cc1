"""The demo Odoo on a port of this machine."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from infra.local.demo_odoo.app import create_app
from infra.local.demo_odoo.odoo import Odoo


class _Handler(WSGIRequestHandler):
    """Writes no log and lets the server close what is still open at its end. One request a connection."""

    protocol_version = "HTTP/1.1"
    # Headers and body leave in two writes; Nagle's algorithm would hold the second one for 40 ms.
    disable_nagle_algorithm = True
    connections: set[socket.socket]

    def setup(self) -> None:
        super().setup()
        self.connections.add(self.connection)

    def finish(self) -> None:
        self.connections.discard(self.connection)
        with suppress(OSError):
            super().finish()

    def log(self, type: str, message: str, *args: Any) -> None:
        return


class Server:
    """Serves an Odoo from threads of this process. `port` 0 takes a free one.

    Raises OSError when the port is taken.
    """

    def __init__(self, host: str = "127.0.0.1", port: int = 0, odoo: Odoo | None = None) -> None:
        self.host = host
        self.port = port
        self.odoo = odoo or Odoo.demo()
        self._server: BaseWSGIServer | None = None
        self._thread: threading.Thread | None = None
        self._connections: set[socket.socket] = set()

    @property
    def base_url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def start(self) -> str:
        """Starts and gives the base URL."""
        handler = type("Handler", (_Handler,), {"connections": self._connections})
        # werkzeug ends the whole process when a port is taken; a socket of our own raises OSError instead.
        listener = socket.create_server((self.host, self.port), backlog=256)
        self.port = listener.getsockname()[1]
        self._server = make_server(
            self.host,
            self.port,
            create_app(self.odoo),
            threaded=True,
            request_handler=handler,
            fd=listener.fileno(),
        )
        listener.close()
        self.odoo.stopping.clear()
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="demo-odoo", daemon=True
        )
        self._thread.start()
        return self.base_url

    def stop(self) -> None:
        """Ends the server and every open connection; hanging requests are let go."""
        self.odoo.stopping.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
        for connection in list(self._connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        if self._thread is not None:
            self._thread.join(timeout=5)
        self._server = self._thread = None

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
