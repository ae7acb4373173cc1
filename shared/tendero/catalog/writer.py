"""Writes batches while the next pages are still being downloaded and mapped."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from types import TracebackType

from tendero.catalog.runs import Portion
from tendero.catalog.store import Written

# One batch being written, one waiting: more would only fill the memory.
_AHEAD = 2


class Writer:
    """Gathers portions into batches of `size` items or a few more, because a portion is never split; one
    thread of its own writes them, in order. Use it in a `with`.

    `written` counts what is in the database, starting from what it is given; it is complete after `finish`.
    An error of a write is raised by the next call.
    """

    def __init__(self, write: Callable[[list[Portion]], Written], size: int, written: Written) -> None:
        self._write = write
        self._size = size
        self._buffer: list[Portion] = []
        self._buffered = 0
        self._waiting: deque[Future[Written]] = deque()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="catalogue-writer")
        self.written = written

    def add(self, portion: Portion) -> None:
        self._buffer.append(portion)
        self._buffered += len(portion.items)
        if self._buffered >= self._size:
            self._send()

    def finish(self) -> None:
        """Returns when everything added so far is written."""
        if self._buffer:
            self._send()
        self._settle(0)

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # A write that has begun ends first: nobody may use the store's rows or close its pool meanwhile.
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _send(self) -> None:
        batch, self._buffer, self._buffered = self._buffer, [], 0
        self._waiting.append(self._thread.submit(copy_context().run, self._write, batch))
        self._settle(_AHEAD)

    def _settle(self, left: int) -> None:
        while len(self._waiting) > left:
            self.written += self._waiting.popleft().result()
