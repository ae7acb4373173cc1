"""Where the settings say that memories are kept."""

from __future__ import annotations

from pathlib import Path

from tendero.people.memory import MemoryStore
from tendero.people.memory_hybrid import HybridMemories
from tendero.people.memory_json import JsonMemories
from tendero.people.memory_postgres import PostgresMemories
from tendero.platform.database import Database
from tendero.platform.settings import Settings


def memory_store(settings: Settings, database: Database) -> MemoryStore:
    """The place that MEMORY_STORE names; `json` never asks the database. Raises SettingsError."""
    if settings.memory_store == "postgresql":
        return PostgresMemories(database)
    settings.require("memory_folder")
    folder = Path(settings.memory_folder)
    return JsonMemories(folder) if settings.memory_store == "json" else HybridMemories(folder, database)
