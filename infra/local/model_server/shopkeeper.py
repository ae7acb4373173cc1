"""The model's mind: from messages and offered tools alone to a text or a tool call."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from infra.local.model_server import rows as products
from infra.local.model_server.rows import Row
from infra.local.model_server.texts import TEXTS
from infra.local.model_server.tools import offered, product_arguments, query_arguments
from infra.local.model_server.words import (
    GREETINGS,
    STOP_WORDS,
    THANKS,
    asks_price,
    asks_stock,
    fold,
    language,
    topics,
    words,
)

SEARCH = "search_local_products"
DETAILS = "get_live_product_details"
MAX_LISTED = 5


@dataclass(frozen=True)
class Call:
    """One tool call; `arguments` is what goes over the wire, JSON text unless a script says otherwise."""

    name: str
    arguments: Any
    id: str | None = None


@dataclass(frozen=True)
class Answer:
    """What the model gives back; `finish_reason` None means the natural one."""

    content: str | None = None
    calls: tuple[Call, ...] = ()
    finish_reason: str | None = None
    refusal: str | None = None


def decide(body: dict[str, Any]) -> Answer:
    """The answer to a valid chat request: a tool call when one is needed, else a short text."""
    talk = Conversation(body["messages"])
    tools = offered(body)
    if body.get("tool_choice") == "required" or isinstance(body.get("tool_choice"), dict):
        return _forced(talk, tools)
    product = talk.identified
    if product and talk.wants_details and DETAILS in tools and DETAILS not in talk.called:
        return _call(DETAILS, product_arguments(tools[DETAILS], product))
    small_talk = talk.small_talk
    if small_talk:
        return Answer(TEXTS[talk.language][small_talk])
    if not talk.rows and SEARCH in tools and SEARCH not in talk.called:
        return _call(SEARCH, query_arguments(tools[SEARCH], talk.query))
    return Answer(_detail(talk, product) if product and talk.wants_details else _list(talk))


class Conversation:
    """One reading of the messages: what the customer asks now, and the rows that are at hand for it."""

    def __init__(self, messages: list[dict[str, Any]]) -> None:
        self._messages = messages
        last = max((i for i, m in enumerate(messages) if m["role"] == "user"), default=-1)
        self._turn = messages[last + 1 :]
        said = [products.split_json(_text(m))[1] for m in messages if m["role"] == "user"]
        self._said = said[::-1] or [""]
        self._last_user = messages[last : last + 1] if last >= 0 else []

    @cached_property
    def language(self) -> str:
        """The language of the newest message of the customer that shows one."""
        return language(self._said)

    @cached_property
    def query(self) -> str:
        """The newest words of the customer that are about something; "and how much is it?" is not."""
        return next((said for said in self._said if topics(said)), self._said[0])

    @cached_property
    def called(self) -> frozenset[str]:
        """Names of the tools called since the customer last wrote."""
        return frozenset(
            call["function"]["name"]
            for m in self._turn
            for call in m.get("tool_calls") or ()
            if "function" in call
        )

    @cached_property
    def rows(self) -> list[Row]:
        """Rows given in the instructions, with the customer's message, or by tools since then."""
        given = [m for m in self._messages if m["role"] in ("system", "developer")]
        results = [m for m in self._turn if m["role"] == "tool"]
        return products.product_rows(_text(m) for m in (*given, *self._last_user, *results))

    @property
    def wants_details(self) -> bool:
        """Whether the customer asks for a price or for stock."""
        return asks_price(self._said[0]) or asks_stock(self._said[0])

    @property
    def small_talk(self) -> str | None:
        """`greeting` or `thanks` when the message is nothing else."""
        said = words(self._said[0])
        if any(word not in STOP_WORDS for word in said) or self.wants_details:
            return None
        if not THANKS.isdisjoint(said):
            return "thanks"
        return None if GREETINGS.isdisjoint(said) else "greeting"

    @cached_property
    def identified(self) -> Row | None:
        """The one product that is meant: by its SKU, or because no other fits the words as well."""
        for row in self.rows:
            sku = fold(str(row.get("sku") or ""))
            if sku and re.search(rf"(?<![\w-]){re.escape(sku)}(?![\w-])", fold(self.query)):
                return row
        scored = [(_fit(row, self.query), row) for row in self.rows]
        best = max((score for score, _ in scored), default=(0, False))
        winners = [row for score, row in scored if score == best]
        return winners[0] if best[0] and len(winners) == 1 else None

    @cached_property
    def matching(self) -> list[Row]:
        """The rows that share a word with the question, wherever in the row it stands."""
        wanted = set(topics(self.query))
        return [row for row in self.rows if wanted & set(topics(json.dumps(row, ensure_ascii=False)))]


def _fit(row: Row, query: str) -> tuple[int, bool]:
    """How many of the asked words the name has, and whether it has no others."""
    own, wanted = set(topics(products.name(row))), set(topics(query))
    return len(own & wanted), bool(own) and own <= wanted


def _forced(talk: Conversation, tools: dict[str, dict[str, Any]]) -> Answer:
    chosen = SEARCH if SEARCH in tools else next(iter(tools))
    if chosen == DETAILS and (talk.identified or talk.rows):
        return _call(chosen, product_arguments(tools[chosen], talk.identified or talk.rows[0]))
    return _call(chosen, query_arguments(tools[chosen], talk.query))


def _call(name: str, arguments: dict[str, Any]) -> Answer:
    return Answer(calls=(Call(name, json.dumps(arguments, ensure_ascii=False)),))


def _detail(talk: Conversation, row: Row) -> str:
    texts = TEXTS[talk.language]
    cost, left = products.price(row), products.stock(row)
    said = texts["price" if cost else "no_price"].format(name=products.name(row), price=cost)
    if left is None:
        return said
    if isinstance(left, bool):
        return f"{said} {texts['available' if left else 'sold_out']}"
    return f"{said} {texts['units'].format(count=left) if left > 0 else texts['sold_out']}"


def _list(talk: Conversation) -> str:
    texts = TEXTS[talk.language]
    if not talk.rows:
        return texts["nothing"].format(query=talk.query)
    lines = [texts["found" if talk.matching else "similar"]]
    for row in (talk.matching or talk.rows)[:MAX_LISTED]:
        cost = products.price(row)
        lines.append(f"- {products.name(row)}" + (f": {cost}" if cost else ""))
    return "\n".join(lines)


def _text(message: dict[str, Any]) -> str:
    content = message.get("content") or ""
    if isinstance(content, str):
        return content
    return "\n".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
