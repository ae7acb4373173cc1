"""An assistant over a real database that holds the small shop of the unit tests."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from tendero.assistant.asked import Asked
from tendero.assistant.keep import answer
from tendero.assistant.model import ChatModel
from tendero.assistant.reply import Reply
from tendero.assistant.turn import Assistant
from tendero.catalog import products
from tendero.catalog.item import CatalogItem, Kind
from tendero.catalog.product import Product
from tendero.catalog.store import Store
from tendero.people.conversations import ConversationRef
from tendero.platform.database import Database, Row
from tendero.platform.deadline import Deadline
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings
from tendero.platform.sql import Query
from tests.unit.catalogue import CATALOGUE, MemorySearch, MemoryShop


def _item(each: Product, parent: Product | None = None) -> CatalogItem:
    return CatalogItem(
        source=each.source,
        external_id=each.external_id,
        name=each.name or (parent.name if parent else ""),
        kind=each.kind,
        parent_external_id=parent.external_id if parent else None,
        sku=each.sku,
        short_description=each.short_description,
        category_name=each.category_name,
        brand=each.brand,
        attributes=each.attributes,
        currency=each.currency,
        price=each.price,
        list_price=each.list_price,
        sale_price=each.sale_price,
        stock_status=each.stock_status,
        stock_quantity=each.stock_quantity,
        url=each.url,
    )


def fill(db: Database) -> tuple[Product, ...]:
    """Writes the small shop; gives its products as the database has them, in the catalogue's order."""
    items = [_item(each) for each in CATALOGUE]
    items += [_item(variation, each) for each in CATALOGUE for variation in each.variations]
    Store(db, "woocommerce").write(items)
    rows = db.fetch(Query.parse("ids", "select id, external_id from products where kind <> 'variation'"))
    ids = {row["external_id"]: row["id"] for row in rows}
    return tuple(products.by_ids(db, [ids[each.external_id] for each in CATALOGUE]))


@dataclass
class Counter:
    """Where a customer talks with the assistant. `search` and `live` are in memory, over the rows of `db`."""

    db: Database
    settings: Settings
    model: ChatModel | None = None
    rows: tuple[Product, ...] = ()
    search: Any = None
    live: Any = None
    similar: Any = None
    conversation: ConversationRef = field(default=ConversationRef("dialogflow", "session-1"))

    def __post_init__(self) -> None:
        self.search = self.search or MemorySearch(self.rows)
        self.live = self.live or MemoryShop(self.rows)
        self.assistant = Assistant(
            self.db,
            self.search,
            self.live,
            self.settings,
            Secrets(self.settings),
            self.model,
            similar=self.similar,
        )

    def ask(self, message: str, seconds: float = 4.0, hint: str | None = None) -> Reply:
        asked = Asked(message, self.conversation, hint)
        return answer(self.assistant, self.db, asked, Deadline(seconds))

    def logged(self) -> list[Row]:
        return self.db.fetch(Query.parse("logs", "select * from agent_logs order by id"))

    def named(self, name: str) -> Product:
        return next(each for each in self.rows if each.name == name)


def changed(rows: tuple[Product, ...], name: str, **values: Any) -> tuple[Product, ...]:
    """The rows with other values for one product, as a shop that has moved on would give them."""
    return tuple(replace(each, **values) if each.name == name else each for each in rows)


__all__ = ["Counter", "Kind", "changed", "fill"]
