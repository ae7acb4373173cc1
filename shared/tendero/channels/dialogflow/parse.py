"""Tells which edition of Dialogflow a request is of, and reads it."""

from __future__ import annotations

from tendero.channels.dialogflow import cx_query, es_query
from tendero.channels.dialogflow.fields import Object
from tendero.channels.dialogflow.query import Query

_ONLY_CX = ("fulfillmentInfo", "detectIntentResponseId", "sessionInfo")


def parse(body: Object) -> Query:
    """The query in a request's JSON. Raises BadRequest naming the field that has a wrong type."""
    if "queryResult" not in body and any(name in body for name in _ONLY_CX):
        return cx_query.read(body)
    return es_query.read(body)
