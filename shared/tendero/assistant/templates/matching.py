"""Which of the products found are what the customer asked for, and which only resemble it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tendero.assistant.templates.course_words import fits_any_course
from tendero.assistant.templates.options import key, values
from tendero.catalog.item import Kind
from tendero.catalog.product import Product
from tendero.catalog.search.glossary import translations
from tendero.catalog.search.normalise import words
from tendero.catalog.search.ranking import CONFIDENT, TEXT_SHARE

_SHORTEST_PREFIX = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A search result and the search's own judgement, from 0 to 1, of how well it fits."""

    product: Product
    score: float = 1.0

    @property
    def sure(self) -> bool:
        return self.score >= CONFIDENT

    @property
    def resembles(self) -> bool:
        """Whether it has something to do with the question at all: more than words in its description, where
        a jam that is kept in the fridge would resemble a fridge."""
        return self.score > TEXT_SHARE


@dataclass(frozen=True, slots=True)
class Matches:
    """Search results by how well they fit the customer's words, best first.

    `fitting` are what was asked for, and `identified` is the one product meant, if clear; `likely` may be it
    under another name; `near` only resemble it.
    """

    fitting: tuple[Product, ...] = ()
    identified: Product | None = None
    likely: tuple[Product, ...] = ()
    near: tuple[Product, ...] = ()


def match(candidates: Sequence[Candidate], topics: Sequence[str], *, exact: bool) -> Matches:
    """Judges search results by the customer's words. `exact`: the first was found by its code."""
    products = tuple(each.product for each in candidates)
    if exact and products:
        return Matches(products[:1], products[0])
    wanted = [_meanings(topic) for topic in dict.fromkeys(topics)]
    fitting = tuple(each for each in products if _is_wanted(each, wanted))
    if fitting:
        return Matches(fitting, _identified(fitting, wanted))
    return Matches(
        likely=tuple(
            each.product for each in candidates if each.sure and _may_be_wanted(each.product, wanted)
        ),
        near=tuple(each.product for each in candidates if each.resembles or _is_asked_for(each, wanted)),
    )


def meant(candidates: Sequence[Candidate], topics: Sequence[str], *, exact: bool) -> tuple[Product, ...]:
    """What words in a comparison mean: the one product, else all that fit or may."""
    found = match(candidates, topics, exact=exact)
    return (found.identified,) if found.identified else found.fitting or found.likely


def _is_wanted(product: Product, wanted: Sequence[frozenset[str]]) -> bool:
    """Has every word, and what stands for the thing itself in its name or category, not only in its text.

    The thing stands first in Spanish and Portuguese, last in English (`lámpara de mesa`, `table lamp`).
    """
    specific = _telling(product, wanted)
    if len(specific) < len(wanted):
        # Asked for as a course: what is taught in it counts wherever it stands.
        return all(_in(want, _whole(product)) for want in specific)
    if not wanted or not all(_in(want, _whole(product)) for want in wanted):
        return False
    return any(_in(want, _called(product)) for want in (wanted[0], wanted[-1]))


def _may_be_wanted(product: Product, wanted: Sequence[frozenset[str]]) -> bool:
    """Called by the thing's own word; or near in meaning, without any of the words, which only mislead."""
    by_name = any(_in(want, _called(product)) for want in wanted[:1])
    return by_name or not any(_in(want, _whole(product)) for want in wanted)


def _identified(fitting: Sequence[Product], wanted: Sequence[frozenset[str]]) -> Product | None:
    if len(fitting) == 1:
        return fitting[0]
    named = [
        each
        for each in fitting
        if (telling := _telling(each, wanted)) and all(_in(want, _keys(each.name)) for want in telling)
    ]
    if len(named) == 1 and len(wanted) > 1:
        return named[0]
    said = frozenset().union(*wanted)
    whole = [product for product in named if all(_in(frozenset({own}), said) for own in _keys(product.name))]
    return whole[0] if len(whole) == 1 else None


def _is_asked_for(candidate: Candidate, wanted: Sequence[frozenset[str]]) -> bool:
    """A course where another course was asked for: a shop has few of them."""
    return len(_telling(candidate.product, wanted)) < len(wanted)


def _telling(product: Product, wanted: Sequence[frozenset[str]]) -> list[frozenset[str]]:
    """The words that say which course, where it is one; else all."""
    return [want for want in wanted if not (product.kind is Kind.COURSE and fits_any_course(want))]


def _meanings(word: str) -> frozenset[str]:
    """The keys of a word and of what it is called in the other languages."""
    return frozenset(map(key, (word, *translations(word))))


def _in(want: frozenset[str], own: frozenset[str]) -> bool:
    return not want.isdisjoint(own) or any(
        len(one) >= _SHORTEST_PREFIX and len(each) >= _SHORTEST_PREFIX and _begins(one, each)
        for one in want
        for each in own
    )


def _begins(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _keys(text: str) -> frozenset[str]:
    return frozenset(key(word) for word in words(text) if len(word) > 2 or word.isdigit())


def _called(product: Product) -> frozenset[str]:
    texts = (product.name, product.sku, product.brand, product.category_name)
    return _keys(" ".join((*filter(None, texts), *product.categories, *product.tags)))


def _whole(product: Product) -> frozenset[str]:
    offered = [value for some in values(product).values() for value in some]
    taught = product.description if product.kind is Kind.COURSE else ""
    return _called(product) | _keys(" ".join((product.short_description, taught, *offered)))
