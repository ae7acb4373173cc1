"""Which of the products found are what the customer asked for, and which only resemble it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tendero.assistant.templates.options import key, values
from tendero.assistant.words import words
from tendero.catalog.product import Product

_SHORTEST_PREFIX = 5


@dataclass(frozen=True, slots=True)
class Matches:
    """`fitting` have what was asked for, best first; `identified` is the one product meant, if clear."""

    fitting: tuple[Product, ...]
    identified: Product | None


def match(products: Sequence[Product], topics: Sequence[str], *, exact: bool) -> Matches:
    """Judges search results by the customer's words. `exact`: the first was found by its code."""
    if exact and products:
        return Matches((products[0],), products[0])
    wanted = list(dict.fromkeys(map(key, topics)))
    if not wanted:
        return Matches(tuple(products), products[0] if len(products) == 1 else None)
    shares = [(sum(_in(want, _whole(product)) for want in wanted) / len(wanted)) for product in products]
    ranked = sorted(zip(shares, products, strict=True), key=lambda pair: -pair[0])
    best = ranked[0][0] if ranked else 0.0
    # Where something has all the words, what has only most of them is noise.
    least = 1.0 if best == 1.0 else 0.5001
    fitting = tuple(product for share, product in ranked if share >= least)
    return Matches(fitting, _identified(fitting, wanted))


def _identified(fitting: Sequence[Product], wanted: Sequence[str]) -> Product | None:
    if len(fitting) == 1:
        return fitting[0]
    named = [product for product in fitting if all(_in(want, _keys(product.name)) for want in wanted)]
    if len(named) == 1 and len(wanted) > 1:
        return named[0]
    whole = [product for product in named if all(_in(own, set(wanted)) for own in _keys(product.name))]
    return whole[0] if len(whole) == 1 else None


def _in(want: str, own: set[str]) -> bool:
    if want in own:
        return True
    return len(want) >= _SHORTEST_PREFIX and any(
        each.startswith(want) or (len(each) >= _SHORTEST_PREFIX and want.startswith(each)) for each in own
    )


def _keys(text: str) -> set[str]:
    found = words(text)
    parts = [part for word in found for part in word.replace("/", "-").replace(".", "-").split("-")]
    return {key(word) for word in (*found, *parts) if len(word) > 2 or word.isdigit()}


def _whole(product: Product) -> set[str]:
    offered = [value for some in values(product).values() for value in some]
    return _keys(
        " ".join(
            (
                product.name,
                product.sku or "",
                product.brand or "",
                product.short_description,
                *product.categories,
                product.category_name or "",
                *product.tags,
                *offered,
            )
        )
    )
