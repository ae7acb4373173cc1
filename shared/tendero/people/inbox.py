"""What customers wrote on channels that are answered later: stored once, until a turn has answered it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tendero.people.conversations import ConversationRef
from tendero.platform.database import Transaction
from tendero.platform.sql import load

_SQL = load(__file__, prepared=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A message as it came: `event` is all of it, `provider_id` the platform's id, `said_at` epoch seconds.

    `address` is what the channel needs to answer; an empty one changes nothing.
    """

    conversation: ConversationRef
    provider_id: str
    said_at: float
    event: Mapping[str, Any]
    address: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """A conversation's row, locked until the transaction ends.

    `leased` is whether its lease was free and is the asking worker's now; else it ends in `lease_seconds`.
    """

    id: int
    handed_over: bool
    leased: bool
    lease_seconds: float


@dataclass(frozen=True, slots=True)
class Received:
    """The conversation of a message, and whether the message is `new`: not stored before."""

    entered: Entered
    new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Messages without an answer in the order of saying, each its id and event, and the seconds until the
    customer has been quiet for long enough."""

    messages: Sequence[tuple[int, Mapping[str, Any]]] = ()
    quiet_in: float = 0.0


def enter(
    transaction: Transaction,
    conversation: ConversationRef,
    address: Mapping[str, Any],
    *,
    holder: str | None = None,
    seconds: float = 0.0,
) -> Entered:
    """The conversation, made on first contact; `holder` takes its lease for so long where it is free."""
    row = transaction.one(
        _SQL["enter"],
        channel=conversation.channel,
        external_id=conversation.external_id,
        inbox=conversation.inbox,
        address=_json(address),
        holder=holder,
        seconds=seconds if holder else 0.0,
    )
    assert row is not None
    return Entered(**row)


def receive(
    transaction: Transaction, incoming: Incoming, *, holder: str | None = None, seconds: float = 0.0
) -> Received:
    """Stores a message unless it is already; see `enter` for the lease.

    While a person has the conversation, the message is theirs.
    """
    entered = enter(transaction, incoming.conversation, incoming.address, holder=holder, seconds=seconds)
    added = transaction.one(
        _SQL["add"],
        conversation_id=entered.id,
        channel=incoming.conversation.channel,
        provider_id=incoming.provider_id,
        event=_json(incoming.event),
        said_at=incoming.said_at,
        state="silenced" if entered.handed_over else "waiting",
    )
    return Received(entered, new=added is not None)


def waiting(transaction: Transaction, conversation_id: int, quiet: float, longest: float) -> Waiting:
    """What has no answer yet. The customer is heard out once `quiet` seconds have brought nothing more, or
    after the `longest`."""
    rows = transaction.fetch(_SQL["waiting"], conversation_id=conversation_id, quiet=quiet, longest=longest)
    if not rows:
        return Waiting()
    return Waiting(messages=[(row["id"], row["event"]) for row in rows], quiet_in=rows[0]["quiet_in"])


def answered(transaction: Transaction, ids: Sequence[int], message_id: int) -> int:
    """Marks messages as answered by the turn that stored them as `message_id`; how many still waited."""
    return transaction.execute(_SQL["answered"], ids=list(ids), message_id=message_id)


def silence(transaction: Transaction, ids: Sequence[int]) -> None:
    """Marks messages as those that the assistant will not answer."""
    transaction.execute(_SQL["silence"], ids=list(ids))


def give_up(transaction: Transaction, channel: str, provider_id: str) -> bool:
    """Marks one message as one that will not be answered; whether it was still waiting."""
    return transaction.execute(_SQL["give_up"], channel=channel, provider_id=provider_id) > 0


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(dict(value), ensure_ascii=False)
