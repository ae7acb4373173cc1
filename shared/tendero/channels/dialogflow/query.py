"""Reads a Dialogflow ES webhook request, v2 or v2beta1.

https://github.com/googleapis/googleapis/blob/master/google/cloud/dialogflow/v2/webhook.proto says what may be
in it. Fields may be missing or null, and new ones come without notice; one of a wrong type is refused.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import Any

from tendero.platform.errors import BadRequest

Object = dict[str, Any]

# projects/P[/locations/L]/agent[/environments/E/users/U]/sessions/S
_SESSION = re.compile(
    r"projects/[^/]+(?:/locations/[^/]+)?/agent(?:/environments/[^/]+/users/[^/]+)?/sessions/[^/]+"
)
# The integrations send their welcome event's name, Telegram the command of its start button.
_WELCOME = re.compile(r"(?:[A-Z]+_)*WELCOME|/start")
_LONGEST_ID = 250
_NAMES: dict[type, str] = {dict: "an object", list: "a list", str: "a text"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a customer said, and where.

    `session` is the full path for contexts, "" when the request has none that Dialogflow would send;
    `conversation` the id of the conversation. `text` is "" for the welcome event and others without words.
    `language` is the language of the agent, not of the text. `source` names the integration (`telegram`), ""
    for direct calls. `contexts` are the active contexts as they came.
    """

    session: str = ""
    conversation: str
    text: str = ""
    language: str | None = None
    source: str = ""
    contexts: tuple[Object, ...] = ()


def parse(body: Object) -> Query:
    """The query in a request's JSON. Raises BadRequest naming the field that has a wrong type."""
    if "fulfillmentInfo" in body and "queryResult" not in body:
        raise BadRequest("This is a request of Dialogflow CX. Use an agent of Dialogflow ES.")
    session = _text(body, "session")
    result = _object(body, "queryResult")
    text = _text(result, "queryText").strip()
    _text(result, "action")
    return Query(
        session=session if _SESSION.fullmatch(session) else "",
        conversation=_conversation(session, _text(body, "responseId")),
        text="" if _WELCOME.fullmatch(text) else text,
        language=_text(result, "languageCode") or None,
        source=_text(_object(body, "originalDetectIntentRequest"), "source").lower(),
        contexts=tuple(_objects(result, "outputContexts")),
    )


def _conversation(session: str, response_id: str) -> str:
    """The session's own id. Requests without one share no history with each other."""
    own = session.rpartition("/sessions/")[2] or response_id
    return own[:_LONGEST_ID] or uuid.uuid4().hex


def _object(holder: Object, name: str) -> Object:
    value: Object = _typed(holder, name, dict) or {}
    return value


def _text(holder: Object, name: str) -> str:
    value: str = _typed(holder, name, str) or ""
    # JSON can hold halves of surrogate pairs, which neither PostgreSQL nor UTF-8 takes.
    return value.encode("utf-8", "replace").decode()


def _objects(holder: Object, name: str) -> list[Object]:
    values: list[Any] = _typed(holder, name, list) or []
    return [_typed({name: each}, name, dict) or {} for each in values]


def _typed(holder: Object, name: str, kind: type) -> Any:
    value = holder.get(name)
    if value is not None and not isinstance(value, kind):
        raise BadRequest(f"{name} must be {_NAMES[kind]}.")
    return value
