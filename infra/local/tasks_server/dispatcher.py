"""Sends the tasks of one queue as they fall due."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from infra.local.tasks_server.outcome import Outcome
from infra.local.tasks_server.queue import TaskQueue
from infra.local.tasks_server.task import QueuedTask

_log = logging.getLogger(__name__)

Clock = Callable[[], float]
Deliver = Callable[[QueuedTask], Awaitable[Outcome]]


class Dispatcher:
    """Runs a queue on the current event loop until `stop`. `clock` gives seconds since 1970 UTC."""

    def __init__(self, queue: TaskQueue, deliver: Deliver, clock: Clock) -> None:
        self.queue = queue
        self._deliver = deliver
        self._clock = clock
        self._changed = asyncio.Event()
        self._attempts: set[asyncio.Task[None]] = set()
        self._runner = asyncio.create_task(self._run())

    def wake(self) -> None:
        """Look at the queue again: something was added, resumed, configured or finished."""
        self._changed.set()

    def start(self, task: QueuedTask) -> None:
        """Send a task of which the queue has started an attempt."""
        attempt = asyncio.create_task(self._attempt(task))
        self._attempts.add(attempt)
        attempt.add_done_callback(self._attempts.discard)

    def stop(self) -> None:
        """Send nothing more; attempts under way are cut off."""
        for job in (self._runner, *self._attempts):
            job.cancel()

    async def _run(self) -> None:
        while True:
            self._changed.clear()
            while (pause := self.queue.wait(self._clock())) == 0.0:
                self.start(self.queue.take(self._clock()))
            try:
                async with asyncio.timeout(pause):
                    await self._changed.wait()
            except TimeoutError:
                continue

    async def _attempt(self, task: QueuedTask) -> None:
        outcome = await self._deliver(task)
        if self.queue.finish(task, outcome, self._clock()):
            _log.warning(
                "given up after %d attempts: %s (%s)",
                task.message.dispatch_count,
                task.message.name,
                outcome.reason,
            )
        self.wake()
