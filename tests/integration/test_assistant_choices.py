"""Helping a customer choose: comparisons, and what there is instead of what is sold out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

import pytest

from infra.local.model_server.server import ModelServer
from tendero.assistant.proof import check
from tendero.assistant.reply import EngineName, Reply
from tendero.catalog.product import Product
from tendero.platform.database import Database
from tendero.platform.deadline import Deadline
from tendero.platform.errors import DatabaseUnavailable
from tendero.platform.settings import Settings
from tests.integration.assistant_shop import Counter, fill

LUCCA = "Cafetera italiana Lucca 6 tazas"
OSLO = "Cafetera de émbolo Oslo 1 L"
BRISA = "Molinillo manual Brisa"
VOLTA = "Molinillo eléctrico Volta"


class Alike:
    """Gives the product of this name as similar to any; or with none, a database that is down."""

    def __init__(self, rows: Sequence[Product], name: str | None) -> None:
        self._found = [each for each in rows if each.name == name]

    def __call__(self, product: Product, *, limit: int, deadline: Deadline) -> Sequence[Product]:
        if not self._found:
            raise DatabaseUnavailable("No connection to PostgreSQL: refused")
        return [product, *self._found][: limit + 1]


@pytest.fixture
def counter(db: Database) -> Counter:
    rows = fill(db)
    return Counter(db, Settings.load({}), rows=rows, similar=Alike(rows, VOLTA))


def proved(counter: Counter, message: str) -> Reply:
    reply = counter.ask(message)
    verdict = check(reply.texts[0], counter.rows, message=message)
    assert verdict.passed, (reply.texts, verdict.failures)
    return reply


def names(reply: Reply) -> list[str]:
    return [each.name for each in reply.products]


@pytest.mark.parametrize(
    ("language", "message", "heading"),
    [
        ("es", "¿cuál es la diferencia entre la cafetera italiana y la de émbolo?", "Esto los distingue:"),
        ("es", "compara CAF-102 con CAF-210", "Esto los distingue:"),
        ("en", "what's the difference between CAF-102 and CAF-210?", "This is how they differ:"),
        ("pt", "qual a diferença entre o CAF-102 e o CAF-210?", "Isto os distingue:"),
    ],
)
def test_two_products_are_compared(counter: Counter, language: str, message: str, heading: str) -> None:
    reply = proved(counter, message)
    assert (reply.language, names(reply)) == (language, [LUCCA, OSLO])
    lines = reply.texts[0].splitlines()
    assert lines[0] == heading
    assert LUCCA in lines[1]
    assert "7" in lines[1]


def test_a_list_is_compared_by_its_numbers_or_as_a_whole(counter: Counter) -> None:
    counter.ask("cafeteras")
    assert names(proved(counter, "¿qué diferencia hay entre el 1 y el 3?")) == [
        LUCCA,
        "Cafetera espresso Roma",
    ]
    counter.ask("cafeteras")
    assert len(proved(counter, "compáralas").products) == 3


def test_one_name_is_compared_with_what_was_shown(counter: Counter) -> None:
    counter.ask("¿cuánto cuesta la cafetera italiana?")
    assert names(proved(counter, "¿en qué se diferencia de la cafetera de émbolo?")) == [LUCCA, OSLO]


def test_only_attributes_that_differ_are_told(counter: Counter) -> None:
    text = proved(counter, "compara la taza de gres con la camiseta barista").texts[0]
    assert "Color: Azul, Rojo, Verde oliva." in text
    assert "Talla: M, L." in text


def test_a_comparison_of_nothing_is_asked_back(counter: Counter) -> None:
    for message in ("¿me los comparas?", "compara el 1 y el 2", "compara el unicornio con el dragón"):
        reply = counter.ask(message)
        assert (reply.outcome, reply.products) == ("asked_back", ())


def test_instead_of_what_is_sold_out_something_similar_is_offered(counter: Counter) -> None:
    reply = proved(counter, "¿tienen el molinillo manual?")
    assert "agotado" in reply.texts[0]
    assert "Parecidos que sí hay:\n1. Molinillo eléctrico Volta: 64,00 € · quedan 12" in reply.texts[0]
    assert names(reply) == [VOLTA, BRISA]
    assert "64,00 €" in proved(counter, "¿cuánto cuesta el primero?").texts[0]


def test_what_can_be_bought_needs_no_alternative(counter: Counter) -> None:
    assert "Parecidos" not in proved(counter, "¿tienen el molinillo eléctrico?").texts[0]


def test_without_alternatives_it_is_just_said_to_be_sold_out(db: Database) -> None:
    rows = fill(db)
    for similar in (None, Alike(rows, None)):
        reply = proved(
            Counter(db, Settings.load({}), rows=rows, similar=similar), "¿tienen el molinillo manual?"
        )
        assert "agotado" in reply.texts[0]
        assert names(reply) == [BRISA]


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer(api_key="sk-test") as running:
        yield running


def test_the_model_gets_both_sides_and_what_there_is_instead(db: Database, server: ModelServer) -> None:
    settings = Settings.load({"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": server.base_url})
    rows = fill(db)
    counter = Counter(db, settings, rows=rows, similar=Alike(rows, VOLTA))

    def first_prompt(message: str) -> dict[str, list[dict[str, str]]]:
        server.control({"reset": True})
        assert counter.ask(message).engine is EngineName.OPENAI
        content = server.requests[0]["body"]["messages"][-1]["content"]
        told: dict[str, list[dict[str, str]]] = json.loads(content.split("\n\n")[0])["shop_software"]
        return told

    compared = first_prompt("compara CAF-102 con CAF-210")
    assert [each["name"] for each in compared["rows"]] == [LUCCA, OSLO]
    sold_out = first_prompt("¿hay molinillo manual?")
    assert VOLTA in [each["name"] for each in (*sold_out.get("instead", []), *sold_out["rows"])]
