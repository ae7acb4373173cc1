"""One worker at a time answers a conversation: it holds its lease, for as long as it lives and a moment more.

A worker that was paused may go on after its lease has gone to another. So whatever it decides is written in a
transaction that begins with `hold`, which finds that out.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tendero.people.conversations import ConversationRef
from tendero.platform.database import Transaction
from tendero.platform.errors import TenderoError
from tendero.platform.sql import load

_SQL = load(__file__, prepared=True)


def new_holder() -> str:
    """What one worker's lease is known by, once."""
    return str(uuid.uuid4())


class LeaseLost(TenderoError):
    """Another worker has the conversation now, and does what is left to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The conversation whose lease is held, as it is while the transaction lasts.

    `address` is what its channel needs to answer. `failed_turns` counts turns in a row that could not help.
    `unsent` may be behind by what others are just writing.
    """

    conversation: ConversationRef
    address: Mapping[str, Any]
    language: str | None
    failed_turns: int
    handed_over: bool
    unsent: bool


@dataclass(frozen=True, slots=True)
class Lease:
    """One worker's lease of one conversation, had or wished for."""

    conversation_id: int
    holder: str = field(default_factory=new_holder)

    def take(self, transaction: Transaction, seconds: float) -> bool:
        """Takes it for so long; False where a living worker has it."""
        return transaction.one(_SQL["take"], seconds=seconds, **self._key) is not None

    def hold(self, transaction: Transaction, seconds: float) -> Held:
        """Goes on holding it for so long from now; locks the conversation. Raises LeaseLost."""
        row = transaction.one(_SQL["hold"], seconds=seconds, **self._key)
        if row is None:
            raise LeaseLost(f"Conversation {self.conversation_id} is another worker's now.")
        return Held(
            conversation=ConversationRef(row["channel"], row["external_id"], row["inbox"], row["contact"]),
            address=row["address"],
            language=row["language"],
            failed_turns=row["failed_turns"],
            handed_over=row["handed_over"],
            unsent=row["unsent"],
        )

    def finish(self, transaction: Transaction) -> bool:
        """Lets go of it where nothing is left to do, in a transaction that holds it; False where there is."""
        return transaction.execute(_SQL["finish"], conversation_id=self.conversation_id) > 0

    def release(self, transaction: Transaction) -> None:
        """Lets go of it, whatever is left to do, so that somebody else need not wait for its end."""
        transaction.execute(_SQL["release"], **self._key)

    @property
    def _key(self) -> dict[str, Any]:
        return {"conversation_id": self.conversation_id, "holder": self.holder}


def lock(transaction: Transaction, conversation_id: int) -> None:
    """Locks a conversation: who has its lease does not let go of it without seeing what is written now."""
    transaction.fetch(_SQL["lock"], conversation_id=conversation_id)


def give_up_old(transaction: Transaction, conversation_id: int) -> None:
    """Gives up what has waited for a day, so that it holds up nothing else. The conversation is locked."""
    transaction.execute(_SQL["give_up_old"], conversation_id=conversation_id)


def abandoned(transaction: Transaction, seconds: float, most: int) -> list[int]:
    """Ids of conversations whose work nobody has done for so long, those left longest first."""
    return [row["id"] for row in transaction.fetch(_SQL["abandoned"], seconds=seconds, most=most)]
