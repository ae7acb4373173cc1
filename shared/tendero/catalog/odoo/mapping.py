"""Odoo's variants and templates as catalogue items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tendero.catalog import numbers
from tendero.catalog.item import CatalogItem, Kind, StockStatus
from tendero.catalog.odoo.labels import Labels
from tendero.catalog.odoo.values import Raw, flag_of, ids_of, line_of, link_of, moment_of, text_of

SOURCE = "odoo"
_PARENT = "template-"
# Odoo puts every category below this one.
_ROOT = "All"
# The columns keep no more.
_MOST_DECIMALS = 4
_STOCK_DECIMALS = 3


def parent_id(template_id: int) -> str:
    """The external id of a template's own row; variants keep their number."""
    return f"{_PARENT}{template_id}"


def template_of(external_id: str) -> int | None:
    """The template whose own row this is; None for a variant."""
    return int(external_id.removeprefix(_PARENT)) if external_id.startswith(_PARENT) else None


@dataclass(slots=True)
class Mapper:
    """Maps rows whose references `labels` has learnt; what could not be read is told in `problems`.

    `digits` are the decimals of the server's number fields, where it fixes them. `url` is the server's.
    """

    labels: Labels
    digits: Mapping[str, int]
    url: str
    problems: list[str] = field(default_factory=list)

    def template(self, variants: Sequence[Raw]) -> list[CatalogItem]:
        """All items of a template, from all its variants in order of id, archived ones too.

        With several active variants it is a product with variations; otherwise each variant is a product.
        """
        if sum(flag_of(raw, "active") for raw in variants) <= 1:
            return [self._product(raw) for raw in variants]
        parent = self._parent(variants)
        return [parent, *(self._variation(raw, parent) for raw in variants)]

    def bare(self, raw: Raw) -> CatalogItem:
        """A template without any variant: one is made when a customer has chosen (dynamic attributes)."""
        return CatalogItem(
            **self._common(raw, parent_id(raw["id"])), **self.offer(raw), attributes=self._offered(raw)
        )

    def offer(self, raw: Raw) -> dict[str, Any]:
        """Price and stock of a variant or a bare template, by the names that CatalogItem and Product share.

        `lst_price` holds what the chosen attributes add to the template's `list_price`.
        """
        price = self._money(raw, "lst_price" if "lst_price" in raw else "list_price")
        quantity = self._quantity(raw)
        out = quantity is not None and quantity <= 0
        return {
            "price": price,
            "list_price": price,
            "sale_price": None,
            "stock_status": StockStatus.OUT_OF_STOCK if out else StockStatus.IN_STOCK,
            "stock_quantity": None if quantity is None else max(quantity, Decimal(0)),
        }

    def _product(self, raw: Raw) -> CatalogItem:
        return CatalogItem(
            **self._common(raw, str(raw["id"])),
            **self._own(raw),
            attributes=self._offered(raw) or self._chosen(raw),
        )

    def _parent(self, variants: Sequence[Raw]) -> CatalogItem:
        shown = [raw for raw in variants if flag_of(raw, "active")]
        offers = [self.offer(raw) for raw in shown]
        prices = [each["price"] for each in offers if each["price"] is not None]
        lowest = min(prices) if prices else None
        in_stock = any(each["stock_status"] is StockStatus.IN_STOCK for each in offers)
        first, dates = shown[0], [at for raw in variants if (at := moment_of(raw, "write_date"))]
        template = link_of(first, "product_tmpl_id")
        attributes = self._offered(first) or _merged([self._chosen(raw) for raw in shown])
        item = CatalogItem(
            **self._common(first, parent_id(template[0] if template else 0)),
            attributes=attributes,
            price=lowest,
            list_price=lowest,
            stock_status=StockStatus.IN_STOCK if in_stock else StockStatus.OUT_OF_STOCK,
            image_url=self._image(first),
        )
        return replace(item, last_update=max(dates, default=None))

    def _variation(self, raw: Raw, parent: CatalogItem) -> CatalogItem:
        chosen = self._chosen(raw)
        telling = [
            value
            for name, values in chosen.items()
            if len(parent.attributes.get(name, ())) != 1
            for value in values
        ]
        common = self._common(raw, str(raw["id"]))
        if telling:
            common["name"] = f"{common['name']} - {', '.join(telling)}"
        return CatalogItem(
            **common,
            **self._own(raw),
            kind=Kind.VARIATION,
            parent_external_id=parent.external_id,
            attributes=chosen,
        )

    def _common(self, raw: Raw, external_id: str) -> dict[str, Any]:
        """What the variants of a template share."""
        category, unit, company = (link_of(raw, name) for name in ("categ_id", "uom_id", "company_id"))
        currency = link_of(raw, "currency_id")
        shown = flag_of(raw, "is_published")
        tags = dict.fromkeys([*ids_of(raw, "product_tag_ids"), *ids_of(raw, "all_product_tag_ids")])
        return {
            "source": SOURCE,
            "external_id": external_id,
            "name": line_of(raw, "name") or self._nameless(external_id),
            "description": text_of(raw, "description_sale"),
            "category_id": category[0] if category else None,
            "category_name": category[1] if category else None,
            "categories": _path(category[1]) if category else (),
            "tags": tuple(name for each in tags if (name := self.labels.tags.get(each))),
            "is_active": is_visible(raw),
            "currency": currency[1] if currency else None,
            "product_type": line_of(raw, "detailed_type") or line_of(raw, "type") or None,
            "sale_ok": flag_of(raw, "sale_ok", otherwise=True),
            "purchase_ok": flag_of(raw, "purchase_ok", otherwise=True),
            "uom_id": unit[0] if unit else None,
            "uom_name": unit[1] if unit else None,
            "company_id": company[0] if company else None,
            "url": f"{self.url}{path}" if shown and (path := line_of(raw, "website_url")) else None,
            "last_update": moment_of(raw, "write_date"),
        }

    def _own(self, raw: Raw) -> dict[str, Any]:
        """What each variant has for itself."""
        return {
            **self.offer(raw),
            "sku": line_of(raw, "default_code") or None,
            "barcode": line_of(raw, "barcode") or None,
            "weight": self._number(raw, "weight"),
            "volume": self._number(raw, "volume"),
            "standard_price": self._number(raw, "standard_price"),
            "image_url": self._image(raw),
        }

    def _image(self, raw: Raw) -> str | None:
        # Odoo shows pictures of published products only; of others comes a grey square.
        if not flag_of(raw, "is_published"):
            return None
        return f"{self.url}/web/image/product.product/{raw['id']}/image_512"

    def _chosen(self, raw: Raw) -> dict[str, list[str]]:
        pairs = (
            self.labels.chosen.get(each, ("", ""))
            for each in ids_of(raw, "product_template_attribute_value_ids")
        )
        return _merged([{name: [value]} for name, value in pairs if name and value])

    def _offered(self, raw: Raw) -> dict[str, list[str]]:
        pairs = (self.labels.offered.get(each, ("", [])) for each in ids_of(raw, "attribute_line_ids"))
        return _merged([{name: values} for name, values in pairs if name and values])

    def _quantity(self, raw: Raw) -> Decimal | None:
        """What can be sold now, reservations taken off; None for services and goods that nobody counts."""
        tracked = flag_of(raw, "is_storable") or "product" in (raw.get("detailed_type"), raw.get("type"))
        if not tracked:
            return None
        found = self._number(raw, "free_qty" if "free_qty" in raw else "qty_available")
        return None if found is None else _rounded(found, _STOCK_DECIMALS)

    def _money(self, raw: Raw, name: str) -> Decimal | None:
        """From 19 on prices come unrounded: 0.30000000000000004."""
        found = self._number(raw, name)
        currency = link_of(raw, "currency_id")
        places = self.digits.get(name, self.labels.decimals.get(currency[0], 2) if currency else 2)
        return None if found is None else _rounded(found, places)

    def _number(self, raw: Raw, name: str) -> Decimal | None:
        try:
            return numbers.amount(raw.get(name))
        except ValueError as error:
            self.problems.append(f"Product {raw['id']}: {name} {error}; left empty.")
            return None

    def _nameless(self, external_id: str) -> str:
        self.problems.append(f"Product {external_id} has no name.")
        return f"#{external_id}"


def is_visible(raw: Raw) -> bool:
    """Whether customers may see it: in use and for sale. What is not for sale is material, or internal."""
    return flag_of(raw, "active") and flag_of(raw, "sale_ok", otherwise=True)


def _rounded(number: Decimal, places: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-min(places, _MOST_DECIMALS)), ROUND_HALF_UP)


def _path(name: str) -> tuple[str, ...]:
    parts = tuple(part for part in name.split(" / ") if part)
    return parts[1:] if parts[:1] == (_ROOT,) else parts


def _merged(parts: Sequence[Mapping[str, Sequence[str]]]) -> dict[str, list[str]]:
    """All values by attribute, each once, in order of appearance."""
    found: dict[str, dict[str, None]] = {}
    for part in parts:
        for name, values in part.items():
            found.setdefault(name, {}).update(dict.fromkeys(values))
    return {name: list(values) for name, values in found.items()}
