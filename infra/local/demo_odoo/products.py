"""Templates, variants and categories: what writes do beyond the rules that all models share."""

from __future__ import annotations

from typing import Any

from infra.local.demo_odoo import variants
from infra.local.demo_odoo.errors import UserError, ValidationError
from infra.local.demo_odoo.product_schema import VARIANT_FIELDS
from infra.local.demo_odoo.product_values import price_extra, single_variant, template_of, variants_of
from infra.local.demo_odoo.table import Row
from infra.local.demo_odoo.writing import Records, Values

TEMPLATE, VARIANT = "product.template", "product.product"


class Templates(Records):
    def _create(self, values: Values) -> int:
        passed_on = {name: values.pop(name) for name in VARIANT_FIELDS if name in values}
        row_id = super(Templates, self._without_variants())._create(values)
        variants.match(self, row_id)
        self._pass_on(self.table.rows[row_id], passed_on)
        return row_id

    def _write(self, values: Values) -> None:
        passed_on = {name: values.pop(name) for name in VARIANT_FIELDS if name in values}
        super(Templates, self._without_variants())._write(values)
        for row in self.rows():
            if "attribute_line_ids" in values:
                variants.match(self, row["id"])
            if "active" in values:
                family = [v["id"] for v in variants_of(self.env, row)]
                self.of(VARIANT, family).write_own({"active": values["active"]})
            self._pass_on(row, passed_on)
            self.date_variants(row)

    def _without_variants(self) -> Templates:
        """These records under Odoo's own context key: lines leave the variants to one match at the end."""
        return Templates(self.env.with_context(create_product_product=False), self.model, self.ids)

    def _pass_on(self, row: Row, values: Values) -> None:
        variant = single_variant(self.env, row) if values else None
        if variant is not None:
            self.of(VARIANT, [variant["id"]]).write_own(values)

    def date_variants(self, row: Row) -> None:
        """From 17 on a variant's write_date is at least its template's, and stored."""
        if self.env.release.template_dates_variants:
            for variant in variants_of(self.env, row):
                self.env.table(VARIANT).update(variant["id"], {"write_date": self.env.began})

    def touch(self) -> None:
        for row in self.rows():
            self.table.update(row["id"], self._stamp())
            self.date_variants(row)

    def _unlink(self) -> None:
        for row in self.rows():
            family = [v["id"] for v in variants_of(self.env, row)]
            check_unused(self, family)
            for variant_id in family:
                self.env.table(VARIANT).delete(variant_id)
            for line in self.env.table(variants.LINE).by("product_tmpl_id", row["id"]):
                variants.delete_line(self, line)
        super()._unlink()

    def _copy(self, row: Row, default: Values) -> int:
        texts = {lang: f"{name} (copy)" for lang, name in row["name"].items()}
        copied = super()._copy(row, default)
        if "name" not in default:
            self.table.update(copied, {"name": texts})
        for line in self.env.table(variants.LINE).by("product_tmpl_id", row["id"]):
            variants.copy_line(self, line, copied)
        variants.match(self, copied)
        return copied


class Variants(Records):
    def _create(self, values: Values) -> int:
        own, delegated = self._by_owner(values)
        if not own.get("product_tmpl_id"):
            template = Records(self.env, TEMPLATE)
            own["product_tmpl_id"] = template._create(delegated)
        row_id = super()._create(own)
        self._check_barcodes([self.table.rows[row_id]])
        return row_id

    def _write(self, values: Values) -> None:
        own, delegated = self._by_owner(values)
        self.write_own(own)
        for row in self.rows():
            inherited = dict(delegated)
            if "lst_price" in values:
                inherited["list_price"] = values["lst_price"] - price_extra(self.env, row)
            if inherited:
                self.of(TEMPLATE, [row["product_tmpl_id"]])._write(inherited)
            if "qty_available" in values and self.env.release.major >= 19:
                self.of("stock.quant").count(row["id"], values["qty_available"])

    def write_own(self, values: Values) -> None:
        """Writes what the variant itself keeps, and its write_date; the template's stays."""
        super()._write(values)
        if "barcode" in values:
            self._check_barcodes(self.rows())

    def _by_owner(self, values: Values) -> tuple[Values, Values]:
        fields = self.env.model(VARIANT).fields
        self._split(values)
        delegated = {n: v for n, v in values.items() if fields[n].related.startswith("product_tmpl_id.")}
        return {n: v for n, v in values.items() if n not in delegated}, delegated

    def _check_barcodes(self, rows: list[Row]) -> None:
        for row in rows:
            others = self.env.table(VARIANT).by("barcode", row["barcode"]) if row["barcode"] else []
            if len(others) > 1:
                names = ", ".join(self.env.display_name_of(other) for other in others)
                raise ValidationError(
                    f'Barcode(s) already assigned:\n\n- Barcode "{row["barcode"]}" already assigned to '
                    f"product(s): {names}"
                )

    def _unlink(self) -> None:
        check_unused(self, self.ids)
        for row in self.rows():
            template = template_of(self.env, row)
            self.table.delete(row["id"])
            if variants_of(self.env, template):
                self.of(TEMPLATE, [template["id"]]).touch()
            else:
                self.of(TEMPLATE, [template["id"]])._unlink()

    def _copy(self, row: Row, default: Values) -> int:
        copied = self.of(TEMPLATE)._copy(template_of(self.env, row), default)
        made: list[Row] = self.env.table(VARIANT).by("product_tmpl_id", copied)
        return int(made[0]["id"])


class Categories(Records):
    """complete_name is stored, so that renaming a category moves the write_date of all below it too."""

    def _create(self, values: Values) -> int:
        row_id = super()._create(values)
        self._rename(row_id)
        return row_id

    def _write(self, values: Values) -> None:
        super()._write(values)
        if values.keys() & {"name", "parent_id"}:
            for row in self.rows():
                self._rename(row["id"])

    def _rename(self, row_id: int) -> None:
        rows = self.table.rows
        above = rows[rows[row_id]["parent_id"]]["complete_name"] if rows[row_id]["parent_id"] else ""
        own = rows[row_id]["name"]
        full = f"{above} / {own}" if above else own
        self.table.update(row_id, {"complete_name": full} | self._stamp())
        for child in self.table.by("parent_id", row_id):
            self._rename(child["id"])

    def _unlink(self) -> None:
        for row in self.rows():
            if self.env.table(TEMPLATE).by("categ_id", row["id"]):
                raise UserError("You cannot delete a category that products belong to.")
        super()._unlink()


def check_unused(records: Records, ids: Any) -> None:
    """Raises ValidationError when stock moves refer to one of the products."""
    if "stock.move" not in records.env.odoo.models:
        return
    for product_id in ids:
        if records.env.table("stock.move").by("product_id", product_id):
            raise ValidationError(
                "The operation cannot be completed: another model requires the record being deleted. "
                "If possible, archive it instead.\n\nModel: Stock Move (stock.move)\n"
                "Constraint: stock_move_product_id_fkey"
            )
