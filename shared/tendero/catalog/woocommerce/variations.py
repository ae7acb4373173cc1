"""A walk's variations: those of every product met so far, read in the cheaper of two ways."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from tendero.catalog.source import Known, Page
from tendero.catalog.woocommerce.ledger import Ledger
from tendero.catalog.woocommerce.mapping import VARIATION_FIELDS, Mapper, Raw
from tendero.catalog.woocommerce.parent import Parent
from tendero.catalog.woocommerce.products import Products
from tendero.catalog.woocommerce.reader import Reader
from tendero.catalog.woocommerce.refusals import Refused

_LIST = "variations"


class Variations:
    """What `lacking` the ledger tells, read from the list of all variations (WooCommerce 10.3 and later) or
    from each product's own."""

    def __init__(self, reader: Reader, mapper: Mapper, ledger: Ledger, products: Products) -> None:
        self._reader = reader
        self._mapper = mapper
        self._ledger = ledger
        self._products = products
        self._is_first_reading = True

    def pages(self, most_alone: int) -> Iterator[Page]:
        """The variations that have not come yet. Up to `most_alone` products are asked each by itself."""
        lacking = self._ledger.lacking()
        if len(lacking) > most_alone and self._ledger.route is not False:
            try:
                yield from self._of_all(lacking)
            except Refused as error:
                self._without_route(error)
            lacking = self._ledger.lacking()
        self._products.recall(lacking)
        for product, (rows, problems) in self._reader.each(self._of_one, self._ledger.lacking()):
            parent = self._products.parents[product]
            found = [(row, parent) for row in rows if row["id"] not in self._ledger.variations]
            yield self._page(found, problems, asked=[product])

    def changed_parents(self, **bound: str) -> set[int]:
        """The products whose variations changed; none where the shop has no list of all variations."""
        if self._ledger.route is False:
            return set()
        try:
            rows = [
                row
                for page in self._reader.in_turn(_LIST, _fields="id,parent_id", **bound)
                for row in page.rows
            ]
        except Refused as error:
            self._without_route(error)
            return set()
        self._ledger.route = True
        return {row["parent_id"] for row in rows if type(row.get("parent_id")) is int}

    def gone(self, known: Known) -> Page:
        """Variations that did not come and that their product, read in this walk, does not list either."""
        lost, unread = [], 0
        for external_id, parent_id in known.variations.items():
            child, parent = int(external_id), int(parent_id)
            if child in self._ledger.variations or parent not in self._ledger.products:
                continue
            if child in self._ledger.children.get(parent, ()):
                unread += 1
            elif parent not in self._ledger.unsold:
                lost.append(external_id)
        problems = (f"{unread} variations are listed by their products but cannot be read.",)
        return Page(gone=tuple(lost), problems=problems if unread else ())

    def _without_route(self, error: Refused) -> None:
        if error.status != 404:
            raise error
        self._ledger.route = False

    def _of_all(self, lacking: Collection[int]) -> Iterator[Page]:
        # A walk goes on where the one before it ended; what is met later is looked for from the beginning.
        first, self._is_first_reading = self._is_first_reading, False
        after = self._ledger.pages.get(_LIST, 0) if first else 0
        seen = self._ledger.variations if after else ()
        self._products.recall(lacking)
        wanted = {product: self._products.parents.get(product) for product in lacking}
        listing = self._reader.listing(_LIST, after=after, seen=seen, _fields=VARIATION_FIELDS)
        for number, page in enumerate(listing, after + 1):
            self._ledger.route = True
            found = [(row, parent) for row in page.rows if (parent := wanted.get(row.get("parent_id", 0)))]
            yield self._page(found, page.problems, pages={_LIST: number} if first and page.rows else {})

    def _of_one(self, product: int) -> tuple[list[Raw], list[str]]:
        read = self._read(product)
        if {row["id"] for row in read[0]}.issuperset(self._ledger.children[product]):
            return read
        # Once in a while a list comes empty.
        return max(self._read(product), read, key=lambda each: len(each[0]))

    def _read(self, product: int) -> tuple[list[Raw], list[str]]:
        pages = list(self._reader.in_turn(f"products/{product}/variations", _fields=VARIATION_FIELDS))
        return (
            [row for page in pages for row in page.rows],
            [problem for page in pages for problem in page.problems],
        )

    def _page(self, found: Collection[tuple[Raw, Parent]], problems: Iterable[str], **entries: Any) -> Page:
        items = tuple(self._mapper.variation(row, parent) for row, parent in found)
        mark = self._ledger.enter(variations=[row["id"] for row, _ in found], **entries)
        is_worth_a_mark = bool(found or any(entries.values()))
        return Page(
            items,
            problems=(*problems, *self._mapper.told()),
            expected=self._ledger.expected,
            mark=mark if is_worth_a_mark else None,
        )
