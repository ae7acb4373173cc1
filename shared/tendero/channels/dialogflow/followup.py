"""Asks Dialogflow ES to ask again: an event in the response starts the next of the turn's intent matches.

https://cloud.google.com/dialogflow/es/docs/events-custom: three matches at most for each message of a
customer, and each webhook call has its own deadline.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tendero.channels.dialogflow.fields import Object
from tendero.channels.dialogflow.query import Edition, Query

MOST_TURNS = 3
QUESTION = "tendero_question"
_TURN, _SAID = "tendero_turn", "tendero_said"


@dataclass(frozen=True, slots=True, kw_only=True)
class Followup:
    """A question that is still being worked on. `turn` counts the requests for it, from 1.

    `question_id` is "" where Dialogflow did not hand it on: then the conversation's newest one is meant.
    `said` is the customer's message, for the history.
    """

    question_id: str
    turn: int
    said: str


def read(query: Query, event: str) -> Followup | None:
    """What a request with this event goes on with; None for one that is no such request.

    The words of such a request are the event's name. Where its parameters come back depends on how the
    intent is set up: in its own parameters, or only in the context named as the event.
    """
    if not event or query.edition is not Edition.ES or query.text.casefold() != event.casefold():
        return None
    found: Object = {}
    for parameters in _all_parameters(query):
        found = {**{name: value for name, value in parameters.items() if value not in (None, "")}, **found}
    question, said = found.get(QUESTION), found.get(_SAID)
    return Followup(
        question_id=question if isinstance(question, str) else "",
        turn=_turn(found.get(_TURN)),
        said=said if isinstance(said, str) else "",
    )


def write(followup: Followup, event: str, language: str) -> bytes:
    """The body of the response that makes Dialogflow ask again, as the next turn."""
    parameters = {QUESTION: followup.question_id, _TURN: followup.turn + 1, _SAID: followup.said}
    # The language is required, and ignored: that of the conversation stays.
    said = {"name": event, "parameters": parameters, "languageCode": language}
    return json.dumps({"followupEventInput": said}, ensure_ascii=False).encode("utf-8", "replace")


def _all_parameters(query: Query) -> Iterator[Object]:
    yield query.parameters
    for context in query.contexts:
        parameters = context.get("parameters")
        if isinstance(parameters, dict):
            yield parameters


def _turn(value: Any) -> int:
    """Dialogflow's numbers are floating; one that was lost is the last, so that the chain ends."""
    try:
        return min(max(int(float(value)), 1), MOST_TURNS)
    except (TypeError, ValueError, OverflowError):
        return MOST_TURNS
