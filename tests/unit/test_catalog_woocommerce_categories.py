"""A WooCommerce shop's tree of categories."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tendero.catalog.woocommerce.categories import Categories
from tendero.catalog.woocommerce.mapping import Mapper

ROWS: list[dict[str, Any]] = [
    {"id": 1, "name": "Juguetes", "parent": 0},
    {"id": 2, "name": "Bebés &amp; niños", "parent": 1},
    {"id": 3, "name": "Sonajeros", "parent": 2},
    {"id": 4, "name": "Regalos", "parent": 0},
]
TREE = Categories.of(ROWS)


def categories(*assigned: tuple[int, str]) -> tuple[str | None, tuple[str, ...]]:
    rows = [{"id": each, "name": name} for each, name in assigned]
    item = Mapper("EUR", tree=TREE).product({"id": 7, "name": "Erizo", "categories": rows})
    return item.category_name, item.categories


def test_ancestors_come_from_the_parent_up_to_the_root() -> None:
    assert list(TREE.above(3)) == ["Bebés & niños", "Juguetes"]
    assert list(TREE.above(1)) == list(TREE.above(99)) == []


def test_a_products_own_categories_come_first_and_each_once() -> None:
    assert categories((3, "Sonajeros")) == ("Sonajeros", ("Sonajeros", "Bebés & niños", "Juguetes"))
    assert categories((2, "Bebés &amp; niños"), (4, "Regalos"), (3, "Sonajeros"), (1, "Juguetes")) == (
        "Bebés & niños",
        ("Bebés & niños", "Regalos", "Sonajeros", "Juguetes"),
    )


@pytest.mark.parametrize("odd", [[{"id": "3", "name": "Sonajeros"}], [{"name": "Sonajeros"}]])
def test_a_category_without_a_usable_id_has_only_its_name(odd: list[dict[str, Any]]) -> None:
    item = Mapper("EUR", tree=TREE).product({"id": 7, "name": "Erizo", "categories": odd})
    assert item.categories == ("Sonajeros",)


@pytest.mark.parametrize("parent", [None, "1", 1.0, True, 77])
def test_a_parent_that_is_none_is_the_top(parent: Any) -> None:
    tree = Categories.of([*ROWS, {"id": 5, "name": "Otros", "parent": parent}])
    assert list(tree.above(5)) == []


def test_a_category_without_a_name_is_passed_over() -> None:
    tree = Categories.of([*ROWS[:1], {"id": 2, "name": None, "parent": 1}, {"id": 3, "parent": 2}])
    assert list(tree.above(3)) == ["Juguetes"]


ids = st.integers(1, 8)


@given(st.dictionaries(ids, ids), ids)
def test_parents_in_a_circle_end(parents: dict[int, int], start: int) -> None:
    tree = Categories.of({"id": each, "name": str(each), "parent": up} for each, up in parents.items())
    above = list(tree.above(start))
    assert len(above) == len(set(above))
    assert str(start) not in above


def test_a_tree_comes_back_from_json_as_it_was() -> None:
    back = Categories.restored(json.loads(json.dumps(TREE.as_json())))
    assert back == TREE
    assert back.digest == Categories.of(reversed(ROWS)).digest
    assert Categories.restored(None) is None


def test_a_new_category_changes_no_other_one() -> None:
    assert Categories.of([*ROWS, {"id": 5, "name": "Otros", "parent": 1}]).extends(TREE)


@pytest.mark.parametrize(
    "rows",
    [ROWS[1:], [ROWS[0] | {"name": "Juegos"}, *ROWS[1:]], [*ROWS[:2], ROWS[2] | {"parent": 4}, ROWS[3]]],
    ids=["deleted", "renamed", "moved"],
)
def test_a_category_deleted_renamed_or_moved_is_noticed(rows: list[dict[str, Any]]) -> None:
    assert not Categories.of(rows).extends(TREE)
