"""Numbers as shops send them: strings, JSON numbers, nothing at all, and what plugins make of them."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

# The columns hold ten digits before the point.
_TOO_LARGE = Decimal(10) ** 10
# Digits in one piece, with a currency sign or name before or after them.
_PRICE = re.compile(r"[^\d.,+-]*([+-]?[\d.,][\d.,\s']*)[^\d.,]*")
_BLANKS = re.compile(r"[\s']+")


def amount(value: Any) -> Decimal | None:
    """A price, weight or quantity, or None for "", null, false and NaN.

    A comma or point with at most two digits after it, or the later of the two signs, is the decimal one:
    "1,234.50" and "1.234,50" are the same. Raises ValueError for what is no number, or too large to keep.
    """
    if value is None or value is False or value == "":
        return None
    try:
        found = Decimal(_pointed(value)) if isinstance(value, str) else Decimal(str(value))
    except InvalidOperation:
        raise ValueError(f"is not a number: {value!r:.60}") from None
    if found.is_nan():
        return None
    if abs(found) >= _TOO_LARGE:
        raise ValueError(f"is too large: {value!r:.60}")
    return found


def _pointed(text: str) -> str:
    """The digits of a price with a point as the decimal sign; currency signs and blanks are dropped."""
    found = _PRICE.fullmatch(text)
    if found is None:
        return text
    bare = _BLANKS.sub("", found[1])
    comma, point = bare.rfind(","), bare.rfind(".")
    if comma > point and (point >= 0 or (bare.count(",") == 1 and len(bare) - comma <= 3)):
        return bare.replace(".", "").replace(",", ".")
    return bare.replace(",", "")
