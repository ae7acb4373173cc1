"""What the demo shop holds: products, variations, terms and the catalogue that carries them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

# Product types that WooCommerce itself has; "variation" is a child of "variable".
TYPES = ("simple", "grouped", "external", "variable", "variation")
STATUSES = ("future", "trash", "draft", "pending", "private", "publish")


def plain(text: str) -> str:
    """Lower case without accents, as the collation of a WordPress database compares texts."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).lower()


def slugify(text: str) -> str:
    """The address form of a name: ASCII letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", plain(text.replace("&amp;", " "))).strip("-")


@dataclass
class Term:
    """A category, tag or brand. `parent` is 0 at the top of the tree."""

    id: int
    name: str
    slug: str
    parent: int = 0
    description: str = ""


@dataclass
class AttributeKind:
    """A store-wide attribute (taxonomy `pa_…`), such as Talla or Color."""

    id: int
    name: str

    @property
    def slug(self) -> str:
        return "pa_" + slugify(self.name)


@dataclass
class Attribute:
    """An attribute of one product. `id` is 0 for an attribute that only this product has."""

    id: int
    name: str
    options: list[str]
    variation: bool = False

    @property
    def slug(self) -> str:
        return f"pa_{slugify(self.name)}" if self.id else self.name


@dataclass
class Image:
    id: int
    slug: str
    alt: str = ""


@dataclass
class Item:
    """One product or variation as the database has it; what a reader sees is derived in `render`.

    Dates are aware UTC, whole seconds. Prices and weights are the strings that the shop typed.
    """

    id: int
    name: str
    created: datetime
    modified: datetime
    type: str = "simple"
    status: str = "publish"
    slug: str = ""
    parent_id: int = 0
    sku: str = ""
    description: str = ""
    short_description: str = ""
    regular_price: str = ""
    sale_price: str = ""
    price: str = ""
    sale_from: datetime | None = None
    sale_to: datetime | None = None
    manage_stock: bool = False
    stock_quantity: int | None = None
    stock_status: str = "instock"
    backorders: str = "no"
    weight: str = ""
    dimensions: tuple[str, str, str] = ("", "", "")
    category_ids: list[int] = field(default_factory=list)
    tag_ids: list[int] = field(default_factory=list)
    brand_ids: list[int] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    attributes: list[Attribute] = field(default_factory=list)
    options: dict[str, str] = field(default_factory=dict)
    children: list[int] = field(default_factory=list)
    external_url: str = ""
    button_text: str = ""
    featured: bool = False
    catalog_visibility: str = "visible"
    virtual: bool = False
    menu_order: int = 0
    global_unique_id: str = ""
    meta: list[dict[str, Any]] = field(default_factory=list)
    related: list[int] = field(default_factory=list)
    status_before_trash: str = "publish"

    @property
    def is_variation(self) -> bool:
        return self.type == "variation"


@dataclass
class Catalogue:
    """Everything a shop sells. `children` of a variable product are its variations, of a grouped one its
    members."""

    items: list[Item]
    categories: list[Term]
    tags: list[Term] = field(default_factory=list)
    brands: list[Term] = field(default_factory=list)
    attributes: list[AttributeKind] = field(default_factory=list)
