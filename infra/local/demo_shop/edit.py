"""What a REST write does to a product or variation."""

from __future__ import annotations

import re
from datetime import UTC
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from infra.local.demo_shop import dates, lifecycle, prices
from infra.local.demo_shop.errors import ApiError, invalid_params
from infra.local.demo_shop.params import STOCK_STATUSES
from infra.local.demo_shop.records import STATUSES, Attribute, Image, Item, slugify

if TYPE_CHECKING:
    from infra.local.demo_shop.shop import Shop

_STRINGS = (
    "name", "slug", "status", "type", "description", "short_description", "sku", "regular_price",
    "sale_price", "stock_status", "backorders", "weight", "catalog_visibility", "global_unique_id",
    "external_url", "button_text", "date_created", "date_created_gmt",
)  # fmt: skip
_COPIED = ("description", "short_description", "weight", "catalog_visibility", "external_url", "button_text")
_ENUMS = {
    "status": STATUSES,
    "type": ("simple", "grouped", "external", "variable", "variation"),
    "stock_status": STOCK_STATUSES,
    "backorders": ("no", "notify", "yes"),
    "catalog_visibility": ("visible", "catalog", "search", "hidden"),
}


def create(shop: Shop, body: dict[str, Any], parent: Item | None = None) -> Item:
    """A new product, or a variation of `parent`.

    A back-dated product gets its `date_modified` from the past, a scheduled one from the future, as seen
    on a real store: neither is met by a client that trusts `modified_after`.
    """
    _check(body)
    if "id" in body:
        raise ApiError(
            f"woocommerce_rest_{'product_variation' if parent else 'product'}_exists",
            "Cannot create existing product.",
            400,
        )
    created = _created(shop, body) or shop.now()
    kind = "variation" if parent else body.get("type", "simple")
    item = Item(shop.new_id(), body.get("name", "Product"), created, created, type=kind)
    item.parent_id = parent.id if parent else 0
    item.status = "publish"
    _apply(shop, item, body)
    item.slug = item.slug or slugify(item.name)
    if created > shop.now() and item.status == "publish":
        item.status = "future"
    if not parent and not item.category_ids:
        item.category_ids = [15]
    shop.items[item.id] = item
    if parent is not None:
        parent.children.append(item.id)
        parent.modified = shop.now()
    shop.changed(item)
    shop.webhooks.happened("created", item)
    return item


def update(shop: Shop, item: Item, body: dict[str, Any]) -> Item:
    """PUT or PATCH. Even an empty body bumps `date_modified` and is told to webhooks."""
    _check(body)
    status = body.get("status")
    _apply(shop, item, {name: value for name, value in body.items() if name != "status"})
    if status == "trash" and item.status != "trash":
        lifecycle.trash(shop, item, by_delete=False)
        return item
    if status and item.status == "trash" and status != "trash":
        lifecycle.restore(shop, item, status)
    elif status:
        item.status = status
    shop.touch(item)
    shop.webhooks.happened("updated", item)
    return item


def _check(body: dict[str, Any]) -> None:
    problems: dict[str, tuple[str, str]] = {}
    for name in _STRINGS:
        if name in body and body[name] is not None and not isinstance(body[name], str):
            problems[name] = ("rest_invalid_type", f"{name} is not of type string.")
    quantity = body.get("stock_quantity")
    if quantity is not None and not _is_integer(quantity):
        problems["stock_quantity"] = ("rest_invalid_type", "stock_quantity is not of type integer.")
    for name, allowed in _ENUMS.items():
        if name not in problems and body.get(name) is not None and body[name] not in allowed:
            text = f"{name} is not one of {', '.join(allowed[:-1])}, and {allowed[-1]}."
            problems[name] = ("rest_not_in_enum", text)
    if problems:
        raise invalid_params(problems)


def _is_integer(value: Any) -> bool:
    return not isinstance(value, bool) and (
        isinstance(value, int) or (isinstance(value, str) and re.fullmatch(r"-?\d+", value) is not None)
    )


def _created(shop: Shop, body: dict[str, Any]) -> Any:
    given, zone = body.get("date_created_gmt"), ZoneInfo("UTC")
    if not given:
        given, zone = body.get("date_created"), shop.zone
    return dates.read(given, zone) if given else None


