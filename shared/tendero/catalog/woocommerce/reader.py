"""Reads a shop with several requests at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

from tendero.catalog.ahead import in_order
from tendero.catalog.woocommerce.client import Client
from tendero.catalog.woocommerce.listing import Listing

A = TypeVar("A")
R = TypeVar("R")

# Pages held ready per connection, so that the shop goes on answering while a batch is being written.
_AHEAD = 3
# How often a list of ids is read anew because it changed meanwhile.
_MOST_READINGS = 3


class Reader:
    """Lists and single questions of one shop, `concurrency` at once while it is `open`."""

    def __init__(self, client: Client, concurrency: int) -> None:
        self.client = client
        self._concurrency = concurrency
        self._pool: ThreadPoolExecutor | None = None

    @contextmanager
    def open(self) -> Iterator[None]:
        pool = self._pool = ThreadPoolExecutor(self._concurrency, thread_name_prefix="woocommerce")
        try:
            yield
        finally:
            self._pool = None
            # After an error nobody waits for pages that are still under way.
            pool.shutdown(wait=False, cancel_futures=True)

    def listing(self, path: str, *, after: int = 0, seen: Iterable[int] = (), **params: Any) -> Listing:
        """A list; `after` and `seen` as in Listing."""
        ahead = self._concurrency * _AHEAD
        return Listing(self.client, path, params, pool=self._pool, ahead=ahead, after=after, seen=seen)

    def in_turn(self, path: str, **params: Any) -> Listing:
        """A list whose pages are asked for one after the other: short, or read by one of several threads."""
        return Listing(self.client, path, params)

    def ids(self, path: str, **params: Any) -> set[int]:
        """The ids that a list holds, each that was there all the time: rows slip while others leave it."""
        found: set[int] = set()
        for _ in range(_MOST_READINGS):
            listing = self.listing(path, _fields="id", **params)
            for _page in listing:
                pass
            found |= listing.seen
            if listing.consistent:
                break
        return found

    def each(self, work: Callable[[A], R], arguments: Iterable[A]) -> Iterator[tuple[A, R]]:
        """Each argument with its result, in order."""
        assert self._pool is not None
        return in_order(self._pool, work, arguments, self._concurrency * _AHEAD)
