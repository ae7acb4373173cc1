"""Calls a function as Cloud Scheduler would."""

from __future__ import annotations

import threading
import time
from typing import Any

import requests

_HEADERS = {"User-Agent": "Google-Cloud-Scheduler", "X-CloudScheduler": "true"}
_ATTEMPT_SECONDS = 600


class Schedule:
    """A call with `body` every `seconds`, the first one after that time; runs never overlap."""

    def __init__(self, url: str, seconds: float, body: dict[str, Any]) -> None:
        self._url = url
        self._seconds = seconds
        self._body = body
        self._due = time.monotonic() + seconds
        self._running: threading.Thread | None = None

    def tick(self) -> None:
        """Starts a call when one is due. Never waits for it."""
        if time.monotonic() < self._due or (self._running is not None and self._running.is_alive()):
            return
        self._due = time.monotonic() + self._seconds
        self._running = threading.Thread(target=self._call, name="schedule", daemon=True)
        self._running.start()

    def _call(self) -> None:
        try:
            requests.post(self._url, json=self._body, headers=_HEADERS, timeout=_ATTEMPT_SECONDS)
        except requests.RequestException as error:
            print(f"A scheduled call of {self._url} got no answer: {error}", flush=True)
