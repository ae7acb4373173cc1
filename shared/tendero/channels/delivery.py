"""Makes the calls of a conversation's outbox, in order, while its lease is held.

A crash anywhere leaves a row that says how far it came: `waiting` was never sent; `sending` may have been,
and the platform is asked before it is sent again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from tendero.channels.channel import Channel, Place, Sending, Undeliverable
from tendero.channels.desk import Desk, TryAgain
from tendero.people import handover, outbox
from tendero.people.lease import Held, Lease, LeaseLost
from tendero.people.outbox import Call
from tendero.platform.database import Transaction
from tendero.platform.deadline import Deadline
from tendero.platform.errors import DatabaseError, ServiceUnavailable
from tendero.platform.logs import logger

_log = logger("delivery")
_LONGEST_PAUSE_SECONDS, _DOUBT_SECONDS, _LONGEST_ERROR = 300.0, 2.0, 500
# A day later nobody waits for an answer.
_LONGEST_SECONDS = 86_400.0
_TOO_MANY = 429

# Writes down how a call ended.
Settle = Callable[[Transaction], object]


def place_of(held: Held) -> Place:
    """Where answers of this conversation go."""
    ref = held.conversation
    return Place(conversation=ref.external_id, contact=ref.contact, inbox=ref.inbox, address=held.address)


class Delivery:
    """One run over what a conversation has in its outbox; `held` is the conversation as it was just seen."""

    def __init__(self, desk: Desk, lease: Lease, held: Held) -> None:
        self._desk = desk
        self._lease = lease
        self._channel: Channel = desk.channels(held.conversation.channel)
        self._place = place_of(held)
        self._silent = False
        self._leased = Deadline(0.0)

    def run(self) -> None:
        """Returns when nothing is left to send. Raises TryAgain, LeaseLost, DatabaseError."""
        self._ask_leave()
        settle: Settle | None = None
        while True:
            claimed = self._claim(settle)
            if claimed is None:
                return
            call, known = claimed
            settle = None
            if call.claimed:
                settle = self._settled(call, known)
            else:
                self._wait(call)

    def _ask_leave(self) -> None:
        """Takes back what was not sent where the platform says that a person has the conversation."""
        try:
            self._silent = not self._channel.may_speak(self._place, self._call_deadline())
        except ServiceUnavailable as error:
            raise TryAgain(str(error), _pause(error, 1)) from error
        except Undeliverable:
            # Written down with the first call, which is refused for the same reason.
            return
        if self._silent:
            with self._desk.database.transaction(self._desk.soon()) as transaction:
                self._lease.hold(transaction, self._seconds)
                taken = handover.cancel(transaction, self._lease.conversation_id)
            _log.info("a person has the conversation: not sent", **self._ids, calls=taken)

    def _claim(self, settle: Settle | None) -> tuple[Call, frozenset[str]] | None:
        """Settles the call before and claims the next one, in one transaction; with the ids that the platform
        knows other messages by, where it has to be asked. Raises LeaseLost or TryAgain after settling."""
        stop: LeaseLost | TryAgain | None = None
        call, known = None, frozenset[str]()
        leased = Deadline(self._seconds)
        with self._desk.database.transaction(self._desk.soon()) as transaction:
            try:
                held = self._lease.hold(transaction, self._seconds)
            except LeaseLost as error:
                stop = error
            # How a call ended is true whoever has the lease.
            if settle is not None:
                settle(transaction)
            if stop is None and self._desk.deadline.expired:
                stop = TryAgain("The time for this request is up.", 0.0)
            if stop is None:
                self._silent = self._silent or held.handed_over
                call = outbox.claim(transaction, self._lease.conversation_id)
                if call is not None and call.claimed and call.doubtful:
                    known = outbox.known(transaction, self._lease.conversation_id, call)
        if stop is not None:
            raise stop
        self._leased = leased
        return None if call is None else (call, known)

    def _settled(self, call: Call, known: frozenset[str]) -> Settle:
        """Makes a call, or finds out that it was made; gives what to write down. Raises TryAgain."""
        sending = Sending(key=call.key, content=call.content, since=call.since, known=known)
        if call.doubtful:
            found = self._found(call, sending)
            if found is not None:
                return partial(self._sent, call, found)
            if self._silent and not call.handoff:
                return partial(outbox.cancelled, row_id=call.id)
        if time.time() - call.since > _LONGEST_SECONDS:
            _log.error("message given up", **self._ids, outbox=call.id, attempts=call.attempts)
            error = f"given up after a day and {call.attempts} attempts"
            return partial(outbox.failed, row_id=call.id, code="", error=error)
        return self._made(call, sending)

    def _made(self, call: Call, sending: Sending) -> Settle:
        if self._leased.remaining() < self._desk.times.call:
            # This process has slept: by the end of the call, another worker may be at the same message.
            raise TryAgain(f"The lease ends too soon for message {call.id}.", 0.0)
        try:
            provider_id = self._channel.send(sending, self._place, self._call_deadline())
        except Undeliverable as error:
            return self._refused(call, error)
        except ServiceUnavailable as error:
            if error.status != _TOO_MANY:
                raise self._doubted(call, error) from error
            _log.warning("platform is busy", **self._ids, outbox=call.id, reason=str(error))
            pause = _pause(error, call.attempts)
            return partial(outbox.postponed, row_id=call.id, error=_text(error), seconds=pause)
        except Exception as error:
            raise self._doubted(call, error) from error
        return partial(self._sent, call, provider_id)

    def _found(self, call: Call, sending: Sending) -> str | None:
        try:
            return self._channel.find_sent(sending, self._place, self._call_deadline())
        except Undeliverable:
            return None
        except Exception as error:
            raise self._doubted(call, error) from error

    def _sent(self, call: Call, provider_id: str, transaction: Transaction) -> None:
        outbox.sent(transaction, call.id, self._channel.name, provider_id)

    def _refused(self, call: Call, error: Undeliverable) -> Settle:
        """The platform never takes it: something else in its place, or the same later, where that helps."""
        content = self._channel.instead(call.content, error.code)
        pause = None if content is not None else self._channel.pause_after(error.code)
        _log.error(
            "message not deliverable",
            **self._ids,
            outbox=call.id,
            code=error.code,
            reason=str(error),
            instead=content is not None or pause is not None,
        )

        def settle(transaction: Transaction) -> None:
            outbox.failed(transaction, call.id, error.code, _text(error))
            if content is not None or pause is not None:
                outbox.replace(transaction, call.id, content, seconds=pause or 0.0)

        return settle

    def _doubted(self, call: Call, error: Exception) -> TryAgain:
        """Writes down that nobody knows, as far as that is possible now."""
        seconds = _pause(error, call.attempts, least=_DOUBT_SECONDS)
        _log.warning("unknown whether sent", **self._ids, outbox=call.id, reason=_text(error))
        try:
            with self._desk.database.transaction(self._desk.soon()) as transaction:
                outbox.doubted(transaction, call.id, _text(error), seconds)
        except DatabaseError as unwritten:
            _log.warning("doubt not written down", outbox=call.id, reason=str(unwritten))
        return TryAgain(f"It is not known whether message {call.id} was sent.", seconds)

    def _wait(self, call: Call) -> None:
        if call.due_in > min(self._desk.times.patience, self._desk.deadline.remaining()):
            raise TryAgain(f"Message {call.id} may be sent later.", call.due_in)
        time.sleep(call.due_in)

    def _call_deadline(self) -> Deadline:
        return Deadline(self._desk.times.call)

    @property
    def _seconds(self) -> float:
        """A doubtful message takes two calls."""
        return self._desk.times.lease + 2 * self._desk.times.call

    @property
    def _ids(self) -> dict[str, object]:
        return {"channel": self._channel.name, "conversation": self._lease.conversation_id}


def _pause(error: Exception, attempts: int, least: float = 1.0) -> float:
    """Seconds until the next attempt: as the platform asks, else twice as long each time."""
    asked = error.retry_after if isinstance(error, ServiceUnavailable) else None
    usual = least * 2 ** min(attempts, 10)
    return min(_LONGEST_PAUSE_SECONDS, max(least, usual if asked is None else asked))


def _text(error: Exception) -> str:
    return (str(error) or type(error).__name__)[:_LONGEST_ERROR]
