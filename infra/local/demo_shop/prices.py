"""What a product costs for a reader, and how WooCommerce reads a typed price."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from infra.local.demo_shop.records import Item

if TYPE_CHECKING:
    from infra.local.demo_shop.shop import Shop


def typed(text: str) -> str:
    """A typed price as it is stored (wc_format_decimal): "1,234.50" gives "1234.50", "abc" gives ""."""
    points = text.strip().replace(",", ".")
    return re.sub(r"\.(?![^.]+$)|[^0-9.-]", "", points)


def amount(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def sale_runs(shop: Shop, item: Item) -> bool:
    """Whether the item's own sale price holds at this moment."""
    regular, sale = amount(item.regular_price), amount(item.sale_price)
    if regular is None or sale is None or sale >= regular:
        return False
    now = shop.now()
    return (item.sale_from is None or item.sale_from <= now) and (item.sale_to is None or now < item.sale_to)


def settle(shop: Shop, item: Item) -> None:
    """Stores the price that a buyer pays. With a sale window only an edit or the shop's own queue run calls
    this, so that `price` lags behind `on_sale` as it does in WooCommerce."""
    regular, sale = amount(item.regular_price), amount(item.sale_price)
    if sale is not None and (regular is None or sale >= regular):
        item.sale_price = ""
    item.price = item.sale_price if sale_runs(shop, item) else item.regular_price


def parts(shop: Shop, item: Item) -> list[Item]:
    """The published variations or members whose prices stand for the item's own."""
    if item.type == "variable":
        return [shop.items[i] for i in shop.live_variations(item) if shop.items[i].status == "publish"]
    if item.type == "grouped":
        return [shop.items[i] for i in item.children if i in shop.items]
    return []


def shown(shop: Shop, item: Item) -> str:
    if item.type in ("variable", "grouped"):
        priced = [p for p in (shown(shop, part) for part in parts(shop, item)) if amount(p) is not None]
        return min(priced, key=Decimal, default="")
    return item.price


def on_sale(shop: Shop, item: Item) -> bool:
    if item.type in ("variable", "grouped"):
        return any(on_sale(shop, part) for part in parts(shop, item))
    return sale_runs(shop, item)


def purchasable(shop: Shop, item: Item) -> bool:
    return (
        item.type in ("simple", "variable", "variation")
        and item.status == "publish"
        and shown(shop, item) != ""
    )


def in_euros(text: str) -> str:
    """ "14.9" becomes "14,90"; the thousands are set apart by a point, as in Spain."""
    value = amount(text)
    if value is None:
        return ""
    return f"{value:,.2f}".replace(",", " ").replace(".", ",").replace(" ", ".")


def _tag(text: str) -> str:
    symbol = '<span class="woocommerce-Price-currencySymbol">&euro;</span>'
    return f'<span class="woocommerce-Price-amount amount"><bdi>{in_euros(text)}&nbsp;{symbol}</bdi></span>'


def html(shop: Shop, item: Item) -> str:
    """`price_html`: one price, a struck one before the sale price, or a range."""
    price = shown(shop, item)
    if not price:
        return ""
    if item.type in ("variable", "grouped"):
        highest = max((p for p in (shown(shop, part) for part in parts(shop, item)) if p), key=Decimal)
        if Decimal(highest) != Decimal(price):
            return f'{_tag(price)} <span aria-hidden="true">&ndash;</span> {_tag(highest)}'
    elif price != item.regular_price:
        struck = f'<del aria-hidden="true">{_tag(item.regular_price)}</del>'
        return f'{struck} <ins aria-hidden="true">{_tag(price)}</ins>'
    return _tag(price)
