"""Reads a webhook request of Dialogflow CX.

https://github.com/googleapis/googleapis/blob/master/google/cloud/dialogflow/cx/v3/webhook.proto says what may
be in it. Of `text`, `transcript`, `dtmfDigits`, `triggerIntent` and `triggerEvent` there is one.
"""

from __future__ import annotations

import re

from tendero.channels.dialogflow.fields import Object, a_text, an_object, conversation
from tendero.channels.dialogflow.query import Edition, Query, is_welcome

# projects/P/locations/L/agents/A[/environments/E]/sessions/S
_SESSION = re.compile(r"projects/[^/]+/locations/[^/]+/agents/[^/]+(?:/environments/[^/]+)?/sessions/[^/]+")
_WORDS = ("text", "transcript", "dtmfDigits")


def read(body: Object) -> Query:
    """The query in a request's JSON. Raises BadRequest naming the field that has a wrong type."""
    info = an_object(body, "sessionInfo")
    session = a_text(info, "session")
    said = next(filter(None, [a_text(body, name).strip() for name in _WORDS]), "")
    a_text(body, "triggerIntent")
    event = a_text(body, "triggerEvent")
    a_text(an_object(body, "fulfillmentInfo"), "tag")
    welcome = is_welcome(said or event)
    spoken = a_text(an_object(body, "languageInfo"), "resolvedLanguageCode")
    return Query(
        edition=Edition.CX,
        session=session if _SESSION.fullmatch(session) else "",
        conversation=conversation(session, a_text(body, "detectIntentResponseId")),
        lasting=bool(session),
        text="" if welcome else said,
        welcome=welcome,
        language=spoken or a_text(body, "languageCode") or None,
        parameters=an_object(info, "parameters"),
    )
