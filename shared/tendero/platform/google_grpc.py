"""Calls of Google's services with the messages of their libraries, and without the clients.

The clients take several times as long to import as the messages and gRPC itself, and whoever calls a function
at its cold start waits for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

_SCOPE = "https://www.googleapis.com/auth/cloud-platform"

Options = Sequence[tuple[str, Any]]


def channel(host: str, emulator: str = "", options: Options = ()) -> Any:
    """A gRPC channel to `host` under the account that this runs as, or to the server at `emulator`.

    Raises GoogleAuthError where there is no account.
    """
    import grpc

    if emulator:
        return grpc.insecure_channel(emulator, options)
    from google.api_core import grpc_helpers

    return grpc_helpers.create_channel(
        f"{host}:443", default_scopes=(_SCOPE,), default_host=host, options=options
    )


def routing(field: str, value: str) -> tuple[tuple[str, str], ...]:
    """The metadata by which the service finds the region of what a request is about.

    Source: google.api_core.gapic_v1.routing_header.
    """
    return (("x-goog-request-params", f"{field}={quote(value)}"),)


def api_error(error: Any) -> Exception:
    """gRPC's error as the clients raise it: a GoogleAPICallError."""
    from google.api_core import exceptions

    found: Exception = exceptions.from_grpc_error(error)  # type: ignore[no-untyped-call]
    return found
