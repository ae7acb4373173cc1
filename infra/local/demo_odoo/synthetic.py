"""A large made-up catalogue for benchmarks: the same `n` and `seed` give the same products.

Rows go straight into the tables; what a create would check holds by construction.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from infra.demo.catalogue import ean13
from infra.local.demo_odoo.base import MAIN_STOCK
from infra.local.demo_odoo.demo import type_values
from infra.local.demo_odoo.env import SOURCE_LANGUAGE, Env
from infra.local.demo_odoo.table import Row

if TYPE_CHECKING:
    from infra.local.demo_odoo.odoo import Odoo

_START = datetime(2025, 1, 7, 8, 0, 0, 500_000)
_COLOURS = ("Negro", "Blanco", "Azul", "Verde")
_THINGS = ("Broca", "Candado", "Cubo", "Escalera", "Estante", "Gancho", "Lima", "Polea", "Taladro", "Toldo")
_KINDS = ("plegable", "reforzado", "compacto", "ligero", "extensible", "magnético", "universal", "clásico")
_STUFF = ("acero", "aluminio", "haya", "latón", "nailon", "pino", "poliéster", "resina")
_SHELVES = 40


def load(odoo: Odoo, n: int, seed: int) -> None:
    maker = _Maker(odoo, seed)
    number = 0
    while maker.made < n:
        number += 1
        count = 4 if number % 5 == 0 and n - maker.made >= 4 else 1
        maker.template(number, count)


class _Maker:
    def __init__(self, odoo: Odoo, seed: int) -> None:
        self.odoo = odoo
        self.chance = random.Random(seed)
        self.made = 0
        with odoo.transaction(_START) as began:
            self._age(began)
            env = Env(odoo, None, None, began)
            new = self._creator(env)
            self.shelves = [
                new("product.category", name=f"Estante {i}", parent_id=1) for i in range(_SHELVES)
            ]
            self.colour = new("product.attribute", name="Color")
            self.colours = [
                new("product.attribute.value", name=c, attribute_id=self.colour) for c in _COLOURS
            ]
            self.blank = {m: odoo.records(env, m)._defaults() for m in odoo.models}

    def _age(self, began: datetime) -> None:
        # What the database holds from the start, such as units, is no newer than its products.
        for model in self.odoo.models:
            for row in self.odoo.table(model).rows.values():
                row.update(create_date=began, write_date=began)

    def _creator(self, env: Env) -> Any:
        return lambda model, **values: self.odoo.records(env, model).create(values).ids[0]

    def template(self, number: int, count: int) -> None:
        chance = self.chance
        began = _START + timedelta(seconds=97 * number)
        name = f"{chance.choice(_THINGS)} {chance.choice(_KINDS)} de {chance.choice(_STUFF)} {number}"
        text = f"{name}. Mide {chance.randrange(10, 90)} cm y pesa {chance.randrange(100, 3000)} g."
        kind = type_values(self.odoo.release, "storable", stock=self.odoo.stock)
        template_id = self._put(
            "product.template", began, name={SOURCE_LANGUAGE: name}, description_sale={SOURCE_LANGUAGE: text},
            list_price=chance.randrange(199, 19_999) / 100, categ_id=chance.choice(self.shelves), **kind,
        )  # fmt: skip
        chosen = self._choices(template_id, began) if count > 1 else [0]
        for place, chosen_id in enumerate(chosen, start=1):
            self._variant(template_id, number, place, chosen_id, began)

    def _choices(self, template_id: int, began: datetime) -> list[int]:
        line = self._put(
            "product.template.attribute.line", began, product_tmpl_id=template_id, attribute_id=self.colour,
            value_ids=list(self.colours),
        )  # fmt: skip
        return [
            self._put(
                "product.template.attribute.value", began, attribute_line_id=line,
                product_attribute_value_id=value, price_extra=0.0,
            )
            for value in self.colours
        ]  # fmt: skip

    def _variant(self, template_id: int, number: int, place: int, chosen: int, began: datetime) -> None:
        product_id = self._put(
            "product.product", began, product_tmpl_id=template_id,
            default_code=f"SIN-{number:06d}-{place}", barcode=ean13(10 * number + place),
            standard_price={1: self.chance.randrange(99, 9_999) / 100},
            weight=self.chance.randrange(1, 400) / 10, combination_indices=str(chosen or ""),
            product_template_attribute_value_ids=[chosen] if chosen else [],
        )  # fmt: skip
        self.made += 1
        if self.odoo.stock:
            quantity = float(self.chance.randrange(0, 60))
            self._put("stock.quant", began, product_id=product_id, location_id=MAIN_STOCK, quantity=quantity)

    def _put(self, model: str, began: datetime, **values: Any) -> int:
        stamp: Row = {"create_date": began, "write_date": began, "create_uid": 2, "write_uid": 2}
        return self.odoo.table(model).insert({**self.blank[model], **stamp, **values})
