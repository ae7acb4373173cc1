"""One product's price and stock of this moment, asked of the shop itself."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass

from tendero.catalog import offers, products
from tendero.catalog.product import Product
from tendero.catalog.source import Source
from tendero.catalog.sources import SOURCES, source
from tendero.platform import logs
from tendero.platform.database import Database
from tendero.platform.deadline import Deadline
from tendero.platform.errors import SettingsError, SourceError
from tendero.platform.settings import Settings

_log = logs.logger("live")
# A product whose variations are many single products of another source is not asked for one by one.
_MOST_CALLS = 6


@dataclass(frozen=True, slots=True)
class LiveDetails:
    """A product as the shop has it now, or, with `live` false, as it was last synced; `reason` says why.

    `product` is None where the database has no such active product, or the shop no longer sells it. Where
    price and stock come from two sources and one did not answer, what the other said is in it.
    """

    product: Product | None
    live: bool
    reason: str = ""


class Live:
    """Asks the shop about one product at a time. `find` gives the source of a product by its name."""

    def __init__(self, database: Database, find: Callable[[str], Source]) -> None:
        self._database = database
        self._find = find

    def __call__(
        self, *, product_id: int | None = None, sku: str | None = None, deadline: Deadline
    ) -> LiveDetails:
        """The product with this id, else with exactly this SKU or barcode.

        Asks the sources whose price and stock count, at the same time. Raises DatabaseError or
        DeadlineExceeded when not even the database answers in time.
        """
        product, others = self._held(product_id, sku, deadline)
        if product is None:
            return LiveDetails(None, live=False, reason="no product with this id or SKU")
        asked = offers.to_ask(product, others)
        if len(asked) > _MOST_CALLS:
            reason = f"its price and stock are those of {len(asked)} products of other sources"
            return LiveDetails(product, live=False, reason=reason)
        answers = self._answers(asked, deadline)
        reasons = [each for each in answers if isinstance(each, str)]
        fresh = [each for each in answers if isinstance(each, Product)]
        if any(each.id == product.id and answer is None for each, answer in zip(asked, answers, strict=True)):
            return LiveDetails(None, live=True, reason="the shop no longer sells it")
        if not others:
            return LiveDetails(fresh[0] if fresh else product, live=bool(fresh), reason="".join(reasons))
        found, complete = offers.merged(product, fresh)
        if not (complete or reasons):
            reasons = ["it is no longer sold where its price or stock comes from"]
        return LiveDetails(found, live=not reasons, reason="; ".join(reasons))

    def _answers(self, asked: Sequence[Product], deadline: Deadline) -> list[Product | str | None]:
        """Of each: the product as it is now, None when it is not sold, or why its source did not tell."""
        if len(asked) == 1:
            return [self._answer(asked[0], deadline)]
        with ThreadPoolExecutor(len(asked), thread_name_prefix="live") as pool:
            calls = [pool.submit(copy_context().run, self._answer, each, deadline) for each in asked]
            return [each.result() for each in calls]

    def _answer(self, product: Product, deadline: Deadline) -> Product | str | None:
        try:
            return self._find(product.source).refresh(product, deadline)
        except (SourceError, SettingsError) as error:
            _log.warning("the shop was not asked or did not answer", reason=str(error), product_id=product.id)
            return str(error)

    def _held(
        self, product_id: int | None, sku: str | None, deadline: Deadline
    ) -> tuple[Product | None, list[Product]]:
        """The product, and the rows of other sources that its price and stock come from."""
        with self._database.transaction(deadline) as transaction:
            ids = [product_id] if product_id is not None else []
            if not ids and sku:
                ids = products.ids_by_code(transaction, sku, most=1)
            found = products.read(transaction, ids)
            wanted = offers.elsewhere(found[0]) if found else ()
            others = products.own(transaction, sorted(wanted)) if wanted else []
        return (found[0] if found else None), others


def live(settings: Settings, database: Database) -> Live:
    """`Live` over the shops of these settings, whose secrets are filled in; nothing is connected yet."""
    opened: dict[str, Source] = {}
    lock = threading.Lock()

    def find(name: str) -> Source:
        with lock:
            if name not in opened:
                if name not in SOURCES:
                    raise SettingsError(f"Products of {name} cannot be asked for live.")
                opened[name] = source(name, settings)
            return opened[name]

    return Live(database, find)
