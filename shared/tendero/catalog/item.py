"""One thing that a catalogue source sells, in the form in which every source hands it over."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class Kind(StrEnum):
    PRODUCT = "product"
    VARIATION = "variation"
    COURSE = "course"


class StockStatus(StrEnum):
    IN_STOCK = "instock"
    OUT_OF_STOCK = "outofstock"
    ON_BACKORDER = "onbackorder"


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogItem:
    """A product, variation or course as its source has it now.

    `external_id` identifies it within `source`; SKUs repeat and may be missing. `price` is what a customer
    pays now, `list_price` the regular price, `sale_price` the reduced one while it holds; all in `currency`
    and None when not set. `stock_quantity` is None where the source does not count. Texts are plain, without
    HTML. `attributes` maps a name to its values: all options of a product, the chosen one of a variation.
    `is_active` is false for what customers must not see (draft, hidden, archived). `standard_price` is the
    shop's cost and never leaves the database.
    """

    source: str
    external_id: str
    name: str
    kind: Kind = Kind.PRODUCT
    parent_external_id: str | None = None
    sku: str | None = None
    barcode: str | None = None
    short_description: str = ""
    description: str = ""
    category_id: int | None = None
    category_name: str | None = None
    categories: tuple[str, ...] = ()
    brand: str | None = None
    tags: tuple[str, ...] = ()
    attributes: dict[str, list[str]] = field(default_factory=dict)
    is_active: bool = True
    currency: str | None = None
    price: Decimal | None = None
    list_price: Decimal | None = None
    sale_price: Decimal | None = None
    standard_price: Decimal | None = None
    stock_status: StockStatus = StockStatus.IN_STOCK
    stock_quantity: Decimal | None = None
    product_type: str | None = None
    weight: Decimal | None = None
    volume: Decimal | None = None
    sale_ok: bool = True
    purchase_ok: bool = True
    uom_id: int | None = None
    uom_name: str | None = None
    company_id: int | None = None
    url: str | None = None
    image_url: str | None = None
    last_update: datetime | None = None
