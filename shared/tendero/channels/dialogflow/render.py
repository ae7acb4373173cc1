"""Writes a reply as the body of a response, in the form of the agent's edition."""

from __future__ import annotations

import json

from tendero.assistant.reply import Reply
from tendero.channels.dialogflow import cx_answer, es_answer
from tendero.channels.dialogflow.content import shrinking
from tendero.channels.dialogflow.query import Edition, Query

# The limit is 64 KiB, in both editions.
MOST_BYTES = 65_536
_RESPONSE = {Edition.ES: es_answer.response, Edition.CX: cx_answer.response}


def render(reply: Reply, query: Query) -> bytes:
    """The response body, at most MOST_BYTES: where it is too long, products go first, then text."""
    body = b""
    for content in shrinking(reply):
        response = _RESPONSE[query.edition](content, query)
        body = json.dumps(response, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
        if len(body) <= MOST_BYTES:
            break
    return body
