"""A limit on how much work that may hang is under way."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from tendero.assistant.background import Task
from tendero.platform.deadline import Deadline
from tendero.platform.errors import DeadlineExceeded

T = TypeVar("T")


class Workers:
    """At most `most` pieces of work at the same time, those included that nobody waits for any longer.

    Each runs in a thread of its own. Nothing is started before the first one, so that the object may be
    built before the server forks its worker.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._places = threading.BoundedSemaphore(most)

    def run(self, work: Callable[[], T], deadline: Deadline) -> T:
        """What `work` gives or raises.

        Raises DeadlineExceeded when it is not done by then, or at once when all places are taken by work
        that hangs.
        """
        if not self._places.acquire(blocking=False):
            raise DeadlineExceeded(f"{self._most} pieces of work hang; no more are begun.")

        def freeing_the_place() -> T:
            try:
                return work()
            finally:
                self._places.release()

        return Task("The work", freeing_the_place).result(deadline)
