"""The list of an account's messages, filtered and in pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlencode

from infra.local.twilio_server.message import Json, public

_FILTERS = {"To": "to", "From": "from"}


def page(records: Sequence[Json], query: Mapping[str, str], path: str) -> Json:
    """One page, newest first. A filter by `DateSent` finds none that are not sent yet."""
    found = [record for record in reversed(records) if _fits(record, query)]
    size = min(int(query.get("PageSize", 50)), 1000)
    number = int(query.get("Page", 0))
    start = number * size

    def uri(page: int) -> str:
        return f"{path}?{urlencode({**query, 'PageSize': size, 'Page': page})}"

    return {
        "first_page_uri": uri(0),
        "next_page_uri": uri(number + 1) if start + size < len(found) else None,
        "previous_page_uri": uri(number - 1) if number else None,
        "page": number,
        "page_size": size,
        "start": start,
        "end": min(start + size, len(found)) - 1,
        "uri": uri(number),
        "messages": [public(record) for record in found[start : start + size]],
    }


def _fits(record: Json, query: Mapping[str, str]) -> bool:
    if any(name in query and record[key] != query[name] for name, key in _FILTERS.items()):
        return False
    wanted = {name: query[name] for name in ("DateSent", "DateSent<", "DateSent>") if name in query}
    if not wanted:
        return True
    if record["date_sent"] is None:
        return False
    sent = parsedate_to_datetime(record["date_sent"])
    return all(_is_in(sent, name, text) for name, text in wanted.items())


def _is_in(sent: datetime, name: str, text: str) -> bool:
    day = datetime.fromisoformat(text).replace(tzinfo=UTC)
    if name == "DateSent":
        return sent.date() == day.date()
    return sent <= day if name.endswith("<") else sent >= day
