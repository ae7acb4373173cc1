"""Dialogflow's webhook through a real server, as Google calls it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests

from infra.local.model_server import ModelServer
from infra.local.process import ProcessDied
from tendero.catalog.item import CatalogItem
from tendero.catalog.store import Store
from tendero.channels.dialogflow.query import Edition
from tendero.platform.database import Database
from tests.acceptance.served import Served, served, silent_port
from tests.dialogflow_events import CX_NAMES, NAMES, event
from tests.dialogflow_types import taken

SECRET = "correct horse battery"
PRIVATE = "mi tarjeta acaba en cuatro"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="module")
def without_database(folder: Path) -> Iterator[Served]:
    """The function with a secret, and nobody listening where its database should be."""
    url = "postgresql://tendero:hunter22@127.0.0.1:1/tendero"
    with served("webhook", folder, DATABASE_URL=url, DIALOGFLOW_WEBHOOK_SECRET=SECRET) as function:
        yield function


def post(function: Served, path: str = "/", secret: str = SECRET, **more: Any) -> requests.Response:
    headers = {"X-Webhook-Secret": secret, "Content-Type": "application/json", **more.pop("headers", {})}
    return requests.post(function.url + path, headers=headers, timeout=30, **more)


def accepted(response: requests.Response) -> dict[str, Any]:
    """The response, after Google's own message types have taken it without an unknown field."""
    assert response.status_code == 200, response.text
    body = taken(response.content)
    assert body["fulfillmentText"]
    return body


@pytest.mark.parametrize("path", ["/", "/dialogflow", "/api/webhook"])
def test_google_accepts_the_response_at_every_path(without_database: Served, path: str) -> None:
    headers = {"Authorization": "Bearer eyJhbGciOiJSUzI1NiJ9.e30.c2ln", "User-Agent": "Google-Dialogflow"}
    accepted(post(without_database, path, json=event("session_plain"), headers=headers))


@pytest.mark.parametrize("name", NAMES)
def test_every_event_is_answered_even_without_a_database(without_database: Served, name: str) -> None:
    accepted(post(without_database, json=event(name)))


@pytest.mark.parametrize("name", CX_NAMES)
def test_every_event_of_cx_is_answered_in_its_form(without_database: Served, name: str) -> None:
    response = post(without_database, json=event(name))
    assert response.status_code == 200, response.text
    (said,) = taken(response.content, Edition.CX)["fulfillmentResponse"]["messages"]
    assert said["text"]["text"][0]


def nested(levels: int) -> bytes:
    return b'{"queryResult":' * levels + b"1" + b"}" * levels


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"null", 400),
        (b"queryResult=1", 400),
        (b'{"queryResult": {"queryText": "\xff\xfe' + PRIVATE.encode() + b'"}}', 400),
        (b'{"queryResult": {"queryText": "' + PRIVATE.encode() + b'\x00"}}', 400),
        (b'{"queryResult": {"queryText": "' + PRIVATE.encode() + b'\\u0000"}}', 400),
        (b'{"queryResult": {"queryText": ["' + PRIVATE.encode() + b'"]}}', 400),
        (b'{"queryResult": ["' + PRIVATE.encode() + b'"]}', 400),
        (b'{"session": {"a": 1}}', 400),
        (nested(1000), 400),
        (nested(50_000), 400),
        (b'{"queryResult": {"queryText": "' + b"x" * 10_000_000 + b'"}}', 413),
        (b'{"fulfillmentInfo": "a", "text": "' + PRIVATE.encode() + b'"}', 400),
    ],
    ids=lambda value: repr(value)[:45] if isinstance(value, bytes) else str(value),
)
def test_bad_input_gets_a_clear_refusal(without_database: Served, body: bytes, status: int) -> None:
    response = post(without_database, data=body)
    assert response.status_code == status
    told = response.json()
    assert set(told) == {"error", "id"}
    assert told["id"] == response.headers["X-Correlation-Id"]
    assert PRIVATE not in told["error"]


def test_a_form_is_refused(without_database: Served) -> None:
    assert post(without_database, headers={"Content-Type": "text/html"}, data="a").status_code == 415


def test_a_chunked_body_is_read_and_limited_too(without_database: Served) -> None:
    whole = json.dumps(event("session_plain")).encode()
    accepted(post(without_database, data=iter([whole[:100], whole[100:]])))
    assert post(without_database, data=iter([b" " * 1_000_000] * 3)).status_code == 413


