"""What goes on between the turns of one question: who only waits, the chained request, the held reply."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tendero.assistant.reply import EngineName, Reply
from tendero.catalog.item import Kind, StockStatus
from tendero.catalog.product import Product
from tendero.channels.dialogflow import followup, held
from tendero.channels.dialogflow.followup import Followup
from tendero.channels.dialogflow.nudge import is_nudge, is_same
from tendero.channels.dialogflow.parse import parse
from tendero.channels.dialogflow.query import Query
from tests.dialogflow_events import event
from tests.dialogflow_types import taken

EVENT = "TENDERO_WAIT"
ASKED = Followup(question_id="q-1", turn=1, said="¿Tenéis cafeteras?")
CUP = Product(
    id=7,
    source="woocommerce",
    external_id="107",
    kind=Kind.PRODUCT,
    name="Taza",
    currency="EUR",
    price=Decimal("9.50"),
    stock_quantity=Decimal(4),
)
REPLY = Reply(
    texts=("La taza cuesta 9,50 €.",),
    language="es",
    engine=EngineName.OPENAI,
    outcome="answered",
    products=(CUP,),
    quick_replies=("Ver más",),
)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?",
        "¿?",
        "…",
        "👍",
        "ok",
        "OK!",
        "Vale",
        "¿Y bien?",
        "y entonces",
        "any news?",
        "I'm waiting",
        "E aí?",
        "então",
    ],
)
def test_who_only_waits_asks_for_nothing_new(text: str) -> None:
    assert is_nudge(text)


@pytest.mark.parametrize(
    "text", ["sí", "no", "gracias", "hola", "ok, y tazas?", "¿y la segunda?", "9", "yes", "sim", "tazas"]
)
def test_what_may_mean_something_is_a_message(text: str) -> None:
    assert not is_nudge(text)


def test_the_same_question_is_known_whatever_its_dress() -> None:
    assert is_same("tenéis CAFETERAS", "¿Teneis cafeteras?")
    assert not is_same("¿Tenéis tazas?", "¿Tenéis cafeteras?")


def chained(body: bytes, *, parameters: bool = False, context: bool = False) -> dict[str, Any]:
    """The request that Dialogflow makes of a followup response."""
    sent = json.loads(body)["followupEventInput"]
    request = event("session_plain")
    result = request["queryResult"]
    result["queryText"] = sent["name"]
    result["parameters"] = sent["parameters"] if parameters else {"tendero_question": ""}
    name = f"{request['session']}/contexts/{sent['name'].lower()}"
    if context:
        given = {f"{key}.original": value for key, value in sent["parameters"].items()} | sent["parameters"]
        result["outputContexts"] = [{"name": name, "lifespanCount": 0, "parameters": given}]
    return request


def test_google_takes_the_request_for_another_turn() -> None:
    sent = taken(followup.write(ASKED, EVENT, "es"))["followupEventInput"]
    assert (sent["name"], sent["languageCode"], sent["parameters"]["tendero_turn"]) == (EVENT, "es", 2)


@pytest.mark.parametrize("place", ["parameters", "context"])
def test_a_chained_request_knows_its_question_wherever_the_parameters_come_back(place: str) -> None:
    query = parse(chained(followup.write(ASKED, EVENT, "es"), **{place: True}))
    assert followup.read(query, EVENT) == replace(ASKED, turn=2)
    assert followup.read(query, EVENT.lower()) == replace(ASKED, turn=2)


def test_a_chained_request_that_lost_its_parameters_is_the_last_of_the_chain() -> None:
    query = parse(chained(followup.write(ASKED, EVENT, "es")))
    assert followup.read(query, EVENT) == Followup(question_id="", turn=3, said="")


def test_other_requests_go_on_with_nothing() -> None:
    assert followup.read(parse(event("session_plain")), EVENT) is None
    assert followup.read(parse(event("no_query")), "") is None
    assert followup.read(parse({**event("cx_text"), "text": EVENT}), EVENT) is None


@pytest.mark.parametrize(
    ("value", "turn"), [(2.0, 2), ("2", 2), (0, 1), (99, 3), ("x", 3), (None, 3), ([], 3)]
)
def test_a_turn_is_a_number_from_one_to_three(value: object, turn: int) -> None:
    query = Query(conversation="a", text=EVENT, parameters={"tendero_turn": value})
    read = followup.read(query, EVENT)
    assert read is not None
    assert read.turn == turn


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=20) | st.floats() | st.none()))
def test_any_parameters_are_read(parameters: dict[str, Any]) -> None:
    query = Query(conversation="a", text=EVENT, parameters=parameters, contexts=({"parameters": parameters},))
    assert followup.read(query, EVENT)


def test_a_held_reply_comes_back_with_its_products() -> None:
    stored = json.loads(json.dumps(held.write(REPLY)))
    assert held.product_ids(stored) == [7]
    now = replace(CUP, price=Decimal("9.5000"), stock_quantity=Decimal("4.00"))
    assert held.read(stored, [now]) == replace(REPLY, products=(now,))


@pytest.mark.parametrize(
    "changed",
    [
        {"price": Decimal("9.60")},
        {"stock_quantity": Decimal(3)},
        {"stock_status": StockStatus.OUT_OF_STOCK},
        {"list_price": Decimal(12)},
        {"id": 8},
    ],
)
def test_a_held_reply_whose_facts_have_changed_is_not_said(changed: dict[str, Any]) -> None:
    assert held.read(held.write(REPLY), [replace(CUP, **changed)]) is None
