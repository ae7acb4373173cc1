"""A queue: which task may be sent, and when. Knows the time only as an argument; sends nothing itself."""

from __future__ import annotations

import heapq
from itertools import count, islice

from infra.local.tasks_server.backoff import is_exhausted, retry_delay
from infra.local.tasks_server.bucket import TokenBucket
from infra.local.tasks_server.messages import Message, QueueState, seconds, set_time
from infra.local.tasks_server.new_task import new_task
from infra.local.tasks_server.outcome import Outcome
from infra.local.tasks_server.refusal import missing, taken
from infra.local.tasks_server.task import QueuedTask
from infra.local.tasks_server.tombstones import Tombstones


class TaskQueue:
    """The tasks of one queue in memory, with its rate limits, retries and blocked names.

    `config` is the full Queue message. `tombstone_seconds` is how long a name chosen by a client stays
    blocked after its task has gone. Every `now` is in seconds since 1970 UTC. Used by one thread.
    """

    def __init__(self, config: Message, tombstone_seconds: float, now: float) -> None:
        self._tasks: dict[str, QueuedTask] = {}
        # (due, ticket, task); an entry whose ticket is no longer its task's own is passed over.
        self._schedule: list[tuple[float, int, QueuedTask]] = []
        self._tickets = count(1)
        self._numbers = count(1)
        self._tombstones = Tombstones(tombstone_seconds)
        self._in_flight = 0
        self._held_until = 0.0
        self.configure(config, now)

    def configure(self, config: Message, now: float) -> None:
        """Take new settings; the rate limit starts anew with a full bucket."""
        self.config = config
        limits = config.rate_limits
        self._bucket = TokenBucket(limits.max_dispatches_per_second, limits.max_burst_size, now)

    def add(self, asked: Message, now: float) -> QueuedTask:
        """Put a task in; raises Refusal when it is wrong or its name is or was just in use."""
        named = bool(asked.name)
        message = new_task(asked, self.config.name, now)
        task = QueuedTask(message, next(self._numbers), named)
        if task.id in self._tasks:
            raise taken(f"A task named {message.name} already exists.")
        if self._tombstones.holds(task.id, now):
            raise taken(
                "The task cannot be created because a task with this name existed too recently: "
                f"{message.name}."
            )
        self._tasks[task.id] = task
        self._put(task, task.scheduled)
        return task

    def get(self, task_id: str) -> QueuedTask:
        """The task with this short id; raises Refusal(NOT_FOUND) when it is done, deleted or never was."""
        if task_id not in self._tasks:
            raise missing(f"Task {self.config.name}/tasks/{task_id} does not exist.")
        return self._tasks[task_id]

    def page(self, after: int, size: int) -> list[QueuedTask]:
        """Up to `size` tasks with a number above `after`, in order of creation."""
        later = (task for task in self._tasks.values() if task.number > after)
        return list(islice(later, size))

    def delete(self, task_id: str, now: float) -> None:
        """Forget a task; an attempt that is under way goes on but nothing follows. Refusal when missing."""
        self._remove(self.get(task_id), now)

    def purge(self, now: float) -> None:
        """Delete every task."""
        for task in list(self._tasks.values()):
            self._remove(task, now)
        self._schedule.clear()
        set_time(self.config.purge_time, now)

    def pause(self) -> None:
        """Send nothing more until `resume`; tasks can still be added."""
        self.config.state = QueueState.PAUSED

    def resume(self) -> None:
        """Send again."""
        self.config.state = QueueState.RUNNING

    def wait(self, now: float) -> float | None:
        """Seconds until `take` may be called: 0.0 for now, None when something has to change first."""
        self._drop_stale()
        running = self.config.state == QueueState.RUNNING
        full = self._in_flight >= self.config.rate_limits.max_concurrent_dispatches
        if not running or full or not self._schedule:
            return None
        return max(0.0, self._schedule[0][0] - now, self._held_until - now, self._bucket.wait(now))

    def take(self, now: float) -> QueuedTask:
        """Start an attempt of the task that is due; call it only when `wait` gave 0.0."""
        task = self._schedule[0][2]
        self._bucket.take(now)
        return self._start(task, now)

    def force(self, task_id: str, now: float) -> QueuedTask:
        """Start an attempt whatever the schedule, the limits or a pause say. Refusal when missing."""
        return self._start(self.get(task_id), now)

    def finish(self, task: QueuedTask, outcome: Outcome, now: float) -> bool:
        """End an attempt: the task goes, or is scheduled again. True when it was given up as a failure."""
        self._in_flight -= 1
        if self._tasks.get(task.id) is not task:
            return False
        task.ended(outcome, now)
        retry = self.config.retry_config
        attempts = task.message.dispatch_count
        if outcome.overloaded:
            # Not for the task's own delay: one task that always fails would hold up all others for an hour.
            pause = max(seconds(retry.min_backoff), outcome.retry_after)
            self._held_until = max(self._held_until, now + pause)
        exhausted = not outcome.done and is_exhausted(retry, attempts, task.age(now))
        if outcome.done or exhausted:
            self._remove(task, now)
        else:
            self._put(task, now + max(retry_delay(retry, attempts), outcome.retry_after))
        return exhausted

    def _start(self, task: QueuedTask, now: float) -> QueuedTask:
        self._in_flight += 1
        task.ticket = next(self._tickets)
        task.dispatched(now)
        return task

    def _put(self, task: QueuedTask, due: float) -> None:
        task.ticket = next(self._tickets)
        set_time(task.message.schedule_time, due)
        heapq.heappush(self._schedule, (due, task.ticket, task))

    def _remove(self, task: QueuedTask, now: float) -> None:
        del self._tasks[task.id]
        task.ticket = 0
        if task.named:
            self._tombstones.bury(task.id, now)

    def _drop_stale(self) -> None:
        while self._schedule and self._schedule[0][1] != self._schedule[0][2].ticket:
            heapq.heappop(self._schedule)
