"""A product whose price and stock come from several sources: which to ask, and their answers put together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from tendero.catalog.item import Kind
from tendero.catalog.product import Product


class Merged(NamedTuple):
    """`complete` is false where a price or stock is still that of the last sync."""

    product: Product
    complete: bool


def elsewhere(product: Product) -> set[int]:
    """The ids of other sources' rows that price and stock come from, of the product or its variations."""
    ids = (key for each in _sold(product) for key in (each.price_of, each.stock_of))
    return {key for key in ids if key is not None}


def to_ask(product: Product, others: Sequence[Product]) -> list[Product]:
    """What the sources have to be asked for: the product where anything is its own source's, and `others`,
    those of them that are variations of one product together as that product."""
    own = not others or any(None in (each.price_of, each.stock_of) for each in _sold(product))
    asked = [product] if own else []
    families: dict[tuple[str, str], list[Product]] = defaultdict(list)
    for each in others:
        families[each.source, each.parent_external_id or each.external_id].append(each)
    for (_, external_id), family in families.items():
        first = family[0]
        if len(family) > 1:
            first = replace(first, external_id=external_id, kind=Kind.PRODUCT, variations=tuple(family))
        asked.append(first)
    return asked


def merged(product: Product, answers: Sequence[Product]) -> Merged:
    """The product with the prices and stock of these answers; what they do not tell stays as it is.

    A variation that its own source no longer sells is left out; one at least must be sold.
    """
    fresh = {each.id: each for answer in answers for each in _sold(answer)}
    own = next((each for each in answers if each.id == product.id), None)
    sold = {each.id for each in _sold(own or product)}
    singles = [_single(each, fresh) for each in _sold(product) if each.id in sold]
    complete = all(each.complete for each in singles)
    if not product.variations:
        return Merged(singles[0].product, complete)
    counted_elsewhere = any(each.stock_of is not None for each in product.variations)
    quantity = None if counted_elsewhere else (own or product).stock_quantity
    whole = product.with_variations(tuple(each.product for each in singles))
    return Merged(replace(whole, stock_quantity=quantity), complete)


def _single(held: Product, fresh: dict[int, Product]) -> Merged:
    price, stock = fresh.get(held.price_of or held.id), fresh.get(held.stock_of or held.id)
    found = held
    if price is not None:
        found = replace(
            found,
            currency=price.currency,
            price=price.price,
            list_price=price.list_price,
            sale_price=price.sale_price,
        )
    if stock is not None:
        found = replace(found, stock_status=stock.stock_status, stock_quantity=stock.stock_quantity)
    return Merged(found, price is not None and stock is not None)


def _sold(product: Product) -> tuple[Product, ...]:
    return product.variations or (product,)
