"""Files of products: one a line, `asin` (its id) and `title`.

There may be `description`, `bullet_points`, `brand`, `color`, `category` (the path, a list) and `price`; and,
so that a shop's own products come through whole, `sku`, `barcode`, `tags`, `attributes` (name to values),
`currency`, `list_price`, `sale_price`, `in_stock` and `parent` (the id of the product that it is a variation
of). Further columns are left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from infra.eval import rows
from infra.eval.rows import BadFile, Row
from tendero.catalog.item import CatalogItem, Kind, StockStatus
from tendero.catalog.product import Product
from tendero.catalog.text import one_line, plain_text

SOURCE = "eval"


def read(file: Path) -> list[CatalogItem]:
    """The products of a file, as a source hands them over. Raises BadFile."""
    found: dict[str, CatalogItem] = {}
    for row in rows.read(file):
        item = _item(row)
        if item.external_id in found:
            raise row.wrong("asin", f"{item.external_id} stands in an earlier line, too")
        found[item.external_id] = item
    if not found:
        raise BadFile(f"{file} holds no product.")
    return list(found.values())


def lines(file: Path) -> dict[str, dict[str, Any]]:
    """The products of a file as they stand there, by id. Raises BadFile."""
    return {row.text("asin"): row.values for row in rows.read(file)}


def write(file: Path, products: Iterable[Mapping[str, Any]]) -> None:
    """Lines made by `line_of` or read by `lines`. Raises BadFile."""
    rows.write(file, products)


def id_of(product: Product) -> str:
    """The id of one of the shop's products in such a file: two sources may use the same number."""
    return f"{product.source}:{product.external_id}"


def line_of(product: Product) -> dict[str, Any]:
    """One of the shop's products as a line of such a file."""
    line = {
        "asin": id_of(product),
        "title": product.name,
        "description": product.description,
        "bullet_points": product.short_description,
        "brand": product.brand,
        "category": list(product.categories),
        "tags": list(product.tags),
        "attributes": product.attributes,
        "sku": product.sku,
        "barcode": product.barcode,
        "currency": product.currency,
        "price": _number(product.price),
        "list_price": _number(product.list_price),
        "sale_price": _number(product.sale_price),
        "in_stock": product.in_stock,
        "parent": _parent(product),
    }
    return {name: value for name, value in line.items() if value not in (None, "", [], {})}


def _item(row: Row) -> CatalogItem:
    parent = row.maybe_text("parent")
    return CatalogItem(
        source=SOURCE,
        external_id=row.text("asin"),
        name=one_line(row.text("title")),
        kind=Kind.VARIATION if parent else Kind.PRODUCT,
        parent_external_id=parent,
        sku=row.maybe_text("sku"),
        barcode=row.maybe_text("barcode"),
        short_description=plain_text(row.maybe_text("bullet_points") or ""),
        description=plain_text(row.maybe_text("description") or ""),
        categories=row.texts("category"),
        brand=row.maybe_text("brand"),
        tags=row.texts("tags"),
        attributes=_options(row),
        currency=row.maybe_text("currency"),
        price=row.amount("price"),
        list_price=row.amount("list_price"),
        sale_price=row.amount("sale_price"),
        stock_status=StockStatus.OUT_OF_STOCK if row.flag("in_stock") is False else StockStatus.IN_STOCK,
    )


def _options(row: Row) -> dict[str, list[str]]:
    found = row.values.get("attributes") or {}
    if not isinstance(found, dict) or not all(map(_is_texts, found.values())):
        raise row.needs("attributes", "an object of names with lists of texts")
    color = row.maybe_text("color")
    return {"Color": [color], **found} if color else found


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _parent(product: Product) -> str | None:
    if product.kind is not Kind.VARIATION or product.parent_external_id is None:
        return None
    return f"{product.source}:{product.parent_external_id}"


def _number(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)
