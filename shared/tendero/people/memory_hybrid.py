"""Memories in PostgreSQL, and in JSON files for when it is down."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import chain, islice
from pathlib import Path

from tendero.people.memory import UserMemory
from tendero.people.memory_file import MemoryFile, explained, file_name
from tendero.people.memory_json import JsonMemories
from tendero.people.memory_postgres import PostgresMemories
from tendero.platform import logs
from tendero.platform.database import Database
from tendero.platform.errors import DatabaseError, DatabaseUnavailable

_log = logs.logger(__name__)
# What one save brings of other users' memories after the database was down: a customer waits for it.
_BROUGHT_AT_ONCE = 20


class HybridMemories:
    """A MemoryStore that keeps each memory twice, and works while PostgreSQL is down (DatabaseUnavailable).

    What PostgreSQL missed is marked, and brought there when it answers again, unless it has a newer one.
    Raises MemoryFolderError, and DatabaseError for anything but PostgreSQL being down.
    """

    def __init__(self, folder: Path, database: Database) -> None:
        self._json = JsonMemories(folder)
        self._postgres = PostgresMemories(database)
        self._marks = folder / ".missing"

    def load(self, user_id: str) -> UserMemory | None:
        """From PostgreSQL, which also renews the file; from the file while PostgreSQL is down."""
        with self._json.held(file_name(user_id)) as file:
            try:
                self._bring(file)
                memory = self._postgres.load(user_id)
            except DatabaseUnavailable as error:
                _log.warning("PostgreSQL is down: a memory is read from its file", reason=str(error))
                return file.rescue()
            if memory is None:
                # Another machine forgot this customer.
                file.remove()
            else:
                file.save(memory)
            return memory

    def save(self, memory: UserMemory) -> bool:
        with self._json.held(file_name(memory.user_id)) as file:
            # Before the file: whoever is killed from here on has not lost it for PostgreSQL.
            self._mark(file)
            saved = file.save(memory)
            try:
                saved = self._bring(file) and saved
            except DatabaseUnavailable as error:
                _log.warning("PostgreSQL is down: a memory is kept in its file only", reason=str(error))
                return saved
        with suppress(DatabaseUnavailable):
            self.catch_up(_BROUGHT_AT_ONCE)
        return saved

    def delete(self, user_id: str) -> bool:
        """Raises DatabaseUnavailable, with nothing deleted, while PostgreSQL is down."""
        with self._json.held(file_name(user_id)) as file:
            in_database = self._postgres.delete(user_id)
            in_file = file.remove()
            self._unmark(file)
        return in_database or in_file

    def all(self) -> Iterator[UserMemory]:
        """From PostgreSQL, after bringing it up to date; from the files while it is down."""
        try:
            self.catch_up()
            memories = self._postgres.all()
            begun = list(islice(memories, 1))
        except DatabaseUnavailable as error:
            _log.warning("PostgreSQL is down: the memories are read from their files", reason=str(error))
            memories, begun = self._json.all(), []
        yield from chain(begun, memories)

    def catch_up(self, most: int | None = None) -> None:
        """Brings what PostgreSQL missed, at most so many memories. Raises DatabaseUnavailable."""
        for mark in islice(sorted(self._marks.glob("*.json")), most):
            with self._json.held(mark.name) as file:
                try:
                    self._bring(file)
                except DatabaseUnavailable:
                    raise
                except DatabaseError as error:
                    _log.error("PostgreSQL refuses a memory", file=file.name, reason=str(error))

    def _bring(self, file: MemoryFile) -> bool:
        """Brings the file's memory to PostgreSQL if it is marked; whether it was written there."""
        if not (self._marks / file.name).exists():
            return False
        memory = file.rescue()
        written = memory is not None and self._postgres.save(memory)
        self._unmark(file)
        return written

    def _mark(self, file: MemoryFile) -> None:
        mark = self._marks / file.name
        with explained(mark):
            mark.parent.mkdir(mode=0o700, exist_ok=True)
            mark.touch()

    def _unmark(self, file: MemoryFile) -> None:
        mark = self._marks / file.name
        with explained(mark):
            mark.unlink(missing_ok=True)
