"""A small catalogue, written and indexed as a source's is, for the tests of the search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from tendero.catalog.embedder import Vector
from tendero.catalog.embedding import Embeddings
from tendero.catalog.item import CatalogItem, Kind, StockStatus
from tendero.catalog.search import ProductSearch, SearchResult
from tendero.catalog.store import Store
from tendero.platform.database import Database
from tendero.platform.deadline import Deadline
from tendero.platform.errors import ServiceUnavailable
from tendero.platform.settings import Settings

OUT = StockStatus.OUT_OF_STOCK


def item(external_id: str, name: str, **more: Any) -> CatalogItem:
    values = {"source": "shop", "external_id": external_id, "name": name, "price": Decimal("10.00"), **more}
    return CatalogItem(**values)


def variation(external_id: str, parent: str, sku: str, **more: Any) -> CatalogItem:
    return item(
        external_id,
        f"Variation {external_id}",
        kind=Kind.VARIATION,
        parent_external_id=parent,
        sku=sku,
        **more,
    )


SHIRT = item(
    "10",
    "Camiseta básica de algodón",
    sku="CAM-1",
    brand="Marisma",
    categories=("Ropa", "Camisetas"),
    attributes={"Color": ["Rojo", "Azul", "Azul marino"], "Talla": ["S", "M"]},
    description="Camiseta de punto liso.",
)
SHIRTS = (
    variation("11", "10", "CAM-1-RS", attributes={"Color": ["Rojo"], "Talla": ["S"]}, price=Decimal("12")),
    variation("12", "10", "CAM-1-RM", attributes={"Color": ["Rojo"], "Talla": ["M"]}, stock_status=OUT),
    variation("13", "10", "CAM-1-AM", attributes={"Color": ["Azul"], "Talla": ["M"]}, price=Decimal("15")),
    variation("14", "10", "CAM-1-MM", attributes={"Color": ["Azul marino"], "Talla": ["M"]}),
)
CATALOGUE = (
    SHIRT,
    *SHIRTS,
    item("1", "Cuchillo de cocina 20 cm", sku="ABC-123", barcode="8412345678905", categories=("Cocina",)),
    item("2", "Cafetera italiana Ñandú", sku="CAF-6", categories=("Cocina",), description="Para seis tazas."),
    item("3", "Té verde en hebra", sku="TE-V", categories=("Infusiones",), stock_status=OUT),
    item("4", "Té negro en hebra", sku="TE-N", categories=("Infusiones",)),
    item("5", "Zapato de piel", categories=("Calzado",), description="Cuero marrón, suela de goma."),
    item("6", "Lámpara de mesa", categories=("Hogar",), description="Luz cálida para leer. 1,5 m de cable."),
    item("7", "Taza vieja", sku="OLD-1", categories=("Cocina",), is_active=False),
    item("8", "Botella de acero 500 ml", categories=("Cocina",)),
)


class Shop:
    """The catalogue in a database, and a search over it. Without an embedder it has no vectors."""

    def __init__(
        self, db: Database, embedder: Any = None, items: Sequence[CatalogItem] = CATALOGUE, **more: str
    ):
        self.db = db
        self.store = Store(db, "shop")
        self.items = {each.external_id: each for each in items}
        self.store.write(items)
        settings = Settings.load(more)
        if embedder:
            Embeddings(db, embedder, settings).fan_out(run_id=1)
        self.search = ProductSearch(db, embedder or NoEmbedder(), settings)

    def find(self, text: str, **options: Any) -> SearchResult:
        return self.search.search(text, **options)

    def names(self, text: str, **options: Any) -> list[str]:
        return [hit.product.name for hit in self.find(text, **options).hits]

    def change(self, external_id: str, **changes: Any) -> None:
        self.items[external_id] = replace(self.items[external_id], **changes)
        self.store.write([self.items[external_id]])


class NoEmbedder:
    """An embedding service that is down."""

    model = "none"
    dimensions = 3
    paid = False
    ready = True

    def embed(self, texts: Sequence[str], deadline: Deadline | None = None) -> list[Vector]:
        raise ServiceUnavailable("The embedding service cannot be reached.")
