"""Reads the fields of Dialogflow's JSON: missing or null ones are empty, one of a wrong type is refused."""

from __future__ import annotations

import uuid
from typing import Any

from tendero.platform.errors import BadRequest

Object = dict[str, Any]

_LONGEST_ID = 250
_NAMES: dict[type, str] = {dict: "an object", list: "a list", str: "a text"}


def an_object(holder: Object, name: str) -> Object:
    """An object, {} without one. Raises BadRequest."""
    value: Object = _typed(holder, name, dict) or {}
    return value


def a_text(holder: Object, name: str) -> str:
    """A text that can be stored, "" without one. Raises BadRequest."""
    value: str = _typed(holder, name, str) or ""
    # JSON can hold halves of surrogate pairs, which neither PostgreSQL nor UTF-8 takes.
    return value.encode("utf-8", "replace").decode()


def objects(holder: Object, name: str) -> list[Object]:
    """A list of objects, [] without one. Raises BadRequest."""
    values: list[Any] = _typed(holder, name, list) or []
    return [_typed({name: each}, name, dict) or {} for each in values]


def conversation(session: str, response_id: str) -> str:
    """The session's own id. Requests without one share no history with each other."""
    own = session.rpartition("/sessions/")[2] or response_id
    return own[:_LONGEST_ID] or uuid.uuid4().hex


def filled(values: Object) -> Object:
    """What is not empty: Dialogflow drops a response whole for an empty text in the place of an object."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {}, ())}


def _typed(holder: Object, name: str, kind: type) -> Any:
    value = holder.get(name)
    if value is not None and not isinstance(value, kind):
        raise BadRequest(f"{name} must be {_NAMES[kind]}.")
    return value
