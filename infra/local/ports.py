"""Ports for the parts of a stack."""

from __future__ import annotations

import socket

from tendero.platform.errors import TenderoError

HOST = "127.0.0.1"


class PortInUse(TenderoError):
    """Another program listens on the port that was asked for."""


def listen(port: int | None, preferred: int = 0) -> socket.socket:
    """A listening socket: on `port` when one is asked for, else on `preferred` when free, else on any.

    Raises PortInUse.
    """
    if port is not None:
        try:
            return _listening(port)
        except OSError as error:
            raise PortInUse(
                f"Port {port} cannot be used ({error.strerror}): stop the program that listens there,"
                " or choose another --port."
            ) from error
    try:
        return _listening(preferred)
    except OSError:
        return _listening(0)


def free(preferred: int = 0) -> int:
    """The number of a free port, `preferred` when nobody listens there."""
    with listen(None, preferred) as opened:
        return int(opened.getsockname()[1])


def _listening(port: int) -> socket.socket:
    opened = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind((HOST, port))
        opened.listen(1024)
    except (OSError, OverflowError) as error:
        opened.close()
        if isinstance(error, OverflowError):
            raise OSError(0, "no such port") from error
        raise
    return opened
