"""The models that are no products: companies, users, languages, units, stock."""

from __future__ import annotations

from infra.local.demo_odoo.field import char, choice, flag, many, moment, number, one, text, whole
from infra.local.demo_odoo.model import PORTAL, STOCK, SYSTEM, USER, Model
from infra.local.demo_odoo.release import Release

_ONLY_SYSTEM = (SYSTEM,)
_MOVE_STATES = (
    ("draft", "New", "Nuevo"),
    ("confirmed", "Waiting", "En espera"),
    ("assigned", "Available", "Disponible"),
    ("done", "Done", "Hecho"),
    ("cancel", "Cancelled", "Cancelado"),
)
_USAGES = (
    ("internal", "Internal Location", "Ubicación interna"),
    ("customer", "Customer Location", "Ubicación de cliente"),
    ("supplier", "Vendor Location", "Ubicación de proveedor"),
    ("inventory", "Inventory Loss", "Pérdida de inventario"),
)


def base_models(release: Release) -> list[Model]:
    company = {
        "name": char("Company Name", required=True),
        "currency_id": one("Currency", "res.currency", required=True),
        "active": flag("Active", default=True),
    }
    currency = {
        "name": char("Currency", required=True),
        "symbol": char("Symbol"),
        "rounding": number("Rounding Factor", default=0.01),
        "decimal_places": whole("Decimal Places", default=2),
        "active": flag("Active", default=True),
    }
    language = {
        "name": char("Name", required=True),
        "code": char("Locale Code", required=True),
        "iso_code": char("ISO code"),
        "active": flag("Active", default=True),
    }
    return [
        Model("res.company", "Companies", company, editors=_ONLY_SYSTEM),
        Model("res.currency", "Currency", currency, order="active desc, name", editors=_ONLY_SYSTEM),
        Model("res.lang", "Languages", language, order="active desc, name", editors=_ONLY_SYSTEM),
        _users(),
        *_units(release),
    ]


def _users() -> Model:
    fields = {
        "name": char("Name", required=True),
        "login": char("Login", required=True),
        "lang": char("Language"),
        "tz": char("Timezone"),
        "active": flag("Active", default=True),
        "company_id": one("Company", "res.company", required=True),
        "company_ids": many("Companies", "res.company"),
    }
    return Model("res.users", "User", fields, order="name, login", editors=_ONLY_SYSTEM)


def _units(release: Release) -> list[Model]:
    unit = {
        "name": char("Unit Name", required=True, translate=True),
        "active": flag("Active", default=True),
        "factor": number("Ratio", default=1.0),
        "rounding": number("Rounding Precision", default=0.01),
    }
    if release.major >= 19:
        unit["relative_uom_id"] = one("Reference Unit", "uom.uom")
        return [Model("uom.uom", "Product Unit of Measure", unit, order="name", readers=(USER, PORTAL))]
    unit["category_id"] = one("Category", "uom.category", required=True)
    category = {"name": char("Unit of Measure Category", required=True, translate=True)}
    return [
        Model("uom.category", "Product UoM Categories", category),
        Model("uom.uom", "Product Unit of Measure", unit, order="name"),
    ]


def stock_models(release: Release) -> list[Model]:
    moved = "quantity" if release.major >= 17 else "quantity_done"
    warehouse = {
        "name": char("Warehouse", required=True),
        "code": char("Short Name"),
        "company_id": one("Company", "res.company", required=True),
        "active": flag("Active", default=True),
    }
    location = {
        "name": char("Location Name", required=True),
        "complete_name": char("Full Location Name"),
        "usage": choice("Location Type", *_USAGES, required=True),
        "company_id": one("Company", "res.company"),
        "warehouse_id": one("Warehouse", "stock.warehouse"),
        "active": flag("Active", default=True),
    }
    quant = {
        "product_id": one("Product", "product.product", required=True),
        "location_id": one("Location", "stock.location", required=True),
        "company_id": one("Company", "res.company", related="location_id.company_id"),
        "quantity": number("Quantity"),
        "reserved_quantity": number("Reserved Quantity"),
        "inventory_quantity": number("Counted Quantity"),
        "inventory_quantity_set": flag("Inventory Quantity Set"),
    }
    move = {
        "reference": char("Reference"),
        "product_id": one("Product", "product.product", required=True),
        "product_uom_qty": number("Demand"),
        moved: number("Quantity"),
        "state": choice("Status", *_MOVE_STATES, default="draft"),
        "date": moment("Date Scheduled"),
        "location_id": one("Source Location", "stock.location", required=True),
        "location_dest_id": one("Destination Location", "stock.location", required=True),
        "company_id": one("Company", "res.company", required=True),
        "note": text("Note"),
    }
    labels = {
        "stock.warehouse": ("Warehouse", warehouse),
        "stock.location": ("Inventory Locations", location),
        "stock.quant": ("Quants", quant),
        "stock.move": ("Stock Move", move),
    }
    return [
        Model(name, label, fields, company="company_id", readers=(STOCK,), editors=(STOCK,))
        for name, (label, fields) in labels.items()
    ]
