"""Work in a thread of its own, waited for no longer than there is time."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

from tendero.platform.deadline import Deadline
from tendero.platform.errors import DeadlineExceeded

T = TypeVar("T")


class Task(Generic[T]):
    """Starts `work` at once. A customer's answer never waits for a socket that never answers.

    The thread is a daemon: one that hangs is left behind and does not keep the process alive. It sees the
    starter's context variables, so its log lines carry the same correlation id.
    """

    def __init__(self, name: str, work: Callable[[], T]) -> None:
        self._name = name
        self._future: Future[T] = Future()
        context = contextvars.copy_context()
        threading.Thread(target=context.run, args=(self._run, work), name=name, daemon=True).start()

    def result(self, deadline: Deadline) -> T:
        """What the work gave or raised. Raises DeadlineExceeded when it is not done by then."""
        try:
            return self._future.result(timeout=deadline.remaining())
        except TimeoutError as error:
            if self._future.done():
                raise
            raise DeadlineExceeded(f"{self._name} was not done in time.") from error

    @property
    def done(self) -> bool:
        """Whether `result` has something to give or to raise."""
        return self._future.done()

    def _run(self, work: Callable[[], T]) -> None:
        try:
            self._future.set_result(work())
        except BaseException as error:
            self._future.set_exception(error)
