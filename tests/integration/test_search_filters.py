"""What shoppers demand, as filters over the catalogue's own values."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tendero.catalog import products
from tendero.catalog.item import StockStatus
from tendero.catalog.search import facets, filters, question
from tendero.catalog.search.filters import Filters
from tendero.catalog.search.variations import narrowed
from tendero.catalog.search.vocabulary import having, recognised
from tendero.platform.database import Database
from tendero.platform.sql import Query
from tests.integration.search_shop import CATALOGUE, OUT, Shop, item, variation

TABLES = ("search_offers", "search_variants", "search_values", "search_facets")
MORE = (
    item("20", "Zapatilla Corre", categories=("Calzado",), brand="Nimbo", attributes={"Talla": ["42", "43"]}),
    variation("21", "20", "N-42", attributes={"Talla": ["42"]}, price=Decimal("45"), stock_status=OUT),
    variation("22", "20", "N-43", attributes={"Talla": ["43"]}, price=Decimal("60")),
    item("30", "Zapatilla Salta", brand="Nimbo", attributes={"Color": ["Negro"], "Talla": ["42"]}),
    item("31", "Zapatilla Trota", brand="Nimbo", attributes={"Color": ["Azul celeste"]}, price=Decimal("99")),
    item("32", "Zumo de naranja", brand="Huerta", description="Sin azúcares añadidos ni gluten."),
    item("33", "Pan de molde", brand="Huerta", description="Contiene gluten. No apto para celíacos."),
    item("34", "Pan de maíz", tags=("sin gluten",), price=Decimal("5"), list_price=Decimal("8")),
    item("35", "Mantel", attributes={"Color": ["Naranja"]}, price=None),
)


@pytest.fixture
def shop(db: Database) -> Shop:
    return filled(Shop(db, items=(*CATALOGUE, *MORE)))


def filled(shop: Shop) -> Shop:
    """With the filters' tables brought up to date, as each write does."""
    with shop.db.transaction() as transaction:
        facets.rebuild(transaction)
    return shop


def read(shop: Shop, text: str) -> question.Question:
    with shop.db.transaction() as transaction:
        return recognised(transaction, question.read(text))


def passing(shop: Shop, wanted: str | Filters) -> set[str]:
    """The external ids of the products that meet the filters that a question names."""
    asked = read(shop, wanted).filters if isinstance(wanted, str) else wanted
    with shop.db.transaction() as transaction:
        ids = filters.matching(transaction, asked, 100)
        return {each.external_id for each in products.read(transaction, ids)}


def state(db: Database) -> list[list[dict[str, Any]]]:
    return [db.fetch(Query.parse("all", f"select * from {table} order by 1, 2, 3")) for table in TABLES]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("zapatillas talla 42", {"20", "30"}),
        ("zapatillas talla 42 en stock", {"30"}),
        ("zapatillas talla 42 de menos de 50", {"20", "30"}),
        ("zapatillas talla 43 menos de 50", set()),
        ("zapatillas 42", {"20", "30"}),
        ("zapatillas negras", {"4", "30"}),
        ("black shoes", {"4", "30"}),
        ("tênis preto", {"4", "30"}),
        ("camiseta azul", {"10", "31"}),
        ("camiseta azul marino", {"10"}),
        ("camiseta azul celeste", {"31"}),
        ("black and blue shoes", {"4", "30", "10", "31"}),
        ("camiseta roja talla M en stock", set()),
        ("camiseta roja en stock", {"10"}),
        ("camiseta roja talla S menos de 11", set()),
        ("red t-shirt size S between 11 and 13", {"10"}),
        ("nimbo", {"20", "30", "31"}),
        ("zapatillas nimbo más de 70", {"31"}),
        ("en oferta", {"34"}),
        ("calzado", {"5", "20"}),
        ("categoría cocina", {"1", "2", "8"}),
        ("pan sin gluten", {"32", "34"}),
        ("zumo sin gluten ni azúcar", {"32"}),
        ("sugar-free", {"32"}),
        ("pan sin huevo", set()),
        ("mantel color naranja", {"35"}),
    ],
)
def test_demands_filter_the_catalogue(shop: Shop, text: str, ids: set[str]) -> None:
    assert passing(shop, text) == ids


@pytest.mark.parametrize(
    ("text", "kept", "lost"),
    [
        ("zapatillas que no sean negras", {"20", "31", "5"}, {"30", "4"}),
        ("shoes that are not black", {"20", "31", "5"}, {"30", "4"}),
        ("camiseta que no sea roja ni azul, talla S", set(), {"10"}),
        ("camiseta que no sea roja", {"10"}, set()),
        ("zapatillas que no sean nimbo", {"10"}, {"20", "30", "31"}),
        ("tenis que não seja azul", {"20", "30"}, {"31"}),
    ],
)
def test_what_is_unwanted_is_excluded_and_nothing_else(
    shop: Shop, text: str, kept: set[str], lost: set[str]
) -> None:
    found = passing(shop, text)
    assert kept <= found
    assert not lost & found


@pytest.mark.parametrize(
    "text", ["zumo de naranja", "botella de 42 ml", "zapatos para nimbo", "algo bueno", "marisma 2000", ""]
)
def test_what_may_mean_something_else_stays_a_word(shop: Shop, text: str) -> None:
    assert not read(shop, text).filters


