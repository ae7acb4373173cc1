"""Brands, categories, colours and sizes in a question, known by the catalogue's own values."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from tendero.catalog.search import ranking
from tendero.catalog.search.facets import SKIPPED
from tendero.catalog.search.filters import OPTION, Choice, Facet, Filters
from tendero.catalog.search.glossary import colours, is_modifier, shades, translations
from tendero.catalog.search.prices import COUNTED
from tendero.catalog.search.question import Question
from tendero.catalog.search.spoken import Spoken
from tendero.catalog.search.substances import substance
from tendero.catalog.search.words import is_filler
from tendero.platform.database import Transaction
from tendero.platform.sql import load

_SQL = load(__file__, prepared=True)
_MOST_WORDS = 32
_COLOUR_WORDS = {"color", "colour", "cor", "colores", "colors", "colours", "cores"}
_CATEGORY_WORDS = {"categoria", "category", "seccion", "section", "secao", "departamento", "department"}
# Sizes that are said without a size word: those of clothes, and of shoes in Europe.
_BARE_SIZE = re.compile(r"[sml]|x{1,3}[sl]|[2-6]xl|3[4-9]|4[0-7]")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


@dataclass(frozen=True, slots=True)
class _Match:
    """A value that `words` name; `share` is how many of the products with these words have it, 0 to 1."""

    words: tuple[Spoken, ...]
    first: int
    translated: bool
    facet: str
    label: str
    value_id: int
    products: int
    share: float

    @property
    def said(self) -> str:
        return " ".join(word.spelled for word in self.words)

    def is_within(self, other: _Match) -> bool:
        ends = (self.first + len(self.words), other.first + len(other.words))
        return len(self.words) < len(other.words) and other.first <= self.first and ends[0] <= ends[1]


def recognised(transaction: Transaction, question: Question) -> Question:
    """The question with what it names as filters, as far as they are sound; one query.

    Colours become filters, in any language of the glossary; sizes that follow a size word, and others where
    most products with that word have that size; brands and categories where most products with their words
    are theirs, or where nothing else was asked for. What else is named stays a word. Of unwanted words,
    options and brands are excluded, and a substance ("sin gluten") leaves only what says to be free of it.
    """
    heard = question.spoken[:_MOST_WORDS]
    if not heard:
        return question
    found = list(_matches(transaction, heard))
    asked = [each for each in found if not each.words[0].negated]
    sizes = _sizes(asked, heard)
    brands = [each for each in asked if each.facet == Facet.BRAND and _is_brand(each)]
    filters = Filters(
        brands=_choices(each for each in brands if _is_sound(each, heard)),
        categories=_choices(
            each for each in asked if each.facet == Facet.CATEGORY and _is_category(each, heard)
        ),
        options=(*_choices(_colours(asked, heard), said=True), *_choices(sizes, said=True)),
        excluded=_choices(_excluded(found, heard), said=True),
        free_of=_free_of(transaction, heard),
    )
    sized = {word.text for each in sizes for word in each.words}
    return replace(
        question,
        words=tuple(word for word in question.words if word.text not in sized),
        filters=question.filters & filters,
        brands=_choices(brands),
    )


def having(transaction: Transaction, choices: Sequence[Choice], product_ids: Sequence[int]) -> set[int]:
    """Which of these products have one of the choices."""
    values = [number for each in choices for number in each.ids]
    if not values or not product_ids:
        return set()
    rows = transaction.fetch(_SQL["having"], values=values, ids=list(product_ids))
    return set(rows[0]["found"])


def _matches(transaction: Transaction, heard: Sequence[Spoken]) -> Iterator[_Match]:
    numbers = _numbered(heard)
    rows = [(word.text, number, False) for word, number in zip(heard, numbers, strict=True)]
    rows += [
        (other, number, True)
        for word, number in zip(heard, numbers, strict=True)
        if _is_colour_word(word.text)
        for other in (*translations(word.text), *(() if word.negated else shades(word.text)))
    ]
    found = transaction.fetch(
        _SQL["recognised"],
        words=[row[0] for row in rows],
        numbers=[row[1] for row in rows],
        translated=[row[2] for row in rows],
        skipped=SKIPPED,
    )
    for row in found:
        place = numbers.index(row["first"])
        yield _Match(
            words=tuple(heard[place : place + row["length"]]),
            first=row["first"],
            translated=row["translated"],
            facet=row["facet"],
            label=row["label"],
            value_id=row["id"],
            products=row["products"],
            share=row["products"] / max(row["documents"], row["products"]),
        )


def _numbered(heard: Sequence[Spoken]) -> list[int]:
    """Each word's number: neighbours in one run follow each other, others leave a gap."""
    numbers: list[int] = []
    for place, word in enumerate(heard):
        gap = 2 if place and word.run != heard[place - 1].run else 1
        numbers.append(numbers[-1] + gap if numbers else 0)
    return numbers


