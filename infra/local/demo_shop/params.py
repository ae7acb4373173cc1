"""Query parameters: how PHP reads a query string and how WordPress checks what it found."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from infra.local.demo_shop import dates
from infra.local.demo_shop.errors import invalid_params

# A check gives (value, problem); a problem is (code, message) and the message starts with the name.
Check = Callable[[str, Any], tuple[Any, tuple[str, str] | None]]

ORDERS = ("date", "id", "include", "title", "slug", "modified", "price", "popularity", "rating", "menu_order")
STATUS_FILTER = ("any", "future", "trash", "draft", "pending", "private", "publish")
STOCK_STATUSES = ("instock", "outofstock", "onbackorder")


def read_query(query: str) -> dict[str, Any]:
    """PHP's reading of a query string: of a repeated name the last one counts, `name[]` gathers a list."""
    found: dict[str, Any] = {}
    for key, value in parse_qsl(query, keep_blank_values=True, encoding="utf-8", errors="replace"):
        name, bracket, _ = key.partition("[")
        if bracket and key.endswith("]"):
            earlier = found.get(name)
            found[name] = [*earlier, value] if isinstance(earlier, list) else [value]
        else:
            found[key] = value
    return found


def _wrong_type(name: str, kind: str) -> tuple[None, tuple[str, str]]:
    return None, ("rest_invalid_type", f"{name} is not of type {kind}.")


def integer(low: int | None = None, high: int | None = None) -> Check:
    def check(name: str, value: Any) -> tuple[Any, tuple[str, str] | None]:
        if not re.fullmatch(r"[+-]?\d{1,18}", str(value).strip()):
            return _wrong_type(name, "integer")
        number = int(value)
        if low is not None and high is not None and not low <= number <= high:
            text = f"{name} must be between {low} (inclusive) and {high} (inclusive)"
            return None, ("rest_out_of_bounds", text)
        if low is not None and number < low:
            return None, ("rest_out_of_bounds", f"{name} must be greater than or equal to {low}")
        return number, None

    return check


def one_of(*allowed: str) -> Check:
    def check(name: str, value: Any) -> tuple[Any, tuple[str, str] | None]:
        if value in allowed:
            return value, None
        listed = ", ".join(allowed[:-1]) + (", and " if len(allowed) > 2 else " and ") + allowed[-1]
        return None, ("rest_not_in_enum", f"{name} is not one of {listed}.")

    return check


def boolean(name: str, value: Any) -> tuple[Any, tuple[str, str] | None]:
    text = str(value).lower()
    if text in ("true", "1"):
        return True, None
    if text in ("false", "0", ""):
        return False, None
    return _wrong_type(name, "boolean")


def text(name: str, value: Any) -> tuple[Any, tuple[str, str] | None]:
    return (value, None) if isinstance(value, str) else _wrong_type(name, "string")


def words(name: str, value: Any) -> tuple[Any, tuple[str, str] | None]:
    parts = value if isinstance(value, list) else str(value).split(",")
    return [part.strip() for part in parts if part.strip()], None


def integers(name: str, value: Any) -> tuple[Any, tuple[str, str] | None]:
    found = []
    for position, part in enumerate(words(name, value)[0]):
        number, problem = integer()(f"{name}[{position}]", part)
        if problem:
            return None, problem
        found.append(number)
    return found, None


PAGING: dict[str, Check] = {
    "page": integer(1),
    "per_page": integer(1, 100),
    "offset": integer(),
    "order": one_of("asc", "desc"),
    "include": integers,
    "exclude": integers,
    "search": text,
    "slug": text,
}
PRODUCTS: dict[str, Check] = {
    **PAGING,
    "orderby": one_of(*ORDERS),
    "status": one_of(*STATUS_FILTER),
    "include_status": words,
    "exclude_status": words,
    "type": one_of("simple", "grouped", "external", "variable"),
    "sku": text,
    "search_sku": text,
    "global_unique_id": text,
    "category": integers,
    "tag": integers,
    "brand": integers,
    "parent": integers,
    "parent_exclude": integers,
    "featured": boolean,
    "on_sale": boolean,
    "virtual": boolean,
    "stock_status": one_of(*STOCK_STATUSES),
    "min_price": text,
    "max_price": text,
    "dates_are_gmt": boolean,
}
TERMS: dict[str, Check] = {
    **PAGING,
    "orderby": one_of("id", "include", "name", "slug", "term_group", "description", "count"),
    "hide_empty": boolean,
    "parent": integer(),
    "product": integer(),
}
DATE_PARAMS = ("after", "before", "modified_after", "modified_before")


def check_params(found: dict[str, Any], checks: dict[str, Check]) -> dict[str, Any]:
    """The known parameters in their own types; unknown ones are dropped, as WordPress ignores them.

    Raises the 400 `rest_invalid_param` that names every wrong one.
    """
    values: dict[str, Any] = {}
    problems: dict[str, tuple[str, str]] = {}
    for name, check in checks.items():
        if name not in found:
            continue
        value, problem = check(name, found[name])
        if problem:
            problems[name] = problem
        else:
            values[name] = value
    if problems:
        raise invalid_params(problems)
    return values


def check_dates(found: dict[str, Any], store_zone: ZoneInfo, gmt: bool) -> dict[str, Any]:
    """The date bounds as instants. Without `dates_are_gmt` a plain value is store time."""
    zone = ZoneInfo("UTC") if gmt else store_zone
    values: dict[str, Any] = {}
    problems: dict[str, tuple[str, str]] = {}
    for name in DATE_PARAMS:
        if name in found:
            moment = dates.read(str(found[name]), zone)
            if moment is None:
                problems[name] = ("rest_invalid_date", "Invalid date.")
            values[name] = moment
    if problems:
        raise invalid_params(problems)
    return values
