"""What a dry run would tell of a change, against what the upsert then does."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tendero.catalog import copy, diff, store
from tendero.catalog.diff import Change
from tendero.catalog.item import CatalogItem, Kind
from tendero.catalog.store import Store
from tendero.platform.database import Database

SHIRT = CatalogItem(
    source="shop",
    external_id="1",
    name="Camisa",
    sku="CAM",
    price=Decimal("10"),
    weight=Decimal("0.123456"),
    tags=("lino",),
    attributes={"Talla": ["S", "M"]},
)


def changes(db: Database, *items: CatalogItem, most: int = 10) -> list[Change]:
    """With the staging table filled by the store's own statements, in a transaction of its own."""
    with db.transaction() as transaction:
        transaction.execute(store._SQL["stage"])
        transaction.copy(store._SQL["copy_staged"], copy.rows(store._ENCODERS, map(store._row, items)))
        return diff.changes(transaction, "shop", most)


def fields(db: Database, item: CatalogItem) -> Any:
    (change,) = changes(db, item)
    assert change.change == diff.CHANGED
    return change.fields


@pytest.fixture
def shirt(db: Database) -> CatalogItem:
    """An item that is written already."""
    Store(db, "shop").write([SHIRT])
    return SHIRT


def test_what_is_not_held_is_new(db: Database) -> None:
    assert changes(db, SHIRT) == [Change("1", "Camisa", "new")]


def test_what_the_upsert_would_leave_alone_is_not_told(db: Database, shirt: CatalogItem) -> None:
    assert changes(db, shirt) == []
    assert changes(db, replace(shirt, price=Decimal("10.00001"), weight=Decimal("0.12349"))) == []


def test_a_changed_field_is_told_with_its_values_before_and_after(db: Database, shirt: CatalogItem) -> None:
    assert fields(db, replace(shirt, price=Decimal("12.50"))) == {"price": ("10", "12.5")}
    assert fields(db, replace(shirt, price=None)) == {"price": ("10", None)}
    assert fields(db, replace(shirt, stock_quantity=Decimal(1000))) == {"stock_quantity": (None, "1000")}


def test_lists_and_attributes_are_told_as_json(db: Database, shirt: CatalogItem) -> None:
    told = fields(db, replace(shirt, tags=("lino", "azul"), attributes={"Talla": ["S"]}))
    assert told == {
        "tags": ('["lino"]', '["lino", "azul"]'),
        "attributes": ('{"Talla": ["S", "M"]}', '{"Talla": ["S"]}'),
    }


def test_what_follows_from_another_field_is_not_told_beside_it(db: Database, shirt: CatalogItem) -> None:
    assert fields(db, replace(shirt, name="Blusa")) == {"name": ("Camisa", "Blusa")}


def test_the_shops_cost_is_told_to_change_but_not_how(db: Database, shirt: CatalogItem) -> None:
    told = fields(db, replace(shirt, standard_price=Decimal("3.21")))
    assert told == {"standard_price": ("(hidden)", "(hidden)")}


def test_long_texts_are_cut_to_where_they_differ(db: Database, shirt: CatalogItem) -> None:
    text = "De lino lavado, con cuello mao. " * 40
    Store(db, "shop").write([replace(shirt, description=text + "Azul.")])
    before, after = fields(db, replace(shirt, description=text + "Rojo."))["description"]
    assert (before, after) == ("…do, con cuello mao. Azul.", "…do, con cuello mao. Rojo.")
    before, after = fields(db, replace(shirt, description=""))["description"]
    assert (len(before), before[-1], after) == (121, "…", "")


def test_what_customers_would_no_longer_see_is_gone(db: Database, shirt: CatalogItem) -> None:
    assert changes(db, replace(shirt, is_active=False)) == [Change("1", "Camisa", "gone")]


def test_rows_to_be_deactivated_are_told_as_gone(db: Database, shirt: CatalogItem) -> None:
    small = replace(shirt, external_id="2", kind=Kind.VARIATION, parent_external_id="1", name="Camisa, S")
    Store(db, "shop").write([small])
    with db.transaction() as transaction:
        rows = transaction.fetch(store._SQL["deactivate"], source="shop", external_ids=["1"])
        told = diff.gone(transaction, [row["id"] for row in rows])
    assert told == [Change("1", "Camisa", "gone"), Change("2", "Camisa, S", "gone")]


def test_no_more_changes_are_told_than_asked_for(db: Database) -> None:
    many = [replace(SHIRT, external_id=f"{number:02}") for number in range(30)]
    assert [change.external_id for change in changes(db, *many, most=2)] == ["00", "01"]


def test_of_one_product_the_last_change_counts() -> None:
    first = [Change("1", "Camisa", "changed", {"url": ("a", "b")}), Change("2", "Gorro", "new")]
    last = Change("1", "Camisa", "gone")
    assert diff.joined(first, [last]) == [last, first[1]]
    many = [Change(str(number), "x", "new") for number in range(diff.MOST_CHANGES)]
    assert diff.joined(many, [Change("a", "x", "new"), last])[:2] == [many[0], last]
    assert len(diff.joined(many, [Change("a", "x", "new")])) == diff.MOST_CHANGES


def test_products_of_another_source_are_not_compared(db: Database, shirt: CatalogItem) -> None:
    Store(db, "other").write([replace(shirt, external_id="9", source="other")])
    assert changes(db, replace(shirt, external_id="9")) == [Change("9", "Camisa", "new")]
