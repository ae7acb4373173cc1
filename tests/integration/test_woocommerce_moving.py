"""A WooCommerce shop that changes, or tells wrong things, while a walk reads it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from infra.local.demo_shop.records import Item
from infra.local.demo_shop.shop import Shop
from tendero.platform.database import Database
from tests.integration.shop_sync import stage

LONG_AGO = "2020-01-02T00:00:00"


class Moving(Shop):
    """Does something once, when the product `at` is about to be shown."""

    at: int = 0
    then: Callable[[], Any] | None = None

    def json(self, item: Item, **how: Any) -> bytes:
        if item.id == self.at and self.then is not None:
            then, self.then = self.then, None
            then()
        return super().json(item, **how)


def moving(products: int, **options: Any) -> Moving:
    shop = Moving.generated(products, variations=0, **options)
    assert isinstance(shop, Moving)
    return shop


def test_one_that_comes_does_not_hide_that_another_left(db: Database) -> None:
    shop = moving(210)
    ids = sorted(shop.items)
    shop.at = ids[150]

    def swap() -> None:
        shop.delete(ids[3])
        shop.create({"name": "Nuevo"})

    with stage(db, shop, WOOCOMMERCE_CONCURRENCY="1") as made:
        shop.then = swap
        made.sync()
        # What was read before it left is found gone by the next run.
        assert made.active_ids() - {ids[3]} == made.visible_ids()
        made.sync()
        assert made.active_ids() == made.visible_ids()


@pytest.mark.parametrize("way", ["delete", "trash"])
def test_changed_products_that_leave_during_the_walk_hide_no_other_change(db: Database, way: str) -> None:
    behind = [timedelta(hours=-2)]
    shop = moving(310, now=lambda: datetime.now(UTC) + behind[0])
    ids = sorted(shop.items)
    with stage(db, shop, WOOCOMMERCE_CONCURRENCY="1") as made:
        made.sync()
        behind[0] = timedelta(hours=-1)
        for number in ids[:250]:
            shop.update(number, {"regular_price": "7.77", "sale_price": ""})
        behind[0] = timedelta()
        shop.at, shop.then = ids[150], lambda: [getattr(shop, way)(gone) for gone in ids[3:6]]
        assert made.sync().mode == "incremental"
        stale = made.rows("is_active and price <> 7.77")
        assert {int(row["external_id"]) for row in stale} == set(ids[250:])
        made.sync()
        assert made.active_ids() == made.visible_ids()


@pytest.mark.parametrize("path", ["/products", "/variations"])
def test_a_total_that_is_one_page_is_not_believed(db: Database, path: str) -> None:
    with stage(db, Shop.generated(210, variations=9, every=9)) as made:
        made.shop.faults.add("lying_total", None, path=path, total=100)
        made.sync()
        assert made.active_ids() == made.visible_ids()


@pytest.mark.parametrize("version", ["11.0.1", "9.4.2"])
@pytest.mark.parametrize("after", [0, 1, 2])
def test_an_empty_page_hides_no_change(db: Database, version: str, after: int) -> None:
    shop = Shop.generated(310, variations=2, every=30, version=version)
    with stage(db, shop) as made:
        made.sync()
        for item in list(shop.items.values()):
            if not item.is_variation:
                shop.update(item.id, {"name": f"{item.name} nuevo"})
        if after:
            made.shop.faults.add("hang", after, path="/products", seconds=0)
        made.shop.faults.add("empty_page", 1, path="/products")
        assert made.sync().mode == "incremental"
        assert not made.rows("is_active and name not like '%%nuevo%%'")


def test_an_empty_list_of_one_products_variations_hides_none(db: Database) -> None:
    shop = Shop.generated(12, version="9.4.2")
    with stage(db, shop) as made:
        made.sync()
        child = next(item for item in shop.items.values() if item.is_variation)
        shop.update(child.id, {"regular_price": "7.77", "sale_price": ""})
        shop.faults.add("empty_page", 1, path=f"/products/{child.parent_id}/variations")
        assert not made.sync().errors
        assert made.row(child.id)["price"] == Decimal("7.77")


def test_a_back_dated_product_behind_a_newer_one_is_found(db: Database) -> None:
    with stage(db, Shop.generated(30)) as made:
        made.sync()
        made.shop.delete(next(item.id for item in made.shop.items.values() if item.type == "simple"))
        old = made.shop.create({"name": "Antiguo", "date_created_gmt": LONG_AGO})
        made.shop.create({"name": "Nuevo"})
        made.sync()
        assert old.id in made.active_ids()
        assert made.active_ids() == made.visible_ids()
