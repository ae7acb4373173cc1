"""Which variants a template has: one for each combination of its attribute values."""

from __future__ import annotations

import itertools
from typing import Any

from infra.local.demo_odoo.product_values import variants_of
from infra.local.demo_odoo.table import Row
from infra.local.demo_odoo.writing import Records, Values

LINE = "product.template.attribute.line"
CHOSEN = "product.template.attribute.value"
VARIANT = "product.product"


class AttributeLines(Records):
    """A line offers some values of an attribute on one template."""

    def _create(self, values: Values) -> int:
        row_id = super()._create(values)
        self._settle([self.table.rows[row_id]])
        return row_id

    def _write(self, values: Values) -> None:
        super()._write(values)
        self._settle(self.rows())

    def _unlink(self) -> None:
        templates = {row["product_tmpl_id"] for row in self.rows()}
        for row in self.rows():
            delete_line(self, row)
        for template_id in templates:
            self._match(template_id)

    def _settle(self, lines: list[Row]) -> None:
        for line in lines:
            chosen_values(self, line)
            self._match(line["product_tmpl_id"])

    def _match(self, template_id: int) -> None:
        if self.env.context.get("create_product_product", True):
            match(self, template_id)


def chosen_values(records: Records, line: Row) -> list[int]:
    """The template's own records of the values that a line offers, made where they lack."""
    table = records.env.table(CHOSEN)
    held = {row["product_attribute_value_id"]: row["id"] for row in table.by("attribute_line_id", line["id"])}
    for value_id in line["value_ids"]:
        if value_id not in held:
            values = {"attribute_line_id": line["id"], "product_attribute_value_id": value_id}
            held[value_id] = Records(records.env, CHOSEN)._create(values)
    return [held[value_id] for value_id in line["value_ids"]]


def copy_line(records: Records, line: Row, template_id: int) -> None:
    values = {"attribute_id": line["attribute_id"], "value_ids": [(6, 0, line["value_ids"])]}
    copied = Records(records.env, LINE)._create({**values, "product_tmpl_id": template_id})
    chosen_values(records, records.env.table(LINE).rows[copied])


def delete_line(records: Records, line: Row) -> None:
    for chosen in records.env.table(CHOSEN).by("attribute_line_id", line["id"]):
        records.env.table(CHOSEN).delete(chosen["id"])
    records.env.table(LINE).delete(line["id"])


def match(records: Records, template_id: int) -> None:
    """Makes, keeps and removes variants until they fit the template's attribute lines.

    A variant whose combination is gone is deleted, or archived when stock moves refer to it; a new one has
    a new id and no reference. Nothing is made for a template with a dynamic attribute.
    """
    env = records.env
    template = env.table("product.template").rows[template_id]
    attributes = env.table("product.attribute").rows
    lines = [
        (attributes[line["attribute_id"]]["create_variant"], chosen_values(records, line))
        for line in env.table(LINE).by("product_tmpl_id", template_id)
    ]
    offered = [ids for mode, ids in lines if mode != "no_variant"]
    combinations = [tuple(sorted(ids)) for ids in itertools.product(*offered)]
    _add_only_choices(records, template, [ids[0] for ids in offered if len(ids) == 1])
    have = {tuple(sorted(v["product_template_attribute_value_ids"])): v for v in variants_of(env, template)}
    is_dynamic = any(mode == "dynamic" for mode, _ in lines)
    for combination in [] if is_dynamic else [c for c in combinations if c not in have]:
        _make(records, template, combination)
    _drop(records, [v["id"] for c, v in have.items() if c not in combinations or (is_dynamic and not c)])


def _add_only_choices(records: Records, template: Row, only: list[int]) -> None:
    """An attribute with a single value is added to the variants that exist; they stay the same records."""
    for variant in variants_of(records.env, template):
        held = variant["product_template_attribute_value_ids"]
        missing = [i for i in only if i not in held]
        if missing:
            records.env.table(VARIANT).update(variant["id"], _combination([*held, *missing]))


def _make(records: Records, template: Row, combination: tuple[int, ...]) -> None:
    table = records.env.table(VARIANT)
    row = Records(records.env, VARIANT)
    own = row._defaults() | row._stamp(created=True) | _combination(list(combination))
    table.insert(own | {"product_tmpl_id": template["id"], "active": template["active"]})


def _combination(ids: list[int]) -> dict[str, Any]:
    ids = sorted(ids)
    return {"product_template_attribute_value_ids": ids, "combination_indices": ",".join(map(str, ids))}


def _drop(records: Records, ids: list[int]) -> None:
    env = records.env
    has_moves = "stock.move" in env.odoo.models
    for variant_id in ids:
        if has_moves and env.table("stock.move").by("product_id", variant_id):
            records.of(VARIANT, [variant_id]).write_own({"active": False})
        else:
            env.table(VARIANT).delete(variant_id)
