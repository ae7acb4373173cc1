"""A stand-in that goes on, after its answer, to tell what becomes of a message."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from infra.local.stand_in import StandIn

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_THREADS = 8


class Telling(StandIn):
    """`steps` are the states that a message goes through, `pause` seconds apart."""

    def __init__(self, host: str, port: int, *, steps: tuple[str, ...], pause: float) -> None:
        super().__init__(host, port)
        self._steps = steps
        self._pause = pause
        self._threads: ThreadPoolExecutor | None = None

    def application(self) -> WSGIApplication:
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="telling")
        return super().application()

    def stop(self) -> None:
        super().stop()
        if self._threads is not None:
            self._threads.shutdown(cancel_futures=True)
            self._threads = None

    def later(self, tell: Callable[..., None], *of: Any) -> None:
        """Calls `tell` in the background; not where the server has stopped."""
        if self._threads is not None:
            self._threads.submit(tell, *of)

    def states(self, failed: str = "") -> Iterator[str]:
        """Each state when its time has come, or the one of failure; no more once the server stops."""
        for state in (failed,) if failed else self._steps:
            if self.stopping.wait(self._pause):
                return
            yield state
