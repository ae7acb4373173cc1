"""The parts behind the chat channels, built at the first request and again when a secret has changed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from tendero.assistant.engine import Engine
from tendero.people.agent_config import AgentConfig
from tendero.people.conversations import ConversationRef
from tendero.platform.database import Database
from tendero.platform.deadline import Deadline
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings

if TYPE_CHECKING:
    from tendero.assistant.askyourdatabase import AskYourDatabase


class Answers(Engine, Protocol):
    """The assistant, as channels see it."""

    def config(self, conversation: ConversationRef, deadline: Deadline) -> AgentConfig: ...

    def seconds(self, conversation: ConversationRef, deadline: Deadline) -> float: ...


@dataclass(frozen=True, slots=True)
class Parts:
    """What a channel's handler works with. `settings` have their secrets filled in."""

    settings: Settings
    database: Database
    assistant: Answers


class CurrentParts:
    """Gives the parts for the secrets as they are now. Raises SettingsError when they cannot be built."""

    def __init__(
        self, settings: Settings, secrets: Secrets, build: Callable[[Settings, Secrets], Parts]
    ) -> None:
        self._settings = settings
        self._secrets = secrets
        self._build = build
        self._lock = threading.Lock()
        self._parts: Parts | None = None

    def __call__(self) -> Parts:
        settings = self._secrets.resolve(self._settings)
        with self._lock:
            if self._parts is None or self._parts.settings != settings:
                self._parts = self._build(settings, self._secrets)
            return self._parts


def build(settings: Settings, secrets: Secrets) -> Parts:
    """The real parts. Nothing is connected before it is used."""
    from tendero.assistant.engines import Engines
    from tendero.assistant.turn import Assistant
    from tendero.catalog.courses.details import CourseReader
    from tendero.catalog.embedders.choose import by_name, embedder
    from tendero.catalog.live import live
    from tendero.catalog.search import ProductSearch
    from tendero.catalog.search.similar import SimilarProducts
    from tendero.platform.connect import database

    pool = database(settings)
    chosen, find = embedder(settings, secrets), by_name(settings, secrets)
    assistant = Assistant(
        pool,
        ProductSearch(pool, chosen, settings, find),
        live(settings, pool),
        settings,
        secrets,
        courses=CourseReader(settings, pool),
        similar=SimilarProducts(pool, chosen, settings, find),
    )
    return Parts(settings, pool, Engines(pool, settings, assistant, _askyourdatabase(settings, pool)))


def _askyourdatabase(settings: Settings, pool: Database) -> AskYourDatabase | None:
    """Loaded only where it is set up: an instance that starts has no time to lose."""
    if not settings.askyourdatabase_api_key or not settings.askyourdatabase_chat_id:
        return None
    from tendero.assistant.askyourdatabase import AskYourDatabase

    return AskYourDatabase(pool, settings)
