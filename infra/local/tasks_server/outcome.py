"""What came of one attempt to deliver a task."""

from __future__ import annotations

from dataclasses import dataclass

# Answers with which a worker asks to be left alone for a while: they slow the whole queue down.
_OVERLOADED = frozenset({429, 503})


@dataclass(frozen=True, slots=True)
class Outcome:
    """One attempt's end.

    `status` is the HTTP status, None when no answer came. `reason` says in words why it failed.
    `retry_after` is the number of seconds that the answer's Retry-After header asked for, 0 without one.
    """

    status: int | None
    reason: str = ""
    retry_after: float = 0.0

    @property
    def done(self) -> bool:
        """True for 200 to 299: the one answer that ends a task."""
        return self.status is not None and 200 <= self.status <= 299

    @property
    def executed(self) -> bool:
        """True when the worker's code is taken to have run: an answer came and it is not a 5xx."""
        return self.status is not None and self.status < 500

    @property
    def overloaded(self) -> bool:
        """True when the worker asked for fewer requests (429, 503)."""
        return self.status in _OVERLOADED
