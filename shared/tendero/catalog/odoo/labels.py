"""Names of what products refer to by id: attribute values, attributes offered, tags, currencies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tendero.catalog.odoo.client import Client, Raw
from tendero.catalog.odoo.values import id_of, ids_of, line_of, link_of
from tendero.platform.deadline import Deadline

_LINE = "product.template.attribute.line"
_CHOSEN = "product.template.attribute.value"
_VALUE = "product.attribute.value"


@dataclass(slots=True)
class Labels:
    """Keeps what it has read.

    `chosen` maps a variant's attribute values to (attribute, value); `offered` a template's attribute lines
    to (attribute, all its values); `tags` and `values` are names; `decimals` are a currency's.
    """

    client: Client
    chosen: dict[int, tuple[str, str]] = field(default_factory=dict)
    offered: dict[int, tuple[str, list[str]]] = field(default_factory=dict)
    tags: dict[int, str] = field(default_factory=dict)
    values: dict[int, str] = field(default_factory=dict)
    decimals: dict[int, int] = field(default_factory=dict)

    def fresh(self) -> Labels:
        """Labels for other products: without what belongs to single templates, the rest in common."""
        return replace(self, chosen={}, offered={})

    def learn(self, rows: Sequence[Raw]) -> None:
        """Reads what these products refer to and is not known yet. Raises SourceError."""
        self._learn_attributes(rows)
        for row in self._lacking("product.tag", rows, ("product_tag_ids", "all_product_tag_ids"), self.tags):
            self.tags[row["id"]] = line_of(row, "name")
        self.learn_currencies(rows)

    def learn_currencies(self, rows: Sequence[Raw], deadline: Deadline | None = None) -> None:
        wanted = {each for row in rows if (each := id_of(row, "currency_id"))} - self.decimals.keys()
        if wanted:
            for row in self._read("res.currency", wanted, ["decimal_places"], deadline):
                places = row.get("decimal_places")
                self.decimals[row["id"]] = places if type(places) is int and 0 <= places <= 4 else 2

    def _learn_attributes(self, rows: Sequence[Raw]) -> None:
        names = ("product_template_attribute_value_ids",)
        for row in self._lacking(_CHOSEN, rows, names, self.chosen, "attribute_id"):
            attribute = link_of(row, "attribute_id")
            self.chosen[row["id"]] = (attribute[1] if attribute else "", line_of(row, "name"))
        lines = self._lacking(_LINE, rows, ("attribute_line_ids",), self.offered, "attribute_id", "value_ids")
        for row in self._lacking(_VALUE, lines, ("value_ids",), self.values):
            self.values[row["id"]] = line_of(row, "name")
        for row in lines:
            attribute = link_of(row, "attribute_id")
            found = [self.values[each] for each in ids_of(row, "value_ids") if self.values.get(each)]
            self.offered[row["id"]] = (attribute[1] if attribute else "", found)

    def _lacking(
        self, model: str, rows: Iterable[Raw], names: Sequence[str], known: dict[int, Any], *fields: str
    ) -> list[Raw]:
        wanted = {each for row in rows for name in names for each in ids_of(row, name)} - known.keys()
        own = [] if model == _LINE else ["name"]
        return self._read(model, wanted, [*own, *fields]) if wanted else []

    def _read(
        self, model: str, ids: Iterable[int], fields: Sequence[str], deadline: Deadline | None = None
    ) -> list[Raw]:
        # An attribute that a template no longer has stays as an archived line.
        context = self.client.context(deadline) | {"active_test": model == _LINE}
        return self.client.rows(
            model, [("id", "in", sorted(ids))], fields, context=context, deadline=deadline
        )
