"""A product or variation as REST v3 shows it: every key, in WooCommerce's order."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from infra.local.demo_shop import dates, prices
from infra.local.demo_shop.records import Image, Item, Term, slugify

if TYPE_CHECKING:
    from infra.local.demo_shop.shop import Shop

ALLOW = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def to_bytes(value: Any) -> bytes:
    """JSON as PHP writes it: no spaces, ASCII only, slashes escaped."""
    return json.dumps(value, separators=(",", ":")).replace("/", "\\/").encode("ascii")


def product(shop: Shop, item: Item) -> dict[str, Any]:
    """The body of `/products/<id>`, without `related_ids` filled in: it is drawn anew on every read."""
    parent = shop.parent_of(item)
    body: dict[str, Any] = {
        "id": item.id,
        "name": f"{item.name} - {option_list(item)}" if item.is_variation else item.name,
        "slug": item.slug,
        "permalink": permalink(shop, item),
        **_dates(shop, item),
        "type": item.type,
        "status": item.status,
        "featured": item.featured,
        "catalog_visibility": item.catalog_visibility,
        "description": item.description,
        "short_description": item.short_description,
        "sku": shown_sku(item, parent),
        **_price_fields(shop, item),
        **_sold_as(item),
        **_stock(item, parent, with_status=False),
        "sold_individually": False,
        "weight": item.weight or (parent.weight if parent else ""),
        "dimensions": _dimensions(item, parent),
        "shipping_required": not item.virtual,
        "shipping_taxable": not item.virtual,
        "shipping_class": "",
        "shipping_class_id": 0,
        "reviews_allowed": True,
        "average_rating": "0.00",
        "rating_count": 0,
        "upsell_ids": [],
        "cross_sell_ids": [],
        "parent_id": item.parent_id,
        "purchase_note": "",
        "categories": _terms(shop.categories, item.category_ids),
        "brands": _terms(shop.brands, item.brand_ids),
        "tags": _terms(shop.tags, item.tag_ids),
        "images": [_image(shop, item, image, full=True) for image in item.images],
        "attributes": _attributes(shop, item),
        "default_attributes": [],
        "variations": shop.live_variations(item),
        "grouped_products": item.children if item.type == "grouped" else [],
        "menu_order": item.menu_order,
        "price_html": prices.html(shop, item),
        "related_ids": [],
        "meta_data": item.meta,
        "stock_status": stock_status(shop, item),
        "has_options": item.type == "variable",
        "post_password": "",
        "global_unique_id": item.global_unique_id,
        "_links": _links(shop, item, f"/products/{item.id}", "/products"),
    }
    if not shop.has_brands:
        del body["brands"]
    return body


def variation(shop: Shop, item: Item) -> dict[str, Any]:
    """The body of `/products/<id>/variations/<id>`."""
    parent = shop.parent_of(item)
    own = item.images or (parent.images[:1] if parent else [])
    up = f"/products/{item.parent_id}"
    return {
        "id": item.id,
        "type": "variation",
        **_dates(shop, item),
        "description": item.description,
        "permalink": permalink(shop, item),
        "sku": shown_sku(item, parent),
        "global_unique_id": item.global_unique_id,
        **{k: v for k, v in _price_fields(shop, item).items() if k != "purchasable"},
        "status": item.status,
        "purchasable": prices.purchasable(shop, item),
        **{k: v for k, v in _sold_as(item).items() if k not in _PRODUCT_ONLY},
        **_stock(item, parent, with_status=True),
        "weight": item.weight or (parent.weight if parent else ""),
        "dimensions": _dimensions(item, parent),
        "shipping_class": "",
        "shipping_class_id": 0,
        "image": _image(shop, item, own[0], full=False) if own else None,
        "gallery_image_ids": [],
        "attributes": _attributes(shop, item),
        "menu_order": item.menu_order,
        "meta_data": item.meta,
        "name": option_list(item),
        "parent_id": item.parent_id,
        "_links": _links(shop, item, f"{up}/variations/{item.id}", f"{up}/variations", up),
    }


_PRODUCT_ONLY = ("total_sales", "external_url", "button_text")


def option_list(item: Item) -> str:
    return ", ".join(item.options.values())


def permalink(shop: Shop, item: Item) -> str:
    """The address of the product's page; a trashed or unpublished one has only the `?p=` form."""
    if item.is_variation:
        parent = shop.parent_of(item)
        chosen = "&".join(
            f"attribute_{shop.attribute_slug(name)}={slugify(option)}"
            for name, option in item.options.items()
        )
        return f"{permalink(shop, parent)}{'?' + chosen if chosen else ''}" if parent else shop.base_url + "/"
    if item.status in ("trash", "draft", "pending", "future"):
        return f"{shop.base_url}/?post_type=product&p={item.id}"
    return f"{shop.base_url}/producto/{item.slug}/"


