"""Products as the operator's command shows them."""

from __future__ import annotations

from typing import Any

from tendero.assistant.templates import PHRASES
from tendero.assistant.templates.wording import Wording
from tendero.catalog.product import Product

_WORDING = Wording(PHRASES["en"], "en")


def as_json(product: Product) -> dict[str, Any]:
    """What a script wants to know; amounts as decimal strings."""
    amounts = ("price", "price_max", "list_price", "sale_price", "stock_quantity")
    return {
        "id": product.id,
        "source": product.source,
        "external_id": product.external_id,
        "kind": str(product.kind),
        "sku": product.sku,
        "name": product.name,
        "currency": product.currency,
        **{name: _decimal(getattr(product, name)) for name in amounts},
        "stock_status": str(product.stock_status),
        "in_stock": product.in_stock,
        "url": product.url,
        "variations": [as_json(each) for each in product.variations],
    }


def price(product: Product) -> str:
    return "–" if product.price is None else _WORDING.short_price(product)


def stock(product: Product) -> str:
    return _WORDING.short_stock(product)


def _decimal(value: Any) -> str | None:
    return None if value is None else f"{value.normalize():f}"
