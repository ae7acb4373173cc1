"""One customer's memory in one JSON file, replaced in one step."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tendero.people.memory import InvalidMemory, MemoryFolderError, UserMemory
from tendero.people.memory_document import document_of, memory_of, parsed
from tendero.platform import logs

_log = logs.logger(__name__)

# Capitals are left out: some file systems take `Ana` and `ana` for one name. So are dots, which begin
# hidden files and `..`.
_PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789-_+@")
_LONGEST_NAME = 120
_DAMAGED = ".damaged"


def file_name(user_id: str) -> str:
    """The name of a user's file: safe on every file system, and no two users share one."""
    raw = user_id.encode("utf-8", "surrogatepass")
    name = "".join(chr(byte) if byte in _PLAIN else f"%{byte:02x}" for byte in raw)
    if len(name) > _LONGEST_NAME:
        name = f"={hashlib.sha256(raw).hexdigest()}"
    return f"{name}.json"


class MemoryFile:
    """The file of one user. Whoever writes, or sets a damaged one aside, holds the user's lock."""

    def __init__(self, path: Path) -> None:
        self._path = path
        # Always the same name, so that what a process left behind that was killed is overwritten, and found
        # when the user is to be forgotten.
        self._unfinished = path.with_name(f"{path.name}.tmp")

    @property
    def name(self) -> str:
        return self._path.name

    def read(self) -> UserMemory | None:
        """None where there is none. Raises InvalidMemory when it is damaged, and MemoryFolderError."""
        with explained(self._path):
            try:
                raw = self._path.read_bytes()
            except FileNotFoundError:
                return None
        memory = memory_of(parsed(raw))
        if file_name(memory.user_id) != self.name:
            raise InvalidMemory("is the memory of another user")
        return memory

    def rescue(self) -> UserMemory | None:
        """`read`, but a damaged file is set aside, and the user is unknown. Raises MemoryFolderError."""
        try:
            return self.read()
        except InvalidMemory as error:
            aside = self._path.parent / _DAMAGED / f"{self._path.stem}.{time.time_ns()}.json"
            with explained(self._path):
                aside.parent.mkdir(mode=0o700, exist_ok=True)
                os.replace(self._path, aside)
            _log.error("A damaged memory was set aside", file=str(aside), reason=str(error))
            return None

    def save(self, memory: UserMemory) -> bool:
        """As MemoryStore.save."""
        held = self.rescue()
        if held is not None and held.updated_at >= memory.updated_at:
            return False
        with explained(self._path):
            self._write(json.dumps(document_of(memory), ensure_ascii=False, indent=2).encode())
        return True

    def remove(self) -> bool:
        """Deletes the file and every copy that was set aside or left unfinished; whether there was one."""
        with explained(self._path):
            aside = (self._path.parent / _DAMAGED).glob(f"{self._path.stem}.*")
            found = [each for each in (self._path, self._unfinished, *aside) if each.exists()]
            for each in found:
                each.unlink()
        return bool(found)

    def _write(self, content: bytes) -> None:
        # Personal data: for the owner's eyes only.
        number = os.open(self._unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            # Otherwise a power cut could leave the new name with nothing in it.
            os.fsync(file.fileno())
        os.replace(self._unfinished, self._path)


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Raises MemoryFolderError for an OSError in the block."""
    try:
        yield
    except OSError as error:
        raise MemoryFolderError(
            f"The memory {path} cannot be read or written ({error.strerror}): name a folder that lets you."
        ) from error
