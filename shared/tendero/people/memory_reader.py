"""Reads JSON memories as the older course bot and `tendero memory export` write them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tendero.people.memory import InvalidMemory, MemoryFolderError, UserMemory
from tendero.people.memory_document import is_memory, memory_of, parsed

# The older bot's name for a user's file, before the user's id.
_PREFIX = "memory_"


class Unreadable(NamedTuple):
    """A file, or an entry of one, that is no memory, and why."""

    place: str
    reason: str


def memories_in(place: Path) -> Iterator[UserMemory | Unreadable]:
    """What a file, or the `*.json` files of a folder hold: a memory, a list of them, or an object by user id.

    A user's id that the memory itself does not name is the key, or the file's name. Raises MemoryFolderError.
    """
    for file in _files(place):
        try:
            document = parsed(file.read_bytes())
        except (OSError, InvalidMemory) as error:
            yield Unreadable(file.name, str(error))
            continue
        for where, user_id, entry in _entries(file, document):
            try:
                yield memory_of(entry, user_id)
            except InvalidMemory as error:
                yield Unreadable(where, str(error))


def _files(place: Path) -> list[Path]:
    if place.is_file():
        return [place]
    try:
        return sorted(each for each in place.iterdir() if each.suffix == ".json" and each.is_file())
    except OSError as error:
        raise MemoryFolderError(f"The folder {place} cannot be read: {error.strerror}.") from error


def _entries(file: Path, document: Any) -> Iterator[tuple[str, str, Any]]:
    """Each memory of a file: where it stands, whose it is by that place, and the memory."""
    if isinstance(document, list):
        for number, each in enumerate(document, 1):
            yield f"{file.name}, entry {number}", "", each
    elif isinstance(document, Mapping) and not is_memory(document) and _by_user(document):
        for key, each in document.items():
            yield f"{file.name}, {key}", key.strip(), each
    else:
        yield file.name, file.stem.removeprefix(_PREFIX).strip(), document


def _by_user(document: Mapping[str, Any]) -> bool:
    return bool(document) and all(isinstance(each, Mapping) for each in document.values())
