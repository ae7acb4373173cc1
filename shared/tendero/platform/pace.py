"""A limit on how often a service is called, for all instances together."""

from __future__ import annotations

import time

from tendero.platform.database import Database
from tendero.platform.deadline import Deadline
from tendero.platform.errors import ServiceUnavailable
from tendero.platform.sql import load

_SQL = load(__file__, prepared=True)


class Pace:
    """At most `per_minute` calls of a service in any minute, a sixth of them at once after a rest.

    `service` is its name in the table `paces`. Threads may share it.
    """

    def __init__(self, database: Database, service: str, per_minute: int) -> None:
        self._database = database
        self._service = service
        burst = max(1, per_minute // 6)
        # A burst and then the even pace must not be more than the minute's number.
        self._turn_seconds = 60.0 / (per_minute - burst + 1)
        self._burst_seconds = (burst - 1) * self._turn_seconds

    def wait(self, deadline: Deadline) -> None:
        """Waits for the next turn.

        Raises ServiceUnavailable with status 429, `retry_after` and nothing booked where it comes after the
        deadline.
        """
        time.sleep(self.book(deadline.remaining()))

    def book(self, patience_seconds: float) -> float:
        """Takes the next turn: the seconds until it, 0 for now. Raises as `wait` does."""
        rows = self._database.fetch(
            _SQL["book"],
            service=self._service,
            turn=self._turn_seconds,
            burst=self._burst_seconds,
            patience=patience_seconds,
        )
        # Nothing was seen where others made the first call a moment ago and took all there was.
        wait = float(rows[0]["wait"]) if rows else patience_seconds
        if rows and rows[0]["booked"]:
            return max(0.0, wait)
        raise ServiceUnavailable(
            f"The calls of {self._service} for this minute are used up; the next is in {wait:.1f} s.",
            status=429,
            retry_after=max(self._turn_seconds, wait),
        )
