"""A walk's products: rows of the shop as pages of items with their marks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from tendero.catalog.item import CatalogItem
from tendero.catalog.source import Page
from tendero.catalog.woocommerce.ids import existing
from tendero.catalog.woocommerce.ledger import Ledger
from tendero.catalog.woocommerce.listing import RawPage
from tendero.catalog.woocommerce.mapping import PARENT_FIELDS, PRODUCT_FIELDS, Mapper, Raw
from tendero.catalog.woocommerce.parent import Parent
from tendero.catalog.woocommerce.reader import Reader


class Products:
    """`parents` are the products read in this process that are sold in variations."""

    def __init__(self, reader: Reader, mapper: Mapper, ledger: Ledger) -> None:
        self._reader = reader
        self._mapper = mapper
        self._ledger = ledger
        self.parents: dict[int, Parent] = {}

    def page(self, raw: RawPage, **pages: int) -> Page:
        """The items of a page; `pages` names the list it is of and its number, where it is of one."""
        items = [self._mapper.product(row) for row in raw.rows]
        unsold = [row for row, item in zip(raw.rows, items, strict=True) if not item.is_active]
        mark = self._ledger.enter(
            products=[row["id"] for row in raw.rows],
            unsold=[row["id"] for row in unsold],
            hidden=[row["id"] for row in unsold if row.get("status") == "publish"],
            children=self._families(raw.rows, items),
            pages=pages,
        )
        problems = (*raw.problems, *self._mapper.told())
        return Page(tuple(items), problems=problems, expected=raw.total, mark=mark if items else None)

    def by_id(self, ids: Collection[int]) -> Iterator[Page]:
        """Those of the products that the shop lists, in any status but trash."""
        for page in existing(self._reader, ids, _fields=PRODUCT_FIELDS):
            yield self.page(page)

    def recall(self, ids: Collection[int]) -> None:
        """Reads again what variations take of products that came in an earlier process.

        One that is not sold any more is as if it had not come.
        """
        wanted = set(ids) - self.parents.keys()
        for page in existing(self._reader, wanted, _fields=PARENT_FIELDS):
            families = self._families(page.rows, [self._mapper.product(row) for row in page.rows])
            self._ledger.enter(products=[product for product, *_ in families], children=families)
        self._mapper.told()
        self._ledger.forget(wanted - self.parents.keys())

    def _families(self, rows: Iterable[Raw], items: Iterable[CatalogItem]) -> list[list[int]]:
        """Products with their variations' ids; of those that nobody sees, none: they go as a whole."""
        found = []
        for row, item in zip(rows, items, strict=True):
            parent = self._mapper.parent(row, item) if item.is_active else None
            if parent is None:
                self.parents.pop(row["id"], None)
            else:
                self.parents[row["id"]] = parent
                found.append([row["id"], *parent.children])
        return found