@pytest.mark.parametrize("secret", ["", "wrong", SECRET + "x"])
def test_a_wrong_secret_is_refused_whatever_the_body_is(without_database: Served, secret: str) -> None:
    for body in (json.dumps(event("session_plain")).encode(), b"", b"x" * 3_000_000):
        assert post(without_database, secret=secret, data=body).status_code == 401


def test_an_unknown_field_does_no_harm(without_database: Served) -> None:
    accepted(post(without_database, json={**event("session_plain"), "new": [{"a": None}]}))


def test_what_was_sent_is_in_no_log(without_database: Served) -> None:
    post(without_database, json={"queryResult": {"queryText": PRIVATE}, "session": "x/sessions/+34600111222"})
    post(without_database, secret="a wrong but private secret", data=b"{}")
    log = without_database.log
    for private in (PRIVATE, SECRET, "hunter22", "wrong but private", "600111222"):
        assert private not in log
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    assert {"turn answered", "request refused"} <= {line["message"] for line in lines}


def test_health_and_front_page(without_database: Served) -> None:
    health = requests.get(without_database.url + "/health", timeout=30)
    assert (health.status_code, health.json()["status"]) == (503, "down")
    assert requests.head(without_database.url + "/", timeout=30).status_code == 200
    assert requests.options(without_database.url + "/dialogflow", timeout=30).status_code == 204
    assert requests.get(without_database.url + "/nothing", timeout=30).json()["error"]


def test_a_database_that_hangs_holds_up_neither_answers_nor_the_end(folder: Path) -> None:
    with silent_port() as port, ThreadPoolExecutor(50) as callers:
        variables = {
            "DATABASE_URL": f"postgresql://t:t@127.0.0.1:{port}/t",
            "DB_CONNECT_SECONDS": "600",
            "DIALOGFLOW_DEADLINE_SECONDS": "2",
        }
        with served("webhook", folder / "hanging", **variables) as function:
            responses = list(callers.map(lambda _: post(function, json=event("session_plain")), range(50)))
            texts = {accepted(response)["fulfillmentText"] for response in responses}
            assert all("no puedo consultar" in text for text in texts)
            function.process.ask_to_stop()
            with pytest.raises(ProcessDied, match="status 0"):
                function.process.wait_until(lambda: False, seconds=60)


def test_a_setting_that_cannot_be_used_is_named_in_the_log_only(folder: Path) -> None:
    with served("webhook", folder / "unset", DB_PORT="many") as function:
        response = post(function, json=event("session_plain"))
        assert (response.status_code, response.json()["error"]) == (500, "internal error")
        assert "DB_PORT=many: not a number" in function.log


def test_a_slow_model_answers_through_chained_requests(
    db: Database, database_url: str, tmp_path: Path
) -> None:
    lucca = CatalogItem(
        source="woocommerce",
        external_id="1",
        name="Cafetera italiana Lucca",
        currency="EUR",
        price=Decimal("24.90"),
    )
    Store(db, "woocommerce").write([lucca])
    with ModelServer() as model:
        variables = {
            "DATABASE_URL": database_url,
            "OPENAI_API_KEY": "sk-test",
            "OPENAI_BASE_URL": model.base_url,
            "DIALOGFLOW_FOLLOWUP_EVENT": "TENDERO_WAIT",
            "DIALOGFLOW_DEADLINE_SECONDS": "2",
            "EMBEDDER": "local",
        }
        with served("webhook", tmp_path, **variables) as function:
            # The first question of an instance loads what later ones find loaded.
            chain(function, "hola")
            answer = "La Cafetera italiana Lucca cuesta 24,90 €."
            model.control({"reset": True, "script": [{"hang": 2.6, "content": answer}]})
            told, *earlier = chain(function, "¿cuánto cuesta la cafetera italiana?")
    assert accepted(told)["fulfillmentText"].startswith(answer)
    assert earlier


def chain(function: Served, text: str) -> list[requests.Response]:
    """The responses to a message, newest first: Dialogflow asks again as they say, three times at most."""
    body = event("session_plain")
    body["queryResult"]["queryText"] = text
    told = [post(function, json=body)]
    while "followupEventInput" in told[0].json() and len(told) < 3:
        sent = told[0].json()["followupEventInput"]
        body["queryResult"].update(queryText=sent["name"], parameters=sent["parameters"])
        told.insert(0, post(function, json=body))
    return told
