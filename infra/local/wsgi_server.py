"""A WSGI application on a port of this machine, served by threads of this process: the stand-ins' server."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class _Handler(WSGIRequestHandler):
    """Writes no log and lets the server close what is still open at its end. One request a connection."""

    protocol_version = "HTTP/1.1"
    # Headers and body leave in two writes; Nagle's algorithm would hold the second one for 40 ms.
    disable_nagle_algorithm = True
    connections: set[socket.socket]
    adds_date = True

    def setup(self) -> None:
        super().setup()
        self.connections.add(self.connection)

    def finish(self) -> None:
        self.connections.discard(self.connection)
        with suppress(OSError):
            super().finish()

    def send_response(self, code: int, message: str | None = None) -> None:
        if self.adds_date:
            super().send_response(code, message)
        else:
            self.send_response_only(code, message)

    def log(self, type: str, message: str, *args: Any) -> None:
        return


class WsgiServer:
    """Serves what `application` gives. `port` 0 takes a free one.

    `adds_date` is false for an application that sends a `Date` of its own clock.
    """

    adds_date = True

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        self.host = host
        self.port = port
        self._server: BaseWSGIServer | None = None
        self._thread: threading.Thread | None = None
        self._connections: set[socket.socket] = set()

    @property
    def base_url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def application(self) -> WSGIApplication:
        """Asked for at each start, when `base_url` is known."""
        raise NotImplementedError

    def start(self) -> str:
        """Starts and gives the base URL. Raises OSError when the port is taken."""
        # werkzeug ends the whole process when a port is taken; a socket of our own raises OSError instead.
        listener = socket.create_server((self.host, self.port), backlog=256)
        self.port = listener.getsockname()[1]
        handler = type(
            "Handler", (_Handler,), {"connections": self._connections, "adds_date": self.adds_date}
        )
        self._server = make_server(
            self.host,
            self.port,
            self.application(),
            threaded=True,
            request_handler=handler,
            fd=listener.fileno(),
        )
        listener.close()
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self.base_url

    def stop(self) -> None:
        """Ends the server and every open connection."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
        for connection in list(self._connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        if self._thread is not None:
            self._thread.join(timeout=5)
        self._server = self._thread = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
