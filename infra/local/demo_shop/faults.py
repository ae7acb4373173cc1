"""Failure switches: how the demo shop misbehaves on purpose, for the next N requests."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

KINDS = {
    "too_many_requests": "429 JSON with Retry-After",
    "server_error": "500 JSON, or HTML when JSON is not asked for",
    "bad_gateway": "502 HTML of a web server whose PHP is down",
    "maintenance": "503, Retry-After: 600, HTML or JSON as the Accept header asks",
    "html": "200 with an HTML page",
    "stray_output": "200 with text printed before the JSON",
    "cut": "the connection ends in the middle of the body",
    "hang": "`seconds` of silence, then the true answer",
    "empty_page": "200 with [] and true totals",
    "lying_total": "true page with X-WP-Total `total`",
    "no_totals": "true page without X-WP-Total, X-WP-TotalPages and Link",
    "same_page": "the first page whatever `page` says",
    "woocommerce_off": "404 rest_no_route",
}


@dataclass
class Fault:
    """One switch. `times` is None for "until cleared"; `path` limits it to paths that contain it."""

    kind: str
    times: int | None = 1
    path: str = ""
    seconds: float = 30.0
    retry_after: int | None = None
    total: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown fault {self.kind!r}; accepted: {', '.join(KINDS)}")


class Faults:
    """The switches in force, used up in the order they were set; one request meets at most one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._set: list[Fault] = []

    def add(self, kind: str, times: int | None = 1, **options: Any) -> None:
        """Sets a switch. Raises ValueError for an unknown kind, TypeError for an unknown option."""
        with self._lock:
            self._set.append(Fault(kind, times, **options))

    def clear(self) -> None:
        with self._lock:
            self._set.clear()

    def take(self, path: str) -> Fault | None:
        with self._lock:
            for fault in self._set:
                if fault.path not in path:
                    continue
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        self._set.remove(fault)
                return fault
        return None

    def describe(self) -> list[dict[str, Any]]:
        with self._lock:
            return [{"kind": f.kind, "times": f.times, "path": f.path} for f in self._set]
