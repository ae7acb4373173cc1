"""What a customer wants, read from the message by rules."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from tendero.assistant.templates.course_words import CoursePart, part_asked
from tendero.assistant.templates.vocabulary import (
    BETWEEN,
    BUDGET,
    CHEAPEST,
    COMPARE,
    DETAIL,
    FILLER,
    FREE,
    HELP,
    MORE,
    ORDINALS,
    PERSON,
    PRICE,
    SMALL_TALK,
    STOCK,
    STORE_FACTS,
)
from tendero.assistant.words import content_words, words
from tendero.catalog.amounts import amounts
from tendero.catalog.folding import fold
from tendero.catalog.search import question as search
from tendero.catalog.search.codes import only_code
from tendero.catalog.search.prices import limits
from tendero.catalog.search.wishes import wishes

_NUMBER_OF_LIST = re.compile(
    r"^\W*(?:(?:y|e|and)\s)?(?:(?:el|la|o|a|the)\s)?"
    r"(?:(?:numero|number|opcion|option|opcao|no|num)\W+)?(\d)\W*$"
    r"|\b(?:numero|number|opcion|option|opcao|detalles? de(?:l| la| el)?|details? (?:of|on|about)"
    r"|detalhes? d[oae])"
    r"\s+(\d)\b"
    r"|\b(?:el|la|los|las|del|o|a|do|da|the)\s(\d)\W*$"
)


_MOST_SIDES = 3
_AMOUNT = re.compile(r"[\d.,]+|free|gratis|gratuit[oa]s?|charge|coste|costo")


class IntentKind(StrEnum):
    """What a message is. A follow-up on a shown product keeps its kind: it has no `topics` or an ordinal."""

    EMPTY = "empty"
    GREETING = "greeting"
    THANKS = "thanks"
    BYE = "bye"
    HELP = "help"
    PERSON = "person"
    STORE_FACT = "store_fact"
    MORE = "more"
    PRICE = "price"
    STOCK = "stock"
    DETAIL = "detail"
    SEARCH = "search"
    COMPARE = "compare"


_WITHOUT_CATALOGUE = frozenset(
    {
        IntentKind.EMPTY,
        IntentKind.GREETING,
        IntentKind.THANKS,
        IntentKind.BYE,
        IntentKind.HELP,
        IntentKind.PERSON,
        IntentKind.STORE_FACT,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """One reading of a message.

    `topics` are the folded words that say which product; `position` a place in the list shown before, from
    0, or -1 for its last; `budget` the most that the customer would pay; `code` the product code that is the
    whole message. `part` is what is asked for, should it be about a course. A comparison has what it names
    on each of its `sides`, or `places` in the list shown before; neither where it means what was shown.
    `demands` is whether prices, a sale or stock are asked for, which can be searched for without words.
    """

    kind: IntentKind
    topics: tuple[str, ...] = ()
    position: int | None = None
    store_fact: str = ""
    budget: Decimal | None = None
    cheapest: bool = False
    code: str = ""
    part: CoursePart | None = None
    sides: tuple[str, ...] = ()
    places: tuple[int, ...] = ()
    demands: bool = False

    @property
    def needs_catalogue(self) -> bool:
        return self.kind not in _WITHOUT_CATALOGUE

    @property
    def names_product(self) -> bool:
        """Whether the words say what to search for; else it is about something said before."""
        return bool(self.topics or self.demands) and self.needs_catalogue

    @property
    def asks_fact(self) -> bool:
        """Whether something is asked about a product, even where the words do not say about which."""
        plain = self.kind is IntentKind.SEARCH and self.position is None and self.budget is None
        return not (plain and not self.cheapest)


def read(message: str) -> Intent:
    """The intent of a message in any of the three languages."""
    said = fold(message)
    budget = _budget(message, said)
    question = search.read(message)
    unwanted = {each.text for each in question.negated}
    topics = tuple(
        word
        for word in content_words(_undemanding(message))
        if word not in FILLER | unwanted and not (budget is not None and _AMOUNT.fullmatch(word))
    )
    position = _position(said, topics)
    talk = _talk(said, topics)
    if talk is not None:
        return talk
    if COMPARE.search(said):
        return _comparison(message)
    if position is not None and len(topics) <= 1:
        topics = ()
    kind = _kind(said, topics, position)
    return Intent(
        kind=kind,
        topics=topics,
        position=position,
        budget=budget,
        cheapest=CHEAPEST.search(said) is not None,
        code=only_code(message),
        part=part_asked(said),
        demands=bool(question.filters),
    )


def _undemanding(message: str) -> str:
    """The message without the places that name price limits, a sale or stock."""
    for start, end in (*limits(message).spans, *wishes(message).spans):
        message = f"{message[:start]}{' ' * (end - start)}{message[end:]}"
    return message


def _comparison(message: str) -> Intent:
    """Its sides as they are written, without the words that ask for a comparison."""
    said = fold(message)
    for asking in reversed([*COMPARE.finditer(said)]):
        message = f"{message[: asking.start()]},{message[asking.end() :]}"
    sides: list[str] = []
    places: list[int] = []
    for side in _parts(message):
        named = [word for word in content_words(side) if word not in FILLER]
        if named and not all(word.isdigit() and len(word) == 1 for word in named):
            sides.append(side)
        else:
            places += [place for place in _places(side) if place not in places]
    topics = tuple(
        dict.fromkeys(word for side in sides for word in content_words(side) if word not in FILLER)
    )
    return Intent(
        kind=IntentKind.COMPARE,
        topics=topics,
        sides=tuple(sides[:_MOST_SIDES]),
        places=() if sides else tuple(places),
    )


def _parts(message: str) -> list[str]:
    said, start, parts = fold(message), 0, []
    for match in BETWEEN.finditer(said):
        parts.append(message[start : match.start()])
        start = match.end()
    return [part.strip() for part in (*parts, message[start:]) if part.strip()]


def _places(side: str) -> list[int]:
    """Places in a list, from 0: digits and ordinals."""
    said = words(side)
    ordinals = [place for place, names in ORDINALS.items() if names.intersection(said)]
    return [int(word) - 1 for word in said if word.isdigit() and 0 < int(word) < 10] + ordinals


def _talk(said: str, topics: tuple[str, ...]) -> Intent | None:
    """The intent of a message that is not about products, else None."""
    if PERSON.search(said):
        return Intent(kind=IntentKind.PERSON)
    for fact, pattern in STORE_FACTS.items():
        if pattern.search(said):
            return Intent(kind=IntentKind.STORE_FACT, store_fact=fact)
    if HELP.search(said):
        return Intent(kind=IntentKind.HELP)
    about_products = any(pattern.search(said) for pattern in (PRICE, STOCK, DETAIL, MORE, CHEAPEST))
    if topics or about_products:
        return None
    for name, pattern in SMALL_TALK.items():
        if pattern.search(said):
            return Intent(kind=IntentKind(name))
    return None if words(said) else Intent(kind=IntentKind.EMPTY)


def _kind(said: str, topics: tuple[str, ...], position: int | None) -> IntentKind:
    if MORE.search(said) and not topics and position is None:
        return IntentKind.MORE
    if PRICE.search(said):
        return IntentKind.PRICE
    if STOCK.search(said):
        return IntentKind.STOCK
    if DETAIL.search(said) or position is not None:
        return IntentKind.DETAIL
    return IntentKind.SEARCH


def _position(said: str, topics: tuple[str, ...]) -> int | None:
    number = _NUMBER_OF_LIST.search(said)
    if number:
        return max(0, int(number[1] or number[2] or number[3]) - 1)
    if len(topics) > 1:
        return None
    found = set(words(said))
    return next((place for place, names in ORDINALS.items() if found & names), None)


def _budget(message: str, said: str) -> Decimal | None:
    if FREE.search(said):
        return Decimal(0)
    for amount in amounts(message):
        if BUDGET.search(said[: amount.start]):
            return amount.value
    return None
