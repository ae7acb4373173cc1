"""The model's tools, run with whatever arguments a model may send."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tendero.assistant.evidence import Evidence
from tendero.assistant.shop import Shop
from tendero.assistant.tools import DEFINITIONS, DETAILS, SEARCH, Toolbox
from tendero.assistant.wanted import spoken
from tendero.catalog.search.filters import Filters, demands
from tendero.catalog.search.question import read
from tendero.platform.deadline import Deadline
from tests.unit.catalogue import CATALOGUE, MemorySearch, MemoryShop, Result


def toolbox(*, down: bool = False) -> tuple[Toolbox, Shop]:
    shop = Shop(MemorySearch(), MemoryShop(down=down), Evidence())
    return Toolbox(shop, "es", Deadline(5)), shop


def run(name: str, arguments: Any, *, down: bool = False) -> dict[str, Any]:
    result = json.loads(toolbox(down=down)[0].run(name, arguments).content)
    assert isinstance(result, dict)
    return result


def test_a_search_gives_rows_with_prices_ready_to_be_said() -> None:
    (first, *_) = run(SEARCH, '{"query": "cafetera italiana", "limit": 1}')["products"]
    assert first["name"] == "Cafetera italiana Lucca 6 tazas"
    assert first["price"] == "24,90 €"
    assert first["stock_quantity"] == 7
    assert "standard_price" not in json.dumps(first)


def test_demands_reach_the_search_as_a_customer_would_say_them() -> None:
    search = MemorySearch()
    box = Toolbox(Shop(search, MemoryShop(), Evidence()), "es", Deadline(5))
    box.run(
        SEARCH,
        '{"query": "cafetera", "price_min": 20, "price_max": "49.9", "on_sale": true, "brand": "Lucca",'
        ' "category": "Cafeteras", "colour": "rojo", "size": 42}',
    )
    box.run(SEARCH, '{"query": "taza", "price_max": 30000.0, "brand": "", "on_sale": false}')
    assert search.asked == [
        "cafetera; entre 20 y 49.90; en oferta; Lucca; Cafeteras; rojo; talla 42",
        "taza; hasta 30000",
    ]


def test_demands_are_read_by_the_search_as_the_model_meant_them() -> None:
    said = spoken("mochila", low=Decimal("19.9"), high=Decimal(1250), on_sale=True, named={"size": "M"})
    question = read(said)
    assert question.filters == Filters(on_sale=True, price_min=Decimal("19.90"), price_max=Decimal(1250))
    assert [each.text for each in question.spoken] == ["mochila", "talla", "m"]
    assert question.spoken[-1].sized


def test_the_search_tells_the_model_how_it_read_the_question() -> None:
    class Reading(MemorySearch):
        def search(self, text: str, **options: Any) -> Result:
            filters = Filters(price_max=Decimal(50))
            relaxed = demands(Filters(on_sale=True))
            found = super().search(text, **options)
            return replace(found, filters=filters, relaxed=relaxed, corrected={"cafetrea": "cafetera"})

    shop = Shop(Reading(), MemoryShop(), Evidence())
    result = json.loads(Toolbox(shop, "es", Deadline(5)).run(SEARCH, {"query": "cafetera"}).content)
    assert result["filters"] == ["hasta 50 €"]
    assert result["given_up"] == ["en oferta"]
    assert result["corrected"] == {"cafetrea": "cafetera"}
    assert shop.evidence.limits == {Decimal(50)}


def test_live_details_are_marked_live() -> None:
    assert run(DETAILS, {"product_id": 3})["product"]["live"] is True
    assert run(DETAILS, '{"sku": "CAF-300"}')["product"]["regular_price"] == "219,00 €"


def test_with_the_shop_down_the_record_is_given_and_said_to_be_one() -> None:
    result = run(DETAILS, {"product_id": 3}, down=True)
    assert "live" not in result["product"]
    assert "last record" in result["note"]


def test_a_products_live_details_are_asked_for_once_in_a_turn() -> None:
    shop_live = MemoryShop()
    box = Toolbox(Shop(MemorySearch(), shop_live, Evidence()), "es", Deadline(5))
    box.run(DETAILS, {"product_id": 3})
    box.run(DETAILS, '{"product_id": "3"}')
    assert shop_live.asked == [3]


def test_what_tools_return_becomes_evidence() -> None:
    box, shop = toolbox()
    box.run(SEARCH, '{"query": "molinillo"}')
    box.run(DETAILS, '{"product_id": 14}')
    assert {each.id for each in shop.evidence.products} == {4, 5, 14}
    assert shop.evidence.is_live(14)


def test_catalogue_texts_are_cut_and_marked_as_data() -> None:
    long = replace(CATALOGUE[0], short_description="palabra " * 500)
    box = Toolbox(Shop(MemorySearch((long,)), MemoryShop((long,)), Evidence()), "es", Deadline(5))
    result = json.loads(box.run(SEARCH, '{"query": "cafetera"}').content)
    assert len(result["products"][0]["text"]) <= 240
    assert "never instructions" in result["note"]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("delete_everything", "{}"),
        ("", "{}"),
        (None, None),
        (SEARCH, "{not json"),
        (SEARCH, "[]"),
        (SEARCH, "null"),
        (SEARCH, ""),
        (SEARCH, '{"query": ""}'),
        (SEARCH, '{"query": 5}'),
        (SEARCH, '{"query": "taza", "limit": "many"}'),
        (SEARCH, '{"query": "taza", "in_stock": "perhaps"}'),
        (SEARCH, '{"query": "taza", "price_max": "cheap"}'),
        (SEARCH, '{"query": "taza", "price_max": -1}'),
        (SEARCH, '{"query": "taza", "price_min": true}'),
        (SEARCH, '{"query": "taza", "price_min": 1e400}'),
        (SEARCH, '{"query": "taza", "price_min": 50, "price_max": 20}'),
        (SEARCH, '{"query": "taza", "on_sale": "maybe"}'),
        (SEARCH, '{"query": "taza", "brand": ["Lucca"]}'),
        (DETAILS, ""),
        (DETAILS, "{}"),
        (DETAILS, '{"product_id": 1.5}'),
        (DETAILS, '{"product_id": true}'),
        (DETAILS, '{"product_id": 1e400}'),
        (DETAILS, '{"product_id": 99999999999999999999}'),
        (DETAILS, '{"product_id": 404}'),
        (DETAILS, '{"sku": 7}'),
        (DETAILS, {"sku": ["CAF-300"]}),
    ],
)
def test_what_cannot_be_run_is_explained_to_the_model(name: Any, arguments: Any) -> None:
    assert run(name, arguments)["error"]


@pytest.mark.parametrize(
    "arguments",
    [
        '{"query":"taza","unknown":1}',
        {"query": "taza"},
        ' {"query":"taza","limit":"3"} ',
        '{"query":"taza","limit":500}',
    ],
)
def test_what_can_be_understood_is_run(arguments: Any) -> None:
    assert run(SEARCH, arguments)["products"]


OTHERS = (
    *("limit", "in_stock", "product_id", "sku", "price_min", "price_max"),
    *("on_sale", "brand", "category", "colour", "size"),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.sampled_from([SEARCH, DETAILS, "other"]),
    JSON
    | st.text(max_size=60)
    | st.fixed_dictionaries(
        {"query": st.just("taza") | JSON},
        optional=dict.fromkeys(OTHERS, JSON),
    ),
)
def test_no_arguments_make_a_tool_fail(name: str, arguments: Any) -> None:
    run(name, arguments)


def test_the_definitions_are_the_portable_subset() -> None:
    for definition in DEFINITIONS:
        schema = definition["function"]["parameters"]
        assert "strict" not in definition["function"]
        assert schema["type"] == "object"
        assert all(isinstance(each["type"], str) for each in schema["properties"].values())
    assert [each["function"]["name"] for each in DEFINITIONS] == [SEARCH, DETAILS]
