"""The catalogue and the shop as one turn sees them: each product asked for live at most once."""

from __future__ import annotations

from dataclasses import dataclass

from tendero.assistant.background import Task
from tendero.assistant.evidence import Evidence
from tendero.assistant.ports import Live, Search, SearchResult
from tendero.assistant.templates import Confirmed
from tendero.catalog.product import Product
from tendero.catalog.search.variations import with_variations
from tendero.platform.deadline import Deadline
from tendero.platform.errors import TenderoError


@dataclass(frozen=True, slots=True)
class Lookup:
    """One product as it was looked up: from the shop itself where `live`, else as last recorded.

    Without a product, `reason` says why; `live` then means that the shop no longer sells it.
    """

    product: Product | None
    live: bool
    reason: str = ""


class Shop:
    """What a turn looks up. All that it finds becomes evidence.

    `unconfirmed` are ids of products for which the shop did not answer; `notes` tell the operator why.
    """

    def __init__(self, search: Search, live: Live, evidence: Evidence) -> None:
        self._search = search
        self._live = live
        self._asked: dict[tuple[int | None, str | None], Lookup] = {}
        self.evidence = evidence
        self.unconfirmed: set[int] = set()
        self.notes: list[str] = []

    def search(self, text: str, deadline: Deadline, *, in_stock: bool, limit: int) -> list[Product]:
        """Products for these words. Raises DatabaseError or DeadlineExceeded."""
        task = searching(self._search, text, deadline, in_stock=in_stock, limit=limit)
        found = [hit.product for hit in task.result(deadline).hits]
        self.evidence.add(found)
        return found

    def details(self, deadline: Deadline, *, product_id: int | None = None, sku: str | None = None) -> Lookup:
        """One product, from the shop itself where it answers in time."""
        key = (product_id, sku)
        if key not in self._asked:
            self._asked[key] = self._details(deadline, product_id, sku)
        return self._asked[key]

    def confirm(self, product: Product, deadline: Deadline) -> Confirmed:
        """This product with the shop's present price and stock, narrowed to the same variations."""
        found = self.details(deadline, product_id=product.id)
        if found.product is not None:
            return Confirmed(_narrowed(found.product, product), live=found.live)
        return Confirmed(product, live=found.live, gone=found.live)

    def _details(self, deadline: Deadline, product_id: int | None, sku: str | None) -> Lookup:
        def ask() -> Lookup:
            answer = self._live(product_id=product_id, sku=sku, deadline=deadline)
            return Lookup(answer.product, answer.live, answer.reason)

        try:
            found = Task("The shop's answer", ask).result(deadline)
        except TenderoError as error:
            found = Lookup(None, live=False, reason=str(error))
        self._remember(found, product_id)
        return found

    def _remember(self, found: Lookup, product_id: int | None) -> None:
        if not found.live:
            self.notes.append(f"no live data: {found.reason}")
            self.unconfirmed.update(each for each in (product_id, found.product and found.product.id) if each)
        if found.product is not None:
            self.evidence.add((found.product,), live=found.live)
        elif found.live and product_id is not None:
            self.evidence.drop(product_id)


def searching(
    search: Search, text: str, deadline: Deadline, *, in_stock: bool = False, limit: int = 10
) -> Task[SearchResult]:
    """A search under way."""
    return Task("The search", lambda: search.search(text, in_stock=in_stock, limit=limit, deadline=deadline))


def _narrowed(fresh: Product, wanted: Product) -> Product:
    """The fresh row with only the variations that the wanted one shows; all where it has none of them now."""
    ids = {variation.id for variation in wanted.variations}
    return with_variations(fresh, ids) if any(each.id in ids for each in fresh.variations) else fresh
