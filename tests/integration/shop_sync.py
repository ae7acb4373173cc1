"""A demo shop, a database and the sync between them, for tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from infra.local.demo_shop.server import Server
from infra.local.demo_shop.shop import Shop
from tendero.catalog.embedding import Embeddings
from tendero.catalog.report import SyncReport
from tendero.catalog.sync import run_sync
from tendero.catalog.woocommerce.shop import WooCommerce
from tendero.platform.database import Database, Row
from tendero.platform.deadline import Deadline
from tendero.platform.settings import Settings
from tendero.platform.sql import Query


@dataclass
class CountingEmbedder:
    """Vectors made of a text's hash; keeps the texts that it was asked for. Stands in for a model."""

    model: str = "test-16"
    dimensions: int = 16
    ready: bool = True
    paid: bool = True
    texts: list[str] = field(default_factory=list)

    def embed(self, texts: Sequence[str], deadline: Deadline | None = None) -> list[list[float]]:
        self.texts += texts
        return [[byte / 1020 for byte in sha256(text.encode()).digest()[:16]] for text in texts]


@dataclass
class Stage:
    """A shop that serves, and a sync that reads it."""

    shop: Shop
    server: Server
    db: Database
    settings: Settings
    embedder: CountingEmbedder = field(default_factory=CountingEmbedder)

    def sync(self, **options: Any) -> SyncReport:
        embeddings = Embeddings(self.db, self.embedder, self.settings)
        source = WooCommerce(self.settings)
        source.client.patience = 0.02
        return run_sync(self.db, source, settings=self.settings, embeddings=embeddings, **options)

    def rows(self, where: str = "true", **parameters: Any) -> list[Row]:
        query = Query.parse("rows", f"select * from products where {where} order by external_id::bigint")
        return self.db.fetch(query, **parameters)

    def row(self, item_id: int) -> Row:
        (row,) = self.rows("external_id = :id", id=str(item_id))
        return row

    def versions(self) -> dict[str, Any]:
        """Which physical version of each row is stored: differs where a row was written."""
        query = Query.parse("versions", "select external_id, xmin::text || ctid::text as v from products")
        return {row["external_id"]: row["v"] for row in self.db.fetch(query)}

    def active_ids(self) -> set[int]:
        return {int(row["external_id"]) for row in self.rows("is_active")}

    def visible_ids(self) -> set[int]:
        """What the shop really sells now: the truth to compare with."""
        shop = self.shop
        shown = {
            item.id
            for item in shop.items.values()
            if not item.is_variation and item.status == "publish" and item.catalog_visibility != "hidden"
        }
        return shown | {
            item.id
            for item in shop.items.values()
            if item.is_variation and item.status == "publish" and item.parent_id in shown
        }


@contextmanager
def stage(db: Database, shop: Shop, **settings: str) -> Iterator[Stage]:
    with Server(shop=shop) as server:
        environment = {
            "WOOCOMMERCE_URL": server.base_url,
            "WOOCOMMERCE_KEY": "ck_demo_tendero",
            "WOOCOMMERCE_SECRET": "cs_demo_tendero",
            **settings,
        }
        yield Stage(shop, server, db, Settings.load(environment))
