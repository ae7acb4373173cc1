"""How a turn shares out its time."""

from __future__ import annotations

from tendero.platform.deadline import Deadline

_LOOK_UP = 0.70
_MODEL = 0.80
_STORE = 0.95


class Plan:
    """Deadlines of a turn's parts, as shares of the time it has.

    `look_up` ends search, history and the shop's answer; `model` leaves time for proof and rendering, and
    for storing, which ends at `store`.
    """

    def __init__(self, deadline: Deadline) -> None:
        total = deadline.remaining()
        self.look_up = deadline.before(total * (1 - _LOOK_UP))
        self.model = deadline.before(total * (1 - _MODEL))
        self.store = deadline.before(total * (1 - _STORE))
