"""A demo Odoo, a database and the sync between them, for tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from infra.local.demo_odoo import SYNC, Account, Odoo, Server
from tendero.catalog.embedding import Embeddings
from tendero.catalog.odoo.mapping import parent_id
from tendero.catalog.odoo.source import Odoo as OdooSource
from tendero.catalog.report import SyncReport
from tendero.catalog.sync import run_sync
from tendero.platform.database import Database, Row
from tendero.platform.settings import Settings
from tendero.platform.sql import Query
from tests.integration.demo_odoo import VERSIONS, Clock, key_of
from tests.integration.shop_sync import CountingEmbedder

VARIANT, TEMPLATE = "product.product", "product.template"
JSON2, JSON_RPC, XML_RPC = "JSON-2", "JSON-RPC", "XML-RPC"
# Every release with every protocol that it has.
WAYS = [(version, way) for version in VERSIONS for way in (JSON_RPC, XML_RPC)] + [("19.0", JSON2)]


@dataclass
class Stage:
    """An Odoo that serves, and a sync that reads it."""

    odoo: Odoo
    server: Server
    db: Database
    settings: Settings
    embedder: CountingEmbedder = field(default_factory=CountingEmbedder)

    def sync(self, **options: Any) -> SyncReport:
        embeddings = Embeddings(self.db, self.embedder, self.settings)
        source = OdooSource(self.settings)
        try:
            return run_sync(self.db, source, settings=self.settings, embeddings=embeddings, **options)
        finally:
            source.client.close()

    def rows(self, where: str = "true", **parameters: Any) -> list[Row]:
        return self.db.fetch(Query.parse("rows", f"select * from products where {where}"), **parameters)

    def row(self, external_id: int | str) -> Row:
        (row,) = self.rows("external_id = :id", id=str(external_id))
        return row

    def versions(self) -> dict[str, Any]:
        """Which physical version of each row is stored: differs where a row was written."""
        query = Query.parse("versions", "select external_id, xmin::text || ctid::text as v from products")
        return {row["external_id"]: row["v"] for row in self.db.fetch(query)}

    def active_ids(self) -> set[str]:
        return {row["external_id"] for row in self.rows("is_active")}

    def visible_ids(self, companies: tuple[int, ...] = (1,)) -> set[str]:
        """What Odoo really sells to these companies' customers now: the truth to compare with."""
        found: set[str] = set()
        templates = self.odoo.table(TEMPLATE).rows
        variants = self.odoo.table(VARIANT)
        for template in templates.values():
            family = variants.by("product_tmpl_id", template["id"])
            if not template["sale_ok"] or template["company_id"] not in (None, *companies):
                continue
            shown = {str(row["id"]) for row in family if row["active"]}
            found |= shown
            if len(shown) > 1 or (not family and template["active"]):
                found.add(parent_id(template["id"]))
        return found

    def write(self, model: str, record: int, **values: Any) -> None:
        self.odoo.execute(model, "write", [record], values, context={"lang": "es_ES"})

    def variant(self, code: str) -> int:
        """The id of the variant with this reference."""
        (found,) = self.odoo.execute(VARIANT, "search", [("default_code", "=", code)])
        return int(found)

    def template(self, code: str) -> int:
        return int(self.odoo.table(VARIANT).rows[self.variant(code)]["product_tmpl_id"])


@contextmanager
def settled(db: Database, version: str, way: str = JSON_RPC, **settings: str) -> Iterator[Stage]:
    """A stage whose database was filled long ago and has been synced once; what comes then happens now."""
    clock = Clock()
    with stage(db, Odoo.demo(version, now=clock), way, **settings) as made:
        made.sync()
        made.embedder.texts.clear()
        made.odoo.requests.clear()
        clock.moment = datetime.now(UTC)
        yield made


def environment(server: Server, account: Account = SYNC, **more: str) -> dict[str, str]:
    return {
        "ODOO_PROD_URL": server.base_url,
        "ODOO_PROD_DB": server.odoo.database,
        "ODOO_PROD_USERNAME": account.login,
        "ODOO_PROD_PASSWORD": account.password,
        **more,
    }


@contextmanager
def stage(db: Database, odoo: Odoo, way: str = JSON_RPC, **settings: str) -> Iterator[Stage]:
    """With an API key as the password where JSON-2 is wanted; with /jsonrpc closed where XML-RPC is."""
    with Server(odoo=odoo) as server:
        if way == JSON2:
            settings = {"ODOO_PROD_PASSWORD": key_of(odoo, SYNC), **settings}
        if way == XML_RPC:
            odoo.faults.add("html", times=None, match="/jsonrpc")
        yield Stage(odoo, server, db, Settings.load(environment(server, **settings)))
