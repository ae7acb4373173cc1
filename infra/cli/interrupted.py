"""Ctrl-C while a command still loads. Nothing is imported here that takes time itself."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

# The shells' exit status after Ctrl-C.
INTERRUPTED = 130


@contextmanager
def quietly() -> Iterator[None]:
    """Ends the process with one line instead of a traceback."""
    try:
        yield
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        sys.exit(INTERRUPTED)
