"""The routes about the shop itself: index, currency, settings, status."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infra.local.demo_shop.errors import ApiError
from infra.local.demo_shop.replies import Call, Reply, json_reply

if TYPE_CHECKING:
    from infra.local.demo_shop.shop import Shop

_SYMBOLS = {
    "EUR": ("Euro", "&euro;"),
    "USD": ("United States (US) dollar", "&#36;"),
    "GBP": ("Pound sterling", "&pound;"),
}


def index(shop: Shop, call: Call) -> Reply:
    """`/wp-json/`, open to everybody: WordPress's description of the site."""
    offset = shop.now().astimezone(shop.zone).utcoffset()
    return json_reply(
        {
            "name": shop.name,
            "description": "Tienda de demostración",
            "url": shop.base_url,
            "home": shop.base_url,
            "gmt_offset": str(round(offset.total_seconds() / 3600)) if offset else "0",
            "timezone_string": shop.zone.key,
            "namespaces": ["oembed/1.0", "wc/v1", "wc/v2", "wc/v3", "wp/v2"],
            "authentication": [],
            "routes": {},
        }
    )


def namespace(shop: Shop, call: Call) -> Reply:
    routes: dict[str, Any] = {f"/wc/v3/{name}": {"namespace": "wc/v3"} for name in _ROUTES}
    if shop.variations_route:
        routes["/wc/v3/variations"] = {"namespace": "wc/v3"}
    return json_reply({"namespace": "wc/v3", "routes": routes})


_ROUTES = (
    "products",
    "products/categories",
    "products/tags",
    "products/attributes",
    "webhooks",
    "system_status",
)


def currency(shop: Shop, call: Call) -> Reply:
    name, symbol = _SYMBOLS.get(shop.currency, (shop.currency, shop.currency))
    return json_reply({"code": shop.currency, "name": name, "symbol": symbol, "_links": {}})


def _settings(shop: Shop) -> list[dict[str, Any]]:
    values = {
        "woocommerce_default_country": ("select", "ES:M", "Country / State"),
        "woocommerce_calc_taxes": ("checkbox", "yes", "Enable taxes"),
        "woocommerce_currency": ("select", shop.currency, "Currency"),
        "woocommerce_currency_pos": ("select", "right_space", "Currency position"),
        "woocommerce_price_thousand_sep": ("text", ".", "Thousand separator"),
        "woocommerce_price_decimal_sep": ("text", ",", "Decimal separator"),
        "woocommerce_price_num_decimals": ("number", "2", "Number of decimals"),
    }
    return [
        {"id": key, "label": label, "description": "", "type": kind, "default": "", "value": value,
         "group_id": "general"}
        for key, (kind, value, label) in values.items()
    ]  # fmt: skip


def settings(shop: Shop, call: Call) -> Reply:
    return json_reply(_settings(shop))


def setting(shop: Shop, call: Call, key: str) -> Reply:
    for one in _settings(shop):
        if one["id"] == key:
            return json_reply(one)
    raise ApiError("rest_setting_setting_invalid", "Invalid setting.", 404)


def system_status(shop: Shop, call: Call) -> Reply:
    return json_reply(
        {
            "environment": {
                "home_url": shop.base_url,
                "site_url": shop.base_url,
                "version": shop.version,
                "wp_version": "7.0.4" if shop.is_modern else "6.6.2",
                "wp_multisite": False,
                "language": "es_ES",
                "server_info": "demo shop",
                "default_timezone": "UTC",
            },
            "settings": {
                "api_enabled": False,
                "force_ssl": False,
                "currency": shop.currency,
                "currency_symbol": _SYMBOLS.get(shop.currency, ("", shop.currency))[1],
                "thousand_separator": ".",
                "decimal_separator": ",",
                "number_of_decimals": 2,
            },
        }
    )
