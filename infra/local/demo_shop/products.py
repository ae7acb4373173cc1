"""The routes of products and variations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infra.local.demo_shop import edit, lifecycle, params, query
from infra.local.demo_shop.errors import ApiError, invalid_id, no_route
from infra.local.demo_shop.records import Item
from infra.local.demo_shop.render import to_bytes
from infra.local.demo_shop.replies import Call, Reply, page_of

if TYPE_CHECKING:
    from infra.local.demo_shop.shop import Shop

BATCH_LIMIT = 100
VARIATIONS: dict[str, params.Check] = {**params.PRODUCTS, "parent_id": params.integers}


def product_list(shop: Shop, call: Call) -> Reply:
    if call.method == "POST":
        return _one(shop, call, edit.create(shop, call.body()), status=201)
    args = _list_args(shop, call, params.PRODUCTS)
    return _page(shop, call, args, as_variation=False)


def all_variations(shop: Shop, call: Call) -> Reply:
    """`/variations`, of all parents: in WooCommerce since 10.3."""
    if not shop.variations_route or call.method != "GET":
        raise no_route()
    args = _list_args(shop, call, VARIATIONS)
    if "parent_id" in args:
        args["parent"] = args.pop("parent_id")
    return _page(shop, call, args, as_variation=True)


def variation_list(shop: Shop, call: Call, product_id: int) -> Reply:
    """Variations of one product; of an unknown or simple product the list is empty, not a 404."""
    if call.method == "POST":
        parent = shop.items.get(product_id)
        if parent is None or parent.type != "variable":
            raise ApiError(
                "woocommerce_rest_product_variation_invalid_parent",
                "Cannot set attributes due to invalid parent product.",
                404,
            )
        created = edit.create(shop, call.body(), parent)
        return _one(shop, call, created, as_variation=True, status=201)
    args = _list_args(shop, call, params.PRODUCTS)
    return _page(shop, call, args, as_variation=True, parent_id=product_id)


def product(shop: Shop, call: Call, product_id: int) -> Reply:
    item = shop.items.get(product_id)
    if item is None:
        raise invalid_id(status=400 if call.method in ("PUT", "PATCH", "POST") else 404)
    return _read_or_write(shop, call, item, as_variation=False)


def variation(shop: Shop, call: Call, product_id: int, variation_id: int) -> Reply:
    item = shop.items.get(variation_id)
    if item is None or item.parent_id != product_id:
        raise invalid_id("product_variation")
    return _read_or_write(shop, call, item, as_variation=True)


def product_batch(shop: Shop, call: Call) -> Reply:
    return _batch(shop, call, None)


def variation_batch(shop: Shop, call: Call, product_id: int) -> Reply:
    parent = shop.items.get(product_id)
    if parent is None:
        raise invalid_id()
    return _batch(shop, call, parent)


def _list_args(shop: Shop, call: Call, checks: dict[str, params.Check]) -> dict[str, Any]:
    args = call.args(checks)
    return args | params.check_dates(call.found, shop.zone, gmt=bool(args.get("dates_are_gmt")))


def _page(
    shop: Shop, call: Call, args: dict[str, Any], *, as_variation: bool, parent_id: int | None = None
) -> Reply:
    rows = query.select(shop, args, parent_id, "variation" if as_variation else "product")
    fields = call.fields()

    def write(item: Item) -> bytes:
        return shop.json(item, as_variation=as_variation, fields=fields)

    return page_of(call, shop.base_url, rows, args, write)


def _read_or_write(shop: Shop, call: Call, item: Item, *, as_variation: bool) -> Reply:
    if call.method == "DELETE":
        return _delete(shop, call, item, as_variation=as_variation)
    if call.method in ("PUT", "PATCH", "POST"):
        body = call.body()
        if "id" in body:
            raise ApiError("rest_invalid_param", "Invalid parameter(s): id", 400)
        edit.update(shop, item, body)
    return _one(shop, call, item, as_variation=as_variation)


def _one(shop: Shop, call: Call, item: Item, *, as_variation: bool = False, status: int = 200) -> Reply:
    fields = call.fields()
    # A single resource brings `_links` along even when `_fields` does not name it.
    wanted = (*fields, "_links") if fields else ()
    return Reply(shop.json(item, as_variation=as_variation, fields=wanted), status)


def _delete(shop: Shop, call: Call, item: Item, *, as_variation: bool) -> Reply:
    """Answers with the item as it was before."""
    before = _one(shop, call, item, as_variation=as_variation)
    if call.flag("force"):
        lifecycle.remove(shop, item)
    else:
        lifecycle.trash(shop, item, by_delete=True)
    return before


def _batch(shop: Shop, call: Call, parent: Item | None) -> Reply:
    body = call.body()
    parts = {name: body.get(name) or [] for name in ("create", "update", "delete")}
    if sum(len(part) for part in parts.values()) > BATCH_LIMIT:
        raise ApiError(
            "woocommerce_rest_request_entity_too_large",
            f"Unable to accept more than {BATCH_LIMIT} items for this request.",
            413,
        )
    written = []
    for name, part in parts.items():
        if part:
            rows = b",".join([_batch_item(shop, name, one, parent) for one in part])
            written.append(b'"%s":[%s]' % (name.encode(), rows))
    return Reply(b"{" + b",".join(written) + b"}")


def _batch_item(shop: Shop, action: str, given: Any, parent: Item | None) -> bytes:
    item_id = int(
        given["id"] if isinstance(given, dict) and "id" in given else 0 if action == "create" else given
    )
    try:
        if action == "create":
            return shop.json(edit.create(shop, given, parent), as_variation=parent is not None)
        item = shop.items.get(item_id)
        if item is None or (parent is not None and item.parent_id != parent.id):
            raise invalid_id(status=400)
        before = shop.json(item, as_variation=parent is not None)
        if action == "delete":
            lifecycle.trash(shop, item, by_delete=True)
            return before
        edit.update(shop, item, {name: value for name, value in given.items() if name != "id"})
        return shop.json(item, as_variation=parent is not None)
    except ApiError as error:
        return to_bytes({"id": item_id, "error": error.body()})
