"""Takes secrets and phone numbers out of what is logged."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

_HIDDEN = "***"
# Shorter values would hide ordinary words.
_SHORTEST_SECRET = 6
_SECRET_NAME = re.compile(r"password|secret|token$|api_?key|authorization|credential|phone", re.IGNORECASE)
_SECRET_TEXTS = (
    # Keys of OpenAI (sk-…) and WooCommerce (ck_…, cs_…), whole or in an address.
    (re.compile(r"\b(sk|ck|cs)[-_][\w-]{8,}"), rf"\1_{_HIDDEN}"),
    (re.compile(r"\b(Bearer|Basic)\s+[\w.~+/=-]{8,}", re.IGNORECASE), rf"\1 {_HIDDEN}"),
    (re.compile(r"(?<=://)[^/\s:@]*:[^/\s@]+@"), f"{_HIDDEN}@"),
    (re.compile(r"\b([\w-]*(?:key|token|secret|password|signature))=[^&\s\"']+", re.I), rf"\1={_HIDDEN}"),
)
_PERSONS = (
    # A message's id at WhatsApp holds the customer's number in base64.
    (re.compile(r"\bwamid\.[\w+/=-]+"), f"wamid.{_HIDDEN}"),
    # Who shows no number has a business-scoped user id: a country's code, and up to 128 letters and digits.
    (re.compile(r"\b([A-Z]{2}\.(?:ENT\.)?)[A-Za-z0-9]{10,128}\b"), rf"\1{_HIDDEN}"),
)
# International form with separators, or a bare run as WhatsApp ids have it; not inside an identifier.
_PHONE = re.compile(r"\+\d(?:[ ().-]{0,2}\d){6,14}(?!\d)|(?<![\w.-])\d{9,15}(?![\w.-]*\w)")

_values: set[str] = set()


def hide(values: Iterable[str]) -> None:
    """From now on these exact values are never logged, wherever they appear."""
    _values.update(value for value in values if len(value) >= _SHORTEST_SECRET)


def masked(value: Any, name: str = "") -> Any:
    """A copy that may be logged, in JSON's own types. `name` is the field that holds the value."""
    if isinstance(value, bool | int | float) or value is None:
        return value
    if _SECRET_NAME.search(name):
        return _HIDDEN
    if isinstance(value, Mapping):
        return {str(key): masked(each, str(key)) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [masked(each) for each in value]
    return _masked_text(str(value))


def _masked_text(text: str) -> str:
    for value in _values:
        text = text.replace(value, _HIDDEN)
    for pattern, replacement in (*_SECRET_TEXTS, *_PERSONS):
        text = pattern.sub(replacement, text)
    return _PHONE.sub(lambda match: f"•••{match[0][-2:]}", text)
