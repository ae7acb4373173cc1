"""Runs work that may hang, and waits for it no longer than there is time."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

from tendero.platform.deadline import Deadline
from tendero.platform.errors import DeadlineExceeded

T = TypeVar("T")


class Workers(Generic[T]):
    """At most `most` pieces of work at the same time, those included that nobody waits for any longer.

    Each runs in a thread of its own, in the caller's context. They are daemon threads, unlike those of
    concurrent.futures, which Python joins at its end: work that hangs must not keep the process.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._places = threading.BoundedSemaphore(most)

    def run(self, work: Callable[[], T], deadline: Deadline) -> T:
        """What `work` gives or raises. Raises DeadlineExceeded when it is not done by then, or at once when
        all places are taken by work that hangs."""
        if not self._places.acquire(blocking=False):
            raise DeadlineExceeded(f"{self._most} pieces of work hang; no more are begun.")
        done: Future[T] = Future()
        context = contextvars.copy_context()
        threading.Thread(target=context.run, args=(self._do, work, done), daemon=True).start()
        try:
            return done.result(timeout=deadline.remaining())
        except TimeoutError as error:
            if done.done():
                raise
            raise DeadlineExceeded("The work took longer than there was time.") from error

    def _do(self, work: Callable[[], T], done: Future[Any]) -> None:
        # The place is free before the caller knows, who may come again at once.
        try:
            result = work()
        except BaseException as error:
            self._places.release()
            done.set_exception(error)
        else:
            self._places.release()
            done.set_result(result)
