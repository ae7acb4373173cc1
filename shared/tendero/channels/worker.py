"""The handler of the function `reply`: works off one event of a chat platform, as often as it comes.

A task comes again until it is answered with 200. That is said once its event is seen to: worked off here, or
stored and certain to be seen by the worker that is at the conversation.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from flask import Request, Response

from tendero.channels import news, registry
from tendero.channels.answering import Answering
from tendero.channels.channel import Event, Kind
from tendero.channels.desk import Channels, Desk, MakeChannel, Times, TryAgain
from tendero.channels.parts import CurrentParts, Parts, build
from tendero.channels.sweep import sweep
from tendero.people import inbox, outbox
from tendero.people.lease import Lease, new_holder
from tendero.platform import logs
from tendero.platform.deadline import Deadline
from tendero.platform.errors import (
    BadRequest,
    DatabaseError,
    DatabaseUnavailable,
    DeadlineExceeded,
    SecretError,
    ServiceUnavailable,
)
from tendero.platform.incoming import attempt_of, read_json, reply_json
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings

_log = logs.logger("reply")
# The function ends after 150.
_SECONDS = 120.0
_PASSING = (TryAgain, DatabaseUnavailable, ServiceUnavailable, DeadlineExceeded, SecretError)
_TRY_AGAIN = (*_PASSING, DatabaseError)
_USUAL_PAUSE_SECONDS = 2.0
# By then the call that sent a message has had its answer.
_NEWS_ATTEMPTS = 5


class ReplyWorker:
    """Answers requests {"event": …} (`Event.to_json`) and {"sweep": true}. Threads share it."""

    def __init__(
        self,
        settings: Settings,
        secrets: Secrets,
        build_parts: Callable[[Settings, Secrets], Parts] = build,
        make_channel: MakeChannel = registry.channel,
        times: Times | None = None,
    ) -> None:
        self._settings = settings
        self._times = times or Times()
        self._parts = CurrentParts(settings, secrets, build_parts)
        self._channels = Channels(settings, secrets, self._parts, make_channel)

    def __call__(self, request: Request) -> Response:
        """200 for what is seen to. For what must come again, with Retry-After: 409 where only its own
        conversation has to wait, 503 where others would fare no better. Raises BadRequest."""
        if request.method != "POST":
            raise BadRequest("Use POST.", status=405)
        attempt = attempt_of(request.headers)
        order = read_json(request)
        if order.get("sweep") is True:
            return self._answered(self._sweep, None, attempt)
        try:
            event = Event.from_json(order.get("event") or {})
        except BadRequest as error:
            if not attempt:
                raise
            # Coming again would not make it readable.
            _log.error("task refused", reason=str(error), attempt=attempt)
            return reply_json({"outcome": "refused"})
        return self._answered(lambda: self._work_off(event, attempt), event, attempt)

    def _answered(self, work: Callable[[], dict[str, Any]], event: Event | None, attempt: int) -> Response:
        started = time.monotonic()
        told = {"channel": event.channel, "kind": event.kind.value} if event else {"kind": "sweep"}
        last = attempt >= self._settings.reply_max_attempts
        try:
            done = work()
        except Exception as error:
            if event and last:
                self._give_up(event, attempt, error)
            if not isinstance(error, _TRY_AGAIN):
                raise
            pause = _pause(error)
            _log.warning("to be tried again", **told, reason=str(error), attempt=attempt, seconds=pause)
            # A 503 slows the whole queue down, not this task alone.
            status = 409 if isinstance(error, TryAgain) else 503
            response = reply_json({"error": "Not possible now; try again later."}, status)
            response.headers["Retry-After"] = str(pause)
            return response
        milliseconds = round((time.monotonic() - started) * 1000)
        _log.info("worked off", **told, **done, attempt=attempt, milliseconds=milliseconds)
        return reply_json(done)

    def _sweep(self) -> dict[str, Any]:
        return dict(sweep(self._desk()))

    def _work_off(self, event: Event, attempt: int) -> dict[str, Any]:
        desk = self._desk()
        if event.kind is Kind.MESSAGE:
            lease = self._received(desk, event)
        else:
            lease = self._taken_down(desk, event, attempt)
        if lease is None:
            return {"outcome": "seen to"}
        Answering(desk, lease).run()
        return {"outcome": "worked off"}

    def _received(self, desk: Desk, event: Event) -> Lease | None:
        """Stores a message. The conversation's lease, or None where the message is seen to without us.

        Raises TryAgain where it had been stored before and another has the lease: that may be an earlier
        attempt which has died, and others have left their messages to it.
        """
        holder = new_holder()
        with desk.database.transaction(desk.soon()) as transaction:
            received = news.receive(transaction, event, holder=holder, seconds=desk.times.lease)
        entered = received.entered
        if entered.leased:
            return Lease(entered.id, holder)
        if received.new:
            # Who has the lease looks for new messages before giving it back; a dead one's task comes again.
            return None
        raise TryAgain("Another worker is at this conversation, or was.", entered.lease_seconds)

    def _taken_down(self, desk: Desk, event: Event, attempt: int) -> Lease | None:
        """Writes down any other event; the lease of a conversation where there is something to send."""
        with desk.database.transaction(desk.soon()) as transaction:
            try:
                conversation = news.take_down(transaction, event, self._channels(event.channel))
            except LookupError as error:
                if attempt >= _NEWS_ATTEMPTS:
                    return None
                raise TryAgain(str(error), _USUAL_PAUSE_SECONDS) from error
            if conversation is None:
                return None
            lease = Lease(conversation)
            if lease.take(transaction, desk.times.lease):
                return lease
        if attempt > 1:
            # As with messages: it may be an earlier attempt of this task that has the lease, and is dead.
            raise TryAgain("Another worker is at this conversation, or was.", desk.times.lease)
        return None

    def _give_up(self, event: Event, attempt: int, error: Exception) -> None:
        """The queue will not come again. What a platform or the database could not take is left to the sweep,
        for a day; what fails by itself is given up, as it holds up the conversation.
        """
        _log.error("task given up", channel=event.channel, kind=event.kind.value, attempt=attempt)
        if isinstance(error, _PASSING):
            return
        reason = f"given up after {attempt} attempts: {str(error) or type(error).__name__}"
        desk, holder = self._desk(), new_holder()
        if event.kind is not Kind.MESSAGE:
            return
        with suppress(DatabaseError), desk.database.transaction(desk.soon()) as transaction:
            received = news.receive(transaction, event, holder=holder, seconds=desk.times.lease)
            if not received.entered.leased:
                return
            if not outbox.give_up(transaction, received.entered.id, reason):
                inbox.give_up(transaction, event.channel, event.id)
            Lease(received.entered.id, holder).release(transaction)

    def _desk(self) -> Desk:
        return Desk(
            parts=self._parts(), channels=self._channels, times=self._times, deadline=Deadline(_SECONDS)
        )


def _pause(error: Exception) -> int:
    """Whole seconds, at least one."""
    if isinstance(error, TryAgain):
        seconds: float | None = error.seconds
    else:
        seconds = error.retry_after if isinstance(error, ServiceUnavailable) else None
    return max(1, math.ceil(_USUAL_PAUSE_SECONDS if seconds is None else seconds))
