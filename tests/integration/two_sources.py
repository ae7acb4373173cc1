"""A shop that sells through WooCommerce and keeps an Odoo, in one database, for tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from infra.local.demo_shop.shop import Shop
from tendero.catalog.live import Live, live
from tendero.catalog.search import ProductSearch
from tendero.platform.database import Database, Row
from tendero.platform.settings import Settings
from tendero.platform.sql import Query
from tests.integration import odoo_sync, shop_sync


@dataclass
class Two:
    """Both demo sources. The shop has four products and a variable one, none of which is in the Odoo yet."""

    web: shop_sync.Stage
    erp: odoo_sync.Stage
    settings: Settings

    def sync(self) -> set[str]:
        """Syncs both; the rows that this wrote, as `woocommerce 100` or `odoo 7`."""
        before = self.versions()
        for stage in (self.web, self.erp):
            stage.settings = self.settings
            assert stage.sync().errors == ()
        return {name for name, version in self.versions().items() if before.get(name) != version}

    def obey(self, **rule: tuple[str, ...]) -> None:
        """Changes the settings, which the next sync sees."""
        self.settings = replace(self.settings, **rule)  # type: ignore[arg-type]

    def versions(self) -> dict[str, str]:
        rows = self._fetch("select source || ' ' || external_id as name, xmin::text || ctid::text as version")
        return {row["name"]: row["version"] for row in rows}

    def row(self, source: str, external_id: int | str) -> Row:
        rows = self._fetch("select *", source=source, external_id=str(external_id))
        return rows[0]

    def shown(self, sku: str) -> list[Row]:
        """The active rows with this SKU that customers see."""
        rows = self._fetch("select *")
        return [
            row for row in rows if row["is_active"] and not row["shown_as"] and row["sku_key"] == sku.lower()
        ]

    def found(self, text: str) -> list[tuple[str, str]]:
        """Source and external id of what a search finds, surely or not."""
        search = ProductSearch(self.web.db, self.web.embedder, self.settings)
        return [(hit.product.source, hit.product.external_id) for hit in search.search(text).hits]

    def simple(self, number: int = 0) -> int:
        """The id of a product of the shop without variations."""
        return [item.id for item in self.web.shop.items.values() if item.type == "simple"][number]

    def variable(self) -> tuple[int, list[int]]:
        """The ids of the shop's variable product and of its variations."""
        parent = next(item for item in self.web.shop.items.values() if item.type == "variable")
        return parent.id, list(parent.children)

    def name(self, item_id: int, sku: str) -> int:
        """Gives an item of the shop this SKU."""
        self.web.shop.update(item_id, {"sku": sku})
        return item_id

    def live(self) -> Live:
        return live(self.settings, self.web.db)

    def _fetch(self, select: str, source: str | None = None, external_id: str | None = None) -> list[Row]:
        which = " where :source::text is null or (source = :source and external_id = :external_id)"
        query = Query.parse("rows", f"{select} from products{which}")
        return self.web.db.fetch(query, source=source, external_id=external_id)


@contextmanager
def two_sources(db: Database) -> Iterator[Two]:
    with odoo_sync.settled(db, "19.0") as erp, shop_sync.stage(db, Shop.generated(5)) as web:
        addresses = {
            name: getattr(web.settings, name)
            for name in ("woocommerce_url", "woocommerce_key", "woocommerce_secret")
        }
        web.embedder = erp.embedder
        yield Two(web, erp, replace(erp.settings, **addresses))
