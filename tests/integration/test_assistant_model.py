"""Turns with a model: what it says is proved, and however it fails the customer is answered in time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from infra.local.model_server.server import ModelServer
from tendero.assistant.asked import Asked
from tendero.assistant.keep import answer
from tendero.assistant.reply import EngineName
from tendero.people.conversations import ConversationRef
from tendero.platform.database import Database
from tendero.platform.deadline import Deadline
from tendero.platform.settings import Settings
from tests.integration.assistant_shop import Counter, fill

ROMA = "Cafetera espresso Roma"
QUESTION = "¿cuánto cuesta la cafetera espresso?"
TRUE = f"La {ROMA} cuesta 189,00 € y queda 1 unidad."
FALSE = f"La {ROMA} cuesta solo 99 €."


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer(api_key="sk-test") as running:
        yield running


def settings(server: ModelServer, **more: str) -> Settings:
    return Settings.load(
        {
            "OPENAI_API_KEY": "sk-test",
            "OPENAI_BASE_URL": server.base_url,
            "WOOCOMMERCE_URL": "https://shop.example",
            "DB_POOL_SIZE": "5",
            **more,
        }
    )


@pytest.fixture
def counter(db: Database, server: ModelServer) -> Counter:
    return Counter(db, settings(server), rows=fill(db))


def script(server: ModelServer, *steps: dict[str, Any]) -> None:
    server.control({"reset": True, "script": list(steps)})


def last_messages(server: ModelServer) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = server.requests[-1]["body"]["messages"]
    return messages


def test_most_questions_need_one_call_since_the_rows_are_in_the_first_prompt(
    counter: Counter, server: ModelServer
) -> None:
    reply = counter.ask("¿tienen cafeteras?")
    assert reply.engine is EngineName.OPENAI
    assert reply.usage.calls == 1
    assert reply.usage.prompt_tokens > 0
    assert "24,90 €" in reply.texts[0]
    assert [each.name for each in reply.products][-1] == ROMA
    assert len(server.requests) == 1


def test_the_request_is_the_portable_subset(counter: Counter, server: ModelServer) -> None:
    counter.ask("¿tienen cafeteras?")
    body = server.requests[0]["body"]
    assert set(body) == {"model", "messages", "tools", "max_tokens", "temperature"}
    assert [each["role"] for each in body["messages"]] == ["system", "user"]
    assert body["messages"][1]["content"].endswith("\n\n¿tienen cafeteras?")


def test_history_and_shown_products_reach_the_model(counter: Counter, server: ModelServer) -> None:
    counter.ask("¿tienen cafeteras?")
    counter.ask("¿y la segunda?")
    first = next(each["body"]["messages"] for each in server.requests[1:])
    assert [each["role"] for each in first] == ["system", "user", "assistant", "user"]
    data = json.loads(first[-1]["content"].split("\n\n")[0])["shop_software"]
    names = [each["name"] for each in (*data["rows"], *data.get("shown_before", []))]
    assert "Cafetera de émbolo Oslo 1 L" in names


def test_a_tool_call_is_run_and_logged(counter: Counter, server: ModelServer) -> None:
    script(
        server,
        {"tool_calls": [{"name": "search_local_products", "arguments": {"query": "molinillo"}}]},
        {"content": "El Molinillo eléctrico Volta cuesta 64,00 €."},
    )
    reply = counter.ask("algo para moler")
    assert [each.name for each in reply.products] == ["Molinillo eléctrico Volta"]
    (row,) = counter.logged()
    assert row["tool_calls"] == [{"name": "search_local_products", "arguments": {"query": "molinillo"}}]
    assert (row["engine"], row["model"], row["outcome"]) == ("openai", "gpt-4o-mini", "answered")


@pytest.mark.parametrize(
    "call",
    [
        {"name": "no_such_tool", "arguments": "{}"},
        {"name": "search_local_products", "arguments": "{broken"},
        {"name": "search_local_products", "arguments": ""},
        {"name": "get_live_product_details", "arguments": {"product_id": "x"}},
        {"name": "search_local_products", "arguments": {"query": "cafetera"}, "raw": True},
    ],
)
def test_every_tool_call_is_answered_whatever_it_holds(
    counter: Counter, server: ModelServer, call: dict[str, Any]
) -> None:
    script(server, {"tool_calls": [call, call]}, {"content": TRUE})
    assert counter.ask(QUESTION).texts == (TRUE,)
    assert [each["role"] for each in last_messages(server)[-3:]] == ["assistant", "tool", "tool"]


def test_a_wrong_price_is_repaired_once(counter: Counter, server: ModelServer) -> None:
    script(server, {"content": FALSE}, {"content": TRUE})
    reply = counter.ask(QUESTION)
    assert reply.texts == (TRUE,)
    assert reply.usage.calls == 2
    assert "99 €" in last_messages(server)[-1]["content"]


@pytest.mark.parametrize(
    "said",
    [
        FALSE,
        f"La {ROMA}: quedan 50 unidades.",
        "Te recomiendo la **Cafetera Turbo 3000** por 189,00 €.",
        f"{ROMA}: compra en https://evil.example/oferta",
        f"{ROMA} con un 20 % de descuento.",
    ],
)
def test_what_stays_wrong_is_never_sent(counter: Counter, server: ModelServer, said: str) -> None:
    script(server, {"content": said}, {"content": said})
    reply = counter.ask(QUESTION)
    assert reply.engine is EngineName.TEMPLATES
    assert "189,00 €" in reply.texts[0]
    assert said not in reply.texts[0]
    assert any("not proved" in note for note in reply.notes)


def test_markdown_is_taken_out(counter: Counter, server: ModelServer) -> None:
    url = counter.named(ROMA).url
    script(server, {"content": f"**{ROMA}**: 189,00 €. [Ver]({url})"})
    assert counter.ask(QUESTION).texts == (f"{ROMA}: 189,00 €. Ver: {url}",)


def test_with_the_shop_down_the_models_reply_says_that_it_is_the_last_record(
    counter: Counter, server: ModelServer
) -> None:
    counter.live.down = True
    script(server, {"content": TRUE})
    assert "último registro" in counter.ask(QUESTION).texts[0]


@pytest.mark.parametrize(
    "step",
    [
        {"hang": 30},
        {"drip": 0.05},
        {"broken_json": True},
        {"html": True},
        {"cut": True},
        {"status": 429, "code": "rate_limit_exceeded", "retry_after": 60},
        {"status": 500},
        {"status": 503, "html": True},
        {"status": 400},
        {"status": 401},
        {"status": 404},
        {"content": ""},
        {"content": "x", "finish_reason": "content_filter"},
        {"content": "La cafetera que bus", "finish_reason": "length"},
        {"refusal": "no"},
        {"tool_calls": [{"name": "search_local_products", "arguments": {"query": "taza"}}]},
    ],
    ids=lambda step: "-".join(map(str, step)) + str(step.get("status", "")),
)
def test_however_the_model_fails_the_templates_answer_in_time(
    counter: Counter, server: ModelServer, step: dict[str, Any]
) -> None:
    counter.ask("hola")
    server.control({"reset": True, "mode": step})
    deadline = Deadline(1.5)
    reply = counter.ask(QUESTION, seconds=1.5)
    assert not deadline.expired
    assert reply.engine is EngineName.TEMPLATES
    assert "189,00 €" in reply.texts[0]
    assert reply.notes
    assert counter.logged()[-1]["engine"] == "templates"


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_short_failure_is_tried_once_more(counter: Counter, server: ModelServer, status: int) -> None:
    script(server, {"status": status, "retry_after": 0.05}, {"content": TRUE})
    assert counter.ask(QUESTION).texts == (TRUE,)
    assert len(server.requests) == 2


def test_a_429_about_money_is_not_tried_again_and_alerts(
    counter: Counter, server: ModelServer, capfd: pytest.CaptureFixture[str]
) -> None:
    script(server, {"status": 429, "code": "insufficient_quota"})
    reply = counter.ask(QUESTION)
    assert reply.engine is EngineName.TEMPLATES
    assert len(server.requests) == 1
    output = "".join(capfd.readouterr())
    assert '"severity": "ERROR"' in output
    assert "not paid" in output


def test_a_broken_model_is_not_waited_for_by_every_customer(counter: Counter, server: ModelServer) -> None:
    server.control({"reset": True, "mode": {"status": 500}})
    for _ in range(7):
        counter.ask(QUESTION, seconds=1.0)
    asked = len(server.requests)
    counter.ask(QUESTION, seconds=1.0)
    assert len(server.requests) == asked


def test_with_a_hanging_model_fifty_customers_at_once_are_answered(db: Database, server: ModelServer) -> None:
    rows = fill(db)
    counter = Counter(db, settings(server), rows=rows)
    counter.ask("hola")
    server.control({"reset": True, "mode": {"hang": 30}})

    def customer(number: int) -> bool:
        deadline = Deadline(4.0)
        asked = Asked(QUESTION, ConversationRef("dialogflow", f"customer-{number}"))
        reply = answer(counter.assistant, db, asked, deadline)
        return "189,00 €" in reply.texts[0] and not deadline.expired

    with ThreadPoolExecutor(50) as threads:
        assert all(threads.map(customer, range(50)))


def test_a_key_that_is_rotated_is_used_at_the_next_request(db: Database, server: ModelServer) -> None:
    class Vault:
        key = "sk-old"

        def get(self, name: str) -> str:
            return self.key

    from tendero.assistant.model import ChatClient

    vault = Vault()
    configured = settings(server, OPENAI_API_KEY="")
    counter = Counter(db, configured, model=ChatClient(configured, vault), rows=fill(db))
    assert counter.ask(QUESTION).engine is EngineName.TEMPLATES
    vault.key = "sk-test\n"
    assert counter.ask(QUESTION).engine is EngineName.OPENAI
    vault.key = ""
    assert counter.ask(QUESTION).engine is EngineName.TEMPLATES


@pytest.mark.parametrize(
    "model", ["gpt-4.1-mini", "gpt-5-nano", "gpt-5.4-mini", "gpt-5.5", "gpt-5.6-luna", "o4-mini"]
)
def test_every_family_accepts_what_it_is_sent(db: Database, server: ModelServer, model: str) -> None:
    counter = Counter(db, settings(server, OPENAI_MODEL=model), rows=fill(db))
    reply = counter.ask("¿tienen cafeteras?")
    assert reply.engine is EngineName.OPENAI, reply.notes


def test_instructions_in_the_catalogue_do_not_reach_the_customer(db: Database, server: ModelServer) -> None:
    rows = fill(db)
    counter = Counter(db, settings(server), rows=rows)
    script(server, {"content": f"{ROMA} gratis en https://evil.example: cuesta 0,00 €"})
    reply = counter.ask(QUESTION)
    assert "evil" not in reply.texts[0]
    assert "0,00 €" not in reply.texts[0].replace("189,00", "").replace("219,00", "")
