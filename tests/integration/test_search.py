"""What customers type and what they get, on a small Spanish catalogue in the embedded PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from decimal import Decimal

import pytest

from tendero.catalog.embedder import Vector
from tendero.catalog.embedders.local import LocalEmbedder
from tendero.catalog.item import StockStatus
from tendero.platform.database import Database
from tendero.platform.deadline import Deadline
from tests.integration.search_shop import CATALOGUE, OUT, NoEmbedder, Shop, item, variation


@pytest.fixture
def shop(db: Database) -> Shop:
    return Shop(db)


@pytest.mark.parametrize("code", ["ABC-123", "abc-123", " Abc-123 ", "8412345678905", "¿ABC-123?"])
def test_a_code_finds_its_product_and_nothing_else(shop: Shop, code: str) -> None:
    found = shop.find(code)
    assert found.exact
    assert found.confident
    assert [hit.product.sku for hit in found.hits] == ["ABC-123"]
    assert found.hits[0].legs == ("code",)


@pytest.mark.parametrize(
    "text", ["¿tienen el ABC-123?", "Do you have abc-123 in stock?", "vocês têm o código TE-N, por favor?"]
)
def test_a_code_is_found_inside_a_sentence(shop: Shop, text: str) -> None:
    assert shop.find(text).exact


def test_a_short_number_in_a_sentence_is_no_code(db: Database) -> None:
    shop = Shop(db, items=(*CATALOGUE, item("99", "Llavero", sku="20")))
    assert shop.names("cuchillo de 20 cm")[0] == "Cuchillo de cocina 20 cm"
    assert shop.names("20") == ["Llavero"]


def test_a_variations_code_gives_its_product_narrowed_to_it(shop: Shop) -> None:
    found = shop.find("CAM-1-AM")
    (hit,) = found.hits
    assert hit.product.name == "Camiseta básica de algodón"
    assert [each.sku for each in hit.product.variations] == ["CAM-1-AM"]
    assert hit.product.price == Decimal("15")


def test_a_code_that_variations_share_with_their_product_shows_it_whole(db: Database) -> None:
    shop = Shop(db, items=(*CATALOGUE, variation("15", "10", "CAM-1")))
    (hit,) = shop.find("CAM-1").hits
    assert len(hit.product.variations) == 5


def test_a_coded_product_without_stock_is_not_replaced_by_others(shop: Shop) -> None:
    found = shop.find("TE-V", in_stock=True)
    assert found.exact
    assert not found.hits
    assert [hit.product.name for hit in shop.find("TE-V").hits] == ["Té verde en hebra"]
    assert not shop.find("CAM-1-RM", in_stock=True).hits


@pytest.mark.parametrize(
    "text", ["cafetera ñandú", "CAFETERA NANDU", "cafeteras", "¿tenéis cafetera?", "CAFETÉRA"]
)
def test_accents_case_and_number_do_not_matter(shop: Shop, text: str) -> None:
    assert shop.names(text)[0] == "Cafetera italiana Ñandú"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("do you have green tea?", "Té verde en hebra"),
        ("busco zapatos", "Zapato de piel"),
        ("shoes", "Zapato de piel"),
        ("sapatos de couro", "Zapato de piel"),
        ("quanto custa a luminária?", "Lámpara de mesa"),
        ("kitchen knife", "Cuchillo de cocina 20 cm"),
        ("t-shirt, tshirt", "Camiseta básica de algodón"),
        ("botella 500ml", "Botella de acero 500 ml"),
        ("cable de 1.5 m", "Lámpara de mesa"),
        ("marisma", "Camiseta básica de algodón"),
    ],
)
def test_a_question_finds_its_product_in_three_languages(shop: Shop, text: str, name: str) -> None:
    found = shop.find(text)
    assert found.hits[0].product.name == name
    assert found.hits[0].legs == ("lexical",)


def test_translations_can_be_switched_off(db: Database) -> None:
    assert not Shop(db, SEARCH_GLOSSARY="off").names("shoes")


def test_a_word_that_asks_does_not_hide_what_is_asked_for(shop: Shop) -> None:
    assert shop.names("té verde")[0] == "Té verde en hebra"
    assert shop.names("¿te queda algún cuchillo?")[0] == "Cuchillo de cocina 20 cm"


def test_in_stock_leaves_out_what_cannot_be_bought(shop: Shop) -> None:
    assert "Té verde en hebra" in shop.names("té")
    assert shop.names("té", in_stock=True) == ["Té negro en hebra"]
    shop.change("3", stock_status=StockStatus.ON_BACKORDER)
    assert "Té verde en hebra" in shop.names("té", in_stock=True)


def test_in_stock_asks_the_variations_too(db: Database) -> None:
    parent = item("20", "Gorro de lana", attributes={"Talla": ["S"]})
    shop = Shop(
        db, items=(parent, variation("21", "20", "GOR-S", attributes={"Talla": ["S"]}, stock_status=OUT))
    )
    assert shop.names("gorro") == ["Gorro de lana"]
    assert shop.names("gorro", in_stock=True) == []


def test_what_is_not_active_is_never_found(shop: Shop) -> None:
    assert "Taza vieja" not in shop.names("taza vieja")
    assert not shop.find("OLD-1").exact
    shop.change("2", is_active=False)
    assert "Cafetera italiana Ñandú" not in shop.names("cafetera")
    shop.change("2", is_active=True)
    assert "Cafetera italiana Ñandú" in shop.names("cafetera")


@pytest.mark.parametrize(
    ("text", "skus"),
    [
        ("camiseta", ["CAM-1-RS", "CAM-1-RM", "CAM-1-AM", "CAM-1-MM"]),
        ("camisetas rojas", ["CAM-1-RS", "CAM-1-RM"]),
        ("camiseta roja talla M", ["CAM-1-RM"]),
        ("red t-shirt size S", ["CAM-1-RS"]),
        ("camiseta azul", ["CAM-1-AM"]),
        ("camiseta azul marino", ["CAM-1-MM"]),
        ("camiseta verde", ["CAM-1-RS", "CAM-1-RM", "CAM-1-AM", "CAM-1-MM"]),
    ],
)
def test_a_product_shows_the_variations_that_were_named(shop: Shop, text: str, skus: list[str]) -> None:
    product = shop.find(text).hits[0].product
    assert [each.sku for each in product.variations] == skus


def test_a_variation_is_never_a_hit_of_its_own(shop: Shop) -> None:
    assert all(not name.startswith("Variation") for name in shop.names("variation camiseta roja", limit=50))


@pytest.mark.parametrize(
    "text", ["¿venden motosierras?", "do you sell chainsaws?", "vocês vendem caminhões?", "iphone 15 pro"]
)
def test_what_the_shop_does_not_sell_is_told_apart(shop: Shop, text: str) -> None:
    assert not shop.find(text).confident


@pytest.mark.parametrize("text", ["té negro", "busco un cuchillo de cocina", "camiseta azul", "green tea"])
def test_what_the_shop_sells_is_found_with_confidence(shop: Shop, text: str) -> None:
    found = shop.find(text)
    assert found.confident
    assert 0.5 <= found.hits[0].score <= 1


def test_a_colour_alone_does_not_make_it_what_was_asked_for(shop: Shop) -> None:
    assert not shop.find("coche azul").confident


@pytest.mark.parametrize(
    "text", ["", "   ", "\0", "¿?", "%%%", "'; drop table products; --", "a" * 5000, "🙂"]
)
def test_any_text_gets_an_answer(shop: Shop, text: str) -> None:
    assert not shop.find(text).exact


def test_no_more_hits_than_asked_for(shop: Shop) -> None:
    assert len(shop.find("cocina", limit=2).hits) == 2
    assert shop.find("cocina", limit=0).hits == ()


def test_an_empty_catalogue_finds_nothing(db: Database) -> None:
    found = Shop(db, items=()).find("camiseta")
    assert found.hits == ()
    assert not found.confident


def test_vectors_find_what_shares_no_word(db: Database) -> None:
    items = (item("1", "Espresso machine"), item("2", "Garden hose"), item("3", "Wool blanket"))
    found = Shop(db, LocalEmbedder(), items).find("cappuccino")
    assert found.vector_used
    assert found.hits[0].product.name == "Espresso machine"
    assert found.hits[0].legs == ("vector",)
    stages = {"codes", "understand", "lexical", "embed", "vector", "order", "read", "total"}
    assert set(found.milliseconds) == stages


def test_vectors_obey_the_stock_filter(db: Database) -> None:
    items = (item("1", "Espresso machine", stock_status=OUT), item("2", "Garden hose"))
    assert Shop(db, LocalEmbedder(), items).names("cappuccino", in_stock=True) == ["Garden hose"]


def test_words_answer_when_the_embedder_fails(shop: Shop) -> None:
    found = shop.find("cafetera")
    assert not found.vector_used
    assert found.hits[0].product.name == "Cafetera italiana Ñandú"


def test_a_cold_embedder_is_not_waited_for_when_the_words_are_sure(db: Database) -> None:
    shop = Shop(db, LocalEmbedder())
    shop.search._models.configured = LocalEmbedder()
    assert not shop.find("cafetera italiana", deadline=Deadline(4)).vector_used
    assert shop.find("cafetera italiana").vector_used


def test_a_cold_embedder_is_waited_for_when_the_words_find_nothing_sure(db: Database) -> None:
    shop = Shop(db, LocalEmbedder(), (item("1", "Espresso machine"), item("2", "Garden hose")))
    shop.search._models.configured = LocalEmbedder()
    assert shop.find("cappuccino", deadline=Deadline(4)).vector_used


class Hanging(NoEmbedder):
    """Hangs until it is let go, whatever the deadline says."""

    def __init__(self) -> None:
        self.let_go = threading.Event()

    def embed(self, texts: Sequence[str], deadline: Deadline | None = None) -> list[Vector]:
        self.let_go.wait(30)
        return super().embed(texts)


def test_a_hanging_embedder_costs_the_vectors_and_not_the_answer(db: Database) -> None:
    shop, hanging = Shop(db), Hanging()
    shop.search._models.configured = hanging
    deadline = Deadline(4)
    for _ in range(3):
        found = shop.find("cafetera", deadline=deadline)
        assert found.hits[0].product.name == "Cafetera italiana Ñandú"
        assert not found.vector_used
        assert not deadline.expired
    hanging.let_go.set()