def _choices(matches: Iterator[_Match] | Sequence[_Match], *, said: bool = False) -> tuple[Choice, ...]:
    """One choice for each facet and words, labelled as they were `said` or as the catalogue spells them."""
    ids: dict[tuple[str, str], dict[int, None]] = {}
    for each in matches:
        label = each.said if said else each.label
        ids.setdefault((each.facet, label), {})[each.value_id] = None
    return tuple(Choice(facet, label, tuple(found)) for (facet, label), found in ids.items())


def _is_brand(match: _Match) -> bool:
    return not match.words[0].meant_for and match.share >= ranking.NAMED_SHARE


def _is_sound(match: _Match, heard: Sequence[Spoken]) -> bool:
    """Whether most products with these words are of that brand or category: then few others are lost."""
    return _is_mostly(match) or _is_all(match, heard)


def _is_mostly(match: _Match) -> bool:
    return match.products >= ranking.FILTER_LEAST and match.share >= ranking.FILTER_SHARE


def _is_category(match: _Match, heard: Sequence[Spoken]) -> bool:
    before = _before(match, heard)
    return before in _CATEGORY_WORDS or (_is_all(match, heard) and match.share >= ranking.FILTER_SHARE)


def _is_all(match: _Match, heard: Sequence[Spoken]) -> bool:
    """Whether nothing else was asked for."""
    return all(word in match.words or is_filler(word.spelled) for word in heard)


def _colours(matches: Sequence[_Match], heard: Sequence[Spoken]) -> list[_Match]:
    """Colours, the longest names only ("azul marino" is not any blue), unless "and" or "or" joins them."""
    meant = [each for each in matches if each.facet == Facet.COLOUR and _is_colour(each, heard)]
    longer = [each for each in meant if not any(word.added for word in each.words[1:])]
    return [each for each in meant if not any(each.is_within(other) for other in longer)]


def _is_colour(match: _Match, heard: Sequence[Spoken]) -> bool:
    """Words that mean nothing but a colour, stand after "color", or mostly are one in this catalogue."""
    if _before(match, heard) in _COLOUR_WORDS:
        return True
    if not any(_is_colour_word(word.text) for word in match.words):
        return _is_mostly(match)
    # "Green powder" may be a colour somewhere: "azul marino" is wherever it is said.
    return all(is_modifier(word.text) for word in match.words) or match.share >= ranking.FILTER_SHARE


def _is_colour_word(text: str) -> bool:
    """Also in other forms than the glossary's: "rojas", "vermelhas"."""
    return is_modifier(text) and not colours().isdisjoint((text, *translations(text)))


def _sizes(asked: Sequence[_Match], heard: Sequence[Spoken]) -> list[_Match]:
    found = [each for each in asked if each.facet == Facet.SIZE and len(each.words) == 1]
    named = [each for each in found if each.words[0].sized]
    return named or [each for each in found if _is_bare_size(each, heard)]


def _is_bare_size(match: _Match, heard: Sequence[Spoken]) -> bool:
    (word,) = match.words
    place = heard.index(word)
    counts = place + 1 < len(heard) and heard[place + 1].text in COUNTED
    counted = place > 0 and _NUMBER.fullmatch(heard[place - 1].text) is not None
    other = _is_all(match, heard) or word.part or counts or counted
    return not other and bool(_BARE_SIZE.fullmatch(word.text)) and match.share >= ranking.FILTER_SHARE


def _before(match: _Match, heard: Sequence[Spoken]) -> str:
    place = heard.index(match.words[0])
    return heard[place - 1].text if place else ""


def _excluded(found: Sequence[_Match], heard: Sequence[Spoken]) -> list[_Match]:
    unwanted = [each for each in found if each.words[0].negated and not substance(each.words[0].text)]
    options = [each for each in unwanted if each.facet == Facet.SIZE or each.facet.startswith(OPTION)]
    brands = [each for each in unwanted if each.facet == Facet.BRAND and each.share >= ranking.FILTER_SHARE]
    return [*_colours(unwanted, heard), *options, *brands]


def _free_of(transaction: Transaction, heard: Collection[Spoken]) -> tuple[Choice, ...]:
    unwanted = {each.spelled: known for each in heard if each.negated and (known := substance(each.text))}
    if not unwanted:
        return ()
    rows = transaction.fetch(_SQL["free_of"], names=[each.name for each in unwanted.values()])
    ids = {row["value"]: (row["id"],) for row in rows}
    return tuple(Choice(Facet.FREE_OF, spelled, ids.get(each.name, ())) for spelled, each in unwanted.items())
