"""The agent configurations in the database: read by the functions, written by the operator."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tendero.people.agent_config import AgentConfig, Document, checked, usable
from tendero.platform.database import Database
from tendero.platform.deadline import Deadline
from tendero.platform.logs import logger
from tendero.platform.settings import Settings
from tendero.platform.sql import load

_SQL = load(__file__)
_log = logger(__name__)
_KEPT_SECONDS = 60.0
_RETRY_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a configuration holds: channel "" is the whole shop, inbox "" the whole channel."""

    channel: str = ""
    inbox: str = ""

    def around(self) -> tuple[Scope, ...]:
        """The places that this one lies in, the widest first, itself last."""
        return tuple(dict.fromkeys((Scope(), Scope(self.channel), self)))


def read(database: Database, deadline: Deadline | None = None) -> dict[Scope, Document]:
    """What is set, by place. A value that cannot be used is left out and logged. Raises DatabaseError."""
    found: dict[Scope, Document] = {}
    for row in database.fetch(_SQL["all"], deadline=deadline):
        scope = Scope(row["channel"], row["inbox"])
        found[scope], problems = usable(row["config"])
        for problem in problems:
            _log.error("agent configuration not usable", place=[scope.channel, scope.inbox], reason=problem)
    return found


def set_values(database: Database, scope: Scope, values: Mapping[str, object]) -> Document:
    """Sets these values of a place, beside those it has. Raises SettingsError, DatabaseError."""
    good = checked(values)
    config = json.dumps(good, ensure_ascii=False)
    database.execute(_SQL["set"], channel=scope.channel, inbox=scope.inbox, config=config)
    return good


def unset(database: Database, scope: Scope, names: Sequence[str] = ()) -> bool:
    """Takes these values of a place away, without names all of them; whether it had any configuration.

    Raises DatabaseError.
    """
    place = {"channel": scope.channel, "inbox": scope.inbox}
    with database.transaction() as transaction:
        if not names:
            return transaction.execute(_SQL["remove"], **place) > 0
        changed = transaction.execute(_SQL["unset"], names=list(names), **place)
        transaction.execute(_SQL["remove_empty"], **place)
    return changed > 0


class AgentConfigs:
    """What holds in each place, read again after a minute. Threads share it.

    `clock` gives seconds and never goes back.
    """

    def __init__(
        self, database: Database, settings: Settings, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock
        self._lock = threading.Lock()
        self._set: Mapping[Scope, Document] | None = None
        self._until = 0.0

    @property
    def known(self) -> bool:
        """Whether `of` answers without asking the database."""
        return self._clock() < self._until

    def of(self, channel: str, inbox: str = "", deadline: Deadline | None = None) -> AgentConfig:
        """What holds there. What was known before goes on to hold while the database is down.

        Raises DatabaseError or DeadlineExceeded while nothing was ever known.
        """
        # One thread asks; the others go on with what they have, once there is anything.
        if not self.known and self._lock.acquire(blocking=self._set is None):
            try:
                self._renew(deadline)
            finally:
                self._lock.release()
        known = self._set or {}
        return AgentConfig.merged(
            self._settings, *(known.get(each, {}) for each in Scope(channel, inbox).around())
        )

    def _renew(self, deadline: Deadline | None) -> None:
        if self.known:
            return
        try:
            self._set = read(self._database, deadline)
        except Exception as error:
            if self._set is None:
                raise
            _log.warning("agent configuration not read again", reason=str(error))
            self._until = self._clock() + _RETRY_SECONDS
        else:
            self._until = self._clock() + _KEPT_SECONDS
