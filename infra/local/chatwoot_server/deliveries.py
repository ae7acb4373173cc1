"""Chatwoot's webhooks: each target is told of its events, in order, from a thread of its own."""

from __future__ import annotations

import json
import queue
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests

from tendero.channels.chatwoot.signature import SIGNATURE_HEADER, TIMESTAMP_HEADER, sign

Json = dict[str, Any]

_MESSAGES = {"message_created", "message_updated"}
_CHANGES = {"conversation_status_changed", "conversation_updated"}
# Which events each way of delivery has.
EVENTS = {
    "account": _MESSAGES | _CHANGES,
    "inbox": _MESSAGES | _CHANGES,
    "bot": _MESSAGES | _CHANGES | {"conversation_opened", "conversation_resolved"},
}
_TIMEOUT_SECONDS = 5.0
_BOT_ATTEMPTS = 3
_END = None


@dataclass
class Target:
    """An address that is told. Without a secret nothing is signed, as on older servers."""

    url: str
    secret: str = ""
    way: str = "bot"
    _waiting: queue.Queue[Json | None] = field(default_factory=queue.Queue)

    def __post_init__(self) -> None:
        if self.way not in EVENTS:
            raise ValueError(f"unknown way {self.way!r}; accepted: {', '.join(EVENTS)}")


class Deliveries:
    """The targets, and what came of each delivery. `retry_seconds` lie between a bot's attempts.

    `lost` is called with each payload that a bot could not be told.
    """

    def __init__(self, lost: Callable[[Json], None], retry_seconds: float = 3.0) -> None:
        self.retry_seconds = retry_seconds
        self._lost = lost
        self._changed = threading.Condition()
        self._targets: list[Target] = []
        self._threads: list[threading.Thread] = []
        self._results: list[Json] = []
        self._open = 0
        self._stopping = threading.Event()

    def add(self, target: Target) -> None:
        thread = threading.Thread(target=self._work, args=(target,), daemon=True)
        with self._changed:
            self._targets.append(target)
            self._threads.append(thread)
        thread.start()

    def tell(self, payload: Json) -> None:
        """Queues a payload for every target that hears of its event."""
        payload = json.loads(json.dumps(payload))
        with self._changed:
            for target in self._targets:
                if payload["event"] in EVENTS[target.way]:
                    self._open += 1
                    target._waiting.put(payload)

    @property
    def results(self) -> list[Json]:
        """Every attempt so far: event, id, way and status (0 where nobody answered)."""
        with self._changed:
            return list(self._results)

    def wait_until_told(self, seconds: float = 30.0) -> None:
        """Returns when nothing waits to be delivered. Raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._open == 0, seconds):
                raise TimeoutError(f"{self._open} deliveries are still under way after {seconds:g} s")

    def stop(self) -> None:
        self._stopping.set()
        with self._changed:
            targets, threads = list(self._targets), list(self._threads)
            self._targets, self._threads = [], []
        for target in targets:
            target._waiting.put(_END)
        for thread in threads:
            thread.join(timeout=_TIMEOUT_SECONDS + 1)

    def _work(self, target: Target) -> None:
        while (payload := target._waiting.get()) is not _END:
            self._deliver(target, payload)
            with self._changed:
                self._open -= 1
                self._changed.notify_all()

    def _deliver(self, target: Target, payload: Json) -> None:
        identifier = str(uuid.uuid4())
        attempts = _BOT_ATTEMPTS if target.way == "bot" else 1
        for attempt in range(1, attempts + 1):
            status = _post(target, payload, identifier)
            with self._changed:
                result = {
                    "event": payload["event"],
                    "id": payload["id"],
                    "way": target.way,
                    "status": status,
                }
                self._results.append(result)
            if status not in (429, 500) or attempt == attempts or self._stopping.is_set():
                break
            self._stopping.wait(self.retry_seconds)
        if target.way == "bot" and not 200 <= status < 300 and not self._stopping.is_set():
            self._lost(payload)


def _post(target: Target, payload: Json, identifier: str) -> int:
    body = json.dumps(payload, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json"}
    if target.secret:
        timestamp = str(int(time.time()))
        headers |= {
            TIMESTAMP_HEADER: timestamp,
            SIGNATURE_HEADER: sign(target.secret, timestamp, body),
            "X-Chatwoot-Delivery": identifier,
        }
    try:
        return requests.post(target.url, data=body, headers=headers, timeout=_TIMEOUT_SECONDS).status_code
    except requests.RequestException:
        return 0
