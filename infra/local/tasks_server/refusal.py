"""How the server says no to a call."""

from __future__ import annotations

import grpc

from tendero.platform.errors import TenderoError


class Refusal(TenderoError):
    """A call cannot be done. `code` is the gRPC status that the client gets, with the message."""

    def __init__(self, code: grpc.StatusCode, message: str) -> None:
        super().__init__(message)
        self.code = code


def invalid(message: str) -> Refusal:
    """INVALID_ARGUMENT: the request itself is wrong and sending it again never helps."""
    return Refusal(grpc.StatusCode.INVALID_ARGUMENT, message)


def missing(message: str) -> Refusal:
    """NOT_FOUND: no such queue or task."""
    return Refusal(grpc.StatusCode.NOT_FOUND, message)


def taken(message: str) -> Refusal:
    """ALREADY_EXISTS: the name is in use, or was until a short time ago."""
    return Refusal(grpc.StatusCode.ALREADY_EXISTS, message)


def unsupported(what: str) -> Refusal:
    """UNIMPLEMENTED: Cloud Tasks can do it, this server cannot; better loud than silently different."""
    return Refusal(grpc.StatusCode.UNIMPLEMENTED, f"The local tasks server does not support {what}.")
