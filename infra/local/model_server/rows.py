"""Product rows inside messages: JSON objects with a name and a price, a SKU or a stock."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

Row = dict[str, Any]

_FACTS = frozenset(
    ("price", "sale_price", "regular_price", "stock", "stock_quantity", "in_stock", "stock_status")
)
_KEYS = ("id", "product_id", "sku")
_DECODER = json.JSONDecoder()


def split_json(text: str) -> tuple[list[Any], str]:
    """The JSON objects and arrays found in a text, and what is left of the text without them."""
    found: list[Any] = []
    rest: list[str] = []
    position = 0
    for opening in re.finditer(r"[{\[]", text):
        if opening.start() < position:
            continue
        try:
            value, end = _DECODER.raw_decode(text, opening.start())
        except (ValueError, RecursionError):
            continue
        rest.append(text[position : opening.start()])
        found.append(value)
        position = end
    rest.append(text[position:])
    return found, " ".join(" ".join(rest).split())


def product_rows(texts: Iterable[str]) -> list[Row]:
    """The rows in all texts, each product once, in order of appearance.

    What a later text says about a product (by id or SKU) replaces what an earlier one said, even when it
    does not repeat the name.
    """
    rows: list[Row] = []
    for text in texts:
        for found in _facts(split_json(text)[0]):
            known = next((row for row in rows if _same(row, found)), None)
            if known is not None:
                known.update({key: value for key, value in found.items() if value is not None})
            else:
                rows.append(dict(found))
    return [row for row in rows if name(row)]


def name(row: Row) -> str:
    """The product's name, or the empty string."""
    given = row.get("name") or row.get("title")
    return given if isinstance(given, str) else ""


def price(row: Row) -> str | None:
    """What the customer pays, as written in the row, with its currency; None when the row does not say."""
    amounts = [row[key] for key in ("price", "regular_price") if _number(row.get(key)) is not None][:1]
    offer = row.get("sale_price")
    if _number(offer) is not None and (not amounts or _below(offer, amounts[0])):
        amounts = [offer]
    if not amounts:
        return None
    text = f"{amounts[0]:.2f}" if isinstance(amounts[0], float) else str(amounts[0])
    currency = row.get("currency")
    return f"{text} {currency}" if isinstance(currency, str) and currency and currency not in text else text


def stock(row: Row) -> int | bool | None:
    """Units when the row counts them, else whether it can be bought, else None."""
    for key in ("stock", "stock_quantity"):
        units = _number(row.get(key))
        if units is not None:
            return int(units)
    if isinstance(row.get("in_stock"), bool):
        return bool(row["in_stock"])
    status = row.get("stock_status")
    return status != "outofstock" if isinstance(status, str) else None


def _facts(value: Any) -> Iterator[Row]:
    if isinstance(value, dict):
        named = bool(name(value)) and ("sku" in value or not _FACTS.isdisjoint(value))
        keyed = any(value.get(key) for key in _KEYS) and not _FACTS.isdisjoint(value)
        if named or keyed:
            yield value
    if isinstance(value, dict | list):
        for child in value.values() if isinstance(value, dict) else value:
            yield from _facts(child)


def _same(row: Row, other: Row) -> bool:
    shared = [key for key in _KEYS if row.get(key) and other.get(key)]
    if shared:
        return str(row[shared[0]]) == str(other[shared[0]])
    return bool(name(row)) and name(row) == name(other)


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    found = re.search(r"-?\d+(?:[.,]\d+)*", str(value))
    return float(re.sub(r"[.,](?=.*[.,])", "", found.group()).replace(",", ".")) if found else None


def _below(offer: Any, amount: Any) -> bool:
    return (_number(offer) or 0.0) < (_number(amount) or 0.0)
