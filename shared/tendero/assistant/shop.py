"""The catalogue and the shop as one turn sees them: each product asked for live at most once."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tendero.assistant.background import Task
from tendero.assistant.evidence import Evidence
from tendero.assistant.ports import Live, Search, SearchResult
from tendero.assistant.templates import Confirmed
from tendero.catalog.product import Product
from tendero.platform.deadline import Deadline
from tendero.platform.errors import TenderoError


@dataclass(frozen=True, slots=True)
class Lookup:
    """A product as found by a tool; None with the reason when there is none."""

    product: Product | None
    live: bool
    reason: str = ""


class Shop:
    """What a turn looks up. All that it finds becomes evidence; `notes` collects what went wrong."""

    def __init__(self, search: Search, live: Live, evidence: Evidence, deadline: Deadline) -> None:
        self._search = search
        self._live = live
        self._deadline = deadline
        self._asked: dict[tuple[int | None, str | None], Lookup] = {}
        self.evidence = evidence
        self.notes: list[str] = []

    def search(self, text: str, *, in_stock: bool = False, limit: int = 10) -> list[Product]:
        """Products for these words. Raises DatabaseError or DeadlineExceeded."""
        task = searching(self._search, text, self._deadline, in_stock=in_stock, limit=limit)
        found = [hit.product for hit in task.result(self._deadline).hits]
        self.evidence.add(found)
        return found

    def details(self, *, product_id: int | None = None, sku: str | None = None) -> Lookup:
        """One product, from the shop itself where it answers in time."""
        key = (product_id, sku)
        if key not in self._asked:
            self._asked[key] = self._details(product_id, sku)
        return self._asked[key]

    def confirm(self, product: Product) -> Confirmed:
        """This product with the shop's present price and stock; narrowed to the same variations."""
        found = self.details(product_id=product.id)
        if found.product is None:
            return Confirmed(product, live=False)
        return Confirmed(_narrowed(found.product, product), live=found.live)

    def _details(self, product_id: int | None, sku: str | None) -> Lookup:
        def ask() -> Lookup:
            answer = self._live(product_id=product_id, sku=sku, deadline=self._deadline)
            return Lookup(answer.product, answer.live, answer.reason)

        try:
            found = Task("The shop's answer", ask).result(self._deadline)
        except TenderoError as error:
            found = Lookup(None, live=False, reason=str(error))
        if not found.live:
            self.notes.append(f"no live data: {found.reason}")
        if found.product is not None:
            self.evidence.add((found.product,), live=found.live)
        return found


def searching(
    search: Search, text: str, deadline: Deadline, *, in_stock: bool = False, limit: int = 10
) -> Task[SearchResult]:
    """A search under way."""
    return Task("The search", lambda: search.search(text, in_stock=in_stock, limit=limit, deadline=deadline))


def _narrowed(fresh: Product, wanted: Product) -> Product:
    """The fresh row with only the variations that the wanted one shows."""
    ids = {variation.id for variation in wanted.variations}
    kept = tuple(variation for variation in fresh.variations if variation.id in ids)
    if not kept or len(kept) == len(fresh.variations):
        return fresh
    prices = [variation.price for variation in kept if variation.price is not None]
    low, high = (min(prices), max(prices)) if prices else (fresh.price, None)
    return replace(fresh, variations=kept, price=low, price_max=high if high != low else None)
