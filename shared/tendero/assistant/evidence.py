"""The products that this turn has seen: the only facts that a reply may state."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from tendero.catalog.product import Product


class Evidence:
    """Products by id, in the order in which they were first seen; what the shop said live stays."""

    def __init__(self, products: Iterable[Product] = ()) -> None:
        self._products: dict[int, Product] = {}
        self._live: set[int] = set()
        self._links: set[str] = set()
        self._limits: set[Decimal] = set()
        self.add(products)

    def add(self, products: Iterable[Product], *, live: bool = False) -> None:
        """Remembers products. A recorded row never replaces what the shop said live in this turn."""
        for product in products:
            if live or product.id not in self._live:
                self._products[product.id] = _joined(self._products.get(product.id), product, live=live)
            if live:
                self._live.add(product.id)
                self._refresh_parents(product)

    def drop(self, product_id: int) -> None:
        """Forgets a product that the shop no longer sells."""
        self._products.pop(product_id, None)

    def allow(self, link: str | None) -> None:
        """Remembers an address that may be said beside those of the products."""
        if link:
            self._links.add(link)

    def allow_limits(self, prices: Iterable[Decimal]) -> None:
        """Remembers prices between which was searched: they may be said though nothing costs them."""
        self._limits.update(prices)

    def get(self, product_id: int) -> Product | None:
        return self._products.get(product_id)

    def is_live(self, product_id: int) -> bool:
        return product_id in self._live

    def _refresh_parents(self, variation: Product) -> None:
        for key, parent in self._products.items():
            if any(each.id == variation.id for each in parent.variations):
                fresh = tuple(variation if each.id == variation.id else each for each in parent.variations)
                self._products[key] = replace(parent, variations=fresh)

    @property
    def links(self) -> frozenset[str]:
        return frozenset(self._links)

    @property
    def limits(self) -> frozenset[Decimal]:
        return frozenset(self._limits)

    @property
    def products(self) -> tuple[Product, ...]:
        return tuple(self._products.values())


def _joined(known: Product | None, new: Product, *, live: bool) -> Product:
    """The new row, with those variations of the known one that it does not repeat (results are narrowed)."""
    if known is None or live:
        return new
    ids = {variation.id for variation in new.variations}
    rest = tuple(variation for variation in known.variations if variation.id not in ids)
    return replace(new, variations=(*new.variations, *rest))
