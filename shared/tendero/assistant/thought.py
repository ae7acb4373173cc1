"""A turn that has been thought through: all that is stored of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tendero.assistant.reply import Reply
from tendero.platform.deadline import Deadline


@dataclass(frozen=True, slots=True, kw_only=True)
class Thought:
    """The reply to `message`, which is the customer's words as they are kept.

    `tool_calls` are what the engine did on the way, for the log; `milliseconds` how long it took.
    `late` waits for the model where it is still at work and the templates have answered: what it says then is
    a thought of its own, without texts when it fails; raises DeadlineExceeded when there is none by then.
    """

    message: str
    reply: Reply
    tool_calls: Sequence[dict[str, Any]] = ()
    milliseconds: int = 0
    late: Callable[[Deadline], Thought] | None = None
