"""What the server was told to do instead of answering normally."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Step:
    """How one request is treated. Fields can be combined, as in `{"hang": 2, "status": 503}`.

    `hang` is seconds of silence before the answer; `drip` is seconds between one byte of the body and the
    next; `cut` closes the connection in mid-body; `endpoint` limits the step to one of ENDPOINTS. A step
    that says something (content, tool_calls, finish_reason, refusal) waits for a chat request. In
    `tool_calls`, `arguments` given as a string is sent as it is, an object is turned into JSON text, unless
    the call has `"raw": true`: then it is sent as an object, which some compatible servers do.
    """

    status: int | None = None
    code: str | None = None
    message: str | None = None
    retry_after: float | None = None
    hang: float = 0.0
    drip: float | None = None
    broken_json: bool = False
    html: bool = False
    cut: bool = False
    content: str | None = None
    tool_calls: tuple[dict[str, Any], ...] = ()
    finish_reason: str | None = None
    refusal: str | None = None
    no_usage: bool = False
    reverse: bool = False
    endpoint: str | None = None

    @property
    def speaks(self) -> bool:
        """Whether the step says what the model answers."""
        return bool(self.tool_calls) or any(
            said is not None for said in (self.content, self.finish_reason, self.refusal)
        )

    def fits(self, endpoint: str) -> bool:
        """Whether a request to `endpoint` takes this step."""
        wanted = self.endpoint or ("chat" if self.speaks else endpoint)
        return wanted == endpoint


ENDPOINTS = ("chat", "embeddings", "models")
_NAMES = tuple(field.name for field in fields(Step))
_NUMBERS = ("status", "retry_after", "hang", "drip")


def parse_step(given: Mapping[str, Any]) -> Step:
    """A step from its JSON form. Raises ValueError that lists what is accepted."""
    if not isinstance(given, Mapping):
        raise ValueError(f"A step is an object, not {given!r}")
    unknown = sorted(set(given) - set(_NAMES))
    if unknown:
        raise ValueError(f"Unknown step key {unknown[0]!r}; accepted: {', '.join(_NAMES)}")
    for name in _NUMBERS:
        number = given.get(name)
        if number is not None and (not isinstance(number, int | float) or number < 0):
            raise ValueError(f"Step key {name!r} is a number from 0, not {number!r}")
    if given.get("endpoint") not in (None, *ENDPOINTS):
        raise ValueError(f"Unknown endpoint {given['endpoint']!r}; accepted: {', '.join(ENDPOINTS)}")
    calls = given.get("tool_calls") or ()
    if not all(isinstance(call, Mapping) and isinstance(call.get("name"), str) for call in calls):
        raise ValueError('Step key \'tool_calls\' is a list of {"name": …, "arguments": object or string}')
    return Step(**{**given, "tool_calls": tuple(dict(call) for call in calls)})


class Script:
    """Steps used up one per request, then the mode that lasts, then normal behaviour. Thread-safe."""

    def __init__(self, steps: Iterable[Mapping[str, Any]] = ()) -> None:
        self._lock = threading.Lock()
        self._steps: list[Step] = []
        self._mode = Step()
        self.add(steps)

    def add(self, steps: Iterable[Mapping[str, Any]]) -> None:
        """Append steps; none is added when one of them is wrong (ValueError)."""
        parsed = [parse_step(step) for step in steps]
        with self._lock:
            self._steps += parsed

    def set_mode(self, mode: Mapping[str, Any] | None) -> None:
        """Treat every request without a step of its own like this; None is normal behaviour."""
        parsed = parse_step(mode or {})
        with self._lock:
            self._mode = parsed

    def reset(self) -> None:
        """Forget steps and mode."""
        with self._lock:
            self._steps, self._mode = [], Step()

    def take(self, endpoint: str) -> Step:
        """The step for one request: the first that fits leaves the list."""
        with self._lock:
            for position, step in enumerate(self._steps):
                if step.fits(endpoint):
                    return self._steps.pop(position)
            return self._mode if self._mode.fits(endpoint) else Step()
