"""Memories in PostgreSQL, in the table `user_memory`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from tendero.people.memory import UserMemory
from tendero.platform.database import Database, Row
from tendero.platform.sql import load

_SQL = load(__file__)
_AT_ONCE = 200


class PostgresMemories:
    """A MemoryStore for any number of machines. Raises DatabaseError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self, user_id: str) -> UserMemory | None:
        rows = self._database.fetch(_SQL["load"], user_id=user_id)
        return _memory(rows[0]) if rows else None

    def save(self, memory: UserMemory) -> bool:
        return self._database.execute(_SQL["save"], **_parameters(memory)) > 0

    def delete(self, user_id: str) -> bool:
        return self._database.execute(_SQL["delete"], user_id=user_id) > 0

    def all(self) -> Iterator[UserMemory]:
        """In the order of the users' ids; no transaction is held meanwhile."""
        last = ""
        while rows := self._database.fetch(_SQL["after"], user_id=last, most=_AT_ONCE):
            yield from map(_memory, rows)
            last = rows[-1]["user_id"]


def _memory(row: Row) -> UserMemory:
    lists = {name: tuple(row[name]) for name in ("interests", "pain_points", "message_history")}
    return UserMemory(**{**row, **lists})


def _parameters(memory: UserMemory) -> dict[str, Any]:
    values = {each.name: getattr(memory, each.name) for each in fields(memory)}
    for name in ("interests", "pain_points"):
        values[name] = list(values[name])
    for name in ("message_history", "additional_data"):
        values[name] = json.dumps(values[name], ensure_ascii=False)
    return values
