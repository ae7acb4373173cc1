"""A TCP port before the embedded PostgreSQL, which listens on a Unix socket only."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Greeting = Callable[[socket.socket], socket.socket]


@contextmanager
def relay(path: str, greet: Greeting = lambda outside: outside, port: int = 0) -> Iterator[int]:
    """Passes bytes between the port that it gives and the socket at `path`, once `greet` is done."""
    listening = socket.create_server(("127.0.0.1", port))

    def serve() -> None:
        while True:
            try:
                outside, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=_pass, args=(outside, path, greet), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listening.getsockname()[1]
    finally:
        # close() alone leaves the thread in accept(), and with it the port in use.
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()


def tls(context: ssl.SSLContext) -> Greeting:
    """TLS from the first byte on."""
    return lambda outside: context.wrap_socket(outside, server_side=True)


def _pass(outside: socket.socket, path: str, greet: Greeting) -> None:
    try:
        outside = greet(outside)
    except OSError:
        outside.close()
        return
    inside = socket.socket(socket.AF_UNIX)
    inside.connect(path)
    back = threading.Thread(target=_pump, args=(inside, outside), daemon=True)
    back.start()
    _pump(outside, inside)
    back.join()
    inside.close()
    outside.close()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
