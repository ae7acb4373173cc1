"""Questions through the real function, answered from a real catalogue in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests

from tendero.catalog.item import CatalogItem
from tendero.catalog.store import Store
from tendero.platform.database import Database
from tests.acceptance.served import Served, served
from tests.dialogflow_events import event


def item(number: int, name: str, price: str, **more: Any) -> CatalogItem:
    return CatalogItem(
        source="woocommerce",
        external_id=str(number),
        name=name,
        sku=f"SKU-{number}",
        currency="EUR",
        price=Decimal(price),
        list_price=Decimal(price),
        url=f"https://shop.example/producto/{number}",
        image_url=f"https://shop.example/{number}.jpg",
        **more,
    )


@pytest.fixture
def function(db: Database, database_url: str, tmp_path: Path) -> Iterator[Served]:
    """The webhook over a catalogue of three products; its shop is down."""
    Store(db, "woocommerce").write(
        [
            item(1, "Cafetera italiana Lucca", "24.90", stock_quantity=Decimal(7)),
            item(2, "Molinillo manual Brisa", "39.95"),
            item(3, "Silla plegable Nórdica", "59.00"),
        ]
    )
    variables = {
        "WOOCOMMERCE_URL": "http://127.0.0.1:1",
        "WOOCOMMERCE_KEY": "ck_1",
        "WOOCOMMERCE_SECRET": "cs_1",
        # Long enough for a machine that is busy with other tests.
        "DIALOGFLOW_DEADLINE_SECONDS": "9",
    }
    with served("webhook", tmp_path, DATABASE_URL=database_url, EMBEDDER="local", **variables) as running:
        yield running


def ask(function: Served, text: str, name: str = "session_plain", language: str = "es") -> dict[str, Any]:
    body = event(name)
    body["queryResult"].update(queryText=text, languageCode=language)
    response = requests.post(function.url, json=body, timeout=60)
    assert response.status_code == 200
    answer: dict[str, Any] = response.json()
    return answer


def test_a_product_is_found_with_price_card_and_context(function: Served) -> None:
    answer = ask(function, "¿Tenéis la cafetera italiana Lucca?", "source_telegram")
    assert "24,90 €" in answer["fulfillmentText"]
    (card,) = [each["card"] for each in answer["fulfillmentMessages"] if "card" in each][:1]
    assert card["title"] == "Cafetera italiana Lucca"
    first = answer["payload"]["tendero"]["products"][0]
    assert (first["sku"], first["price"], first["currency"]) == ("SKU-1", "24.9", "EUR")
    assert answer["outputContexts"][-1]["parameters"]["productIds"][0] == first["id"]


def test_a_follow_up_leans_on_what_was_said_in_the_same_session_only(function: Served) -> None:
    ask(function, "molinillo manual Brisa")
    assert "39,95 €" in ask(function, "¿cuánto cuesta?")["fulfillmentText"]
    assert "39,95 €" not in ask(function, "¿cuánto cuesta?", "session_environment")["fulfillmentText"]


def test_the_words_decide_the_language_not_the_agents(function: Served) -> None:
    answer = ask(function, "how much does SKU-3 cost?", language="es")
    assert answer["payload"]["tendero"]["language"] == "en"
    assert "€59.00" in answer["fulfillmentText"]


def test_health_tells_the_catalogue(function: Served) -> None:
    health = requests.get(function.url + "/health", timeout=30).json()
    assert health["status"] == "degraded"
    assert health["checks"]["catalogue"]["products"] == 3