def shown_sku(item: Item, parent: Item | None) -> str:
    """A variation without a SKU of its own shows its parent's."""
    return item.sku or (parent.sku if parent else "")


def stock_status(shop: Shop, item: Item) -> str:
    """A variable product is in stock when one of its variations is, unless it manages stock itself."""
    parent = shop.parent_of(item)
    if parent is not None and parent.manage_stock and not item.manage_stock:
        return parent.stock_status
    if item.type == "variable" and not item.manage_stock:
        seen = {shop.items[i].stock_status for i in shop.live_variations(item)}
        for status in ("instock", "onbackorder"):
            if status in seen:
                return status
        return "outofstock" if seen else item.stock_status
    return item.stock_status


def _dates(shop: Shop, item: Item) -> dict[str, Any]:
    created, modified = dates.write(item.created, shop.zone), dates.write(item.modified, shop.zone)
    return {
        "date_created": created[0],
        "date_created_gmt": created[1],
        "date_modified": modified[0],
        "date_modified_gmt": modified[1],
    }


def _price_fields(shop: Shop, item: Item) -> dict[str, Any]:
    start, end = dates.write(item.sale_from, shop.zone), dates.write(item.sale_to, shop.zone)
    return {
        "price": prices.shown(shop, item),
        "regular_price": item.regular_price,
        "sale_price": item.sale_price,
        "date_on_sale_from": start[0],
        "date_on_sale_from_gmt": start[1],
        "date_on_sale_to": end[0],
        "date_on_sale_to_gmt": end[1],
        "on_sale": prices.on_sale(shop, item),
        "purchasable": prices.purchasable(shop, item),
    }


def _sold_as(item: Item) -> dict[str, Any]:
    return {
        "total_sales": 0,
        "virtual": item.virtual,
        "downloadable": False,
        "downloads": [],
        "download_limit": -1,
        "download_expiry": -1,
        "external_url": item.external_url,
        "button_text": item.button_text,
        "tax_status": "taxable",
        "tax_class": "",
    }


def _stock(item: Item, parent: Item | None, *, with_status: bool) -> dict[str, Any]:
    holder = item
    managed: bool | str = item.manage_stock
    if parent is not None and parent.manage_stock and not item.manage_stock:
        holder, managed = parent, "parent"
    fields: dict[str, Any] = {
        "manage_stock": managed,
        "stock_quantity": holder.stock_quantity if holder.manage_stock else None,
    }
    if with_status:
        fields["stock_status"] = holder.stock_status
    return fields | {
        "backorders": holder.backorders,
        "backorders_allowed": holder.backorders != "no",
        "backordered": holder.stock_status == "onbackorder",
        "low_stock_amount": None,
    }


def _dimensions(item: Item, parent: Item | None) -> dict[str, str]:
    sizes = item.dimensions
    if parent is not None and not any(sizes):
        sizes = parent.dimensions
    return dict(zip(("length", "width", "height"), sizes, strict=True))


def _terms(known: dict[int, Term], ids: Iterable[int]) -> list[dict[str, Any]]:
    return [{"id": t.id, "name": t.name, "slug": t.slug} for t in (known[i] for i in ids if i in known)]


def _image(shop: Shop, item: Item, image: Image, *, full: bool) -> dict[str, Any]:
    local, gmt = dates.write_image(item.created, shop.zone)
    src = f"{shop.base_url}/imagenes/{image.slug}.svg"
    body = {
        "id": image.id,
        "date_created": local,
        "date_created_gmt": gmt,
        "date_modified": local,
        "date_modified_gmt": gmt,
        "src": src,
        "name": f"{image.slug}.svg",
        "alt": image.alt,
    }
    if full and shop.is_modern:
        body |= {
            "srcset": f"{src} 800w, {src}?w=300 300w",
            "sizes": "(max-width: 800px) 100vw, 800px",
            "thumbnail": f"{src}?w=300",
        }
    return body


def _attributes(shop: Shop, item: Item) -> list[dict[str, Any]]:
    if item.is_variation:
        return [
            {
                "id": shop.attribute_id(name),
                "name": name,
                "slug": shop.attribute_slug(name),
                "option": option,
            }
            for name, option in item.options.items()
        ]
    return [
        {
            "id": attribute.id,
            "name": attribute.name,
            "slug": attribute.slug,
            "position": position,
            "visible": True,
            "variation": attribute.variation,
            "options": attribute.options,
        }
        for position, attribute in enumerate(item.attributes)
    ]


def _links(shop: Shop, item: Item, own: str, collection: str, up: str = "") -> dict[str, Any]:
    links: dict[str, Any] = {
        "self": [{"href": shop.api_url + own, "targetHints": {"allow": ALLOW}}],
        "collection": [{"href": shop.api_url + collection}],
    }
    if not up and item.parent_id:
        up = f"/products/{item.parent_id}"
    return links | ({"up": [{"href": shop.api_url + up}]} if up else {})
