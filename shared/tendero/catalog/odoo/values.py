"""Single values of Odoo's rows. An empty one is `False`, whatever the field's type."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from tendero.catalog.text import clean, plain_text

Raw = Mapping[str, Any]


def line_of(raw: Raw, name: str) -> str:
    """A name or code on one line. It never holds HTML: `<` and `&` stand for themselves."""
    value = raw.get(name)
    return _line(value) if isinstance(value, str) else ""


def text_of(raw: Raw, name: str) -> str:
    """A text of several lines; what was pasted into it as HTML becomes plain."""
    value = raw.get(name)
    return plain_text(value) if isinstance(value, str) else ""


def flag_of(raw: Raw, name: str, otherwise: bool = False) -> bool:
    """A boolean: the one type whose `False` is a value. `otherwise` where the server lacks the field."""
    return raw[name] is True if name in raw else otherwise


def id_of(raw: Raw, name: str) -> int | None:
    """The id of a many2one."""
    value = raw.get(name)
    if isinstance(value, list | tuple) and len(value) == 2 and type(value[0]) is int:
        return value[0]
    return None


def link_of(raw: Raw, name: str) -> tuple[int, str] | None:
    """(id, name) of a many2one."""
    found = id_of(raw, name)
    return None if found is None else (found, _name(str(raw[name][1])))


def ids_of(raw: Raw, name: str) -> list[int]:
    """The ids of a one2many or many2many."""
    value = raw.get(name)
    return [each for each in value if type(each) is int] if isinstance(value, list | tuple) else []


def moment_of(raw: Raw, name: str) -> datetime | None:
    """A datetime, which Odoo tells in UTC without saying so."""
    value = raw.get(name)
    try:
        return datetime.fromisoformat(value).replace(tzinfo=UTC) if isinstance(value, str) else None
    except ValueError:
        return None


def _line(text: str) -> str:
    return " ".join(clean(text).split())


# Thousands of products name the same few categories, units and currencies.
_name = lru_cache(maxsize=1024)(_line)
