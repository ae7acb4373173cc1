"""The model's reply to a turn: asked for, proved, repaired once, made plain."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tendero.assistant import prompt
from tendero.assistant.background import Task
from tendero.assistant.memory import Memory
from tendero.assistant.model import ChatModel, Conversation
from tendero.assistant.proof import Verdict, check
from tendero.assistant.rows import row
from tendero.assistant.shop import Shop
from tendero.assistant.templates import PHRASES, Sought, SoughtWording
from tendero.assistant.tools import Toolbox
from tendero.catalog.item import Kind
from tendero.catalog.product import Product
from tendero.platform.deadline import Deadline
from tendero.platform.errors import TenderoError

T = TypeVar("T")
_MOST_ROWS = 6
_LEAST_REPAIR_SECONDS = 0.3


class NotProved(TenderoError):
    """The model's text states what no row bears out, and could not be repaired in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the model is asked in one turn: the message, and all that is known for it."""

    message: str
    language: str
    memory: Memory
    found: Sequence[Product]
    sought: Sought
    shop: Shop
    shop_name: str
    hosts: tuple[str, ...]
    instructions: str = ""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A proved text and the products that it names, in its order."""

    text: str
    products: tuple[Product, ...]


class Speaker:
    """One turn's talk with the model. `conversation.answer` tells afterwards what it cost."""

    def __init__(self, model: ChatModel, question: Question) -> None:
        self._question = question
        self.conversation = Conversation(model, _first_request(question))

    def speak(self, deadline: Deadline) -> Spoken:
        """The proved reply, before the deadline ends.

        Raises NotProved, and what `Conversation.run` raises: HttpError, SpendLimitReached, DeadlineExceeded.
        """
        question = self._question
        toolbox = Toolbox(question.shop, question.language, deadline)
        text = plain(self._waited(lambda: self.conversation.run(toolbox, deadline), deadline))
        verdict = self._proved(text)
        if not verdict.passed:
            text, verdict = self._repaired(verdict, deadline)
        unconfirmed = [each for each in verdict.products if each.id in question.shop.unconfirmed]
        if unconfirmed:
            phrases = PHRASES[question.language]
            only_courses = all(each.kind is Kind.COURSE for each in unconfirmed)
            text = f"{text}\n{phrases.course_cached if only_courses else phrases.cached}"
        return Spoken(text, verdict.products)

    def _repaired(self, verdict: Verdict, deadline: Deadline) -> tuple[str, Verdict]:
        failures = "; ".join(map(str, verdict.failures))
        if deadline.remaining() < max(_LEAST_REPAIR_SECONDS, self.conversation.answer.seconds):
            raise NotProved(f"no time to repair: {failures}")
        order = prompt.repair(verdict.failures)
        text = plain(self._waited(lambda: self.conversation.ask_again(order, deadline), deadline))
        second = self._proved(text)
        if not second.passed:
            raise NotProved("; ".join(map(str, second.failures)))
        return text, second

    def _proved(self, text: str) -> Verdict:
        question = self._question
        return check(
            text,
            question.shop.evidence.products,
            message=question.message,
            hosts=question.hosts,
            shop_name=question.shop_name,
            urls=question.shop.evidence.links,
            limits=question.shop.evidence.limits,
            stated=question.instructions,
        )

    def _waited(self, work: Callable[[], T], deadline: Deadline) -> T:
        # Even a time-out of the SDK may come late: the customer does not wait for it.
        return Task("The model", work).result(deadline)


def plain(text: str) -> str:
    """A model's text without Markdown: channels show it as it stands."""
    text = re.sub(r"!?\[([^\]\n]+)\]\(([^)\s]+)\)", _link, text)
    text = re.sub(r"(?m)^\s*(?:```\w*|#{1,6}\s+)", "", text)
    return (
        re.sub(r"\*\*(.+?)\*\*|__(.+?)__", lambda match: match[1] or match[2], text).replace("`", "").strip()
    )


def _link(match: re.Match[str]) -> str:
    return match[2] if match[1] == match[2] else f"{match[1]}: {match[2]}"


def _first_request(question: Question) -> list[dict[str, object]]:
    evidence, language = question.shop.evidence, question.language
    known = {each.id: each for each in evidence.products}
    found = [known.get(each.id, each) for each in question.found[:_MOST_ROWS]]
    # A product that the turn has already asked the shop about comes first, whether searched or shown before.
    live = [each for each in evidence.products if evidence.is_live(each.id)]
    ids = {each.id for each in (*live, *found)}
    shown = [each for each in question.memory.shown[:_MOST_ROWS] if each.id not in ids and each.id in known]

    def rows(products: Sequence[Product]) -> list[dict[str, object]]:
        return [
            row(each, language, live=evidence.is_live(each.id), detailed=len(products) == 1)
            for each in products
        ]

    rest = [each for each in found if not evidence.is_live(each.id) and each.id in known]
    named = {each.id for each in (*live, *found, *shown)}
    instead = [each for each in question.shop.alternatives if each.id not in named]
    currency = next((each.currency for each in found if each.currency), None)
    wording = SoughtWording(PHRASES[language], language, currency)
    return prompt.messages(
        shop_name=question.shop_name,
        instructions=question.instructions,
        language=language,
        history=question.memory.history.messages,
        shown=rows(shown),
        found=rows([*live, *rest]),
        instead=rows(instead),
        search=wording.facts(question.sought),
        message=question.message,
    )
