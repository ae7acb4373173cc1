"""Writes down what platforms tell: customers' messages, who has a conversation, how messages fared."""

from __future__ import annotations

from tendero.channels.channel import Channel, Event, Kind
from tendero.people import handover, inbox, lease, outbox
from tendero.people.conversations import ConversationRef
from tendero.people.inbox import Incoming, Received
from tendero.platform.database import Transaction
from tendero.platform.logs import logger

_log = logger("news")
_FAILED = "failed"


def conversation_of(event: Event) -> ConversationRef:
    """The conversation that an event belongs to."""
    return ConversationRef(event.channel, event.conversation, event.inbox, event.contact)


def receive(
    transaction: Transaction, event: Event, *, holder: str | None = None, seconds: float = 0.0
) -> Received:
    """Stores a customer's message; see `inbox.receive`."""
    incoming = Incoming(
        conversation=conversation_of(event),
        provider_id=event.id,
        said_at=event.at,
        event=event.to_json(),
        address=event.address,
    )
    return inbox.receive(transaction, incoming, holder=holder, seconds=seconds)


def take_down(transaction: Transaction, event: Event, channel: Channel) -> int | None:
    """Writes down any other event; the id of a conversation where there is something to be sent now.

    Raises LookupError for news of a failed message that is not known (yet): they may be quicker than the
    answer to the call that sent it.
    """
    if event.kind is Kind.STATUS:
        return _fared(transaction, event, channel)
    if event.kind is Kind.SENT:
        _arrived(transaction, event)
        return None
    entered = inbox.enter(transaction, conversation_of(event), event.address)
    if event.kind is Kind.TAKEN_OVER:
        if handover.take_over(transaction, entered.id, event.at):
            _log.info("a person has taken over", channel=event.channel, conversation=entered.id)
    elif event.kind is Kind.GIVEN_BACK:
        handover.give_back(transaction, entered.id, event.at)
    return None


def _arrived(transaction: Transaction, event: Event) -> None:
    """Another installation that answers at the same platform has keys of the same form: what it sent is told
    from ours by the conversation."""
    row = outbox.number(str(event.details.get("outbox", "")))
    place = None if row is None else outbox.place_of(transaction, event.channel, row)
    if row is None or place is None or event.conversation not in ("", place[1]):
        return
    lease.lock(transaction, place[0])
    outbox.sent(transaction, row, event.channel, str(event.details.get("provider_id", "")))


def _fared(transaction: Transaction, event: Event, channel: Channel) -> int | None:
    details = {name: str(event.details.get(name) or "") for name in ("provider_id", "delivery", "code")}
    failed = details["delivery"] == _FAILED
    conversation = outbox.conversation_of(transaction, event.channel, details["provider_id"])
    if conversation is None and failed:
        raise LookupError(f"No message is known as {details['provider_id']}.")
    if conversation is None:
        return None
    lease.lock(transaction, conversation)
    fared = outbox.fared(transaction, event.channel, **details)
    if fared is None or not failed:
        return None
    instead = channel.instead(fared.content, details["code"])
    pause = None if instead is not None else channel.pause_after(details["code"])
    helped = instead is not None or pause is not None
    _log.error(
        "message not delivered",
        channel=event.channel,
        conversation=conversation,
        outbox=fared.id,
        code=details["code"],
        instead=helped,
    )
    if not helped:
        return None
    outbox.replace(transaction, fared.id, instead, seconds=pause or 0.0)
    return conversation
