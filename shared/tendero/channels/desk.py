"""What everybody who works off events has at hand."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from tendero.channels import registry
from tendero.channels.channel import Channel
from tendero.channels.parts import Parts
from tendero.platform.database import Database
from tendero.platform.deadline import Deadline
from tendero.platform.errors import TenderoError
from tendero.platform.pace import Pace
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings

MakeChannel = Callable[[str, Settings, Secrets], Channel]


class TryAgain(TenderoError):
    """The work cannot be done now; it is worth trying again in `seconds`."""

    def __init__(self, message: str, seconds: float) -> None:
        super().__init__(message)
        self.seconds = seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Seconds. `lease`: a worker's lease outlasts what it is about to do by so much. `call`: one call to a
    platform. `database`: one transaction. `patience`: a longer wait is left to the queue."""

    lease: float = 10.0
    call: float = 10.0
    database: float = 8.0
    patience: float = 3.0


class Channels:
    """The channels by name, each made once; their calls keep the pace that all instances share."""

    def __init__(
        self,
        settings: Settings,
        secrets: Secrets,
        parts: Callable[[], Parts],
        make: MakeChannel = registry.channel,
    ) -> None:
        self._settings = settings
        self._secrets = secrets
        self._parts = parts
        self._make = make
        self._lock = threading.Lock()
        self._made: dict[str, Channel] = {}

    def __call__(self, name: str) -> Channel:
        """Raises KeyError for one that is none."""
        with self._lock:
            if name not in self._made:
                channel = self._make(name, self._settings, self._secrets)
                channel.pace = self._pace
                self._made[name] = channel
            return self._made[name]

    def _pace(self, service: str, per_minute: int, deadline: Deadline) -> None:
        Pace(self._parts().database, service, per_minute).wait(deadline)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """`deadline` is when the work on this request has to end."""

    parts: Parts
    channels: Channels
    times: Times
    deadline: Deadline

    @property
    def database(self) -> Database:
        return self.parts.database

    def soon(self) -> Deadline:
        """The deadline of one transaction."""
        return Deadline(self.times.database)
