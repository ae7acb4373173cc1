"""The `order` of a search: which fields it may name and how rows are sorted by them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from infra.local.demo_odoo.env import Env
from infra.local.demo_odoo.errors import UserError
from infra.local.demo_odoo.field import TEXTS, Field
from infra.local.demo_odoo.table import Row
from infra.local.demo_odoo.values import getter

_PART = re.compile(r"\s*([a-z_][a-z0-9_]*)(\.id)?(?:\s+(asc|desc))?\s*", re.IGNORECASE)


def sort_rows(env: Env, model: str, rows: list[Row], order: str | None) -> list[Row]:
    """The rows by `order`, or by the model's own. NULL comes last, first under desc, as in PostgreSQL.

    Raises ValueError for a field that is unknown or not stored, UserError for a malformed order.
    """
    for part in reversed((order or env.model(model).order).split(",")):
        match = _PART.fullmatch(part)
        if not match:
            raise UserError(
                f'Invalid "order" specified ({order}). A valid "order" specification is a comma-separated '
                "list of valid field names (optionally followed by asc/desc for the direction)"
            )
        field = env.field(model, match[1])
        if not field.sortable:
            raise ValueError(f"Cannot convert {model}.{field.name} to SQL because it is not stored")
        key = _key(env, model, field, by_id=bool(match[2]))
        rows = sorted(rows, key=key, reverse=(match[3] or "").lower() == "desc")
    return rows


def _key(env: Env, model: str, field: Field, by_id: bool) -> Callable[[Row], tuple[bool, Any]]:
    get = getter(env, model, field.name)
    if field.relation and not by_id:
        others = sort_rows(env, field.relation, list(env.table(field.relation).rows.values()), None)
        places = {row["id"]: place for place, row in enumerate(others)}
        return lambda row: ((i := get(row)) is None, places.get(i, -1))
    if field.type in TEXTS:
        return lambda row: ((text := get(row)) is None, collated(text or ""))
    return lambda row: ((value := get(row)) is None, 0 if value is None else value)


@lru_cache(maxsize=100_000)
def collated(text: str) -> tuple[str, str]:
    """Accents and case count only between texts that are the same without them."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return plain.casefold(), text
