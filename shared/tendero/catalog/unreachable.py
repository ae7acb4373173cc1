"""Why a source's server gives no answer at all, and what to do about it."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from socket import gaierror

from tendero.platform.errors import HttpError, SourceError

# How OpenSSL, by its version, calls an answer that is not TLS.
_PLAIN = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "PACKET_LENGTH_TOO_LONG")


def unreachable(error: HttpError, url: str, setting: str) -> SourceError | None:
    """The error to raise where the address in `setting` is at fault; None for any other failure."""
    for cause in _causes(error):
        if isinstance(cause, gaierror):
            return SourceError(f"{url}: no such host. Check {setting}.")
        if isinstance(cause, ConnectionRefusedError):
            return SourceError(f"{url} refuses connections. Check {setting}; is the server running?")
        if isinstance(cause, ssl.SSLError) and cause.reason in _PLAIN:
            return SourceError(f"{url} speaks http, not https. Check {setting}.")
        if isinstance(cause, ssl.SSLError):
            return SourceError(
                f"{url} has no valid certificate ({cause.reason or cause}). Check the address, or give the"
                " authority's certificate in REQUESTS_CA_BUNDLE."
            )
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    waiting, seen = [error], set()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        # urllib3 keeps the reason of its last try in an attribute or an argument, not in the chain.
        linked = (one.__cause__, one.__context__, getattr(one, "reason", None), *one.args)
        waiting += [each for each in linked if isinstance(each, BaseException)]
