"""Which variations of a product a question means."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from tendero.catalog.product import Product
from tendero.catalog.search.normalise import root, words
from tendero.catalog.search.question import Word


def narrowed(
    product: Product,
    asked: Sequence[Word],
    fitting: Mapping[int, Collection[int]] | None = None,
    *,
    in_stock: bool = False,
) -> Product | None:
    """The product with those variations that have the options named; with all, where none or no such has.

    Only those count that `fitting` (see `filters.fitting`) has for the product, and with `in_stock` only
    those that can be bought; None when there are none.
    """
    if not product.variations:
        return product
    meeting = None if fitting is None else fitting.get(product.id, ())
    kept = [
        each
        for each in product.variations
        if (each.in_stock or not in_stock) and (meeting is None or each.id in meeting)
    ]
    if not kept:
        return None
    said = [{root(each) for each in (word.text, *word.translations)} for word in asked]
    for name in dict.fromkeys(name for each in kept for name in each.attributes):
        named = _named({value for each in kept for value in each.attributes.get(name, [])}, said)
        having = [each for each in kept if _has(each, name, named)]
        kept = having or kept
    return with_variations(product, [each.id for each in kept])


def with_variations(product: Product, ids: Collection[int]) -> Product:
    """The product with only these of its variations, and their prices."""
    kept = tuple(each for each in product.variations if each.id in ids)
    if len(kept) == len(product.variations):
        return product
    prices = [each.price for each in kept if each.price is not None]
    low, high = (min(prices), max(prices)) if prices else (product.price, None)
    return replace(product, variations=kept, price=low, price_max=high if high != low else None)


def can_be_bought(product: Product) -> bool:
    """In stock itself or, where it comes in variations, in one of those shown."""
    return any(each.in_stock for each in product.variations or (product,))


def _named(options: set[str], said: list[set[str]]) -> set[str]:
    """The options whose every word was said; only the longest ("azul marino", not "azul" too)."""
    found: dict[str, int] = {}
    for option in options:
        roots = [root(each) for each in words(option)]
        if roots and all(any(each in group for group in said) for each in roots):
            found[option] = len(roots)
    longest = max(found.values(), default=0)
    return {option for option, length in found.items() if length == longest}


def _has(variation: Product, name: str, named: set[str]) -> bool:
    # A variation without a value for the attribute comes in every one of them.
    values = variation.attributes.get(name)
    return not named or not values or not named.isdisjoint(values)
