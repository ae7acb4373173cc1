"""Questions answered from the demo shop's whole catalogue, by the real search, with live details."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from infra.local.demo_shop.server import Server
from tendero.assistant.money import format_price
from tendero.catalog.embedders.local import LocalEmbedder
from tendero.catalog.embedding import Embeddings
from tendero.catalog.live import live
from tendero.catalog.search.search import ProductSearch
from tendero.catalog.sync import run_sync
from tendero.catalog.woocommerce.shop import WooCommerce
from tendero.platform.database import Database, Row
from tendero.platform.settings import Settings
from tendero.platform.sql import Query
from tests.integration.assistant_shop import Counter


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture
def counter(db: Database, server: Server) -> Counter:
    settings = Settings.load(
        {
            "WOOCOMMERCE_URL": server.base_url,
            "WOOCOMMERCE_KEY": "ck_demo_tendero",
            "WOOCOMMERCE_SECRET": "cs_demo_tendero",
        }
    )
    embedder = LocalEmbedder()
    run_sync(db, WooCommerce(settings), settings=settings, embeddings=Embeddings(db, embedder, settings))
    search = ProductSearch(db, embedder, settings)
    return Counter(db, settings, search=search, live=live(settings, db))


def some(counter: Counter, where: str) -> Row:
    """The first product that the catalogue holds of a kind."""
    text = f"select * from products where is_active and kind = 'product' and {where} order by id limit 1"
    (row,) = counter.db.fetch(Query.parse("some", text))
    return row


def price(row: Row, language: str) -> str:
    amount: Decimal = row["price"]
    return format_price(amount, row["currency"], language)


SIMPLE = "product_type = 'simple' and sku is not null and price > 0"


@pytest.mark.parametrize(
    ("language", "question"),
    [("es", "¿cuánto cuesta {sku}?"), ("en", "how much is {sku}?"), ("pt", "quanto custa {sku}?")],
)
def test_a_code_is_answered_with_its_price(counter: Counter, language: str, question: str) -> None:
    row = some(counter, SIMPLE)
    reply = counter.ask(question.format(sku=row["sku"]), seconds=9)
    assert reply.language == language
    assert [each.name for each in reply.products] == [row["name"]]
    assert price(row, language) in reply.texts[0]
    assert row["url"] in reply.texts[0]


def test_a_product_is_found_by_its_name(counter: Counter) -> None:
    row = some(counter, f"{SIMPLE} and name like '% % %'")
    reply = counter.ask(f"¿tienen {row['name']}?", seconds=9)
    assert row["name"] in [each.name for each in reply.products]
    assert price(row, "es") in reply.texts[0]


def test_what_is_sold_out_is_said_to_be(counter: Counter) -> None:
    row = some(counter, f"{SIMPLE} and stock_status = 'outofstock'")
    assert "agotado" in counter.ask(f"¿hay stock de {row['sku']}?", seconds=9).texts[0]


def test_a_list_can_be_followed_up(counter: Counter) -> None:
    listed = counter.ask("zapatillas", seconds=9)
    assert len(listed.products) > 1
    second = counter.ask("¿y la segunda?", seconds=9)
    assert [each.id for each in second.products] == [listed.products[1].id]


def test_what_the_shop_does_not_sell_is_not_invented(counter: Counter) -> None:
    reply = counter.ask("¿venden neumáticos de tractor?", seconds=9)
    assert reply.outcome == "nothing_found"
    assert "neumático" not in reply.texts[0]


def test_when_the_shop_goes_down_its_last_record_answers(counter: Counter, server: Server) -> None:
    row = some(counter, SIMPLE)
    server.stop()
    reply = counter.ask(f"¿cuánto cuesta {row['sku']}?", seconds=9)
    assert price(row, "es") in reply.texts[0]
    assert "último registro" in reply.texts[0]
