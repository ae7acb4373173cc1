"""The demo Odoo's state: its database, release, users, clock and failure switches."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from infra.local.demo_odoo import base
from infra.local.demo_odoo.accounts import ACCOUNTS, KEYS, Account, ApiKey
from infra.local.demo_odoo.env import Env
from infra.local.demo_odoo.faults import Faults
from infra.local.demo_odoo.model import build
from infra.local.demo_odoo.product_schema import product_models
from infra.local.demo_odoo.products import Categories, Templates, Variants
from infra.local.demo_odoo.release import Release
from infra.local.demo_odoo.schema import base_models, stock_models
from infra.local.demo_odoo.stock import Quants
from infra.local.demo_odoo.table import Journal, Table
from infra.local.demo_odoo.users import Users
from infra.local.demo_odoo.variants import AttributeLines
from infra.local.demo_odoo.writing import Records

_KINDS: dict[str, type[Records]] = {
    "product.template": Templates,
    "product.product": Variants,
    "product.category": Categories,
    "product.template.attribute.line": AttributeLines,
    "stock.quant": Quants,
    "res.users": Users,
}
_INDEXED = {
    "product.product": ("product_tmpl_id", "barcode"),
    "product.template": ("categ_id",),
    "product.category": ("parent_id",),
    "product.attribute.value": ("attribute_id",),
    "product.template.attribute.line": ("product_tmpl_id",),
    "product.template.attribute.value": ("attribute_line_id",),
    "stock.quant": ("product_id",),
    "stock.move": ("product_id",),
}


class Odoo:
    """An Odoo database in memory. All public methods may be called from any thread.

    `version` is what the server tells: "16.0" to "19.0", "18.0-20250702", "saas~18.4". `stock` and `website`
    say whether the apps Inventory and eCommerce are installed. With `other_databases` the server holds
    several, so that JSON-2 wants the database in a header. `now` gives an aware UTC time.
    Raises ValueError for a version that is not served.
    """

    def __init__(
        self,
        version: str = "19.0",
        *,
        database: str = "demo",
        other_databases: Iterable[str] = (),
        stock: bool = True,
        website: bool = False,
        languages: Iterable[str] = ("en_US", "es_ES", "pt_BR"),
        accounts: Iterable[Account] = ACCOUNTS,
        keys: Iterable[ApiKey] = KEYS,
        latency: float = 0.0,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self.release = Release.of(version)
        self.database = database
        self.databases = [database, *other_databases]
        self.stock = stock
        self.website = website
        self.languages = tuple(languages)
        self.accounts = {account.uid: account for account in accounts}
        self.keys = list(keys)
        self.latency = latency
        self.faults = Faults()
        self.requests: deque[tuple[str, int]] = deque(maxlen=10_000)
        self.lock = threading.RLock()
        self.stopping = threading.Event()
        self._now = now or (lambda: datetime.now(UTC))
        self._build()

    def _build(self) -> None:
        models = base_models(self.release)
        models += product_models(self.release, stock=self.stock, website=self.website)
        models += stock_models(self.release) if self.stock else []
        self.models = build(models, self.release)
        self.journal = Journal()
        self._tables = {n: Table(n, _INDEXED.get(n, ()), self.journal) for n in self.models}
        base.load(self)

    @classmethod
    def demo(cls, version: str = "19.0", **options: Any) -> Odoo:
        """A hardware shop with about 80 products, in two companies and three languages."""
        from infra.local.demo_odoo import demo

        odoo = cls(version, **options)
        demo.load(odoo)
        return odoo

    @classmethod
    def generated(cls, n: int, seed: int = 1, version: str = "19.0", **options: Any) -> Odoo:
        """`n` synthetic variants; in every fifth template come four of them."""
        from infra.local.demo_odoo import synthetic

        odoo = cls(version, **options)
        synthetic.load(odoo, n, seed)
        return odoo

    def table(self, model: str) -> Table:
        return self._tables[model]

    def records(self, env: Env, model: str, ids: Iterable[int] = ()) -> Records:
        return _KINDS.get(model, Records)(env, model, ids)

    def now(self) -> datetime:
        """The database's clock: naive UTC, microseconds."""
        return self._now().astimezone(UTC).replace(tzinfo=None)

    @contextmanager
    def transaction(self, at: datetime | None = None) -> Iterator[datetime]:
        """Gives the start of a transaction, which is the write_date of all that is written in it. An error
        takes every change back. `at` (naive UTC) starts it earlier, as a long one that commits only now.
        """
        with self.lock:
            self.journal.begin()
            kept = False
            try:
                yield at or self.now()
                kept = True
            finally:
                self.journal.end(keep=kept)

    # What a test or a benchmark does to the database without HTTP, as the superuser.

    def execute(
        self,
        model: str,
        method: str,
        *args: Any,
        context: dict[str, Any] | None = None,
        at: datetime | None = None,
        **kwargs: Any,
    ) -> Any:
        """As execute_kw does it, in a transaction of its own. Raises what Odoo would."""
        from infra.local.demo_odoo.calls import call_positional

        with self.transaction(at) as began:
            env = Env(self, None, context, began)
            return call_positional(env, model, method, list(args), kwargs)

    def set_stock(self, product_id: int, quantity: float, location_id: int | None = None) -> None:
        """An inventory: the quant and a done move change, the product does not."""
        with self.transaction() as began:
            self._quants(began).count(product_id, quantity, location_id)

    def reserve(self, product_id: int, quantity: float, location_id: int | None = None) -> int:
        """A confirmed sale. Gives the id of the move that `deliver` ends."""
        with self.transaction() as began:
            return self._quants(began).reserve(product_id, quantity, location_id)

    def deliver(self, move_id: int) -> None:
        with self.transaction() as began:
            self._quants(began).deliver(move_id)

    def _quants(self, began: datetime) -> Quants:
        return Quants(Env(self, None, None, began), "stock.quant")
