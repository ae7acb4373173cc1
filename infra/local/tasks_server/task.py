"""One task in a queue: the message that clients see and what the server knows besides."""

from __future__ import annotations

from dataclasses import dataclass

from infra.local.tasks_server.messages import Message, View, plain, seconds, set_time
from infra.local.tasks_server.outcome import Outcome

# google.rpc.Code of an attempt's response_status.
_OK, _UNKNOWN = 0, 2


@dataclass(slots=True, eq=False)
class QueuedTask:
    """A task until it is done, deleted or given up.

    `number` counts the tasks of a queue in order of creation. `named` is True when the client chose the name.
    `ticket` marks the one entry of the queue's schedule that is still good (see TaskQueue). `executions`
    counts the answers that were not 5xx; `previous` is the last attempt's outcome.
    """

    message: Message
    number: int
    named: bool
    ticket: int = 0
    executions: int = 0
    previous: Outcome | None = None

    @property
    def id(self) -> str:
        """The short id, the last part of the name."""
        return str(self.message.name.rpartition("/")[2])

    @property
    def scheduled(self) -> float:
        """When the current or next attempt is due, in seconds since 1970 UTC."""
        return seconds(self.message.schedule_time)

    def age(self, now: float) -> float:
        """Seconds since the first attempt."""
        return now - seconds(self.message.first_attempt.dispatch_time)

    def dispatched(self, now: float) -> None:
        """Note that an attempt starts."""
        message = self.message
        message.dispatch_count += 1
        message.last_attempt.Clear()
        message.last_attempt.schedule_time.CopyFrom(message.schedule_time)
        set_time(message.last_attempt.dispatch_time, now)
        if message.dispatch_count == 1:
            message.first_attempt.dispatch_time.CopyFrom(message.last_attempt.dispatch_time)

    def ended(self, outcome: Outcome, now: float) -> None:
        """Note how an attempt ended."""
        message = self.message
        message.response_count += outcome.status is not None
        self.executions += outcome.executed
        self.previous = outcome
        set_time(message.last_attempt.response_time, now)
        status = message.last_attempt.response_status
        status.code = _OK if outcome.done else _UNKNOWN
        status.message = outcome.reason

    def view(self, asked: int) -> Message:
        """A copy for a client; the BASIC view (the default) leaves the body out, FULL has it."""
        copy = plain("Task")()
        copy.CopyFrom(self.message)
        copy.view = View.FULL if asked == View.FULL else View.BASIC
        if copy.view == View.BASIC:
            copy.http_request.ClearField("body")
        return copy
