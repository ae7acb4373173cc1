"""Calls the function `sync` as Cloud Scheduler would."""

from __future__ import annotations

import threading
import time

import requests

_HEADERS = {"User-Agent": "Google-Cloud-Scheduler", "X-CloudScheduler": "true"}
_ATTEMPT_SECONDS = 600


class Schedule:
    """A call every `seconds`, the first one after that time; runs never overlap."""

    def __init__(self, url: str, seconds: float) -> None:
        self._url = url
        self._seconds = seconds
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
            requests.post(self._url, json={}, headers=_HEADERS, timeout=_ATTEMPT_SECONDS)
        except requests.RequestException as error:
            print(f"The scheduled sync got no answer: {error}", flush=True)
