"""What was said in a conversation: read its last messages, add new ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from tendero.platform.database import Transaction
from tendero.platform.sql import load

_SQL = load(__file__)


class Role(StrEnum):
    CUSTOMER = "customer"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class ConversationRef:
    """Which conversation: `external_id` is the channel's own id (a Dialogflow session, a phone number).

    `inbox` is the number or inbox that was written to, `contact` the channel's id of the customer, where the
    channel tells them; they are no part of the identity.
    """

    channel: str
    external_id: str
    inbox: str = field(default="", compare=False)
    contact: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Message:
    """One message; `product_ids` are the products that a reply named, in its order."""

    role: Role
    content: str
    product_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """The last messages, oldest first, and the language that the conversation is held in, once known.

    `failed_turns` is how many turns in a row could not help.
    """

    language: str | None = None
    messages: tuple[Message, ...] = ()
    failed_turns: int = 0

    @property
    def shown(self) -> tuple[int, ...]:
        """Ids of the products in the newest reply that named any."""
        return self._named(at_least=1)

    @property
    def listed(self) -> tuple[int, ...]:
        """Ids of the newest list: the reply that last named several products, else the one product shown."""
        return self._named(at_least=2) or self.shown

    def _named(self, at_least: int) -> tuple[int, ...]:
        named = (each.product_ids for each in reversed(self.messages))
        return next((ids for ids in named if len(ids) >= at_least), ())


def recent(transaction: Transaction, conversation: ConversationRef, most: int) -> History:
    """At most `most` messages of a conversation; an empty history for one that is new."""
    rows = transaction.fetch(
        _SQL["recent"], channel=conversation.channel, external_id=conversation.external_id, most=most
    )
    messages = tuple(
        Message(Role(row["role"]), row["content"], tuple(row["product_ids"])) for row in rows if row["role"]
    )
    if not rows:
        return History()
    return History(rows[0]["language"], messages[::-1], rows[0]["failed_turns"])


def append(
    transaction: Transaction,
    conversation: ConversationRef,
    language: str,
    messages: Sequence[Message],
    *,
    failed: bool = False,
) -> tuple[int, list[int]]:
    """Adds messages in order and makes the conversation on first contact. Gives its id and theirs.

    `failed` counts them as a turn that could not help; without, the count begins anew.
    """
    row = transaction.one(
        _SQL["touch"],
        channel=conversation.channel,
        external_id=conversation.external_id,
        language=language,
        failed=failed,
    )
    assert row is not None
    ids = [
        transaction.fetch(
            _SQL["append"],
            conversation_id=row["id"],
            role=message.role.value,
            content=message.content,
            product_ids=list(message.product_ids),
        )[0]["id"]
        for message in messages
    ]
    return row["id"], ids
