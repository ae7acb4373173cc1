"""What each turn did and cost, for the operator."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from tendero.assistant.reply import Reply
from tendero.platform.database import Transaction
from tendero.platform.sql import load

_SQL = load(__file__)


def add(
    transaction: Transaction,
    conversation_id: int,
    reply: Reply,
    tool_calls: Sequence[dict[str, Any]],
    milliseconds: int,
) -> None:
    """Writes the row of one turn; `milliseconds` is how long the answer took."""
    transaction.execute(
        _SQL["add"],
        conversation_id=conversation_id,
        engine=reply.engine.value,
        model=reply.usage.model,
        outcome=reply.outcome,
        tool_calls=json.dumps(list(tool_calls), ensure_ascii=False),
        prompt_tokens=reply.usage.prompt_tokens,
        completion_tokens=reply.usage.completion_tokens,
        milliseconds=milliseconds,
    )
