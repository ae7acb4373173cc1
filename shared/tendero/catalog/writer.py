"""Writes batches while the next pages are still being downloaded and mapped."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from types import TracebackType

from tendero.catalog.item import CatalogItem
from tendero.catalog.store import Store, Written

# One batch being written, one waiting: more would only fill the memory.
_AHEAD = 2


class Writer:
    """Gathers items into batches that one thread of its own writes, in order; use it in a `with`.

    `written` counts what is in the database; it is complete after `finish`. An error of a write is raised by
    the next call.
    """

    def __init__(self, store: Store, batch_size: int) -> None:
        self._store = store
        self._size = batch_size
        self._buffer: list[CatalogItem] = []
        self._waiting: deque[Future[Written]] = deque()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="catalogue-writer")
        self.written = Written()

    def add(self, items: Iterable[CatalogItem]) -> None:
        self._buffer += items
        while len(self._buffer) >= self._size:
            self._send(self._size)

    def finish(self) -> None:
        """Returns when everything added so far is written."""
        if self._buffer:
            self._send(self._size)
        self._settle(0)

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # A write that has begun ends first: nobody may use the store's rows or close its pool meanwhile.
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _send(self, count: int) -> None:
        batch, self._buffer = self._buffer[:count], self._buffer[count:]
        self._waiting.append(self._thread.submit(copy_context().run, self._store.write, batch))
        self._settle(_AHEAD)

    def _settle(self, left: int) -> None:
        while len(self._waiting) > left:
            self.written += self._waiting.popleft().result()
