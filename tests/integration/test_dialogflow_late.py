"""A model that needs longer than Dialogflow waits: chained turns, holding sentences, late answers."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from flask import Flask

from infra.local.model_server.server import ModelServer
from tendero.assistant import memory
from tendero.assistant.engines import Engines
from tendero.assistant.model import ChatClient
from tendero.assistant.reply import EngineName, Reply
from tendero.assistant.thought import Thought
from tendero.catalog.product import Product
from tendero.channels.dialogflow import held
from tendero.channels.dialogflow.followup import MOST_TURNS
from tendero.channels.parts import Parts
from tendero.channels.webhook import Webhook
from tendero.people import late_answers
from tendero.people.conversations import ConversationRef
from tendero.people.late_answers import LateAnswer
from tendero.platform.database import Database, Row
from tendero.platform.incoming import answer
from tendero.platform.secrets import Secrets
from tendero.platform.settings import Settings
from tendero.platform.sql import Query
from tests.dialogflow_events import event
from tests.integration.assistant_shop import Counter, fill

EVENT = "TENDERO_WAIT"
ROMA = "Cafetera espresso Roma"
QUESTION = "¿cuánto cuesta la cafetera espresso?"
OTHER = "¿tenéis molinillos?"
TRUE = f"La {ROMA} cuesta 189,00 € y queda 1 unidad."
FALSE = f"La {ROMA} cuesta solo 99 €."
CONVERSATION = ConversationRef("dialogflow", event("session_plain")["session"].rpartition("/")[2])
_app = Flask(__name__)


@dataclass
class Instance:
    """One instance of the function: a memory of its own over the database of all."""

    db: Database
    server: ModelServer
    rows: tuple[Product, ...]
    followup: bool = False
    seconds: float = 1.5
    webhook: Webhook = field(init=False)

    def __post_init__(self) -> None:
        settings = Settings(
            openai_api_key="sk-test",
            openai_base_url=self.server.base_url,
            dialogflow_deadline_seconds=self.seconds,
            dialogflow_followup_event=EVENT if self.followup else "",
        )
        model = ChatClient(settings, Secrets(settings, environment={}))
        # Loading the SDK takes longer than these turns have.
        model.prepare()
        counter = Counter(self.db, settings, model, self.rows)
        parts = Parts(settings, self.db, Engines(self.db, settings, counter.assistant))
        self.webhook = Webhook(settings, Secrets(settings, environment={}), lambda *_: parts)

    def send(self, body: dict[str, Any]) -> dict[str, Any]:
        with _app.test_request_context("/", method="POST", json=body) as context:
            response = answer(self.webhook)(context.request)
        assert response.status_code == 200
        told: dict[str, Any] = json.loads(response.data)
        return told

    def ask(self, text: str) -> dict[str, Any]:
        return self.send(request(text))


def request(text: str, **parameters: Any) -> dict[str, Any]:
    body = event("session_plain")
    body["queryResult"].update(queryText=text, parameters=parameters, languageCode="es")
    return body


def chained(response: dict[str, Any]) -> dict[str, Any]:
    """What Dialogflow asks after a response with an event."""
    sent = response["followupEventInput"]
    return request(sent["name"], **json.loads(json.dumps(sent["parameters"]), parse_int=float))


def to_the_end(first: Instance, second: Instance, text: str) -> tuple[int, dict[str, Any]]:
    """As Dialogflow does it: the first instance is asked, then the second one, three times at most."""
    turns, response = 1, first.ask(text)
    while "followupEventInput" in response and turns < MOST_TURNS:
        turns, response = turns + 1, second.send(chained(response))
    return turns, response


def rows_of(db: Database, table: str) -> list[Row]:
    order = "asked_at" if table == "late_answers" else "id"
    return db.fetch(Query.parse("rows", f"select * from {table} order by {order}"))


def said(db: Database) -> list[str]:
    return [row["content"] for row in rows_of(db, "messages")]


def wait_for_late(db: Database) -> None:
    """Until the late answer is stored."""
    for _ in range(600):
        if rows_of(db, "late_answers"):
            return
        time.sleep(0.05)
    pytest.fail("no late answer was stored")


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


@pytest.fixture
def rows(db: Database) -> tuple[Product, ...]:
    return fill(db)


@pytest.mark.parametrize("elsewhere", [False, True], ids=["same instance", "another instance"])
def test_a_slow_model_answers_in_a_later_turn_of_the_chain(
    db: Database, server: ModelServer, rows: tuple[Product, ...], elsewhere: bool
) -> None:
    server.control([{"hang": 2.0, "content": TRUE}])
    first = Instance(db, server, rows, followup=True)
    second = Instance(db, server, rows, followup=True) if elsewhere else first
    turns, response = to_the_end(first, second, QUESTION)
    assert turns > 1
    assert response["fulfillmentText"] == TRUE
    assert response["payload"]["tendero"]["products"][0]["name"] == ROMA
    assert said(db) == [QUESTION, TRUE]
    assert len(server.requests) == 1
    assert [row["prompt_tokens"] > 0 for row in rows_of(db, "agent_logs")] == [True, False]
    assert rows_of(db, "late_answers") == []


def test_at_the_end_of_the_chain_the_customer_is_held_off_and_answered_next_time(
    db: Database, server: ModelServer, rows: tuple[Product, ...]
) -> None:
    server.control([{"hang": 4.4, "content": TRUE}])
    instance = Instance(db, server, rows, followup=True)
    turns, response = to_the_end(instance, instance, QUESTION)
    assert turns == MOST_TURNS
    # What the templates know is given already.
    drafted, holding = (message["text"]["text"][0] for message in response["fulfillmentMessages"])
    assert "189,00 €" in drafted
    assert holding.startswith("Sigo buscando…")
    _, response = to_the_end(instance, instance, "¿y bien?")
    assert response["fulfillmentText"] == TRUE
    assert said(db)[2:] == ["¿y bien?", TRUE]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("¿tenéis tazas?", "Sigo buscando…"),
        ("do you have any cups?", "I'm still"),
        ("vocês têm xícaras?", "Ainda"),
    ],
)
def test_an_instance_that_knows_nothing_holds_the_customer_off(
    db: Database, server: ModelServer, text: str, sentence: str
) -> None:
    instance = Instance(db, server, (), followup=True, seconds=0.6)
    parameters = {"tendero_question": "of another instance", "tendero_turn": 3.0, "tendero_said": text}
    response = instance.send(request(EVENT, **parameters))
    assert response["fulfillmentText"].startswith(sentence)
    assert said(db) == [text, response["fulfillmentText"]]


def test_a_model_that_fails_in_the_chain_leaves_the_word_to_the_templates(
    db: Database, server: ModelServer, rows: tuple[Product, ...]
) -> None:
    server.control([{"hang": 1.7, "content": FALSE}, {"content": FALSE}])
    instance = Instance(db, server, rows, followup=True)
    _, response = to_the_end(instance, instance, QUESTION)
    assert response["payload"]["tendero"]["engine"] == "templates"
    assert "189,00 €" in response["fulfillmentText"]
    assert "99" not in response["fulfillmentText"].replace("189", "")


def stored_late(db: Database, rows: tuple[Product, ...]) -> None:
    """As an instance leaves it: the templates have answered, and the model's answer lies in the database."""
    roma = tuple(product for product in rows if product.name == ROMA)
    reply = Reply(texts=("189,00 €",), language="es", engine=EngineName.TEMPLATES, outcome="answered")
    late = replace(reply, texts=(TRUE,), engine=EngineName.OPENAI, products=roma)
    answer = LateAnswer(question_id="q", question=QUESTION, answer=held.write(late), age=3.0)
    with db.transaction() as transaction:
        added = memory.add(transaction, CONVERSATION, Thought(message=QUESTION, reply=reply))
        late_answers.put(transaction, added.conversation_id, answer)


