"""One product's price and stock of this moment, asked of the shop itself."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from tendero.catalog import products
from tendero.catalog.product import Product
from tendero.catalog.source import Source
from tendero.catalog.sources import SOURCES, source
from tendero.platform import logs
from tendero.platform.database import Database
from tendero.platform.deadline import Deadline
from tendero.platform.errors import SettingsError, SourceError
from tendero.platform.settings import Settings

_log = logs.logger("live")


@dataclass(frozen=True, slots=True)
class LiveDetails:
    """A product as the shop has it now, or, with `live` false, as it was last synced; `reason` says why.

    `product` is None where the database has no such active product, or the shop no longer sells it.
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

        Raises DatabaseError or DeadlineExceeded when not even the database answers in time.
        """
        product = self._held(product_id, sku, deadline)
        if product is None:
            return LiveDetails(None, live=False, reason="no product with this id or SKU")
        try:
            fresh = self._find(product.source).refresh(product, deadline)
        except (SourceError, SettingsError) as error:
            _log.warning("the shop was not asked or did not answer", reason=str(error), product_id=product.id)
            return LiveDetails(product, live=False, reason=str(error))
        if fresh is None:
            return LiveDetails(None, live=True, reason="the shop no longer sells it")
        return LiveDetails(fresh, live=True)

    def _held(self, product_id: int | None, sku: str | None, deadline: Deadline) -> Product | None:
        with self._database.transaction(deadline) as transaction:
            ids = [product_id] if product_id is not None else []
            if not ids and sku:
                ids = products.ids_by_code(transaction, sku, most=1)
            found = products.read(transaction, ids)
        return found[0] if found else None


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
