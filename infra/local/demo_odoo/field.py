"""What a model's field is, and what fields_get tells about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from infra.local.demo_odoo.env import Env
    from infra.local.demo_odoo.table import Row

TWO_DECIMALS = (16, 2)
NUMBERS = ("integer", "float", "monetary")
TEXTS = ("char", "text", "html", "selection")
LISTS = ("many2many", "one2many")


@dataclass(frozen=True)
class Field:
    """One field. `selection` maps a value to its labels (English, Spanish).

    `compute` makes the value from the row; `related` ("field.field") takes it from another record;
    `inverse` is the many2one behind a one2many. `groups` may read it; `needs` is a model one must be
    allowed to read to get it. A computed field is neither stored nor sortable; `searchable` says the rest.
    """

    type: str
    label: str
    name: str = ""
    required: bool = False
    translate: bool = False
    relation: str = ""
    inverse: str = ""
    selection: tuple[tuple[str, str, str], ...] = ()
    digits: tuple[int, int] | None = None
    groups: tuple[str, ...] = ()
    needs: str = ""
    company_dependent: bool = False
    compute: Callable[[Env, Row], Any] | None = None
    related: str = ""
    searchable: bool = True
    writable: bool = False
    default: Any = None

    @property
    def store(self) -> bool:
        return self.compute is None and not self.related and self.type != "one2many"

    @property
    def sortable(self) -> bool:
        return self.compute is None and self.type not in LISTS

    def describe(self, env: Env) -> dict[str, Any]:
        """The attributes that fields_get gives."""
        told: dict[str, Any] = {
            "type": self.type,
            "string": self.label,
            "name": self.name,
            "store": self.store,
            "readonly": self.compute is not None and not self.writable,
            "required": self.required,
            "searchable": self.searchable,
            "sortable": self.sortable,
            "company_dependent": self.company_dependent,
            "depends": [],
        }
        if self.related:
            told["related"] = self.related
        if self.type in TEXTS and self.type != "selection":
            told["translate"] = self.translate
        if self.relation:
            told |= {"relation": self.relation, "domain": [], "context": {}}
        if self.inverse:
            told["relation_field"] = self.inverse
        if self.type == "float":
            told["digits"] = list(self.digits) if self.digits else False
        if self.selection:
            place = 2 if (env.lang or "").startswith("es") else 1
            told["selection"] = [[entry[0], entry[place]] for entry in self.selection]
        return told


def char(label: str, **options: Any) -> Field:
    return Field("char", label, **options)


def text(label: str, **options: Any) -> Field:
    return Field("text", label, **options)


def number(label: str, **options: Any) -> Field:
    return Field("float", label, **options)


def whole(label: str, **options: Any) -> Field:
    return Field("integer", label, **options)


def flag(label: str, **options: Any) -> Field:
    return Field("boolean", label, **options)


def moment(label: str, **options: Any) -> Field:
    return Field("datetime", label, **options)


def choice(label: str, *selection: tuple[str, str, str], **options: Any) -> Field:
    return Field("selection", label, selection=selection, **options)


def one(label: str, relation: str, **options: Any) -> Field:
    return Field("many2one", label, relation=relation, **options)


def many(label: str, relation: str, **options: Any) -> Field:
    return Field("many2many", label, relation=relation, **options)


def lines(label: str, relation: str, inverse: str, **options: Any) -> Field:
    return Field("one2many", label, relation=relation, inverse=inverse, **options)
