"""The model server: starts, is told what to do, tells what it was asked, stops."""

from __future__ import annotations

import contextlib
import copy
import socket
import sys
import threading
from collections.abc import Iterable, Mapping
from http.server import ThreadingHTTPServer
from types import TracebackType
from typing import Any

from infra.local.model_server.handler import Handler
from infra.local.model_server.script import Script


class ModelServer:
    """An OpenAI-compatible server on a loopback port, each request in a thread of its own.

    `script` holds steps (see `script.Step`), one per request, then it behaves normally. `api_key` is the only
    key accepted; None accepts any. `models` adds chat models to the known ones.

        with ModelServer(script=[{"status": 503}]) as server:
            client = OpenAI(base_url=server.base_url, api_key="any")
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        api_key: str | None = None,
        script: Iterable[Mapping[str, Any]] = (),
        models: Iterable[str] = (),
    ) -> None:
        self.api_key = api_key
        self.models = tuple(models)
        self.script = Script(script)
        self.stopping = threading.Event()
        self._address = (host, port)
        self._requests: list[dict[str, Any]] = []
        self._lock = threading.Lock()
        self._listener: Listener | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> str:
        """Listen and return the base URL, which ends in /v1. Raises OSError when the port is taken."""
        self.stopping.clear()
        self._listener = Listener(self._address, self)
        self._thread = threading.Thread(
            target=self._listener.serve_forever, args=(0.05,), name="model-server", daemon=True
        )
        self._thread.start()
        return self.base_url

    def stop(self) -> None:
        """Stop at once: requests that hang are cut off. Stopping twice does nothing."""
        if self._listener is None or self._thread is None:
            return
        self.stopping.set()
        self._listener.shutdown()
        self._listener.server_close()
        self._listener.cut_connections()
        self._thread.join()
        self._listener = self._thread = None

    @property
    def base_url(self) -> str:
        """`http://host:port/v1`. Raises RuntimeError before `start()`."""
        if self._listener is None:
            raise RuntimeError("The model server is not running: call start() first")
        return f"http://{self._address[0]}:{self._listener.server_address[1]}/v1"

    @property
    def requests(self) -> list[dict[str, Any]]:
        """Every POST received, oldest first, refused ones included: `{"path", "body"}`.

        `body` is the parsed JSON, or the text when it was none.
        """
        with self._lock:
            return copy.deepcopy(self._requests)

    def record(self, path: str, body: Any) -> None:
        """Remember a request."""
        with self._lock:
            self._requests.append({"path": path, "body": body})

    def control(self, order: Any) -> None:
        """What `POST /_control` does. Raises ValueError for an order that is not one of these.

        A list adds steps; `{"script": [...]}` does too; `{"mode": step}` treats every request like this from
        now on; `{"reset": true}` forgets steps, mode and recorded requests. Keys can be combined; the reset
        comes first.
        """
        if isinstance(order, list):
            order = {"script": order}
        if not isinstance(order, dict) or not order or set(order) - {"reset", "script", "mode"}:
            raise ValueError("A control order is a list of steps or has the keys: reset, script, mode")
        if order.get("reset"):
            self.script.reset()
            with self._lock:
                self._requests.clear()
        self.script.add(order.get("script") or ())
        if "mode" in order:
            self.script.set_mode(order["mode"])

    def __enter__(self) -> ModelServer:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class Listener(ThreadingHTTPServer):
    """The listening socket; it knows its open connections so that `stop` can cut them."""

    daemon_threads = True
    request_queue_size = 512

    def __init__(self, address: tuple[str, int], owner: ModelServer) -> None:
        self.owner = owner
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(address, Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def cut_connections(self) -> None:
        """Close every connection still open; its thread then ends by itself."""
        with self._lock:
            still_open = list(self._open)
        for connection in still_open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is no error of the server; anything else is printed."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)
