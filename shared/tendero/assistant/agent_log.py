"""What each turn did and cost, for the operator."""

from __future__ import annotations

import json

from tendero.assistant.thought import Thought
from tendero.platform.database import Transaction
from tendero.platform.sql import load

_SQL = load(__file__)


def add(transaction: Transaction, conversation_id: int, thought: Thought) -> None:
    """Writes the row of one turn."""
    reply = thought.reply
    transaction.execute(
        _SQL["add"],
        conversation_id=conversation_id,
        engine=reply.engine.value,
        model=reply.usage.model,
        outcome=reply.outcome,
        tool_calls=json.dumps(thought.tool_calls, ensure_ascii=False),
        prompt_tokens=reply.usage.prompt_tokens,
        completion_tokens=reply.usage.completion_tokens,
        milliseconds=thought.milliseconds,
    )
