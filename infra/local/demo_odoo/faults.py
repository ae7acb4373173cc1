"""Failure switches, and what a test has done between two requests."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {
    "too_many_requests": "429 HTML with Retry-After, from a proxy",
    "server_error": "500 HTML",
    "bad_gateway": "502 HTML of a proxy whose Odoo is down",
    "maintenance": "503 HTML with Retry-After",
    "html": "200 with an HTML page, the login form",
    "session_expired": "the protocol's own answer to a session that ended",
    "conflict": "the protocol's own answer to a transaction that PostgreSQL refused to serialize",
    "empty_list": "search and search_read find nothing",
    "hang": "`seconds` of silence, then the true answer",
    "cut": "the connection ends in the middle of the body",
}


@dataclass
class Fault:
    """One switch. `times` is None for "until cleared"; `match` limits it to requests whose text holds it,
    such as "/xmlrpc/2/object product.product/search_read"."""

    kind: str
    times: int | None = 1
    match: str = ""
    seconds: float = 30.0
    retry_after: int = 1

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown fault {self.kind!r}; accepted: {', '.join(KINDS)}")


@dataclass
class _Hook:
    left: int
    match: str
    action: Callable[[], Any]


class Faults:
    """The switches in force, used up in the order they were set; one request meets at most one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._set: list[Fault] = []
        self._hooks: list[_Hook] = []

    def add(self, kind: str, times: int | None = 1, **options: Any) -> None:
        """Sets a switch. Raises ValueError for an unknown kind, TypeError for an unknown option."""
        with self._lock:
            self._set.append(Fault(kind, times, **options))

    def before(self, number: int, action: Callable[[], Any], match: str = "") -> None:
        """Calls `action` once, right before the `number`-th request from now on (1 is the next one) whose
        text holds `match`. The request waits for it, so a walk meets the change at the same place every time.
        """
        if number < 1:
            raise ValueError(f"request {number}: requests are counted from 1")
        with self._lock:
            self._hooks.append(_Hook(number, match, action))

    def clear(self) -> None:
        with self._lock:
            self._set.clear()
            self._hooks.clear()

    def take(self, request: str) -> Fault | None:
        """The switch that this request meets. Runs the actions that are due before it."""
        for hook in self._due(request):
            hook.action()
        with self._lock:
            for fault in self._set:
                if fault.match not in request:
                    continue
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        self._set.remove(fault)
                return fault
        return None

    def _due(self, request: str) -> list[_Hook]:
        with self._lock:
            for hook in self._hooks:
                hook.left -= hook.match in request
            due = [hook for hook in self._hooks if hook.left <= 0]
            self._hooks = [hook for hook in self._hooks if hook.left > 0]
            return due

    def describe(self) -> list[dict[str, Any]]:
        with self._lock:
            return [{"kind": f.kind, "times": f.times, "match": f.match} for f in self._set]
