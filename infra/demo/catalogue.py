"""The demo shop's catalogue: reads the product files and works out what a shop would derive from them.

Ids follow the order in the files, so a new product goes to the end of its file: product n of a file has the
id `first_id + 20 n`, its variations the next nine, its pictures the rest.
"""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from infra.local.demo_shop.records import Attribute, AttributeKind, Catalogue, Image, Item, Term, slugify

_FOLDER = Path(__file__).parent
_START = datetime(2025, 1, 7, 8, 30, tzinfo=UTC)
_STEP = 20
_VARIATIONS = 9
_FIRST_CATEGORY, _FIRST_TAG, _FIRST_BRAND = 20, 200, 400
ANY = "*"


def load() -> Catalogue:
    """The whole catalogue, the same on every call. Raises KeyError for an unknown category or member."""
    shop = tomllib.loads((_FOLDER / "shop.toml").read_text(encoding="utf-8"))
    files = [
        tomllib.loads(p.read_text(encoding="utf-8")) for p in sorted((_FOLDER / "products").glob("*.toml"))
    ]
    given = [one for file in files for one in file["product"]]
    reader = _Reader(shop, given)
    items = [item for file in files for item in reader.file(file)]
    by_sku = {item.sku: item.id for item in items if item.sku}
    for item in items:
        if item.type == "grouped":
            item.children = [by_sku[sku] for sku in reader.members[item.id]]
    return Catalogue(items, reader.categories, reader.tags, reader.brands, reader.kinds)


def ean13(number: int) -> str:
    """A valid EAN-13 from the range for use inside a company (29…), which no real article carries.

    Check digit: GS1 General Specifications, weights 1 and 3.
    """
    digits = f"29{number:010d}"
    total = sum(int(d) * (3 if place % 2 else 1) for place, d in enumerate(digits))
    return digits + str(-total % 10)


def to_html(text: str) -> str:
    """Paragraphs and `- ` lists as HTML; a text that is HTML already stays as it is."""
    if text.lstrip().startswith("<"):
        return text.strip() + "\n"
    parts = []
    for block in text.strip().split("\n\n"):
        lines = block.strip().splitlines()
        if all(line.startswith("- ") for line in lines):
            rows = "".join(f"<li>{line[2:].strip()}</li>\n" for line in lines)
            parts.append(f"<ul>\n{rows}</ul>\n")
        else:
            parts.append(f"<p>{' '.join(line.strip() for line in lines)}</p>\n")
    return "".join(parts)


