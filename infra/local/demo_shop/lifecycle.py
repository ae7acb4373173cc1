"""Trash, restore, permanent removal and what the shop's own queue does."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from infra.local.demo_shop import prices
from infra.local.demo_shop.errors import ApiError
from infra.local.demo_shop.records import Item

if TYPE_CHECKING:
    from infra.local.demo_shop.shop import Shop


def related(item: Item) -> list[int]:
    """Related products in a new order: WooCommerce shuffles them on every read."""
    return random.sample(item.related, len(item.related))


def trash(shop: Shop, item: Item, *, by_delete: bool) -> None:
    """Moves an item to the trash, with its variations. Only a DELETE is told as `product.deleted`."""
    if item.status == "trash":
        raise ApiError("woocommerce_rest_already_trashed", "The product has already been deleted.", 410)
    for child in shop.variations_of(item):
        if child.status != "trash":
            trash(shop, child, by_delete=True)
    item.status_before_trash, item.status = item.status, "trash"
    item.slug += "__trashed"
    shop.touch(item)
    shop.webhooks.happened("deleted" if by_delete else "updated", item)


def restore(shop: Shop, item: Item, status: str, *, with_variations: bool = False) -> None:
    """Takes an item out of the trash. REST leaves the variations there; wp-admin brings them back too."""
    item.status = status
    item.slug = item.slug.removesuffix("__trashed")
    if with_variations:
        for child in shop.variations_of(item):
            if child.status == "trash":
                restore(shop, child, child.status_before_trash)
    shop.touch(item)


def remove(shop: Shop, item: Item) -> None:
    """Deletes an item for good, its variations too. No webhook is sent."""
    parent = shop.parent_of(item)
    for child in shop.variations_of(item):
        shop.items.pop(child.id)
    shop.items.pop(item.id)
    shop.changed(item)
    if parent is not None:
        parent.children.remove(item.id)
        shop.touch(parent)


def run_scheduled(shop: Shop) -> None:
    """Publishes scheduled products (no new date_modified, no webhook) and settles sale windows (both)."""
    for item in list(shop.items.values()):
        if item.status == "future" and item.created <= shop.now():
            item.status = "publish"
            shop.changed(item)
        if item.sale_from or item.sale_to:
            before = item.price
            prices.settle(shop, item)
            if item.price != before:
                shop.touch(item)
                shop.webhooks.happened("updated", item)