def _apply(shop: Shop, item: Item, body: dict[str, Any]) -> None:
    if body.get("sku") is not None:
        _set_sku(shop, item, body["sku"])
    if body.get("name"):
        # REST stores a name through kses, which escapes a bare ampersand.
        item.name = re.sub(r"&(?!#?\w+;)", "&amp;", body["name"])
    for name in _COPIED:
        if body.get(name) is not None:
            setattr(item, name, body[name])
    for name in ("slug", "status", "global_unique_id"):
        if body.get(name):
            setattr(item, name, body[name])
    for name in ("featured", "virtual"):
        if isinstance(body.get(name), bool):
            setattr(item, name, body[name])
    item.menu_order = int(body.get("menu_order", item.menu_order))
    _set_prices(shop, item, body)
    _set_stock(item, body)
    _set_terms(item, body)
    _set_parts(shop, item, body)


def _set_sku(shop: Shop, item: Item, sku: str) -> None:
    for other in shop.items.values():
        if sku and other.id != item.id and other.status != "trash" and other.sku.lower() == sku.lower():
            raise ApiError(
                "product_invalid_sku",
                "Invalid or duplicated SKU.",
                400,
                resource_id=other.id,
                unique_sku=f"{sku}-1",
            )
    item.sku = sku


def _set_prices(shop: Shop, item: Item, body: dict[str, Any]) -> None:
    for name in ("regular_price", "sale_price"):
        if body.get(name) is not None:
            setattr(item, name, prices.typed(body[name]))
    for name, target in (("date_on_sale_from", "sale_from"), ("date_on_sale_to", "sale_to")):
        for key, zone in ((name, shop.zone), (f"{name}_gmt", UTC)):
            if key in body:
                setattr(item, target, dates.read(body[key], ZoneInfo(str(zone))) if body[key] else None)
    prices.settle(shop, item)


def _set_stock(item: Item, body: dict[str, Any]) -> None:
    if isinstance(body.get("manage_stock"), bool):
        item.manage_stock = body["manage_stock"]
    item.backorders = body.get("backorders") or item.backorders
    if not item.manage_stock:
        # A quantity sent for an item that does not manage stock is silently ignored.
        item.stock_quantity = None
        item.stock_status = body.get("stock_status") or item.stock_status
        return
    if body.get("stock_quantity") is not None:
        item.stock_quantity = int(body["stock_quantity"])
    item.stock_quantity = item.stock_quantity or 0
    empty = "outofstock" if item.backorders == "no" else "onbackorder"
    item.stock_status = "instock" if item.stock_quantity > 0 else empty


def _set_terms(item: Item, body: dict[str, Any]) -> None:
    for name, target in (("categories", "category_ids"), ("tags", "tag_ids"), ("brands", "brand_ids")):
        if isinstance(body.get(name), list):
            setattr(item, target, [int(term["id"]) for term in body[name] if "id" in term])


def _set_parts(shop: Shop, item: Item, body: dict[str, Any]) -> None:
    given = body.get("attributes")
    if isinstance(given, list) and item.is_variation:
        item.options = {_name_of(shop, one): str(one.get("option", "")) for one in given}
    elif isinstance(given, list):
        item.attributes = [
            Attribute(
                int(one.get("id", 0)),
                _name_of(shop, one),
                [str(option) for option in one.get("options", [])],
                bool(one.get("variation", False)),
            )
            for one in given
        ]
    images = body.get("images") if not item.is_variation else [body["image"]] if body.get("image") else None
    if isinstance(images, list):
        slugs = [str(one.get("src", "")).rsplit("/", 1)[-1].rsplit(".", 1)[0] for one in images]
        item.images = [Image(shop.new_id(), slugify(slug) or "imagen") for slug in slugs]
    if isinstance(body.get("meta_data"), list):
        item.meta = [{"id": shop.new_id(), **one} for one in body["meta_data"]]
    if isinstance(body.get("grouped_products"), list):
        item.children = [int(one) for one in body["grouped_products"]]


def _name_of(shop: Shop, given: dict[str, Any]) -> str:
    for kind in shop.attributes.values():
        if kind.id == given.get("id"):
            return kind.name
    return str(given.get("name", ""))
