"""A memory as a JSON document: written in one way, read in the ways of the older course bot too."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from tendero.people.memory import HIGHEST_SCORE, MOST_INTERACTIONS, InvalidMemory, UserMemory

UNKNOWN_TIME = datetime(1970, 1, 1, tzinfo=UTC)
"""When a document says nothing of its age: older than every other."""

# Seconds since 1970 reach this in the year 5138, milliseconds did in 1973.
_MILLISECONDS = 1e11
# Before ISO: thirteen digits could be read as a date in the basic format.
_EPOCH = re.compile(r"-?\d{9,}(\.\d+)?")


def document_of(memory: UserMemory) -> dict[str, Any]:
    """The memory in JSON's own types; `memory_of` gives the same memory back."""
    values = {each.name: getattr(memory, each.name) for each in fields(memory)}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()
    }


def parsed(raw: bytes) -> Any:
    """The JSON in a file's bytes. Raises InvalidMemory."""
    try:
        return json.loads(raw.decode("utf-8-sig"), parse_constant=lambda _: None)
    except (ValueError, RecursionError) as error:
        raise InvalidMemory(f"is no JSON in UTF-8 ({error})") from error


def is_memory(document: Any) -> bool:
    """Whether it is an object with at least one field of a memory beside the user's id."""
    return isinstance(document, Mapping) and not _FIELDS.isdisjoint(document)


def memory_of(document: Any, user_id: str = "") -> UserMemory:
    """The memory in a parsed document; `user_id` is whose it is where the document does not say.

    Fields that are missing or null get their defaults; unknown ones, and known ones whose value cannot be
    understood, go into `additional_data`. Times are ISO 8601 (UTC where they name no zone) or seconds or
    milliseconds since 1970; without any, the memory is as old as UNKNOWN_TIME. Lists of words may be a text
    with commas; a message may be its text alone. A score outside its range becomes the nearest in it.
    Raises InvalidMemory.
    """
    if not is_memory(document):
        raise InvalidMemory(f"is no memory: an object with some of {', '.join(sorted(_FIELDS))}")
    user_id = _user_id(document.get("user_id")) or user_id
    if not user_id:
        raise InvalidMemory("does not say whose memory it is: user_id is missing")
    known: dict[str, Any] = {}
    unknown: dict[str, Any] = {}
    for name, value in document.items():
        if name == "user_id" or (value is None and name in _FIELDS):
            continue
        try:
            known[name] = _READERS[name](value)
        except (KeyError, ValueError, OverflowError, OSError):
            unknown[name] = value
    known["additional_data"] = unknown | known.get("additional_data", {})
    try:
        return UserMemory(user_id=user_id, **_dated(known))
    except RecursionError as error:
        raise InvalidMemory("is nested too deeply") from error


def _dated(known: dict[str, Any]) -> dict[str, Any]:
    """With the two times that a memory must have, from those that the document has."""

    def first(*names: str) -> datetime:
        return next((known[name] for name in names if name in known), UNKNOWN_TIME)

    updated = first("updated_at", "last_interaction_at", "created_at", "first_interaction_at")
    created = first("created_at", "first_interaction_at", "updated_at", "last_interaction_at")
    return known | {"updated_at": updated, "created_at": created}


def _user_id(value: Any) -> str:
    return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _text(value: Any) -> str:
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise ValueError
    return str(value)


def _texts(value: Any) -> tuple[str, ...]:
    parts = value.split(",") if isinstance(value, str) else _list(value)
    return tuple(_text(each) for each in parts if each is not None)


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise ValueError
    return list(value)


def _number(value: Any) -> float:
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise ValueError
    return float(value)


def _score(value: Any) -> int:
    return max(0, min(HIGHEST_SCORE, round(_number(value))))


def _count(value: Any) -> int:
    number = _number(value)
    if not 0 <= number <= MOST_INTERACTIONS or number != int(number):
        raise ValueError
    return int(number)


def _time(value: Any) -> datetime:
    if not isinstance(value, str) or _EPOCH.fullmatch(value.strip()):
        seconds = _number(value)
        return datetime.fromtimestamp(seconds / 1000 if abs(seconds) >= _MILLISECONDS else seconds, UTC)
    time = datetime.fromisoformat(value.strip())
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def _messages(value: Any) -> tuple[Mapping[str, Any], ...]:
    return tuple(
        each if isinstance(each, Mapping) else {"content": _text(each)}
        for each in _list(value)
        if each is not None
    )


def _object(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueError
    return value


_READERS: dict[str, Callable[[Any], Any]] = {
    "name": _text,
    "role": _text,
    "interests": _texts,
    "pain_points": _texts,
    "lead_score": _score,
    "interaction_count": _count,
    "first_interaction_at": _time,
    "last_interaction_at": _time,
    "message_history": _messages,
    "additional_data": _object,
    "created_at": _time,
    "updated_at": _time,
}
_FIELDS = frozenset(_READERS)
