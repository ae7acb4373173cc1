"""What has come of a shop in a walk, by ids, as pages brought it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any

Mark = dict[str, Any]


class Ledger:
    """Grows by what the marks of pages say, whether they are made now or come from an interrupted walk.

    `products` were read; `unsold` are those of them that customers cannot see, `hidden` those that are
    published all the same. `children` maps a product that is sold to the variations it lists; `variations`
    were read, and `asked` are the products whose own list of them was. `pages` is the last page that came of
    a list. `route` tells whether the shop has a list of all variations, None while nobody knows; `whole` that
    everything is read although changes were asked for. `tree` is the digest of the categories in use, empty
    without any, and `trees` are those by which pages were read.

    A mark names its shop by `stamp`. Its other entries are named like what they add to; those of `children`
    are lists, the product first.
    """

    def __init__(self, stamp: Sequence[str], hidden: Collection[int] = (), route: bool | None = None) -> None:
        self._shop = hashlib.sha256("\n".join(stamp).encode()).hexdigest()[:12]
        self.products: set[int] = set()
        self.unsold: set[int] = set()
        self.hidden = set(hidden)
        self.children: dict[int, tuple[int, ...]] = {}
        self.variations: set[int] = set()
        self.asked: set[int] = set()
        self.pages: dict[str, int] = {}
        self.route = route
        self.whole = False
        self.tree = ""
        self.trees: set[str] = set()
        self._listed = 0

    @property
    def expected(self) -> int:
        """How many products and variations are to come, by what the products say that came."""
        return len(self.products) + self._listed

    def restore(self, marks: Sequence[Mapping[str, Any]]) -> bool:
        """Takes an interrupted walk's marks over; false, and none of them, when one is of another shop."""
        if not marks or any(mark.get("shop") != self._shop for mark in marks):
            return False
        for mark in marks:
            self._take(mark)
        return True

    def enter(self, **entries: Any) -> Mark:
        """Takes in what a page brought, and gives its mark."""
        mark = {name: value for name, value in entries.items() if value}
        if self.tree:
            mark["tree"] = self.tree
        if self.whole:
            mark["whole"] = True
        if self.route is not None:
            mark["route"] = self.route
        self._take(mark)
        return {"shop": self._shop, **mark}

    def forget(self, products: Collection[int]) -> None:
        """Makes it as if these products had not come."""
        self.products.difference_update(products)
        self._take_back(products)

    def lacking(self) -> list[int]:
        """Products that are sold and whose listed variations have not all come."""
        return [
            product
            for product, children in self.children.items()
            if product not in self.asked and not self.variations.issuperset(children)
        ]

    def _take(self, mark: Mapping[str, Any]) -> None:
        products = mark.get("products", ())
        self._take_back(products)
        self.products.update(products)
        self.unsold.update(mark.get("unsold", ()))
        self.hidden.update(mark.get("hidden", ()))
        for product, *children in mark.get("children", ()):
            self.children[product] = tuple(children)
            self._listed += len(children)
        self.variations.update(mark.get("variations", ()))
        self.asked.update(mark.get("asked", ()))
        self.pages.update(mark.get("pages", {}))
        self.route = mark.get("route", self.route)
        self.trees.add(mark.get("tree", ""))
        self.whole |= mark.get("whole", False)

    def _take_back(self, products: Collection[int]) -> None:
        """Drops what was known of products that come again."""
        self.unsold.difference_update(products)
        self.hidden.difference_update(products)
        for product in products:
            self._listed -= len(self.children.pop(product, ()))
