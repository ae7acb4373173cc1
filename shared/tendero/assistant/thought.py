"""A turn that has been thought through: all that is stored of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tendero.assistant.reply import Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Thought:
    """The reply to `message`, which is the customer's words as they are kept.

    `tool_calls` are what the engine did on the way, for the log; `milliseconds` how long it took.
    """

    message: str
    reply: Reply
    tool_calls: Sequence[dict[str, Any]] = ()
    milliseconds: int = 0
