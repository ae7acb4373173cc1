"""Dates as WordPress reads and writes them: no offset, once in store time and once in GMT."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

_DATE = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d+)?\s*(Z|[+-]\d\d(?::?\d\d)?)?", re.IGNORECASE
)


def write(moment: datetime | None, zone: ZoneInfo) -> tuple[str | None, str | None]:
    """The pair (store time, GMT), each `YYYY-MM-DDTHH:MM:SS`, or two None."""
    if moment is None:
        return None, None
    local = moment.astimezone(zone)
    return f"{local:%Y-%m-%dT%H:%M:%S}", f"{moment:%Y-%m-%dT%H:%M:%S}"


def write_image(moment: datetime, zone: ZoneInfo) -> tuple[str, str]:
    """An image's dates: WordPress adds the store's offset twice to the first one (seen on 9.4 and 11.0)."""
    local = moment.astimezone(zone)
    offset = local.utcoffset()
    shifted = local + offset if offset else local
    return f"{shifted:%Y-%m-%dT%H:%M:%S}", f"{moment:%Y-%m-%dT%H:%M:%S}"


def read(text: str, zone: ZoneInfo) -> datetime | None:
    """The instant meant by `text`, or None when WordPress calls it invalid (a bare day, an epoch number).

    A text with an offset means that offset; one without means `zone`.
    """
    match = _DATE.fullmatch(text.strip())
    if not match:
        return None
    day, time, offset = match.groups()
    offset = (offset or "").upper().replace("Z", "+00:00")
    try:
        moment = datetime.fromisoformat(f"{day}T{time}{offset}")
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return moment.astimezone(UTC)
