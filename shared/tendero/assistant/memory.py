"""What a conversation remembers at the start of a turn, and what a turn adds to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tendero.assistant import agent_log, handoff
from tendero.assistant.thought import Thought
from tendero.catalog import products
from tendero.catalog.product import Product
from tendero.people import conversations
from tendero.people.conversations import ConversationRef, History, Message, Role
from tendero.platform.database import Database, Transaction
from tendero.platform.deadline import Deadline


@dataclass(frozen=True, slots=True)
class Memory:
    """The last messages, the products that the newest reply with any named, and those of the last list."""

    history: History = field(default_factory=History)
    shown: tuple[Product, ...] = ()
    listed: tuple[Product, ...] = ()

    @property
    def seen_ids(self) -> frozenset[int]:
        """Ids of all products named in the remembered messages."""
        return frozenset(each for message in self.history.messages for each in message.product_ids)

    @property
    def asked(self) -> tuple[str, ...]:
        """What the customer wrote, newest first."""
        said = [each.content for each in self.history.messages if each.role is Role.CUSTOMER]
        return tuple(reversed(said))


def recall(database: Database, conversation: ConversationRef, most: int, deadline: Deadline) -> Memory:
    """Reads it in one transaction. Raises DatabaseError or DeadlineExceeded."""
    with database.transaction(deadline) as transaction:
        history = conversations.recent(transaction, conversation, most)
        wanted = dict.fromkeys((*history.shown, *history.listed))
        by_id = {each.id: each for each in products.read(transaction, tuple(wanted))}
    return Memory(history, _known(history.shown, by_id), _known(history.listed, by_id))


def _known(ids: Sequence[int], by_id: Mapping[int, Product]) -> tuple[Product, ...]:
    return tuple(by_id[each] for each in ids if each in by_id)


@dataclass(frozen=True, slots=True)
class Added:
    """Where a turn was stored: ids of the conversation and of its two messages."""

    conversation_id: int
    customer_id: int
    assistant_id: int


def add(transaction: Transaction, conversation: ConversationRef, thought: Thought) -> Added:
    """Writes the customer's message, the reply and the turn's log row."""
    reply = thought.reply
    said = (
        Message(Role.CUSTOMER, thought.message),
        Message(Role.ASSISTANT, "\n".join(reply.texts), tuple(each.id for each in reply.products)),
    )
    failed = reply.outcome in handoff.FAILED and not reply.handoff
    conversation_id, ids = conversations.append(
        transaction, conversation, reply.language, said, failed=failed
    )
    agent_log.add(transaction, conversation_id, thought)
    return Added(conversation_id, *ids)
