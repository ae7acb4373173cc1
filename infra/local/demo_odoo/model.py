"""A model: its fields, its order, who may do what with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from infra.local.demo_odoo.field import Field, char, moment, one, whole
from infra.local.demo_odoo.release import Release

if TYPE_CHECKING:
    from infra.local.demo_odoo.env import Env
    from infra.local.demo_odoo.table import Row

USER = "base.group_user"
PORTAL = "base.group_portal"
SYSTEM = "base.group_system"
SALES = "sales_team.group_sale_manager"
STOCK = "stock.group_stock_user"
GROUP_NAMES = {
    USER: "User types/Internal User",
    PORTAL: "User types/Portal",
    SYSTEM: "Administration/Settings",
    SALES: "Sales/Administrator",
    STOCK: "Inventory/User",
}


@dataclass
class Model:
    """`parent` names the many2one of a hierarchy; `company` the path to the company that record rules ask
    for. `display` makes display_name; without it the field "name" is."""

    name: str
    label: str
    fields: dict[str, Field]
    order: str = "id"
    parent: str = ""
    company: str = ""
    readers: tuple[str, ...] = (USER, PORTAL)
    editors: tuple[str, ...] = (SALES, SYSTEM)
    display: Callable[[Env, Row], str] | None = None

    @property
    def has_active(self) -> bool:
        return "active" in self.fields

    def groups_for(self, operation: str) -> tuple[str, ...]:
        return self.readers if operation == "read" else self.editors


def build(models: list[Model], release: Release) -> dict[str, Model]:
    """The models by name, each with the fields that every model has."""
    for model in models:
        model.fields = {
            name: replace(field, name=name) for name, field in {**model.fields, **_common(release)}.items()
        }
    return {model.name: model for model in models}


def _common(release: Release) -> dict[str, Field]:
    fields = {
        "id": whole("ID"),
        "display_name": char("Display Name", compute=lambda env, row: env.display_name_of(row)),
        "create_uid": one("Created by", "res.users"),
        "create_date": moment("Created on"),
        "write_uid": one("Last Updated by", "res.users"),
        "write_date": moment("Last Updated on"),
    }
    if release.major <= 16:
        fields["__last_update"] = moment(
            "Last Modified on", compute=lambda _, row: row["write_date"], searchable=False
        )
    return fields
