"""Memories as JSON files in a folder, one for each customer."""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tendero.people.memory import InvalidMemory, UserMemory
from tendero.people.memory_file import MemoryFile, explained, file_name
from tendero.platform import logs

_log = logs.logger(__name__)
_LOCKS = ".locks"


class JsonMemories:
    """A MemoryStore for one machine without a database; it makes the folder. Raises MemoryFolderError."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, user_id: str) -> UserMemory | None:
        name = file_name(user_id)
        try:
            return MemoryFile(self._folder / name).read()
        except InvalidMemory:
            with self.held(name) as file:
                return file.rescue()

    def save(self, memory: UserMemory) -> bool:
        with self.held(file_name(memory.user_id)) as file:
            return file.save(memory)

    def delete(self, user_id: str) -> bool:
        with self.held(file_name(user_id)) as file:
            return file.remove()

    def all(self) -> Iterator[UserMemory]:
        """Passes over what cannot be read, with a log line."""
        for path in sorted(self._folder.glob("*.json")):
            try:
                memory = MemoryFile(path).read()
            except InvalidMemory as error:
                _log.error("A memory cannot be read", file=str(path), reason=str(error))
                continue
            if memory is not None:
                yield memory

    @contextmanager
    def held(self, name: str) -> Iterator[MemoryFile]:
        """The file of this name, with its lock: no other process or thread writes it in this block.

        One block at a time: the lock of a second file may be the same one.
        """
        # A lock file for each user would have to stay behind, with the name, when the user is forgotten.
        lock = self._folder / _LOCKS / hashlib.sha256(name.encode()).hexdigest()[:2]
        with explained(self._folder / name):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock.parent.mkdir(mode=0o700, exist_ok=True)
            file = lock.open("wb")
        with file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield MemoryFile(self._folder / name)
