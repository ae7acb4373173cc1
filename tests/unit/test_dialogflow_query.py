"""Reading Dialogflow's requests: every shape that it sends, and what nobody should send."""

from __future__ import annotations

import copy
from contextlib import suppress
from typing import Any

import pytest
from google.cloud import dialogflowcx_v3
from google.cloud.dialogflow_v2.types import WebhookRequest
from google.protobuf import json_format
from hypothesis import given
from hypothesis import strategies as st

from tendero.channels.dialogflow.parse import parse
from tendero.channels.dialogflow.query import Edition
from tendero.platform.errors import BadRequest
from tests.dialogflow_events import CX_NAMES, NAMES, event

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"unknown_fields"}))
def test_the_example_events_are_what_google_defines(name: str) -> None:
    # v2beta1 has some fields more than v2.
    json_format.ParseDict(event(name), WebhookRequest.pb()(), ignore_unknown_fields=name == "v2beta1")


@pytest.mark.parametrize("name", CX_NAMES)
def test_the_example_events_of_cx_are_what_google_defines(name: str) -> None:
    json_format.ParseDict(event(name), dialogflowcx_v3.WebhookRequest.pb()())


@pytest.mark.parametrize("name", [*NAMES, *CX_NAMES])
def test_every_event_can_be_read(name: str) -> None:
    assert parse(event(name)).edition is (Edition.CX if name in CX_NAMES else Edition.ES)


@pytest.mark.parametrize(
    ("name", "text", "conversation"),
    [
        ("cx_text", "¿Tenéis cafeteras italianas?", "7a51-33"),
        ("cx_environment", "¿Tenéis tazas?", "abc-123"),
        ("cx_transcript", "busco un molinillo", "phone-1"),
        ("cx_dtmf", "2", "phone-2"),
        ("cx_event", "", "new-1"),
        ("cx_intent", "", "new-2"),
    ],
)
def test_words_of_cx_come_from_the_field_that_has_them(name: str, text: str, conversation: str) -> None:
    query = parse(event(name))
    assert (query.text, query.conversation) == (text, conversation)
    assert query.session == event(name)["sessionInfo"]["session"]
    assert query.language == "es"
    assert query.welcome is (name == "cx_event")
    assert query.parameters["product"] == "cafetera"


def test_the_language_that_cx_heard_counts_before_the_agents() -> None:
    body = event("cx_text")
    body["languageInfo"]["resolvedLanguageCode"] = "pt"
    assert parse(body).language == "pt"
    del body["languageInfo"]
    assert parse(body).language == "es"


def test_a_chat_window_is_known_by_its_session() -> None:
    assert [name for name in (*NAMES, *CX_NAMES) if parse(event(name)).in_messenger] == [
        "session_environment",
        "cx_messenger",
    ]


@pytest.mark.parametrize(
    ("name", "conversation"),
    [
        ("session_plain", "3f1c9a52-7d0e-4b8e-9c55-0f1d2b7a6e10"),
        ("session_environment", "dfMessenger-10394857"),
        ("session_location", "whatsapp:+34600111222"),
        ("session_location_environment", "abc123"),
    ],
)
def test_each_shape_of_session_gives_its_last_segment(name: str, conversation: str) -> None:
    query = parse(event(name))
    assert query.conversation == conversation
    assert query.session == event(name)["session"]


def test_requests_without_a_session_share_no_conversation() -> None:
    first, second = parse(event("minimal")), parse(event("minimal"))
    assert first.session == ""
    assert first.conversation != second.conversation
    assert parse({"responseId": "r-1"}).conversation == "r-1"


def test_a_session_of_another_shape_is_a_conversation_but_no_place_for_contexts() -> None:
    query = parse({"session": "my-own-session"})
    assert (query.conversation, query.session) == ("my-own-session", "")


@pytest.mark.parametrize("name", ["welcome_event", "welcome_telegram_start", "empty_text", "no_query"])
def test_an_event_without_words_has_no_text(name: str) -> None:
    assert parse(event(name)).text == ""


def test_a_question_that_meets_the_welcome_intent_keeps_its_words() -> None:
    body = event("welcome_event")
    body["queryResult"]["queryText"] = "hola, ¿tenéis tazas?"
    assert parse(body).text == "hola, ¿tenéis tazas?"


def test_language_source_and_contexts_come_along() -> None:
    query = parse(event("source_telegram"))
    assert (query.language, query.source, query.text) == ("es", "telegram", "Quiero una cafetera")
    assert len(parse(event("with_contexts")).contexts) == 6


def test_null_counts_as_missing() -> None:
    assert parse(event("null_fields")).text == "tazas?"
    assert parse({"queryResult": None, "session": None, "originalDetectIntentRequest": None}).text == ""


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("session", 5),
        ("responseId", {}),
        ("queryResult", "text"),
        ("queryResult", []),
        ("queryResult.queryText", 12),
        ("queryResult.queryText", ["a"]),
        ("queryResult.languageCode", {"code": "es"}),
        ("queryResult.action", False),
        ("queryResult.outputContexts", {}),
        ("queryResult.outputContexts", ["text"]),
        ("originalDetectIntentRequest", "telegram"),
        ("originalDetectIntentRequest.source", 1),
    ],
)
def test_a_wrong_type_is_refused_by_the_fields_name(path: str, value: object) -> None:
    body = copy.deepcopy(event("session_plain"))
    *way, name = path.split(".")
    holder = body
    for step in way:
        holder = holder[step]
    holder[name] = value
    with pytest.raises(BadRequest, match=f"^{name} must be "):
        parse(body)


@pytest.mark.parametrize(
    ("name", "value"),
    [("text", 5), ("transcript", []), ("sessionInfo", "x"), ("fulfillmentInfo", 1), ("languageInfo", [])],
)
def test_a_wrong_type_of_cx_is_refused_by_the_fields_name(name: str, value: object) -> None:
    with pytest.raises(BadRequest, match=f"^{name} must be "):
        parse({**event("cx_text"), name: value})


def test_halves_of_surrogate_pairs_are_replaced() -> None:
    assert parse({"queryResult": {"queryText": "a\ud83d b"}}).text == "a? b"


@given(_JSON, st.sampled_from(["session", "queryResult", "originalDetectIntentRequest", "responseId", "x"]))
def test_any_value_at_the_top_is_read_or_refused(value: Any, name: str) -> None:
    with suppress(BadRequest):
        parse({**event("session_plain"), name: value})


@given(st.dictionaries(st.sampled_from(["queryText", "languageCode", "outputContexts", "action"]), _JSON))
def test_any_query_result_is_read_or_refused(result: dict[str, Any]) -> None:
    with suppress(BadRequest):
        query = parse({"queryResult": result})
        query.text.encode()


@given(st.sampled_from([*event("cx_text"), "triggerEvent", "dtmfDigits"]), _JSON)
def test_any_value_of_cx_is_read_or_refused(name: str, value: Any) -> None:
    with suppress(BadRequest):
        parse({**event("cx_text"), name: value}).text.encode()
