"""How long each part of a search takes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Watch:
    """Milliseconds per stage, summed where a stage is entered again; stages may run at the same time."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self._times: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        began = time.perf_counter()
        try:
            yield
        finally:
            self._times[name] = self._times.get(name, 0.0) + _milliseconds(began)

    def times(self) -> dict[str, float]:
        rounded = {name: round(value, 2) for name, value in self._times.items()}
        return {**rounded, "total": round(_milliseconds(self._began), 2)}


def _milliseconds(began: float) -> float:
    return (time.perf_counter() - began) * 1000
