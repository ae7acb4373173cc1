"""Who has a conversation: the assistant, or a person of the shop.

All of it runs in transactions that have locked the conversation (`inbox.enter`, `Lease.hold`), so that a turn
being stored or a message about to be sent comes either before or after it.
"""

from __future__ import annotations

from tendero.platform.database import Transaction
from tendero.platform.sql import load

_SQL = load(__file__, prepared=True)


def take_over(transaction: Transaction, conversation_id: int, at: float) -> bool:
    """A person has the conversation since `at` (epoch seconds): what was not sent yet is not said any more.

    False for news that the assistant's getting it back has overtaken.
    """
    if not transaction.execute(_SQL["take_over"], conversation_id=conversation_id, at=at):
        return False
    transaction.execute(_SQL["silence"], conversation_id=conversation_id)
    return True


def give_back(transaction: Transaction, conversation_id: int, at: float) -> None:
    """The assistant has it again since `at`, unless a person has taken it over later than that."""
    transaction.execute(_SQL["give_back"], conversation_id=conversation_id, at=at)


def hand_over(transaction: Transaction, conversation_id: int, message_id: int) -> None:
    """A person has it, once all calls of this reply that hand it over are made."""
    if transaction.execute(_SQL["hand_over"], conversation_id=conversation_id, message_id=message_id):
        transaction.execute(_SQL["silence"], conversation_id=conversation_id)


def cancel(transaction: Transaction, conversation_id: int) -> int:
    """Takes back what was not sent yet, a handoff excepted; how many messages."""
    return transaction.execute(_SQL["cancel"], conversation_id=conversation_id)
