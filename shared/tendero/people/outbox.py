"""The calls that give answers to channels: written with the answer, made afterwards, in order.

A row is `sending` from before its call until its outcome is written down: whoever finds one so asks the
platform. All of it runs in transactions that have locked the conversation (`inbox.enter`, `Lease.hold`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tendero.people import handover
from tendero.platform.database import Transaction
from tendero.platform.sql import load

Content = Mapping[str, Any]

_SQL = load(__file__, prepared=True)
_KEY = re.compile(r"tendero-(\d{1,18})")
# The same message is sent anew so many times at most.
_MOST_REPLACED = 5
# Later ones overrule earlier ones.
_DELIVERY = ["accepted", "queued", "sending", "sent", "delivered", "read", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """The next call of a conversation.

    `claimed`: it is due, and marked as being made; else it is due in `due_in` seconds. `doubtful`: it was so
    marked before, and nobody has said how that ended. `attempts` were begun before this one, the first of all
    at `since` (epoch seconds).
    """

    id: int
    message_id: int | None
    content: dict[str, Any]
    handoff: bool
    attempts: int
    doubtful: bool
    claimed: bool
    since: float
    due_in: float

    @property
    def key(self) -> str:
        """By which it is known on the platform, at every attempt."""
        return f"tendero-{self.id}"


def number(key: str) -> int | None:
    """The row's id in a `Call.key`; None in anything else."""
    found = _KEY.fullmatch(key)
    return int(found[1]) if found else None


def add(
    transaction: Transaction,
    conversation_id: int,
    message_id: int,
    channel: str,
    replies: Sequence[Content],
    handoff: Sequence[Content] = (),
) -> None:
    """Writes the calls of an answer, then those that hand the conversation to a person."""
    if not (replies or handoff):
        return
    transaction.execute(
        _SQL["add"],
        conversation_id=conversation_id,
        message_id=message_id,
        channel=channel,
        contents=json.dumps([*replies, *handoff], ensure_ascii=False),
        replies=len(replies),
    )


def claim(transaction: Transaction, conversation_id: int) -> Call | None:
    """The conversation's next call, marked as being made where it is due; None when all are made."""
    row = transaction.one(_SQL["claim"], conversation_id=conversation_id)
    return None if row is None else Call(**row)


def known(transaction: Transaction, conversation_id: int, call: Call) -> frozenset[str]:
    """The platform's ids of what was sent in the conversation, this call excepted."""
    rows = transaction.fetch(_SQL["known"], conversation_id=conversation_id, id=call.id)
    return frozenset(row["provider_id"] for row in rows)


def sent(transaction: Transaction, row_id: int, channel: str, provider_id: str) -> bool:
    """The platform has it. With the last call of a handoff, a person has the conversation.

    False for a row that is none of the channel's, or has failed.
    """
    row = transaction.one(_SQL["sent"], id=row_id, channel=channel, provider_id=provider_id)
    if row is not None and row["handoff"]:
        handover.hand_over(transaction, row["conversation_id"], row["message_id"])
    return row is not None


def failed(transaction: Transaction, row_id: int, code: str, error: str) -> None:
    """The platform will never have it."""
    transaction.execute(_SQL["failed"], id=row_id, code=code, error=error)


def cancelled(transaction: Transaction, row_id: int) -> None:
    """It is not said any more."""
    transaction.execute(_SQL["cancelled"], id=row_id)


def postponed(transaction: Transaction, row_id: int, error: str, seconds: float) -> None:
    """The platform certainly has not taken it, and may be asked again after so long."""
    transaction.execute(_SQL["postponed"], id=row_id, error=error, seconds=seconds)


def doubted(transaction: Transaction, row_id: int, error: str, seconds: float) -> None:
    """Nobody knows whether the platform has it; it is asked after so long."""
    transaction.execute(_SQL["doubted"], id=row_id, error=error, seconds=seconds)


def replace(
    transaction: Transaction, row_id: int, content: Content | None = None, *, seconds: float = 0.0
) -> bool:
    """Sends another message (or the same) for one that came to nothing, after so long. At most once for each,
    and five times in a row; False where that is not done."""
    row = transaction.one(
        _SQL["replace"],
        id=row_id,
        content=None if content is None else json.dumps(dict(content), ensure_ascii=False),
        seconds=seconds,
        most=_MOST_REPLACED,
    )
    return row is not None


@dataclass(frozen=True, slots=True)
class Fared:
    """A sent message that a channel has told news of."""

    id: int
    content: dict[str, Any]


def fared(transaction: Transaction, channel: str, provider_id: str, delivery: str, code: str) -> Fared | None:
    """Writes down how a sent message fared; None where it is not known or newer news are."""
    row = transaction.one(
        _SQL["fared"],
        channel=channel,
        provider_id=provider_id,
        delivery=delivery,
        code=code,
        order=_DELIVERY,
    )
    return None if row is None else Fared(**row)


def conversation_of(transaction: Transaction, channel: str, provider_id: str) -> int | None:
    """The id of the conversation in which this was sent; None where it is not known."""
    row = transaction.one(_SQL["conversation_of"], channel=channel, provider_id=provider_id)
    return None if row is None else row["conversation_id"]


def place_of(transaction: Transaction, channel: str, row_id: int) -> tuple[int, str] | None:
    """The conversation that a row belongs to, by our id and by the channel's; None for one of no such row."""
    row = transaction.one(_SQL["place_of"], id=row_id, channel=channel)
    return None if row is None else (row["conversation_id"], row["external_id"])


def give_up(transaction: Transaction, conversation_id: int, error: str) -> bool:
    """The conversation's next call is not tried any more, so that those after it come; False without one."""
    return transaction.execute(_SQL["give_up"], conversation_id=conversation_id, error=error) > 0
