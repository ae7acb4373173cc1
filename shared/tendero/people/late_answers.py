"""Answers that came after their channel had stopped waiting, until the customer's next message."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tendero.people.conversations import ConversationRef
from tendero.platform.database import Row, Transaction
from tendero.platform.sql import load

_SQL = load(__file__)


@dataclass(frozen=True, slots=True, kw_only=True)
class LateAnswer:
    """What was found out about a question, as the channel wrote it (`answer`).

    `age` is how many seconds ago the question was asked; `since` is what the customer has said meanwhile.
    """

    question_id: str
    question: str
    answer: dict[str, Any]
    age: float
    since: tuple[str, ...] = ()


def put(transaction: Transaction, conversation_id: int, late: LateAnswer) -> None:
    """Keeps an answer; a conversation keeps the one to the newest question."""
    transaction.execute(
        _SQL["put"],
        conversation_id=conversation_id,
        question_id=late.question_id,
        question=late.question,
        answer=json.dumps(late.answer, ensure_ascii=False),
        age=late.age,
    )


def take(
    transaction: Transaction, conversation: ConversationRef, question_id: str | None = None
) -> LateAnswer | None:
    """The conversation's answer, or that to this question only. It is kept no longer."""
    row = transaction.one(
        _SQL["take"],
        channel=conversation.channel,
        external_id=conversation.external_id,
        question_id=question_id,
    )
    return _late(row) if row else None


def _late(row: Row) -> LateAnswer:
    return LateAnswer(
        question_id=row["question_id"],
        question=row["question"],
        answer=row["answer"],
        age=float(row["age"]),
        since=tuple(row["since"]),
    )
