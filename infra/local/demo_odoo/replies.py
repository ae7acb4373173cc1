"""Answers, and the requests they belong to."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from typing import Any

FINDERS = ("search", "search_read")


@dataclass
class Reply:
    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json; charset=utf-8"


@dataclass
class Job:
    """A request that was read: what to run, how to tell its result or its error.

    `label` is what failure switches match: path and, where there is one, `model/method`.
    """

    label: str
    run: Callable[[], Any]
    tell: Callable[[Any], Reply]
    refuse: Callable[[Exception], Reply]
    finds: bool = False


def json_reply(value: Any, status: int = 200) -> Reply:
    return Reply(json.dumps(value, ensure_ascii=False).encode(), status)


def html_reply(title: str, text: str, status: int = 200) -> Reply:
    page = (
        f"<!doctype html>\n<html lang=en>\n<title>{escape(title)}</title>\n"
        f"<h1>{escape(title)}</h1>\n<p>{escape(text)}</p>\n"
    )
    return Reply(page.encode(), status, content_type="text/html; charset=utf-8")


def not_found() -> Reply:
    text = (
        "The requested URL was not found on the server. If you entered the URL manually please check your "
        "spelling and try again."
    )
    return html_reply("404 Not Found", text, 404)


def failing(error: Exception) -> Callable[[], Any]:
    """What to run for a request that could not be read."""

    def run() -> Any:
        raise error

    return run
