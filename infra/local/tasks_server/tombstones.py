"""Names that were freed a short time ago and cannot be used again yet."""

from __future__ import annotations

from collections import OrderedDict


class Tombstones:
    """Remembers names for `lifetime` seconds after they were buried."""

    def __init__(self, lifetime: float) -> None:
        self._lifetime = lifetime
        self._until: OrderedDict[str, float] = OrderedDict()

    def bury(self, name: str, now: float) -> None:
        """Block `name` from `now` on."""
        self._until[name] = now + self._lifetime
        self._until.move_to_end(name)
        self._forget(now)

    def holds(self, name: str, now: float) -> bool:
        """True while `name` is blocked."""
        return self._until.get(name, now) > now

    def _forget(self, now: float) -> None:
        while self._until and next(iter(self._until.values())) <= now:
            self._until.popitem(last=False)
