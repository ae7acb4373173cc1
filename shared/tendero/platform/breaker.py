"""Stops asking a service that has failed again and again, until it has had time to recover."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tendero.platform.errors import ServiceUnavailable


class Breaker:
    """A circuit breaker for one service, shared by the threads that call it.

    Closed: calls pass. After `failures` calls in a row have failed it opens: for `open_seconds` every call
    is refused at once. Then it is half-open: one call is let through on trial, and its result closes it or
    opens it again. `clock` gives seconds and never goes back.
    """

    def __init__(
        self,
        service: str,
        *,
        failures: int = 5,
        open_seconds: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._service = service
        self._limit = failures
        self._open_seconds = open_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._open_until = 0.0
        self._on_trial = False

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Around one call. ServiceUnavailable from the block counts as a failure, anything else does not.

        Raises ServiceUnavailable itself, with `retry_after`, while the circuit is open.
        """
        trial = self._enter()
        try:
            yield
        except ServiceUnavailable as error:
            # A service that says "too many requests" is alive.
            if error.status != 429:
                self._failed()
            raise
        else:
            self._succeeded()
        finally:
            if trial:
                self._on_trial = False

    def _enter(self) -> bool:
        with self._lock:
            if self._failures < self._limit:
                return False
            wait = self._open_until - self._clock()
            if wait > 0 or self._on_trial:
                raise ServiceUnavailable(
                    f"{self._service} failed {self._failures} times in a row;"
                    f" it is not asked for {max(1.0, wait):.0f} s.",
                    retry_after=max(1.0, wait),
                )
            self._on_trial = True
            return True

    def _failed(self) -> None:
        with self._lock:
            self._failures += 1
            if self._failures >= self._limit:
                self._open_until = self._clock() + self._open_seconds

    def _succeeded(self) -> None:
        with self._lock:
            self._failures = 0