def test_a_late_answer_is_kept_for_the_next_message(
    db: Database, server: ModelServer, rows: tuple[Product, ...]
) -> None:
    server.control([{"hang": 1.7, "content": TRUE}])
    told = Instance(db, server, rows).ask(QUESTION)
    assert told["payload"]["tendero"]["engine"] == "templates"
    wait_for_late(db)
    told = Instance(db, server, rows).ask("?")
    assert told["fulfillmentText"] == TRUE
    assert said(db)[2:] == ["?", TRUE]


@pytest.mark.parametrize("text", ["?", "Ok", QUESTION.upper(), ""])
def test_a_late_answer_is_given_once_to_who_waits_for_it(
    db: Database, server: ModelServer, rows: tuple[Product, ...], text: str
) -> None:
    stored_late(db, rows)
    told = Instance(db, server, rows).ask(text)
    assert told["fulfillmentText"] == TRUE
    assert told["outputContexts"][-1]["parameters"]["productIds"]
    assert said(db)[2:] == [text, TRUE]
    assert rows_of(db, "late_answers") == []
    assert server.requests == []


def test_a_new_question_is_answered_and_the_late_answer_dropped(
    db: Database, server: ModelServer, rows: tuple[Product, ...]
) -> None:
    stored_late(db, rows)
    instance = Instance(db, server, rows)
    assert TRUE not in instance.ask(OTHER)["fulfillmentText"]
    assert rows_of(db, "late_answers") == []
    assert TRUE not in instance.ask("ok")["fulfillmentText"]


