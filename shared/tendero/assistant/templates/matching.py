"""Which of the products found are what the customer asked for, and which only resemble it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tendero.assistant.templates.options import key, values
from tendero.catalog.product import Product
from tendero.catalog.search.glossary import translations
from tendero.catalog.search.normalise import words

_SHORTEST_PREFIX = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A search result; `sure` is the search's own judgement that it was asked for."""

    product: Product
    sure: bool


@dataclass(frozen=True, slots=True)
class Matches:
    """`fitting` have what was asked for, best first; `identified` is the one product meant, if clear."""

    fitting: tuple[Product, ...]
    identified: Product | None


def match(candidates: Sequence[Candidate], topics: Sequence[str], *, exact: bool) -> Matches:
    """Judges search results by the customer's words. `exact`: the first was found by its code."""
    products = tuple(each.product for each in candidates)
    if exact and products:
        return Matches(products[:1], products[0])
    wanted = [_meanings(topic) for topic in dict.fromkeys(topics)]
    whole = tuple(each for each in products if wanted and all(_in(want, _whole(each)) for want in wanted))
    # Where something has all the words, what has only some of them is noise.
    fitting = whole or tuple(each.product for each in candidates if each.sure)
    return Matches(fitting, _identified(fitting, wanted))


def _identified(fitting: Sequence[Product], wanted: Sequence[frozenset[str]]) -> Product | None:
    if len(fitting) == 1:
        return fitting[0]
    named = [product for product in fitting if all(_in(want, _keys(product.name)) for want in wanted)]
    if len(named) == 1 and len(wanted) > 1:
        return named[0]
    said = frozenset().union(*wanted)
    whole = [product for product in named if all(_in(frozenset({own}), said) for own in _keys(product.name))]
    return whole[0] if len(whole) == 1 else None


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


def _whole(product: Product) -> frozenset[str]:
    offered = [value for some in values(product).values() for value in some]
    texts = (product.name, product.sku, product.brand, product.short_description, product.category_name)
    return _keys(" ".join((*filter(None, texts), *product.categories, *product.tags, *offered)))
