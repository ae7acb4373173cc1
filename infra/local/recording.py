"""What a stand-in for a platform's API was sent, and how it is told to misbehave."""

from __future__ import annotations

import copy
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

Json = dict[str, Any]

# Each stand-in adds those of its own platform.
KINDS = {
    "429": "refused in the platform's form: not taken",
    "500": "fails in the platform's form: not taken",
    "hang": "`seconds` of silence, then the connection is cut: not taken",
    "cut": "the connection is cut at once: not taken",
    "cut_after": "taken, then the connection is cut without an answer",
    "slow": "taken, and answered after `seconds`",
}


@dataclass
class Fault:
    """One switch, for the next `next` requests that it fits (None: until cleared).

    `method` and `path` limit it to requests of that method, to paths that contain `path`. `retry_after` is
    the header that goes with a refusal.
    """

    kind: str
    next: int | None = 1
    method: str = ""
    path: str = ""
    seconds: float = 30.0
    retry_after: int | None = None

    def fits(self, method: str, path: str) -> bool:
        return self.method in ("", method) and self.path in path


class Recording:
    """Every request, what was taken of them, and the switches in force. Threads share it."""

    def __init__(self, kinds: Mapping[str, str] | None = None) -> None:
        self.kinds = {**KINDS, **(kinds or {})}
        self._changed = threading.Condition()
        self._faults: list[Fault] = []
        self._requests: list[Json] = []
        self._sent: list[Json] = []

    def fail(self, kind: str, next: int | None = 1, **options: Any) -> None:
        """Sets a switch; they are used up in the order they were set, at most one by each request.

        Raises ValueError for an unknown kind, TypeError for an unknown option.
        """
        if kind not in self.kinds:
            raise ValueError(f"unknown fault {kind!r}; accepted: {', '.join(self.kinds)}")
        fault = Fault(kind, next, **options)
        with self._changed:
            self._faults.append(fault)

    def take_fault(self, method: str, path: str) -> Fault | None:
        """The switch that this request meets."""
        with self._changed:
            for fault in self._faults:
                if not fault.fits(method, path):
                    continue
                if fault.next is not None:
                    fault.next -= 1
                    if fault.next <= 0:
                        self._faults.remove(fault)
                return fault
        return None

    def faults(self) -> list[Json]:
        """The switches still in force."""
        with self._changed:
            return [asdict(fault) for fault in self._faults]

    def clear_faults(self) -> None:
        with self._changed:
            self._faults.clear()

    def add_request(self, request: Json) -> None:
        """Remembers a request, whatever becomes of it."""
        with self._changed:
            self._requests.append({**request, "at": time.time()})
            self._changed.notify_all()

    def add_sent(self, message: Json) -> None:
        """Remembers what the platform has taken, in its own form. The same object may be changed later."""
        with self._changed:
            self._sent.append(message)
            self._changed.notify_all()

    @property
    def requests(self) -> list[Json]:
        """Every request, oldest first, also refused and cut ones: method, path, query, headers, body, at."""
        with self._changed:
            return copy.deepcopy(self._requests)

    @property
    def sent(self) -> list[Json]:
        """What was taken, oldest first."""
        with self._changed:
            return copy.deepcopy(self._sent)

    def wait_for(self, count: int, seconds: float = 30.0) -> list[Json]:
        """What was taken, as soon as that is `count` or more. Raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._sent) >= count, seconds):
                raise TimeoutError(f"{len(self._sent)} of {count} were sent within {seconds:g} s")
            return copy.deepcopy(self._sent)

    def reset(self) -> None:
        """Forgets switches, requests and what was taken."""
        with self._changed:
            self._faults.clear()
            self._requests.clear()
            self._sent.clear()