@pytest.mark.parametrize(
    "change",
    [
        "update late_answers set asked_at = asked_at - interval '10 minutes'",
        f"update products set price = 175 where name = '{ROMA}'",
        f"update products set is_active = false where name = '{ROMA}'",
        "insert into messages (conversation_id, role, content)"
        " select id, 'customer', 'hola' from conversations",
    ],
    ids=["too old", "another price", "off sale", "another message since"],
)
def test_a_late_answer_that_no_longer_holds_is_not_given(
    db: Database, server: ModelServer, rows: tuple[Product, ...], change: str
) -> None:
    stored_late(db, rows)
    instance = Instance(db, server, rows)
    db.execute(Query.parse("change", change))
    assert TRUE not in instance.ask("?")["fulfillmentText"]


def test_who_asks_again_while_the_model_works_is_not_charged_twice(
    db: Database, server: ModelServer, rows: tuple[Product, ...]
) -> None:
    server.control([{"hang": 2.0, "content": TRUE}])
    instance = Instance(db, server, rows)
    instance.ask(QUESTION)
    assert instance.ask(QUESTION)["fulfillmentText"] == TRUE
    assert len(server.requests) == 1


def test_a_false_late_answer_is_counted_but_never_told(
    db: Database, server: ModelServer, rows: tuple[Product, ...]
) -> None:
    server.control([{"hang": 1.7, "content": FALSE}, {"content": FALSE}])
    instance = Instance(db, server, rows)
    instance.ask(QUESTION)
    assert "99 €" not in instance.ask("?")["fulfillmentText"]
    assert rows_of(db, "late_answers") == []
    (failed,) = [row for row in rows_of(db, "agent_logs") if row["outcome"] == "failed"]
    assert failed["prompt_tokens"] > 0


def test_cx_gets_its_late_answer_with_the_next_message(
    db: Database, server: ModelServer, rows: tuple[Product, ...]
) -> None:
    server.control([{"hang": 1.7, "content": TRUE}])
    instance = Instance(db, server, rows, followup=True)
    told = instance.send({**event("cx_text"), "text": QUESTION})
    assert told["payload"]["tendero"]["engine"] == "templates"
    wait_for_late(db)
    told = instance.send({**event("cx_text"), "text": "ok"})
    assert told["fulfillmentResponse"]["messages"] == [{"text": {"text": [TRUE]}}]


def test_sixty_customers_at_once_are_all_answered_while_the_model_hangs(
    db: Database, server: ModelServer, rows: tuple[Product, ...]
) -> None:
    server.control({"mode": {"hang": 30}})
    instance = Instance(db, server, rows, followup=True)

    def asked(number: int) -> dict[str, Any]:
        return instance.send({**request(QUESTION), "session": f"projects/p/agent/sessions/{number}"})

    with ThreadPoolExecutor(60) as callers:
        responses = list(callers.map(asked, range(60)))
    assert all("followupEventInput" in each or each["fulfillmentText"] for each in responses)


def test_without_a_session_nothing_is_kept_for_later(
    db: Database, server: ModelServer, rows: tuple[Product, ...]
) -> None:
    server.control([{"hang": 20, "content": TRUE}])
    instance = Instance(db, server, rows, followup=True, seconds=0.6)
    body = request(QUESTION)
    del body["session"]
    assert instance.send(body)["fulfillmentText"]
