"""What the assistant says, before a channel gives it its form."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from tendero.catalog.product import Product


class EngineName(StrEnum):
    """Who wrote the reply."""

    OPENAI = "openai"
    ASKYOURDATABASE = "askyourdatabase"
    TEMPLATES = "templates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What the model cost in this turn. `calls` counts requests to it."""

    model: str | None = None
    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer to one turn.

    `texts` are the message bubbles, plain text. `products` are those that the text speaks of, in its order.
    `quick_replies` are short suggestions for what to ask next. `outcome` says in one word how it came about
    (`answered`, `nothing_found`, `greeting`, `unavailable` …), for logs. `notes` tell the operator what went
    wrong on the way (`model late`, `shop down: cached data`); never shown to a customer. `handoff` is why a
    person should take over (`asked`, `failed`, `outside`), "" where none should.
    """

    texts: tuple[str, ...]
    language: str
    engine: EngineName
    outcome: str
    products: tuple[Product, ...] = ()
    quick_replies: tuple[str, ...] = ()
    usage: Usage = field(default_factory=Usage)
    notes: tuple[str, ...] = ()
    handoff: str = ""
