"""One turn of a conversation: the messages that wait in, the answer in the outbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tendero.assistant import agent_log, handoff, memory
from tendero.assistant.apology import apology
from tendero.assistant.asked import Asked, cleaned
from tendero.assistant.background import Task
from tendero.assistant.language import detect
from tendero.assistant.reply import Reply
from tendero.assistant.thought import Thought
from tendero.channels.channel import Event, Json
from tendero.channels.delivery import place_of
from tendero.channels.desk import Desk
from tendero.channels.media import declined
from tendero.people import inbox, outbox
from tendero.people.lease import Held, Lease
from tendero.platform.deadline import Deadline
from tendero.platform.errors import BadRequest
from tendero.platform.logs import logger

_log = logger("turns")
# An engine keeps its own deadline; one that does not is left behind.
_GRACE_SECONDS = 1.0
_TYPING_SECONDS = 5.0


class _Silenced(Exception):
    """The messages are no longer the assistant's to answer."""


@dataclass(frozen=True, slots=True)
class _Calls:
    """What is sent for a reply, and what hands the conversation over then."""

    reply: Reply
    replies: Sequence[Json]
    handoff: Sequence[Json] = ()


class Turn:
    """Answers these messages (ids and events of the inbox) of the conversation that the lease is of."""

    def __init__(
        self, desk: Desk, lease: Lease, held: Held, messages: Sequence[tuple[int, Mapping[str, Any]]]
    ) -> None:
        self._desk = desk
        self._lease = lease
        self._held = held
        self._channel = desk.channels(held.conversation.channel)
        self._place = place_of(held)
        self._ids, self._events = _readable(messages)
        self._unreadable = [each for each, _ in messages if each not in self._ids]

    def run(self) -> bool:
        """Whether an answer is stored, to be sent now; the messages may need none.

        Raises LeaseLost, DatabaseError.
        """
        if self._unreadable:
            self._silence(self._unreadable)
        thought = self._thought() if self._events else None
        if thought is None or not thought.reply.texts:
            self._silence(self._ids)
            return False
        calls = self._written(thought)
        thought = replace(thought, reply=calls.reply)
        try:
            self._store(thought, calls)
        except _Silenced:
            self._drop(thought)
            return False
        self._report(thought)
        return True

    def _silence(self, ids: Sequence[int]) -> None:
        with self._desk.database.transaction(self._desk.soon()) as transaction:
            self._lease.hold(transaction, self._desk.times.lease)
            inbox.silence(transaction, ids)

    def _thought(self) -> Thought | None:
        seconds = self._seconds()
        if not seconds:
            return None
        with self._desk.database.transaction(self._desk.soon()) as transaction:
            self._lease.hold(transaction, seconds + _GRACE_SECONDS + self._desk.times.lease)
        newest = self._events[-1]
        Task("Typing", lambda: self._channel.show_typing(newest, Deadline(_TYPING_SECONDS)))
        said = "\n".join(each.text.strip() for each in self._events if each.text.strip())
        media = [kind for each in self._events for kind in each.media]
        if media and not said:
            return declined(media, self._language(""))
        asked = Asked(said, self._held.conversation, newest.language)
        think = Task("The engine", lambda: self._desk.parts.assistant.think(asked, Deadline(seconds)))
        try:
            return think.result(Deadline(seconds + _GRACE_SECONDS))
        except Exception as error:
            _log.error("engine failed", exc_info=error, **self._log_ids)
            return Thought(message=cleaned(said), reply=apology(self._language(said)))

    def _seconds(self) -> float:
        """How long the engine may take: what is left must do for sending. 0: there is to be no answer."""
        wanted = self._desk.parts.assistant.seconds(self._held.conversation, self._desk.soon())
        return wanted and max(1.0, min(wanted, self._desk.deadline.remaining()))

    def _written(self, thought: Thought) -> _Calls:
        """In the channel's form. A reply that it fails at gives way to a sentence."""
        reply = thought.reply
        try:
            if not (reply.handoff and self._channel.has_persons):
                return _Calls(reply, self._channel.write(reply, self._place))
            reply = handoff.announced(reply)
            summary = self._summary(thought)
            return _Calls(
                reply,
                self._channel.write(reply, self._place),
                self._channel.write_handoff(summary, self._place),
            )
        except Exception:
            _log.exception("reply not written", **self._log_ids)
        reply = apology(reply.language, reply.usage)
        try:
            return _Calls(reply, self._channel.write(reply, self._place))
        except Exception:
            _log.exception("apology not written: nothing is sent", **self._log_ids)
            return _Calls(reply, ())

    def _summary(self, thought: Thought) -> str:
        settings = self._desk.parts.settings
        before = memory.recall(
            self._desk.database, self._held.conversation, settings.history_messages, self._desk.soon()
        )
        shown = (*before.listed, *before.shown, *thought.reply.products)
        return handoff.summary(
            thought.reply.handoff,
            settings.shop_languages[0],
            name=self._events[-1].name,
            asked=[*reversed(before.asked), *thought.message.split("\n")],
            products=[each.name for each in shown],
        )

    def _store(self, thought: Thought, calls: _Calls) -> None:
        """The turn and what is to be sent, all or nothing. Raises _Silenced where a person has taken over."""
        times = self._desk.times
        with self._desk.database.transaction(self._desk.soon()) as transaction:
            held = self._lease.hold(transaction, times.lease + times.call)
            added = memory.add(transaction, held.conversation, thought)
            if not inbox.answered(transaction, self._ids, added.customer_id):
                # A person has taken over, and may even have given back, while the engine thought.
                raise _Silenced
            outbox.add(
                transaction,
                added.conversation_id,
                added.assistant_id,
                self._channel.name,
                calls.replies,
                calls.handoff,
            )

    def _drop(self, thought: Thought) -> None:
        """Nobody hears the answer; what it cost is written down all the same."""
        dropped = replace(thought, reply=replace(thought.reply, outcome="taken_over"))
        with self._desk.database.transaction(self._desk.soon()) as transaction:
            agent_log.add(transaction, self._lease.conversation_id, dropped)
        _log.info("answer dropped: a person has the conversation", **self._log_ids)

    def _language(self, said: str) -> str:
        return detect(
            said,
            conversation=self._held.language,
            hint=self._events[-1].language,
            accepted=self._desk.parts.settings.shop_languages,
        )

    def _report(self, thought: Thought) -> None:
        reply = thought.reply
        _log.info(
            "turn answered",
            **self._log_ids,
            messages=len(self._ids),
            outcome=reply.outcome,
            engine=reply.engine.value,
            language=reply.language,
            products=len(reply.products),
            handoff=reply.handoff,
            milliseconds=thought.milliseconds,
            model_calls=reply.usage.calls,
            prompt_tokens=reply.usage.prompt_tokens,
            completion_tokens=reply.usage.completion_tokens,
            notes=reply.notes,
        )

    @property
    def _log_ids(self) -> dict[str, Any]:
        return {"channel": self._channel.name, "conversation": self._lease.conversation_id}


def _readable(messages: Sequence[tuple[int, Mapping[str, Any]]]) -> tuple[list[int], list[Event]]:
    """Ids and events; what another version has stored and this one cannot read must not block the others."""
    ids, events = [], []
    for number, stored in messages:
        try:
            events.append(Event.from_json(dict(stored)))
            ids.append(number)
        except BadRequest as error:
            _log.error("stored message not readable", inbox=number, reason=str(error))
    return ids, events
