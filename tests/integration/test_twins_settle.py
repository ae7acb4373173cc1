"""Rows that have one SKU in two sources are settled as they change, at the cost of what changed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tendero.catalog import twins
from tendero.catalog.same_sku import Rule, standings
from tendero.platform.database import Database, Row
from tendero.platform.sql import Query

RULE = Rule(("web", "erp"), ("erp",), ("erp", "web"))
TURNED = Rule(("erp", "web"), (), ("web",))
_SETTLED = "shown_as, price_of, stock_of, settled_sku, settled_parent, other_price, other_stock_status"
_WRITE = Query.parse(
    "write",
    "insert into products (source, external_id, kind, parent_external_id, sku, name, is_active, price,"
    " stock_quantity, currency) values (:source, :external_id, :kind, :parent, :sku, 'Row', :active, :price,"
    " :quantity, 'EUR') on conflict (shop_id, source, external_id) do update set kind = excluded.kind,"
    " parent_external_id = excluded.parent_external_id, sku = excluded.sku, is_active = excluded.is_active,"
    " price = excluded.price, stock_quantity = excluded.stock_quantity returning id",
)


class Table:
    """The rows of a shop, written as two sources' syncs would."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def write(self, source: str, external_id: str, sku: str | None, **more: Any) -> int:
        parent = more.get("parent")
        (row,) = self.db.fetch(
            _WRITE,
            source=source,
            external_id=external_id,
            kind="variation" if parent else "product",
            parent=parent,
            sku=sku,
            active=more.get("active", True),
            price=more.get("price", 5),
            quantity=more.get("quantity"),
        )
        return int(row["id"])

    def settle(self, *ids: int, rule: Rule = RULE) -> list[int]:
        with self.db.transaction() as transaction:
            return twins.settle(transaction, ids, rule).turned

    def settled(self) -> dict[int, Row]:
        rows = self.db.fetch(Query.parse("settled", f"select id, {_SETTLED} from products"))
        return {row["id"]: row for row in rows}

    def versions(self) -> dict[int, str]:
        query = Query.parse("versions", "select id, xmin::text || ctid::text as version from products")
        return {row["id"]: row["version"] for row in self.db.fetch(query)}

    def shown(self) -> dict[int, int]:
        return {key: row["shown_as"] for key, row in self.settled().items() if row["shown_as"]}


@pytest.fixture
def table(db: Database) -> Table:
    return Table(db)


def test_rows_are_hidden_and_come_back(table: Table) -> None:
    web, erp = table.write("web", "1", "A-1"), table.write("erp", "1", " a-1 ")
    assert table.settle(erp) == [erp]
    assert table.shown() == {erp: web}
    table.write("web", "1", "A-1", active=False)
    assert table.settle(web) == [erp]
    assert table.shown() == {}


def test_a_changed_sku_settles_what_it_leaves_and_what_it_meets(table: Table) -> None:
    one, two = table.write("web", "1", "a"), table.write("web", "2", "b")
    erp = table.write("erp", "1", "a")
    table.settle(one, two, erp)
    table.write("erp", "1", "b")
    assert table.settle(erp) == []
    assert table.shown() == {erp: two}
    assert {row["id"] for row in table.settled().values() if row["price_of"]} == {two}
    table.write("web", "2", "c")
    assert table.settle(two) == [erp]


def test_only_what_differs_is_written(table: Table) -> None:
    ids = [table.write(source, str(n), f"s-{n}") for n in range(5) for source in ("web", "erp")]
    table.settle(*ids)
    before = table.versions()
    assert table.settle(*ids) == []
    assert table.versions() == before
    table.write("erp", "3", "s-3", price=9)
    changed = table.settle(ids[7])
    after = table.versions()
    assert changed == []
    assert {key for key in after if after[key] != before[key]} == {ids[6], ids[7]}


def test_a_shop_with_one_source_is_left_alone(table: Table) -> None:
    ids = [table.write("web", str(n), "same") for n in range(3)]
    before = table.versions()
    assert table.settle(*ids) == []
    assert table.versions() == before
    assert not table.db.fetch(Query.parse("rules", "select rule from same_sku_rules"))


def test_another_rule_settles_everything_with_the_next_write_or_without_any(table: Table) -> None:
    web, erp = table.write("web", "1", "a"), table.write("erp", "1", "a")
    other = [table.write("web", "2", "b"), table.write("erp", "2", "b")]
    table.settle(web, erp, *other)
    assert sorted(table.settle(rule=TURNED)) == sorted([web, erp, *other])
    assert table.shown() == {web: erp, other[0]: other[1]}
    before = table.versions()
    assert table.settle(rule=TURNED) == []
    assert table.versions() == before
    table.settle(web, rule=RULE)
    assert table.shown() == {erp: web, other[1]: other[0]}


def test_when_the_other_sources_rows_were_deleted_the_own_count_again(table: Table) -> None:
    web, erp = table.write("web", "1", "a"), table.write("erp", "1", "a")
    table.settle(web, erp)
    table.db.execute(Query.parse("delete", "delete from products where source = 'web'"))
    assert table.settle() == [erp]
    assert table.shown() == {}
    assert table.settle() == []


SKUS = st.sampled_from([None, "a", "b", "c", "-"])
WRITE = st.tuples(
    st.sampled_from(["web", "erp", "more"]),
    st.sampled_from(["1", "2", "3", "4"]),
    SKUS,
    st.sampled_from([None, None, "1", "2"]),
    st.sampled_from([True, True, True, False]),
    st.sampled_from([None, 3, 7]),
    st.sampled_from([None, 0, 2]),
)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.lists(WRITE, min_size=1, max_size=4), min_size=1, max_size=8))
def test_settling_step_by_step_is_settling_from_scratch(table: Table, batches: list[list[Any]]) -> None:
    table.db.execute(Query.parse("clear", "truncate products, same_sku_rules, search_values cascade"))
    for batch in batches:
        ids = [
            table.write(
                source, key, sku, parent=None if parent == key else parent, active=active, price=price,
                quantity=quantity,
            )
            for source, key, sku, parent, active, price, quantity in batch
        ]  # fmt: skip
        before = table.settled()
        changed = table.settle(*ids)
        after = table.settled()
        seen = {key for key in after if (before[key]["shown_as"] is None) != (after[key]["shown_as"] is None)}
        assert set(changed) == seen
    versions = table.versions()
    with table.db.transaction() as transaction:
        assert twins.settle_all(transaction, RULE) == ([], [])
        every = transaction.fetch(Query.parse("every", "select id from products"))
        held = twins._related(transaction, [row["id"] for row in every])
    assert table.versions() == versions
    expected = standings((each.listing for each in held.values()), RULE)
    assert {key: each.standing for key, each in held.items()} == expected