def test_a_size_is_no_word_any_more_and_a_colour_still_is(shop: Shop) -> None:
    asked = read(shop, "zapatillas negras talla 42")
    assert asked.content == "zapatillas negras"
    assert [(each.facet, each.label) for each in asked.filters.options] == [
        ("colour", "negras"),
        ("size", "42"),
    ]
    assert read(shop, "zapatillas talla 99").content == "zapatillas 99"


def test_a_named_brand_is_told_even_where_it_is_no_filter(shop: Shop) -> None:
    asked = read(shop, "camiseta marisma")
    assert not asked.filters
    assert [each.label for each in asked.brands] == ["Marisma"]
    with shop.db.transaction() as transaction:
        ids = filters.matching(transaction, Filters(), 100)
        named = products.read(transaction, list(having(transaction, asked.brands, ids)))
    assert [each.external_id for each in named] == ["10"]


def test_a_hit_shows_the_variations_that_meet_all(shop: Shop) -> None:
    asked = read(shop, "camiseta talla M en stock")
    with shop.db.transaction() as transaction:
        ids = filters.matching(transaction, asked.filters, 10)
        (product,) = products.read(transaction, ids)
        fitting = filters.fitting(transaction, asked.filters, ids)
    shown = narrowed(product, asked.words, fitting)
    assert shown is not None
    assert [each.sku for each in shown.variations] == ["CAM-1-AM", "CAM-1-MM"]


def test_demands_are_given_up_one_by_one(shop: Shop) -> None:
    asked = read(shop, "camiseta roja talla S en stock sin gluten menos de 5").filters
    first = [(dropped[0].name, bool(passing(shop, left))) for left, dropped in filters.relaxations(asked)][:5]
    assert [name for name, _ in first] == ["options", "options", "price", "in_stock", "free_of"]
    *_, (left, dropped) = filters.relaxations(asked)
    assert not left
    assert set(dropped) == set(filters.demands(asked))


def test_every_change_keeps_the_filters_exact(shop: Shop) -> None:
    def write(**changes: Any) -> None:
        external_id = changes.pop("external_id")
        shop.change(external_id, **changes)
        with shop.db.transaction() as transaction:
            ids = shop.store.ids([external_id])
            texts = not set(changes) <= {"price", "stock_status", "list_price"}
            facets.update(transaction, ids, ids if texts else [])
        kept = state(shop.db)
        for table in TABLES:
            shop.db.execute(Query.parse("empty", f"delete from {table}"))
        filled(shop)
        # How a value is spelled first stays.
        values = [
            [{**row, "label": ""} for row in rows if row["products"]] for rows in (kept[2], state(shop.db)[2])
        ]
        assert values[0] == values[1]
        assert [kept[0], kept[1], kept[3]] == [state(shop.db)[place] for place in (0, 1, 3)]

    write(external_id="22", price=Decimal("30"))
    write(external_id="22", stock_status=StockStatus.ON_BACKORDER)
    write(external_id="34", list_price=None)
    write(external_id="30", attributes={"Color": ["Rojo"]})
    write(external_id="31", is_active=False)
    write(external_id="31", is_active=True)
    write(external_id="21", is_active=False)
    write(external_id="22", is_active=False)
    write(external_id="10", attributes={}, brand="Otra", name="Camiseta verde")
    write(external_id="34", tags=())


def test_a_change_of_price_rewrites_one_offer_and_no_value(shop: Shop) -> None:
    def versions() -> dict[str, set[Any]]:
        return {
            table: {
                (row["xmin"], row["ctid"])
                for row in shop.db.fetch(
                    Query.parse("versions", f"select xmin::text, ctid::text from {table}")
                )
            }
            for table in TABLES
        }

    before = versions()
    shop.change("30", price=Decimal("77"))
    with shop.db.transaction() as transaction:
        facets.update(transaction, shop.store.ids(["30", "31", "10", "21"]), [])
    after = versions()
    assert {table: len(after[table] - before[table]) for table in TABLES} == {
        "search_offers": 1,
        "search_variants": 0,
        "search_values": 0,
        "search_facets": 0,
    }


def test_tables_are_filled_once_for_products_that_were_there_before(db: Database) -> None:
    shop = Shop(db)
    for table in TABLES:
        db.execute(Query.parse("empty", f"delete from {table}"))
    with db.transaction() as transaction:
        assert facets.fill(transaction)
        assert not facets.fill(transaction)
    assert passing(shop, "categoría cocina") == {"1", "2", "8"}


def test_a_size_within_a_range_is_that_size(db: Database) -> None:
    socks = item("50", "Calcetines", attributes={"Talla": ["39-42", "43-46"]})
    shop = filled(
        Shop(
            db,
            items=(
                socks,
                variation("51", "50", "S-39", attributes={"Talla": ["39-42"]}),
                variation("52", "50", "S-43", attributes={"Talla": ["43-46"]}, stock_status=OUT),
            ),
        )
    )
    assert passing(shop, "calcetines talla 44") == {"50"}
    assert passing(shop, "calcetines talla 44 en stock") == set()
    assert passing(shop, "calcetines talla 41 en stock") == {"50"}
    assert not read(shop, "calcetines talla 47").filters
