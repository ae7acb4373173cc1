"""What people write into a course table's columns, most of which take any text, as values."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tendero.catalog import numbers
from tendero.catalog.text import clean, one_line, plain_text

# In a price that was typed, a point before exactly three digits parts thousands: 4.500, $1.250.000 MXN.
_THOUSANDS = re.compile(r"(?<![\d.,])[1-9]\d{0,2}(?:\.\d{3})+(?![\d.,])")
_FREE = {"free", "gratis", "gratuito", "gratuita", "grátis"}
_OFF = {
    "inactive", "inactivo", "inativo", "draft", "borrador", "rascunho", "archived", "archivado", "arquivado",
    "hidden", "oculto", "disabled", "deshabilitado", "desactivado", "desativado", "deleted", "eliminado",
    "cancelled", "canceled", "cancelado", "false", "f", "no", "0",
}  # fmt: skip


def line(value: Any) -> str:
    """A name or label, on one line; "" for NULL."""
    return one_line(str(value)) if value is not None else ""


def text(value: Any) -> str:
    """A description without HTML; "" for NULL."""
    return plain_text(str(value)) if value is not None else ""


def price(value: Any) -> Decimal | None:
    """The amount in a column of numbers or of text ("$4,500.00", "4.500 €", "Gratis"); None for an empty one.

    Raises ValueError for other text.
    """
    if isinstance(value, str):
        value = value.strip()
        if value.lower() in _FREE:
            return Decimal(0)
        value = _THOUSANDS.sub(lambda found: found[0].replace(".", ""), value)
    return numbers.amount(value)


def currency(value: Any) -> str | None:
    """The code of a currency, in capitals; None for anything else."""
    code = line(value).upper()
    return code if re.fullmatch("[A-Z]{3}", code) else None


def whole(value: Any) -> int | None:
    """A count or a number of minutes; None for what is not one."""
    try:
        found = numbers.amount(value)
    except ValueError:
        return None
    return int(found) if found is not None and found >= 0 else None


def day(value: Any) -> date | None:
    """The day in a column of dates, of times or of text that begins like 2025-03-31."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    with suppress(ValueError):
        return date.fromisoformat(line(value)[:10])
    return None


def address(value: Any) -> str | None:
    """A web address; None for anything else."""
    found = clean(str(value)).strip() if value is not None else ""
    return found if found.startswith(("https://", "http://")) else None


def is_on(value: Any) -> bool:
    """Whether a status or switch lets customers see something: all does that does not say otherwise."""
    return line(value).lower() not in _OFF
