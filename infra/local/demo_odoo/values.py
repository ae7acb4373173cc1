"""Values out of rows, and into them: what the database holds against what the API shows and takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from infra.local.demo_odoo import dates
from infra.local.demo_odoo.env import SOURCE_LANGUAGE, Env
from infra.local.demo_odoo.errors import ValidationError
from infra.local.demo_odoo.field import LISTS, NUMBERS, Field
from infra.local.demo_odoo.table import Row

Getter = Callable[[Row], Any]


def getter(env: Env, model: str, name: str) -> Getter:
    """A function from a row to the field's inner value: None for NULL, ids, naive datetimes."""
    known = env.getters.get((model, name))
    if known is None:
        known = env.getters[model, name] = _getter(env, model, env.field(model, name))
    return known


def _getter(env: Env, model: str, field: Field) -> Getter:
    name, compute = field.name, field.compute
    if compute is not None:
        return lambda row: compute(env, row)
    if field.related:
        return _related(env, model, field.related)
    if field.type == "one2many":
        return lambda row: _lines(env, field, row["id"])
    if field.type == "many2many":
        return lambda row: _shown(env, field.relation, row.get(name) or [])
    if field.translate:
        return lambda row: env.text_of(row.get(name))
    if field.company_dependent:
        return lambda row: (row.get(name) or {}).get(env.company_id)
    return lambda row: row.get(name)


def _related(env: Env, model: str, path: str) -> Getter:
    first, _, rest = path.partition(".")
    if not rest:
        return getter(env, model, first)
    key = getter(env, model, first)
    relation = env.field(model, first).relation
    rows = env.table(relation).rows
    inner = getter(env, relation, rest)

    def get(row: Row) -> Any:
        target = rows.get(key(row))
        return None if target is None else inner(target)

    return get


def _lines(env: Env, field: Field, row_id: int) -> list[int]:
    found = env.table(field.relation).by(field.inverse, row_id)
    return _shown(env, field.relation, [row["id"] for row in found])


def _shown(env: Env, relation: str, ids: list[int]) -> list[int]:
    rows = env.table(relation).rows
    hides = env.hides_archived and env.model(relation).has_active
    return [i for i in ids if i in rows and (not hides or rows[i]["active"])]


def shower(env: Env, model: str, name: str, load: Any) -> Getter:
    """A function from a row to what the API shows. `load` other than "_classic_read" leaves plain ids."""
    field = env.field(model, name)
    get = getter(env, model, name)
    if field.type == "many2one":
        if load != "_classic_read":
            return lambda row: get(row) or False
        return lambda row: _pair(env, field.relation, get(row))
    if field.type == "datetime":
        return lambda row: dates.write(get(row))
    if field.type == "integer":
        return lambda row: get(row) or 0
    if field.type in NUMBERS:
        return lambda row: float(get(row) or 0.0)
    if field.type == "boolean":
        return lambda row: bool(get(row))
    if field.type in LISTS:
        return get
    return lambda row: False if (value := get(row)) is None else value


def _pair(env: Env, relation: str, row_id: int | None) -> list[Any] | bool:
    return [row_id, env.display_name(relation, row_id)] if row_id else False


def stored(env: Env, model: str, field: Field, value: Any, before: Any = None) -> Any:
    """What the row keeps of a value that the API was given. `before` is what it held.

    Raises ValueError for a value outside a selection, ValidationError for an id that does not exist.
    """
    if field.type == "boolean":
        return bool(value)
    if field.type in NUMBERS:
        given = _rounded(field, value)
        return {**(before or {}), env.company_id: given} if field.company_dependent else given
    if field.type == "many2many":
        return _linked(before or [], value)
    if value is None or value is False:
        return None
    if field.type == "datetime":
        return dates.read(value, refuse_zone=env.release.major >= 19) if isinstance(value, str) else value
    if field.type == "many2one":
        if value not in env.table(field.relation).rows:
            raise ValidationError(
                f"The operation cannot be completed: another model requires the record being used, or "
                f"{field.relation}({value},) of {model}.{field.name} does not exist."
            )
        return value
    if field.selection and value not in [entry[0] for entry in field.selection]:
        raise ValueError(f"Wrong value for {model}.{field.name}: {value!r}")
    return _translated(env, value, before) if field.translate else str(value)


def _rounded(field: Field, value: Any) -> Any:
    if field.type == "integer":
        return int(value or 0)
    return round(float(value or 0), field.digits[1]) if field.digits else float(value or 0)


def _translated(env: Env, value: str, before: dict[str, str] | None) -> dict[str, str]:
    lang = env.lang or SOURCE_LANGUAGE
    # Where one language is active alone, its text replaces the source text as well.
    alone = [lang] == list(env.odoo.languages)
    texts = {SOURCE_LANGUAGE: value, **(before or {}), lang: value}
    return {**texts, SOURCE_LANGUAGE: value} if alone else texts


def _linked(ids: list[int], commands: Any) -> list[int]:
    """The ids after many2many commands: 3 and 2 unlink, 4 links, 5 clears, 6 replaces; a plain list too."""
    for command in commands or []:
        if isinstance(command, int):
            ids = [*ids, command]
        elif command[0] in (2, 3):
            ids = [i for i in ids if i != command[1]]
        elif command[0] == 4:
            ids = [*ids, *([command[1]] if command[1] not in ids else [])]
        elif command[0] in (5, 6):
            ids = list(command[2]) if command[0] == 6 else []
    return list(dict.fromkeys(ids))
