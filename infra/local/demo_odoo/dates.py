"""Dates as Odoo reads and writes them: naive UTC, whole seconds on the wire, microseconds in the database."""

from __future__ import annotations

import re
from datetime import datetime

_DATE = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?))?\s*(Z|[+-]\d\d:?\d\d)?", re.IGNORECASE
)


def write(moment: datetime | None) -> str | bool:
    """`YYYY-MM-DD HH:MM:SS`, or False."""
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment else False


def read(text: str, *, refuse_zone: bool, operator: str = "=") -> datetime:
    """The instant meant, naive.

    A zone is an error (`refuse_zone`) or dropped without being applied. A bare day means its end under
    `>` and `<=`, else its start. Raises ValueError for anything that is no date.
    """
    match = _DATE.fullmatch(text.strip())
    if not match or (refuse_zone and match[3]):
        raise ValueError(f"time data {text!r} does not match format '%Y-%m-%d %H:%M:%S'")
    day, time, _ = match.groups()
    if time is None:
        time = "23:59:59" if operator in (">", "<=") else "00:00:00"
    return datetime.fromisoformat(f"{day} {time}")
