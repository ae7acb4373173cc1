"""Reads a webhook request of Dialogflow ES, v2 or v2beta1.

https://github.com/googleapis/googleapis/blob/master/google/cloud/dialogflow/v2/webhook.proto says what may be
in it. Fields may be missing or null, and new ones come without notice; one of a wrong type is refused.
"""

from __future__ import annotations

import re

from tendero.channels.dialogflow.fields import Object, a_text, an_object, conversation, objects
from tendero.channels.dialogflow.query import Query, is_welcome

# projects/P[/locations/L]/agent[/environments/E/users/U]/sessions/S
_SESSION = re.compile(
    r"projects/[^/]+(?:/locations/[^/]+)?/agent(?:/environments/[^/]+/users/[^/]+)?/sessions/[^/]+"
)


def read(body: Object) -> Query:
    """The query in a request's JSON. Raises BadRequest naming the field that has a wrong type."""
    session = a_text(body, "session")
    result = an_object(body, "queryResult")
    text = a_text(result, "queryText").strip()
    welcome = is_welcome(text)
    a_text(result, "action")
    return Query(
        session=session if _SESSION.fullmatch(session) else "",
        conversation=conversation(session, a_text(body, "responseId")),
        lasting=bool(session),
        text="" if welcome else text,
        welcome=welcome,
        language=a_text(result, "languageCode") or None,
        source=a_text(an_object(body, "originalDetectIntentRequest"), "source").lower(),
        contexts=tuple(objects(result, "outputContexts")),
        parameters=an_object(result, "parameters"),
    )
