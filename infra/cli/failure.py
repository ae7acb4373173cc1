"""What a command says of an error that ended it, or a part of it."""

from __future__ import annotations

import os
import traceback

from tendero.platform.errors import TenderoError


def failure(error: Exception) -> str:
    """The error in one line. With TENDERO_DEBUG set, its traceback is printed first."""
    if os.environ.get("TENDERO_DEBUG"):
        traceback.print_exception(error)
    if isinstance(error, TenderoError):
        return str(error)
    return f"Unexpected {type(error).__name__}: {error}. TENDERO_DEBUG=1 shows where."
