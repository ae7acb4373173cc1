"""A product as it is read back from the database, for search results and answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from tendero.catalog.item import Kind, StockStatus

_BEST_FIRST = (StockStatus.IN_STOCK, StockStatus.ON_BACKORDER, StockStatus.OUT_OF_STOCK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """What a customer may know of a product, variation or course. The shop's cost is not in it.

    For a variable product `price` is the lowest and `price_max` the highest price of its active variations,
    which stand in `variations`; `price_max` is None where there is one price. `price_of` and `stock_of` are
    the ids of other sources' rows that price and stock come from; None where they are its own source's.
    """

    id: int
    source: str
    external_id: str
    kind: Kind
    name: str
    parent_external_id: str | None = None
    sku: str | None = None
    barcode: str | None = None
    short_description: str = ""
    description: str = ""
    category_name: str | None = None
    categories: tuple[str, ...] = ()
    brand: str | None = None
    tags: tuple[str, ...] = ()
    attributes: dict[str, list[str]] = field(default_factory=dict)
    currency: str | None = None
    price: Decimal | None = None
    price_max: Decimal | None = None
    list_price: Decimal | None = None
    sale_price: Decimal | None = None
    stock_status: StockStatus = StockStatus.IN_STOCK
    stock_quantity: Decimal | None = None
    url: str | None = None
    image_url: str | None = None
    price_of: int | None = None
    stock_of: int | None = None
    variations: tuple[Product, ...] = ()

    @property
    def in_stock(self) -> bool:
        """Can be bought now; a product on backorder can."""
        return self.stock_status is not StockStatus.OUT_OF_STOCK

    def with_variations(self, variations: tuple[Product, ...]) -> Product:
        """With these, one at least, as its variations: their prices, and the best of their stock statuses."""
        low, high = _price_range(variations)
        statuses = {each.stock_status for each in variations}
        best = next(status for status in _BEST_FIRST if status in statuses)
        return replace(self, variations=variations, price=low, price_max=high, stock_status=best)

    @classmethod
    def of_row(cls, row: dict[str, Any], variations: tuple[Product, ...] = ()) -> Product:
        """From a row of the query block `product_columns` (see `products.sql`)."""
        low, high = _price_range(variations)
        return cls(
            id=row["id"],
            source=row["source"],
            external_id=row["external_id"],
            kind=Kind(row["kind"]),
            name=row["name"],
            parent_external_id=row["parent_external_id"],
            sku=row["sku"],
            barcode=row["barcode"],
            short_description=row["short_description"],
            description=row["description"],
            category_name=row["category_name"],
            categories=tuple(row["categories"]),
            brand=row["brand"],
            tags=tuple(row["tags"]),
            attributes=row["attributes"],
            currency=row["currency"],
            price=row["price"] if low is None else low,
            price_max=high,
            list_price=row["list_price"],
            sale_price=row["sale_price"],
            stock_status=StockStatus(row["stock_status"]),
            stock_quantity=row["stock_quantity"],
            url=row["url"],
            image_url=row["image_url"],
            price_of=row["price_of"],
            stock_of=row["stock_of"],
            variations=variations,
        )


def _price_range(variations: Iterable[Product]) -> tuple[Decimal | None, Decimal | None]:
    """The lowest price, and the highest where it is another."""
    prices = [each.price for each in variations if each.price is not None]
    if not prices:
        return None, None
    low, high = min(prices), max(prices)
    return low, high if high != low else None
