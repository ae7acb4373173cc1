"""One condition of a domain, (path, operator, value), made into a test of one row."""

from __future__ import annotations

import operator as python
import re
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from infra.local.demo_odoo import access, dates
from infra.local.demo_odoo.env import Env
from infra.local.demo_odoo.field import LISTS, NUMBERS, TEXTS, Field
from infra.local.demo_odoo.table import Row
from infra.local.demo_odoo.values import Getter, getter

Test = Callable[[Row], bool]
Match = Callable[[Any], bool]

_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    ">": python.gt, ">=": python.ge, "<": python.lt, "<=": python.le,
}  # fmt: skip
_PATTERNS = ("like", "ilike", "=like", "=ilike")
_OPPOSITES = {"!=": "=", "<>": "=", "not in": "in", "not like": "like", "not ilike": "ilike"}
_TREE = ("child_of", "parent_of")
_SUB = ("any", "not any")
# How a text given for a record is compared with the names of records.
_NAMED = {"=": "=like", "in": "=like", "child_of": "ilike", "parent_of": "ilike"}
_OPERATORS = {"=", "=?", "in", *_ORDER, *_PATTERNS, *_OPPOSITES, *_TREE, *_SUB}


def condition(
    env: Env, model: str, path: Any, operator: Any, value: Any, sub_domain: Callable[[Env, str, Any], Test]
) -> Test:
    """Raises ValueError for an unknown field or operator, AccessError for a field out of reach."""
    name, _, rest = str(path).partition(".")
    field = env.model(model).fields.get(name)
    if field is None or (rest and not field.relation):
        what = "condition" if env.release.major >= 19 else "leaf"
        raise ValueError(f"Invalid field {model}.{name} in {what} {(path, operator, value)!r}")
    operator = operator.lower() if isinstance(operator, str) else operator
    if operator not in _OPERATORS or (operator in _SUB and env.release.major < 17):
        raise ValueError(f"Invalid operator {operator!r} in domain term {(path, operator, value)!r}")
    access.check_fields(env, model, [name])
    get = getter(env, model, name)
    if rest or operator in _SUB:
        inner = (
            condition(env, field.relation, rest, operator, value, sub_domain)
            if rest
            else sub_domain(env, field.relation, value)
        )
        return _through(env, field, get, inner, wanted=bool(rest) or operator == "any")
    if not field.searchable:
        return _everything(env, field, model)
    if operator == "=?":
        if value in (None, False):
            return lambda _: True
        operator = "="
    if operator in _OPPOSITES:
        match = _match(env, model, field, _OPPOSITES[operator], value)
        return lambda row: not match(get(row))
    match = _match(env, model, field, operator, value)
    return lambda row: match(get(row))


def _everything(env: Env, field: Field, model: str) -> Test:
    # Up to 18 the server logs that the field cannot be searched and lets every record pass.
    if env.release.major >= 19:
        raise ValueError(f"Cannot convert {model}.{field.name} to SQL because it is not stored")
    return lambda _: True


def _through(env: Env, field: Field, get: Getter, inner: Test, wanted: bool) -> Test:
    rows = env.table(field.relation).rows
    known: dict[int, bool] = {}

    def holds(row_id: int) -> bool:
        if row_id not in known:
            known[row_id] = inner(rows[row_id])
        return known[row_id]

    if field.type in LISTS:
        return lambda row: any(holds(i) for i in get(row)) is wanted
    return lambda row: bool((i := get(row)) and holds(i)) is wanted


def _match(env: Env, model: str, field: Field, operator: str, value: Any) -> Match:
    if field.relation or operator in _TREE:
        return _relation_match(env, model, field, operator, value)
    if field.type == "datetime":
        return _date_match(env, operator, value)
    if field.type == "boolean":
        wanted = {bool(v) for v in _values(value)}
        return lambda found: bool(found) in wanted
    if operator in _PATTERNS:
        pattern = _pattern(operator, str(value or ""))
        return lambda found: found is not None and pattern.fullmatch(str(found)) is not None
    if operator in _ORDER:
        compare = _ORDER[operator]
        absent = 0 if field.type in NUMBERS else None
        return lambda found: (
            (found := absent if found is None else found) is not None and compare(found, value)
        )
    return _equal(env, field, _values(value))


def _values(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple | set) else [value]


def _equal(env: Env, field: Field, values: Collection[Any]) -> Match:
    wanted = {v for v in values if v is not None and v is not False}
    blank = any(v is None or v is False for v in values)
    if field.type in NUMBERS:
        wanted |= {0} if blank else set()
        return lambda found: (found or 0) in wanted
    empty: set[Any] = {None} if blank else set()
    # From 18 on an empty text counts as no text, in both directions.
    if field.type in TEXTS and env.release.major >= 18 and (blank or "" in wanted):
        empty |= {None, ""}
    return lambda found: found in empty or found in wanted


def _pattern(operator: str, value: str) -> re.Pattern[str]:
    body = "".join({"%": ".*", "_": "."}.get(part, re.escape(part)) for part in value)
    whole = body if operator.startswith("=") else f".*{body}.*"
    return re.compile(whole, re.DOTALL | (re.IGNORECASE if "ilike" in operator else 0))


def _date_match(env: Env, operator: str, value: Any) -> Match:
    bounds = [_bound(env, operator, v) for v in _values(value)]
    cut = _whole if env.release.whole_seconds else _same
    if operator in _ORDER:
        compare, bound = _ORDER[operator], bounds[0]
        return lambda found: found is not None and bound is not None and compare(cut(found), cut(bound))
    wanted = {cut(bound) for bound in bounds}
    return lambda found: cut(found) in wanted


def _bound(env: Env, operator: str, value: Any) -> datetime | None:
    if value in (None, False):
        return None
    return dates.read(value, refuse_zone=env.release.major >= 19, operator=operator)


def _whole(moment: datetime | None) -> datetime | None:
    return moment and moment.replace(microsecond=0)


def _same(moment: datetime | None) -> datetime | None:
    return moment


def _relation_match(env: Env, model: str, field: Field, operator: str, value: Any) -> Match:
    target = field.relation or model
    given = _values(value)
    wanted = {v for v in given if isinstance(v, int) and not isinstance(v, bool)}
    names = [v for v in given if isinstance(v, str)]
    empty = any(v is None or v is False for v in given)
    for name in names:
        pattern = _pattern(_NAMED.get(operator, operator), name)
        rows = env.table(target).rows.values()
        wanted |= {row["id"] for row in rows if pattern.fullmatch(env.display_name_of(row))}
    if operator in _TREE:
        wanted = _family(env, target, wanted, operator)
    if operator in _ORDER:
        compare = _ORDER[operator]
        return lambda found: found is not None and compare(found, value)
    if field.type in LISTS:
        return lambda found: not wanted.isdisjoint(found) or (empty and not found)
    return lambda found: found in wanted or (empty and not found)


def _family(env: Env, model: str, ids: set[int], operator: str) -> set[int]:
    parent = env.model(model).parent
    rows = env.table(model).rows
    family = set(ids)
    if not parent:
        return family
    if operator == "parent_of":
        for row_id in ids:
            above = rows[row_id][parent] if row_id in rows else None
            while above:
                family.add(above)
                above = rows[above][parent]
        return family
    grown = True
    while grown:
        below = {row["id"] for row in rows.values() if row[parent] in family} - family
        family |= below
        grown = bool(below)
    return family
