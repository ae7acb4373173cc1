"""What went wrong on the way of a turn, for the log and for the reply's notes."""

from __future__ import annotations

from tendero.platform.errors import TenderoError
from tendero.platform.logs import logger

_log = logger("assistant")


def noted(what: str, error: Exception) -> str:
    """The note; logged with its stack trace where the error was not foreseen."""
    if isinstance(error, TenderoError):
        _log.warning(what, reason=str(error))
    else:
        _log.exception(what)
    return f"{what}: {error}"
