"""Which fields are asked for, cut down to those that the server has and the user may read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tendero.catalog.odoo.refusals import PageFailed, Refused

if TYPE_CHECKING:
    from tendero.catalog.odoo.client import Client
    from tendero.platform.deadline import Deadline

VARIANT, TEMPLATE = "product.product", "product.template"

_NEEDED = ("name", "active", "write_date", "categ_id")
# Shared by the variants of a template. `description` holds internal notes and is never asked for.
_COMMON = (
    *_NEEDED, "description_sale", "list_price", "type", "detailed_type", "is_storable", "sale_ok",
    "purchase_ok", "uom_id", "company_id", "currency_id", "product_tag_ids", "attribute_line_ids",
    "is_published", "website_url",
)  # fmt: skip
_OWN = (
    "product_tmpl_id", "default_code", "barcode", "weight", "volume", "standard_price", "lst_price",
    "free_qty", "qty_available", "all_product_tag_ids", "product_template_attribute_value_ids",
)  # fmt: skip
# What changes without moving write_date, and what is needed to make sense of it.
_OFFER = (
    "product_tmpl_id", "active", "sale_ok", "lst_price", "currency_id", "type", "detailed_type",
    "is_storable", "free_qty", "qty_available",
)  # fmt: skip
_IDENTITY = ("product_tmpl_id", "active", "sale_ok")
# Records whose change shows in a product without moving the product's own date.
_DATED_THROUGH = (
    "product_tmpl_id", "categ_id", "uom_id", "product_tag_ids", "attribute_line_ids",
    "attribute_line_ids.attribute_id", "attribute_line_ids.value_ids",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fields:
    """What this server and user have. `digits` are the decimals of a number where the field fixes them."""

    variant: tuple[str, ...]
    template: tuple[str, ...]
    digits: Mapping[str, int]

    @classmethod
    def of(cls, client: Client, deadline: Deadline | None = None) -> Fields:
        """Raises Refused when not even the names of products may be read."""
        variant = _described(client, VARIANT, (*_COMMON, *_OWN), deadline)
        lacking = [name for name in (*_NEEDED, "product_tmpl_id") if name not in variant]
        if lacking:
            raise Refused(
                f"The user {client.login.username} may not read {', '.join(lacking)} of products in Odoo."
                " Give the user a role that reads products, such as Sales / User."
            )
        digits = {name: told["digits"][1] for name, told in variant.items() if _has_digits(told)}
        # A template has the fields that its variants share, under the same names.
        return cls(tuple(variant), tuple(name for name in _COMMON if name in variant), digits)

    @property
    def offer(self) -> list[str]:
        return self._held(_OFFER)

    @property
    def identity(self) -> list[str]:
        return self._held(_IDENTITY)

    def changed_since(self, moment: str) -> list[Any]:
        """A domain of variants with a change at or after `moment`, a naive UTC time in whole seconds.

        `>=` finds all of them on every release: up to 18 dates are compared with their microseconds, later
        ones by whole seconds. Up to 16 a variant's date does not follow its template's.
        """
        paths = [f"{path}.write_date" for path in _DATED_THROUGH if path.partition(".")[0] in self.variant]
        terms = [(path, ">=", moment) for path in ("write_date", *paths)]
        return [*["|"] * (len(terms) - 1), *terms]

    def _held(self, names: Iterable[str]) -> list[str]:
        return [name for name in names if name in self.variant]


def _described(
    client: Client, model: str, names: Iterable[str], deadline: Deadline | None
) -> dict[str, dict[str, Any]]:
    # An unknown name in a read fails the whole call; here it is left out without a word.
    arguments = {"allfields": list(names), "attributes": ["type", "digits"]}
    found = client.call(model, "fields_get", arguments, deadline=deadline)
    if not isinstance(found, dict):
        raise PageFailed(f"Odoo answered {found!r:.80} where the fields of {model} belong.")
    return {name: found[name] for name in names if isinstance(found.get(name), dict)}


def _has_digits(told: Mapping[str, Any]) -> bool:
    digits = told.get("digits")
    return isinstance(digits, list | tuple) and len(digits) == 2 and type(digits[1]) is int
