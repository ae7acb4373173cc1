"""The currency of a shop's prices."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tendero.catalog.woocommerce.client import Client
from tendero.catalog.woocommerce.refusals import Refused


def of(client: Client) -> tuple[str | None, datetime | None]:
    """The currency's code and the shop's clock, None where it does not tell. Raises SourceError."""
    code: Any = None
    try:
        answer = client.one("data/currencies/current", _fields="code")
        code = answer.body.get("code")
    except Refused:
        # Keys of some roles may read products only.
        try:
            answer = client.rows("settings/general", _fields="id,value")
        except Refused:
            return None, None
        settings = (each for each in answer.body if isinstance(each, dict))
        code = next(
            (each.get("value") for each in settings if each.get("id") == "woocommerce_currency"), None
        )
    return code if isinstance(code, str) and code else None, answer.date
