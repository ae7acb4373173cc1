"""What is like a product: of its category, by its vector or else by its words."""

from __future__ import annotations

import pytest

from tendero.catalog import products
from tendero.catalog.embedders.local import LocalEmbedder
from tendero.catalog.search.similar import SimilarProducts, similar
from tendero.platform.database import Database
from tendero.platform.settings import Settings
from tests.integration.search_shop import OUT, Shop, item, variation

KITCHEN = ("Hogar", "Cafeteras")
ITEMS = (
    item("1", "Cafetera italiana de aluminio", categories=KITCHEN, stock_status=OUT),
    item("2", "Cafetera italiana de acero", categories=KITCHEN),
    item("3", "Cafetera de goteo", categories=KITCHEN, stock_status=OUT),
    item("4", "Cafetera de émbolo", categories=KITCHEN),
    item("5", "Cafetera italiana vieja", categories=KITCHEN, is_active=False),
    item("6", "Taza italiana de café", categories=("Hogar", "Tazas")),
    item("7", "Cafetera italiana en miniatura", categories=("Juguetes",)),
    item("8", "Molinillo de café", categories=KITCHEN, attributes={"Color": ["Rojo", "Negro"]}),
    variation("9", "8", "MOL-R", attributes={"Color": ["Rojo"]}),
    variation("10", "8", "MOL-N", attributes={"Color": ["Negro"]}, stock_status=OUT),
    item("11", "Cosa sin categoría"),
)
MODELS = {"by its vector": LocalEmbedder.model, "by its words": "none"}


@pytest.fixture
def shop(db: Database) -> Shop:
    return Shop(db, LocalEmbedder(), items=ITEMS)


def like(shop: Shop, external_id: str, model: str, *, in_stock: bool = True, limit: int = 3) -> list[str]:
    with shop.db.transaction() as transaction:
        own = products.id_by_external_id(transaction, "shop", external_id)
        assert own is not None
        found = similar(transaction, own, model, in_stock=in_stock, limit=limit)
        read = products.read(transaction, [each.product_id for each in found])
        return [each.external_id for each in read]


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_others_of_the_category_come_likest_first(shop: Shop, model: str) -> None:
    found = like(shop, "1", model, in_stock=False)
    assert found[0] == "2"
    assert {*found} <= {"2", "3", "4", "8"}


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_only_what_can_be_bought_is_offered(shop: Shop, model: str) -> None:
    assert {*like(shop, "1", model)} == {"2", "4", "8"}


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_what_the_category_lacks_comes_from_the_larger_one(shop: Shop, model: str) -> None:
    found = like(shop, "1", model, limit=10)
    assert ({*found[:3]}, found[3:]) == ({"2", "4", "8"}, ["6"])


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_a_product_without_a_category_is_compared_with_all(shop: Shop, model: str) -> None:
    assert len(like(shop, "11", model, limit=3)) == 3


def test_a_product_comes_with_the_variations_in_stock(shop: Shop) -> None:
    finder = SimilarProducts(shop.db, LocalEmbedder(), Settings.load({}))
    with shop.db.transaction() as transaction:
        own = products.id_by_external_id(transaction, "shop", "1")
        assert own is not None
        (product,) = products.read(transaction, [own])
    found = {each.external_id: each for each in finder(product, limit=5)}
    assert [each.external_id for each in found["8"].variations] == ["9"]
    assert all(each.in_stock or each.variations for each in found.values())
