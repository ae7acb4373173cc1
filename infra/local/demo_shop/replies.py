"""Requests as endpoints see them, and their answers: bodies, paging headers, one page of a list."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlencode

from werkzeug.wrappers import Request

from infra.local.demo_shop import params
from infra.local.demo_shop.errors import ApiError
from infra.local.demo_shop.render import to_bytes

T = TypeVar("T")


@dataclass
class Reply:
    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json; charset=UTF-8"


def json_reply(value: Any, status: int = 200) -> Reply:
    return Reply(to_bytes(value), status)


def error_reply(error: ApiError) -> Reply:
    return json_reply(error.body(), error.status)


@dataclass
class Call:
    """One request below `/wp-json`. `found` are its query parameters as PHP reads them."""

    request: Request
    path: str
    found: dict[str, Any]

    @property
    def method(self) -> str:
        return self.request.method

    def args(self, checks: dict[str, params.Check]) -> dict[str, Any]:
        return params.check_params(self.found, checks)

    def flag(self, name: str) -> bool:
        return bool(params.check_params(self.found, {name: params.boolean}).get(name))

    def fields(self) -> tuple[str, ...]:
        """The top-level names of `_fields`, or () for all."""
        given = params.words("_fields", self.found.get("_fields", ""))[0]
        return tuple(dict.fromkeys(given))

    def body(self) -> dict[str, Any]:
        """The JSON body. Raises the 400 `rest_invalid_json`."""
        raw = self.request.get_data(cache=True)
        if not raw:
            return {}
        try:
            value = json.loads(raw)
        except ValueError as e:
            raise ApiError("rest_invalid_json", "Invalid JSON body passed.", 400) from e
        return value if isinstance(value, dict) else {}


def page_of(
    call: Call, base_url: str, rows: Sequence[T], args: dict[str, Any], write: Callable[[T], bytes]
) -> Reply:
    """One page of `rows` with the live totals; beyond the last page it is `[]` and still 200."""
    size = args.get("per_page", 10)
    page = args.get("page", 1)
    start = args.get("offset") or (page - 1) * size
    pages = -(-len(rows) // size)
    body = b"[" + b",".join([write(row) for row in rows[start : start + size]]) + b"]"
    headers = {"X-WP-Total": str(len(rows)), "X-WP-TotalPages": str(pages)}
    links = [
        f'<{_page_url(call, base_url, number)}>; rel="{name}"'
        for name, number in (("prev", min(page - 1, pages)), ("next", page + 1))
        if 1 <= number <= pages
    ]
    if links:
        headers["Link"] = ", ".join(links)
    return Reply(body, headers=headers)


def _page_url(call: Call, base_url: str, number: int) -> str:
    # The real server repeats every parameter here, keys and signature included.
    pairs = [(name, value) for name, value in call.found.items() if name != "page"]
    flat = [(f"{n}[]", one) for n, v in pairs if isinstance(v, list) for one in v]
    flat = [(n, v) for n, v in pairs if not isinstance(v, list)] + flat
    return f"{base_url}{call.path}?{urlencode([*flat, ('page', number)])}"
