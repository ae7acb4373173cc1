"""How much time is left for an answer, handed down to every wait below."""

from __future__ import annotations

import time
from collections.abc import Callable

from tendero.platform.errors import DeadlineExceeded


class Deadline:
    """A point in time by which work must be done.

    `seconds` counts from now; `clock` gives seconds and never goes back.
    """

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._end = clock() + seconds

    def remaining(self) -> float:
        """Seconds left, never below zero."""
        return max(0.0, self._end - self._clock())

    @property
    def expired(self) -> bool:
        return self.remaining() <= 0.0

    def timeout(self, at_most: float) -> float:
        """Seconds that one wait may take: what is left, capped. Raises DeadlineExceeded when none is left."""
        left = min(self.remaining(), at_most)
        if left <= 0.0:
            raise DeadlineExceeded("The time for this answer is used up.")
        return left

    def within(self, seconds: float) -> Deadline:
        """A deadline `seconds` from now, or this one where this one is sooner."""
        return Deadline(min(self.remaining(), seconds), self._clock)

    def before(self, seconds: float) -> Deadline:
        """This deadline moved `seconds` earlier, to leave time for what comes after."""
        return Deadline(self.remaining() - seconds, self._clock)
