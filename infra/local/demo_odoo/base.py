"""What every demo database holds before any product: companies, users, languages, units, places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infra.local.demo_odoo.accounts import ADMIN, CLERK, SYNC
from infra.local.demo_odoo.env import SOURCE_LANGUAGE, Env
from infra.local.demo_odoo.writing import Records

if TYPE_CHECKING:
    from infra.local.demo_odoo.odoo import Odoo

MAIN_COMPANY, SECOND_COMPANY = 1, 2
# Ids of the internal locations, one in each company; those below are where goods come from and go to.
MAIN_STOCK, SECOND_STOCK = 8, 18
_LANGUAGES = {
    "en_US": ("English (US)", "en"),
    "es_ES": ("Spanish / Español", "es"),
    "pt_BR": ("Portuguese (BR) / Português (BR)", "pt_BR"),
    "fr_FR": ("French / Français", "fr"),
}
UNITS = {
    "Unidades": (1, "Units", "Unidades"),
    "Docenas": (2, "Dozens", "Dúzias"),
    "kg": (12, "kg", "kg"),
    "m": (5, "m", "m"),
    "l": (10, "L", "L"),
    "Horas": (4, "Hours", "Horas"),
}


def load(odoo: Odoo) -> None:
    with odoo.transaction() as began:
        row = _Writer(odoo)
        row("res.currency", 1, began, name="EUR", symbol="€")
        row("res.currency", 2, began, name="USD", symbol="$")
        row("res.company", MAIN_COMPANY, began, name="Suministros Robledo S.L.", currency_id=1)
        row("res.company", SECOND_COMPANY, began, name="Robledo Portugal Lda.", currency_id=1)
        for number, code in enumerate(odoo.languages, start=1):
            name, iso = _LANGUAGES.get(code, (code, code))
            row("res.lang", number, began, name=name, code=code, iso_code=iso)
        _users(odoo, row, began)
        env = Env(odoo, None, None, began)
        _units(env)
        Records(env, "product.category").of("product.category")._create({"name": "All"})
        if odoo.stock:
            _places(row, began)


class _Writer:
    """Puts rows in with an id of one's choice; the other fields take their defaults."""

    def __init__(self, odoo: Odoo) -> None:
        self.odoo = odoo

    def __call__(self, model: str, row_id: int, began: Any, **values: Any) -> None:
        fields = self.odoo.models[model].fields.values()
        row = {f.name: [] if f.type == "many2many" else f.default for f in fields if f.store}
        stamp = {"create_date": began, "write_date": began, "create_uid": 1, "write_uid": 1}
        self.odoo.table(model).insert({**row, **stamp, **values, "id": row_id})


def _users(odoo: Odoo, row: _Writer, began: Any) -> None:
    language = "es_ES" if "es_ES" in odoo.languages else odoo.languages[0]
    names = {ADMIN.uid: "Mitxel Administrador", SYNC.uid: "Sincronización API", CLERK.uid: "Ventas"}
    both = [MAIN_COMPANY, SECOND_COMPANY]
    row(
        "res.users", 1, began, name="System", login="__system__", company_id=1, company_ids=both, active=False
    )
    for account in odoo.accounts.values():
        row(
            "res.users", account.uid, began, name=names.get(account.uid, account.login), login=account.login,
            lang=language, tz="Europe/Madrid", company_id=MAIN_COMPANY,
            company_ids=both if account.uid == ADMIN.uid else [MAIN_COMPANY],
        )  # fmt: skip


def _units(env: Env) -> None:
    row = _Writer(env.odoo)
    old = "uom.category" in env.odoo.models
    if old:
        row("uom.category", 1, env.began, name={SOURCE_LANGUAGE: "Unit", "es_ES": "Unidad"})
    for spanish, (row_id, english, portuguese) in UNITS.items():
        texts = {SOURCE_LANGUAGE: english, "es_ES": spanish, "pt_BR": portuguese}
        category = {"category_id": 1} if old else {}
        row("uom.uom", row_id, env.began, name=texts, **category)


def _places(row: _Writer, began: Any) -> None:
    for row_id, name, usage in (
        (1, "Vendors", "supplier"), (2, "Customers", "customer"), (3, "Inventory adjustment", "inventory"),
    ):  # fmt: skip
        row("stock.location", row_id, began, name=name, complete_name=name, usage=usage, company_id=None)
    for company, code, place in ((MAIN_COMPANY, "ALM", MAIN_STOCK), (SECOND_COMPANY, "LIS", SECOND_STOCK)):
        row("stock.warehouse", company, began, name=f"Almacén {code}", code=code, company_id=company)
        row(
            "stock.location", place, began, name="Stock", complete_name=f"{code}/Stock", usage="internal",
            company_id=company, warehouse_id=company,
        )  # fmt: skip
