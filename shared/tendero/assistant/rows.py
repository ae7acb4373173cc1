"""Products as compact JSON for a model: what a customer may know, prices ready to be said."""

from __future__ import annotations

from typing import Any

from tendero.assistant.money import format_price
from tendero.assistant.templates import PHRASES, regular_price, shortened, values
from tendero.catalog.item import StockStatus
from tendero.catalog.product import Product

_TEXT_LENGTH = 240
_DETAIL_LENGTH = 900
_MOST_VARIATIONS = 12


def row(product: Product, language: str, *, live: bool = False, detailed: bool = False) -> dict[str, Any]:
    """One product. `live` marks what the shop itself said just now; `detailed` gives more of its text."""
    text = product.short_description or product.description
    if detailed and product.description not in text:
        text = f"{text}\n{product.description}".strip()
    return _filled(
        id=product.id,
        name=product.name,
        sku=product.sku,
        **_facts(product, language),
        live=live or None,
        category=product.category_name,
        brand=product.brand,
        options={name: list(offered) for name, offered in values(product).items()},
        variations=[
            _filled(
                id=each.id,
                options={name: ", ".join(offered) for name, offered in each.attributes.items()},
                sku=each.sku,
                **_facts(each, language, product.currency),
            )
            for each in product.variations[:_MOST_VARIATIONS]
        ],
        url=product.url,
        text=shortened(text, _DETAIL_LENGTH if detailed else _TEXT_LENGTH),
    )


def _facts(product: Product, language: str, currency: str | None = None) -> dict[str, Any]:
    own = product.currency or currency
    regular = regular_price(product)
    units = product.stock_quantity
    price = None if product.price is None else format_price(product.price, own, language)
    if price is not None and product.price_max is not None:
        highest = format_price(product.price_max, own, language)
        price = PHRASES[language].short_range.format(low=price, high=highest)
    return {
        "price": price,
        "regular_price": None if regular is None else format_price(regular, own, language),
        "in_stock": product.in_stock,
        "on_backorder": product.stock_status is StockStatus.ON_BACKORDER or None,
        "stock_quantity": int(units) if units is not None and units > 0 and units == int(units) else None,
    }


def _filled(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}
