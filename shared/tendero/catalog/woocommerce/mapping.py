"""WooCommerce's products and variations as catalogue items. Forgives what plugins and imports break."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from tendero.catalog import numbers
from tendero.catalog.item import CatalogItem, Kind, StockStatus
from tendero.catalog.text import clean, one_line, plain_text
from tendero.catalog.woocommerce.categories import Categories
from tendero.catalog.woocommerce.parent import Parent

SOURCE = "woocommerce"
Raw = Mapping[str, Any]

# `related_ids`, `price_html` and `meta_data` are left out: costly, shuffled on every read, internal.
PRODUCT_FIELDS = (
    "id,name,permalink,type,status,catalog_visibility,post_password,description,short_description,sku,"
    "global_unique_id,price,regular_price,sale_price,on_sale,purchasable,manage_stock,stock_quantity,"
    "stock_status,weight,categories,brands,tags,images,attributes,variations,parent_id,date_modified_gmt"
)
VARIATION_FIELDS = (
    "id,parent_id,permalink,status,description,sku,global_unique_id,price,regular_price,sale_price,on_sale,"
    "purchasable,manage_stock,stock_quantity,stock_status,weight,image,attributes,date_modified_gmt"
)
# What variations take of their product.
PARENT_FIELDS = (
    "id,name,type,status,catalog_visibility,post_password,sku,categories,brands,images,attributes,variations"
)
_BRAND_ATTRIBUTES = {"brand", "marca"}


@dataclass(slots=True)
class Mapper:
    """Maps raw rows; what could not be read is told in `problems`.

    `currency` goes with every price. By `tree` a product is in the categories above its own too.
    """

    currency: str | None
    problems: list[str] = field(default_factory=list)
    tree: Categories = field(default_factory=Categories)

    def told(self) -> tuple[str, ...]:
        """The problems since the last time."""
        found = tuple(self.problems)
        self.problems.clear()
        return found

    def product(self, raw: Raw) -> CatalogItem:
        """A row of /products. Its variations are not in it: see `parent` and `variation`."""
        categories = _names(raw.get("categories"))
        attributes = _attributes(raw.get("attributes"))
        return CatalogItem(
            **self._common(raw, _text(raw, "name") or self._nameless(raw)),
            sku=_text(raw, "sku") or None,
            short_description=plain_text(_string(raw.get("short_description"))),
            category_id=_first_id(raw.get("categories")),
            category_name=categories[0] if categories else None,
            categories=tuple(dict.fromkeys((*categories, *self._above(raw)))),
            brand=_brand(raw.get("brands"), attributes),
            tags=tuple(_names(raw.get("tags"))),
            attributes=attributes,
            is_active=is_visible(raw),
            product_type=_text(raw, "type") or None,
            image_url=_first_image(raw.get("images")),
        )

    def parent(self, raw: Raw, item: CatalogItem) -> Parent | None:
        """What the variations of a product need of it; None for a product that has none."""
        children = raw.get("variations")
        listed = [each for each in children if type(each) is int] if isinstance(children, list) else []
        if not listed and raw.get("type") != "variable":
            return None
        return Parent.of(item, _attributes(raw.get("attributes"), varying=True), tuple(listed))

    def variation(self, raw: Raw, parent: Parent) -> CatalogItem:
        """A row of /variations or /products/<id>/variations.

        A SKU that is only the parent's is left out, so that this code finds the parent. An attribute that
        the variation leaves open ("any") has all the parent's options.
        """
        chosen = _attributes(raw.get("attributes"))
        named = ", ".join(option for options in chosen.values() for option in options)
        sku = _text(raw, "sku")
        return CatalogItem(
            **self._common(raw, f"{parent.name} - {named}" if named else parent.name),
            kind=Kind.VARIATION,
            parent_external_id=parent.external_id,
            sku=sku if sku and sku != parent.sku else None,
            category_id=parent.category_id,
            category_name=parent.category_name,
            categories=parent.categories,
            brand=parent.brand,
            attributes={**parent.options, **chosen},
            is_active=parent.is_active and raw.get("status") == "publish",
            product_type="variation",
            image_url=_first_image([raw.get("image")]) or parent.image_url,
        )

    def offer(self, raw: Raw) -> dict[str, Any]:
        """Prices and stock of a row, by the names that CatalogItem and Product share."""
        price = self._amount(raw, "price")
        sale = self._amount(raw, "sale_price") if raw.get("on_sale") is True else None
        # Unmanaged stock has no number, though some versions send 0; "parent" counts for all together.
        counted = raw.get("manage_stock") in (True, "parent")
        return {
            "price": price,
            "list_price": self._amount(raw, "regular_price"),
            # A sale shows before the shop's queue has changed the price that is charged.
            "sale_price": sale if sale == price else None,
            "stock_status": _stock_status(raw),
            "stock_quantity": self._amount(raw, "stock_quantity") if counted else None,
        }

    def _common(self, raw: Raw, name: str) -> dict[str, Any]:
        return {
            "source": SOURCE,
            "external_id": str(raw["id"]),
            "name": name,
            "barcode": _text(raw, "global_unique_id") or None,
            "description": plain_text(_string(raw.get("description"))),
            "currency": self.currency,
            **self.offer(raw),
            "weight": self._amount(raw, "weight"),
            "sale_ok": raw.get("purchasable") is not False,
            "url": _address(raw.get("permalink")),
            "last_update": modified(raw),
        }

    def _above(self, raw: Raw) -> Iterator[str]:
        for term in _rows(raw.get("categories")):
            if type(term.get("id")) is int:
                yield from self.tree.above(term["id"])

    def _nameless(self, raw: Raw) -> str:
        self.problems.append(f"Product {raw['id']} has no name.")
        return f"#{raw['id']}"

    def _amount(self, raw: Raw, name: str) -> Decimal | None:
        try:
            return numbers.amount(raw.get(name))
        except ValueError as error:
            self.problems.append(f"Product {raw['id']}: {name} {error}; left empty.")
            return None


def is_visible(raw: Raw) -> bool:
    """Whether customers may see a product: published, not hidden from the catalogue, without password."""
    return (
        raw.get("status") == "publish"
        and raw.get("catalog_visibility") != "hidden"
        and not raw.get("post_password")
    )


def modified(raw: Raw) -> datetime | None:
    """`date_modified_gmt` as an aware time; the local twin has no offset and is never used."""
    try:
        at = datetime.fromisoformat(_string(raw.get("date_modified_gmt")))
    except ValueError:
        return None
    return at.replace(tzinfo=at.tzinfo or UTC)


def _stock_status(raw: Raw) -> StockStatus:
    try:
        return StockStatus(_string(raw.get("stock_status")))
    except ValueError:
        # Plugins add their own; what can be bought is in stock.
        return StockStatus.OUT_OF_STOCK if raw.get("purchasable") is False else StockStatus.IN_STOCK


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _text(raw: Raw, name: str) -> str:
    value = raw.get(name)
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    return one_line(_string(value))


def _rows(value: Any) -> Iterable[Raw]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _names(terms: Any) -> list[str]:
    return [name for name in (_text(term, "name") for term in _rows(terms)) if name]


def _first_id(terms: Any) -> int | None:
    return next((term["id"] for term in _rows(terms) if type(term.get("id")) is int), None)


def _first_image(images: Any) -> str | None:
    return next((found for image in _rows(images) if (found := _address(image.get("src")))), None)


def _address(value: Any) -> str | None:
    address = clean(_string(value)).strip()
    return address if address.startswith(("https://", "http://")) else None


def _attributes(attributes: Any, varying: bool = False) -> dict[str, list[str]]:
    """Name → options. Attributes that the shop's page does not show are left out, unless variations vary by
    them; `varying` gives only those."""
    found: dict[str, list[str]] = {}
    for each in _rows(attributes):
        name, by_variation = _text(each, "name"), each.get("variation") is True
        if not name or (varying and not by_variation) or (each.get("visible") is False and not by_variation):
            continue
        options = each.get("options") if "options" in each else [each.get("option")]
        texts = [one_line(_string(option)) for option in options] if isinstance(options, list) else []
        if any(texts):
            found.setdefault(name, []).extend(text for text in texts if text)
    return found


def _brand(brands: Any, attributes: dict[str, list[str]]) -> str | None:
    """The first brand; before WooCommerce 9.6 shops kept it in an attribute."""
    named = _names(brands) or [
        option
        for name, options in attributes.items()
        if name.lower() in _BRAND_ATTRIBUTES
        for option in options
    ]
    return named[0] if named else None
