"""The model's tools, run with whatever arguments a model may send."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tendero.assistant.evidence import Evidence
from tendero.assistant.shop import Shop
from tendero.assistant.tools import DEFINITIONS, DETAILS, SEARCH, Toolbox
from tendero.platform.deadline import Deadline
from tests.unit.catalogue import CATALOGUE, MemorySearch, MemoryShop


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
    from dataclasses import replace

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
        {}, optional={"query": JSON, "limit": JSON, "in_stock": JSON, "product_id": JSON, "sku": JSON}
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
