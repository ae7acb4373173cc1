"""What is known of one customer across conversations, and what every place that keeps it can do."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from tendero.platform.errors import TenderoError

HISTORY_KEPT = 100
LONGEST_USER_ID = 200
HIGHEST_SCORE = 100
MOST_INTERACTIONS = 2**31 - 1
"""What PostgreSQL's integer holds."""


class InvalidMemory(TenderoError):
    """A memory's field, or the document that it is read from, cannot be used."""


class MemoryFolderError(TenderoError):
    """The folder of the JSON memories, or a file in it, cannot be read or written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserMemory:
    """What is known of one customer. Raises InvalidMemory when a field cannot be kept.

    `user_id` is the channel's id of the person (a phone number, a session). `lead_score` goes from 0 (nothing
    known) to 100. Times need a zone, and become UTC. `message_history` is oldest first, and only the newest
    HISTORY_KEPT messages stay. Names and words lose the blanks around them, and a word stays once. What JSON
    and PostgreSQL cannot both hold (NUL and lone surrogates in texts, infinite numbers) is left out. Of two
    memories of one customer the one with the newer `updated_at` counts.
    """

    user_id: str
    name: str = ""
    role: str = ""
    interests: tuple[str, ...] = ()
    pain_points: tuple[str, ...] = ()
    lead_score: int = 0
    interaction_count: int = 0
    first_interaction_at: datetime | None = None
    last_interaction_at: datetime | None = None
    message_history: tuple[Mapping[str, Any], ...] = ()
    additional_data: Mapping[str, Any] = field(default_factory=dict)
    created_at: datetime
    updated_at: datetime

    def __post_init__(self) -> None:
        if not 0 < len(self.user_id) <= LONGEST_USER_ID or self.user_id != _text(self.user_id).strip():
            raise InvalidMemory(
                f"The user id {self.user_id[:LONGEST_USER_ID]!r} is empty, longer than {LONGEST_USER_ID}"
                " characters, or has blanks around it or characters in it that no database takes."
            )
        if not 0 <= self.lead_score <= HIGHEST_SCORE:
            raise InvalidMemory(f"lead_score is {self.lead_score}: it goes from 0 to {HIGHEST_SCORE}.")
        if not 0 <= self.interaction_count <= MOST_INTERACTIONS:
            raise InvalidMemory(f"interaction_count is {self.interaction_count}: it counts from 0.")
        for each in fields(self):
            value = getattr(self, each.name)
            object.__setattr__(self, each.name, _kept(each.name, value))

    def changed(self, at: datetime, **fields: Any) -> UserMemory:
        """With other fields since `at`, and newer than this one even where the clock was set back."""
        return replace(self, updated_at=max(at, self.updated_at + timedelta(microseconds=1)), **fields)


class MemoryStore(Protocol):
    """A place that keeps memories, one for each customer.

    What it raises beside InvalidMemory depends on the place: DatabaseError, MemoryFolderError.
    """

    def load(self, user_id: str) -> UserMemory | None:
        """The memory of a customer; None of one who is not known."""
        ...

    def save(self, memory: UserMemory) -> bool:
        """Keeps it unless the one that is kept is as new or newer; whether it did."""
        ...

    def delete(self, user_id: str) -> bool:
        """Forgets a customer; whether there was something to forget."""
        ...

    def all(self) -> Iterator[UserMemory]:
        """Every memory, in no certain order."""
        ...


def _kept(name: str, value: Any) -> Any:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise InvalidMemory(f"{name} is {value.isoformat()}, without a time zone.")
        return value.astimezone(UTC)
    if name == "message_history":
        return tuple(_storable(each) for each in value[-HISTORY_KEPT:])
    if isinstance(value, tuple):
        return tuple(filter(None, dict.fromkeys(_text(each).strip() for each in value)))
    return _text(value).strip() if isinstance(value, str) else _storable(value)


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return {_text(str(key)): _storable(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(each) for each in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, bool | int) else str(value)


def _text(value: str) -> str:
    return value.replace("\0", "").encode("utf-8", "ignore").decode("utf-8")
