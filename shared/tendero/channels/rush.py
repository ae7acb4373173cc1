"""Tells a mass edit from single changes."""

from __future__ import annotations

import threading


class Rush:
    """Counts the different products that change within a span of time. Threads may share it."""

    def __init__(self, most: int, span_seconds: int) -> None:
        self._most = most
        self._span_seconds = span_seconds
        self._span = 0
        self._products: set[int] = set()
        self._lock = threading.Lock()

    def span(self, product_id: int, now: float) -> int | None:
        """The number of the span that `now` (epoch seconds) is in, when the product is one too many in it."""
        span = int(now // self._span_seconds)
        with self._lock:
            if span != self._span:
                self._span = span
                self._products.clear()
            if len(self._products) < self._most:
                self._products.add(product_id)
            return None if product_id in self._products else span
