"""The catalogue file put into a database, through the same creates that a client would call."""

from __future__ import annotations

import base64
import colorsys
import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra.demo.catalogue import ean13
from infra.local.demo_odoo.base import MAIN_COMPANY, UNITS
from infra.local.demo_odoo.env import Env
from infra.local.demo_odoo.pictures import png
from infra.local.demo_odoo.product_values import variants_of
from infra.local.demo_odoo.release import Release
from infra.local.demo_odoo.table import Row

if TYPE_CHECKING:
    from infra.local.demo_odoo.odoo import Odoo

_FILE = Path(__file__).parent / "catalogue.toml"
_START = datetime(2025, 1, 13, 8, 30, 0, 250_000)
_STEP = timedelta(hours=31, seconds=7)
_TRANSLATIONS = {"en": "en_US", "pt": "pt_BR"}


def load(odoo: Odoo) -> None:
    """Every product is written at a moment of its own in 2025, the same on every load."""
    catalogue = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    with odoo.transaction(_START) as began:
        loader = _Loader(Env(odoo, None, None, began))
        loader.categories(catalogue["categories"])
    for number, product in enumerate(catalogue["products"], start=1):
        with odoo.transaction(_START + number * _STEP) as began:
            loader.env = Env(odoo, None, None, began)
            loader.product(product, number)


def type_values(release: Release, kind: str, *, stock: bool) -> dict[str, Any]:
    """`kind` storable, goods or service in the words of a release, with or without the app Inventory."""
    if kind == "service":
        return {"detailed_type" if release.has_detailed_type else "type": "service"}
    if release.has_detailed_type:
        return {"detailed_type": "product" if kind == "storable" and stock else "consu"}
    return {"type": "consu"} | ({"is_storable": kind == "storable"} if stock else {})


class _Loader:
    def __init__(self, env: Env) -> None:
        self.env = env
        self._categories: dict[str, int] = {"All": 1}
        self._values: dict[tuple[str, str], int] = {}
        self._attributes: dict[str, int] = {}
        self._tags: dict[str, int] = {}

    def categories(self, paths: list[str]) -> None:
        for path in paths:
            above, _, name = path.rpartition(" / ")
            values = {"name": name, "parent_id": self._categories[above]}
            self._categories[path] = self._new("product.category", values)

    def product(self, given: dict[str, Any], number: int) -> None:
        env, release = self.env, self.env.release
        values = {
            "name": given["name"],
            "list_price": given["price"],
            "description_sale": given.get("text", False),
            "categ_id": self._categories[given["in"]],
            "uom_id": UNITS[given.get("uom", "Unidades")][0],
            "sale_ok": not given.get("no_sale", False),
            "purchase_ok": not given.get("no_purchase", False),
            "company_id": given.get("company", False),
            "product_tag_ids": [(6, 0, [self._tag(tag) for tag in given.get("tags", [])])],
            "image_1920": _picture(number) if number % 3 else False,
            "attribute_line_ids": self._lines(given.get("choices", {})),
            **type_values(release, given.get("kind", "storable"), stock=env.odoo.stock),
        }
        if given.get("uncategorised") and release.major >= 19:
            values["categ_id"] = False
        if env.odoo.website:
            values["is_published"] = values["sale_ok"] and not given.get("archived", False)
        template_id = self._new("product.template", values)
        self._translate(template_id, given)
        self._prices(template_id, given.get("extra", {}))
        self._variants(env.table("product.template").rows[template_id], given, number)
        if given.get("archived"):
            env.odoo.records(env, "product.template", [template_id]).write({"active": False})

    def _new(self, model: str, values: dict[str, Any]) -> int:
        return int(self.env.odoo.records(self.env, model).create(values).ids[0])

    def _translate(self, template_id: int, given: dict[str, Any]) -> None:
        """The source text is English where there is a translation; the Spanish name is a translation too."""
        names = {"es_ES": given["name"]} | {_TRANSLATIONS[k]: given[k] for k in _TRANSLATIONS if k in given}
        for lang, name in names.items():
            if lang == "en_US" or lang in self.env.odoo.languages:
                env = self.env.with_context(lang=lang)
                env.odoo.records(env, "product.template", [template_id]).write({"name": name})

    def _tag(self, name: str) -> int:
        if name not in self._tags:
            self._tags[name] = self._new("product.tag", {"name": name})
        return self._tags[name]

    def _lines(self, choices: dict[str, list[str]]) -> list[Any]:
        lines = []
        for attribute, names in choices.items():
            if attribute not in self._attributes:
                self._attributes[attribute] = self._new("product.attribute", {"name": attribute})
            ids = [self._value(attribute, name) for name in names]
            line = {"attribute_id": self._attributes[attribute], "value_ids": [(6, 0, ids)]}
            lines.append((0, 0, line))
        return lines

    def _value(self, attribute: str, name: str) -> int:
        key = (attribute, name)
        if key not in self._values:
            values = {"name": name, "attribute_id": self._attributes[attribute]}
            self._values[key] = self._new("product.attribute.value", values)
        return self._values[key]

    def _chosen(self, ids: list[int]) -> list[str]:
        table = self.env.table("product.template.attribute.value").rows
        values = self.env.table("product.attribute.value").rows
        texts = [values[table[i]["product_attribute_value_id"]]["name"] for i in ids]
        return [self.env.text_of(text) or "" for text in texts]

    def _prices(self, template_id: int, extra: dict[str, float]) -> None:
        for line in self.env.table("product.template.attribute.line").by("product_tmpl_id", template_id):
            chosen = self.env.table("product.template.attribute.value").by("attribute_line_id", line["id"])
            for row in chosen:
                price = extra.get(self._chosen([row["id"]])[0], 0.0)
                self.env.table("product.template.attribute.value").update(row["id"], {"price_extra": price})

    def _variants(self, template: Row, given: dict[str, Any], number: int) -> None:
        told = {frozenset(one["is"]): one for one in given.get("variants", [])}
        for place, row in enumerate(variants_of(self.env, template), start=1):
            one = told.get(frozenset(self._chosen(row["product_template_attribute_value_ids"])), given)
            code = f"{given['code']}-{place}" if told else given["code"]
            values = {
                "default_code": code,
                "barcode": ean13(100 * number + place) if code and number % 4 else False,
                "weight": given.get("weight", 0.0),
                "volume": given.get("volume", 0.0),
                "standard_price": given.get("cost", 0.0),
                "active": not one.get("archived", False),
            }
            company = given.get("company", MAIN_COMPANY)
            env = self.env.with_context(allowed_company_ids=[company])
            env.odoo.records(env, "product.product", [row["id"]]).write(values)
            if env.odoo.stock and one.get("stock") and given.get("kind", "storable") == "storable":
                quants: Any = env.odoo.records(env, "stock.quant")
                quants.count(row["id"], one["stock"])


def _picture(number: int) -> str:
    red, green, blue = (round(255 * part) for part in colorsys.hls_to_rgb(number * 37 % 360 / 360, 0.7, 0.5))
    return base64.b64encode(png(red, green, blue)).decode()
