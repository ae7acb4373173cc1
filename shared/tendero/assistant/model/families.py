"""What each family of chat models wants to be sent beside messages and tools.

Sources: OpenAI's model pages; for 5.4 and later, function tools on chat completions are refused together
with reasoning, and from 5.5 on reasoning is not off by itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

_AUTO = "auto"
# Hidden reasoning counts against the limit: without room for it the answer comes out empty.
_ROOM_FOR_REASONING = 1500


@dataclass(frozen=True, slots=True)
class _Family:
    """`effort` is the `reasoning_effort` to send, None where the default is right; `reasons` forbids
    `max_tokens` and `temperature`; `thinks` says that it still reasons before an answer."""

    reasons: bool = False
    effort: str | None = None
    thinks: bool = False


_FAMILIES = (
    (re.compile(r"gpt-5\.(?:[5-9]|\d\d)"), _Family(reasons=True, effort="none")),
    (re.compile(r"gpt-5\.\d"), _Family(reasons=True)),
    (re.compile(r"gpt-5"), _Family(reasons=True, effort="minimal", thinks=True)),
    (re.compile(r"o\d"), _Family(reasons=True, effort="low", thinks=True)),
)
_PLAIN = _Family()
_TEMPERATURE = 0.2


def parameters(model: str, max_tokens: int, reasoning_effort: str = _AUTO) -> dict[str, Any]:
    """The request parameters for a model; one of no known family gets what compatible servers understand.

    `reasoning_effort` other than `auto` is sent as it is.
    """
    family = family_of(model)
    effort = family.effort if reasoning_effort == _AUTO else reasoning_effort
    sent: dict[str, Any] = {"reasoning_effort": effort} if effort else {}
    if not family.reasons:
        return {**sent, "max_tokens": max_tokens, "temperature": _TEMPERATURE}
    thinks = family.thinks if reasoning_effort == _AUTO else reasoning_effort not in ("none", "minimal")
    return {**sent, "max_completion_tokens": max_tokens + (_ROOM_FOR_REASONING if thinks else 0)}


def family_of(model: str) -> _Family:
    """The family of a model name, with or without a vendor's prefix (`openai/…`)."""
    name = model.rsplit("/", 1)[-1].lower()
    return next((family for pattern, family in _FAMILIES if pattern.match(name)), _PLAIN)