class _Reader:
    def __init__(self, shop: dict[str, Any], given: list[dict[str, Any]]) -> None:
        self.categories = _tree(shop["categories"])
        self.kinds = [AttributeKind(n, name) for n, name in enumerate(shop["attributes"], start=1)]
        tags = sorted({tag for one in given for tag in one.get("tags", [])}, key=slugify)
        brands = sorted({one["brand"] for one in given if "brand" in one}, key=slugify)
        self.tags = [Term(_FIRST_TAG + n, name, slugify(name)) for n, name in enumerate(tags)]
        self.brands = [Term(_FIRST_BRAND + n, name, slugify(name)) for n, name in enumerate(brands)]
        self.members: dict[int, list[str]] = {}
        self._category_ids = {term.slug: term.id for term in self.categories}
        self._tag_ids = {term.name: term.id for term in self.tags}
        self._brand_ids = {term.name: term.id for term in self.brands}
        self._kind_ids = {kind.name: kind.id for kind in self.kinds}

    def file(self, file: dict[str, Any]) -> list[Item]:
        items: list[Item] = []
        for place, one in enumerate(file["product"]):
            product = self._product(one, file["first_id"] + _STEP * place, file["category"])
            items += [product, *self._variations(one, product)]
        return items

    def _product(self, one: dict[str, Any], item_id: int, category: str) -> Item:
        created, modified = _dates(one, item_id)
        item = Item(item_id, one["name"], created, modified, type=_type(one))
        item.slug = one.get("slug") or slugify(item.name)
        item.status = one.get("status", "publish")
        item.catalog_visibility = one.get("visibility", "visible")
        item.sku = one.get("sku", "")
        item.description = to_html(one["text"])
        item.short_description = to_html(one["short"])
        if item.type not in ("variable", "grouped"):
            item.regular_price, item.sale_price = one["price"], one.get("sale", "")
        _set_stock(item, one)
        item.weight = one.get("kg", "")
        sizes = one.get("cm", "").split("x") if one.get("cm") else []
        item.dimensions = (*sizes, "", "", "")[:3]
        item.category_ids = [self._category_ids[slug] for slug in one.get("in", [category])]
        item.tag_ids = [self._tag_ids[tag] for tag in one.get("tags", [])]
        item.brand_ids = [self._brand_ids[one["brand"]]] if "brand" in one else []
        item.attributes = self._attributes(one)
        item.featured = one.get("featured", False)
        item.external_url, item.button_text = one.get("url", ""), one.get("button", "")
        # Small shops know the bar code of some of their articles only.
        if item.sku and item.type == "simple" and item_id % 60:
            item.global_unique_id = ean13(item_id)
        pictures = range(one.get("pictures", 1))
        item.images = [Image(item_id + 10 + n, item.slug + (f"-{n + 1}" if n else "")) for n in pictures]
        if "members" in one:
            self.members[item_id] = one["members"]
        return item

    def _attributes(self, one: dict[str, Any]) -> list[Attribute]:
        rows = [(name, values, True) for name, values in one.get("options", {}).items()]
        rows += [(name, [value], False) for name, value in one.get("about", {}).items()]
        return [Attribute(self._kind_ids.get(name, 0), name, list(v), varies) for name, v, varies in rows]

    def _variations(self, one: dict[str, Any], parent: Item) -> list[Item]:
        rows = one.get("variations", [])
        if len(rows) > _VARIATIONS:
            raise ValueError(f"{parent.name}: more than {_VARIATIONS} variations")
        children = []
        for place, row in enumerate(rows, start=1):
            chosen = dict(zip(one["options"], row["is"], strict=True))
            own = "-".join(slugify(option)[:4].strip("-").upper() for option in row["is"] if option != ANY)
            child = Item(parent.id + place, parent.name, parent.created, parent.modified, type="variation")
            child.parent_id = parent.id
            child.options = {name: option for name, option in chosen.items() if option != ANY}
            child.slug = f"{parent.slug}-{slugify(' '.join(row['is']))}".rstrip("-")
            child.status = row.get("status", "publish")
            child.sku = row.get("sku", f"{parent.sku}-{own}" if parent.sku else "")
            child.regular_price = row.get("price", one.get("price", ""))
            child.sale_price = row.get("sale", "" if "price" in row else one.get("sale", ""))
            child.weight = row.get("kg", "")
            child.menu_order = place
            _set_stock(child, row)
            if child.sku and child.id % 3:
                child.global_unique_id = ean13(child.id)
            children.append(child)
        parent.children += [child.id for child in children]
        return children


def _tree(given: dict[str, list[str]]) -> list[Term]:
    ids = {slug: _FIRST_CATEGORY + n for n, slug in enumerate(given)}
    return [Term(ids[slug], name, slug, ids.get(parent, 0)) for slug, (name, parent) in given.items()]


def _type(one: dict[str, Any]) -> str:
    for key, kind in (("variations", "variable"), ("members", "grouped"), ("url", "external")):
        if key in one:
            return kind
    return "simple"


def _dates(one: dict[str, Any], item_id: int) -> tuple[datetime, datetime]:
    """A scheduled product's two dates both lie in the future, as WooCommerce writes them."""
    if "created" in one:
        moment: datetime = one["created"]
        return moment, moment
    created = _START + timedelta(minutes=41 * (item_id - 1000))
    return created, created + timedelta(hours=item_id * 7919 % 2400, seconds=item_id % 60)


def _set_stock(item: Item, row: dict[str, Any]) -> None:
    """`stock` is a number (managed), a status (not managed) or absent: in stock, or the parent's business."""
    stock = row.get("stock", "instock")
    item.backorders = row.get("backorders", "no")
    if isinstance(stock, str):
        item.stock_status = stock
        return
    item.manage_stock, item.stock_quantity = True, stock
    empty = "outofstock" if item.backorders == "no" else "onbackorder"
    item.stock_status = "instock" if stock > 0 else empty
