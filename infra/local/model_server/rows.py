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


def identity(row: Row) -> Any:
    """The product's id, or None."""
    return row.get("id") or row.get("product_id")


def price(row: Row) -> str | None:
    """What the customer pays, as written in the row, with its currency; None when the row does not say.

    A row with a higher `price_max` (a product with variations) gives both ends: `9.90 – 14.90 EUR`.
    """
    amounts = [
        row[key] for key in ("price", "regular_price", "list_price") if _number(row.get(key)) is not None
    ][:1]
    offer = row.get("sale_price")
    if _number(offer) is not None and (not amounts or _below(offer, amounts[0])):
        amounts = [offer]
    if not amounts:
        return None
    if _below(amounts[0], row.get("price_max")):
        amounts.append(row["price_max"])
    text = " – ".join(f"{amount:.2f}" if isinstance(amount, float) else str(amount) for amount in amounts)
    currency = row.get("currency")
    return f"{text} {currency}" if isinstance(currency, str) and currency and currency not in text else text


def stock(row: Row) -> int | bool | None:
    """Units when the row counts some, else whether it can be bought (a backorder can), else None."""
    counted = [_number(row.get(key)) for key in ("stock", "stock_quantity")]
    units = next((int(number) for number in counted if number is not None), None)
    status = row.get("stock_status")
    buyable = row.get("in_stock") if status is None else status != "outofstock"
    if units is None or (units <= 0 and buyable is not None):
        return buyable if isinstance(buyable, bool) else None
    return units


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
    for mine, theirs in ((identity(row), identity(other)), (row.get("sku"), other.get("sku"))):
        if mine and theirs:
            return str(mine) == str(theirs)
    return bool(name(row)) and name(row) == name(other)


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    found = re.search(r"-?\d+(?:[.,]\d+)*", str(value))
    return float(re.sub(r"[.,](?=.*[.,])", "", found.group()).replace(",", ".")) if found else None


def _below(offer: Any, amount: Any) -> bool:
    return (_number(offer) or 0.0) < (_number(amount) or 0.0)
