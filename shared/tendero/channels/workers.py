"""A limit on how much work that may hang is under way."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import Context, copy_context
from queue import SimpleQueue
from typing import Any, TypeVar

from tendero.platform.deadline import Deadline
from tendero.platform.errors import DeadlineExceeded

T = TypeVar("T")

_Work = tuple[Context, Callable[[], Any], "Future[Any]"]


class Workers:
    """At most `most` pieces of work at the same time, those included that nobody waits for any longer.

    Each has a thread for itself, which is kept for the next: starting one takes as long as reading a request.
    The threads are daemons: one that hangs does not keep the process alive. They see the caller's context
    variables. None is started before the first piece, so that the object may be built before the server forks
    its worker.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._places = threading.BoundedSemaphore(most)
        self._idle: list[SimpleQueue[_Work]] = []

    def run(self, work: Callable[[], T], deadline: Deadline) -> T:
        """What `work` gives or raises.

        Raises DeadlineExceeded when it is not done by then, or at once when all places are taken by work
        that hangs.
        """
        if not self._places.acquire(blocking=False):
            raise DeadlineExceeded(f"{self._most} pieces of work hang; no more are begun.")
        future: Future[T] = Future()
        self._thread().put((copy_context(), work, future))
        try:
            return future.result(timeout=deadline.remaining())
        except TimeoutError as error:
            if future.done():
                raise
            raise DeadlineExceeded("The work was not done in time.") from error

    def _thread(self) -> SimpleQueue[_Work]:
        """Where a thread that has nothing to do waits for work."""
        try:
            return self._idle.pop()
        except IndexError:
            own: SimpleQueue[_Work] = SimpleQueue()
            threading.Thread(target=self._serve, args=(own,), name="worker", daemon=True).start()
            return own

    def _serve(self, own: SimpleQueue[_Work]) -> None:
        while True:
            self._do(own, *own.get())

    def _do(
        self, own: SimpleQueue[_Work], context: Context, work: Callable[[], Any], future: Future[Any]
    ) -> None:
        result, failure = None, None
        try:
            result = context.run(work)
        except BaseException as error:
            failure = error
        # The place is free before anybody hears of the result, and this thread takes the next piece.
        self._idle.append(own)
        self._places.release()
        if failure is not None:
            future.set_exception(failure)
        else:
            future.set_result(result)
