"""A WooCommerce shop that changes, or tells wrong things, while a walk reads it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
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


def test_hidden_products_that_slip_are_not_forgotten(db: Database) -> None:
    shop = moving(210)
    ids = sorted(shop.items)
    with stage(db, shop, WOOCOMMERCE_CONCURRENCY="1") as made:
        shop.write_silently(ids[100], catalog_visibility="hidden")
        made.sync()
        shop.create({"name": "Antiguo", "date_created_gmt": LONG_AGO})
        shop.at, shop.then = ids[99], lambda: shop.delete(ids[3])
        made.sync()
        made.sync()
        # Were it forgotten, the shop's count would fit with one too many here.
        assert made.active_ids() == made.visible_ids()


@pytest.mark.parametrize("version", ["11.0.1", "9.4.2"])
@pytest.mark.parametrize("seed", range(4))
def test_a_shop_that_never_stands_still_ends_as_it_is(db: Database, version: str, seed: int) -> None:
    clock = [datetime.now(UTC) - timedelta(days=3)]
    shop = Restless.generated(210, variations=3, every=20, version=version, now=lambda: clock[0])
    assert isinstance(shop, Restless)
    with stage(db, shop, COMMIT_BATCH_SIZE="40") as made:
        shop.clock, shop.chance = clock, Random(seed)
        for pages in (seed + 1, 6):
            with suppress(KeyboardInterrupt):
                made.sync(progress=cut_off_after(pages), allow_mass_deactivation=True)
        made.sync(allow_mass_deactivation=True)
        shop.chance = None
        clock[0] += timedelta(minutes=2)
        made.sync(allow_mass_deactivation=True)
        assert made.active_ids() == made.visible_ids()
        for row in made.rows("is_active and product_type in ('simple', 'variation')"):
            assert row["price"] == Decimal(shop.items[int(row["external_id"])].price)


class Restless(Shop):
    """Now and then changes anything while it answers; minutes pass from change to change."""

    chance: Random | None = None
    clock: list[datetime]

    def json(self, item: Item, **how: Any) -> bytes:
        if self.chance is not None and self.chance.random() < 0.01:
            self.clock[0] += timedelta(minutes=2)
            self.change(self.chance)
        return super().json(item, **how)

    def change(self, chance: Random) -> None:
        live = [item for item in self.items.values() if item.status != "trash"]
        one = chance.choice([item for item in live if not item.is_variation])
        priced = chance.choice([item for item in live if item.type != "variable"])
        parent = chance.choice([item for item in live if item.type == "variable"])
        some_price = {"regular_price": str(chance.randrange(1, 99)), "sale_price": ""}
        changes: list[Callable[[], Any]] = [
            lambda: self.delete(one.id),
            lambda: self.trash(one.id),
            lambda: self.create({"name": "Nuevo", **some_price}),
            lambda: self.create({"name": "Antiguo", "date_created_gmt": LONG_AGO, **some_price}),
            lambda: self.update(priced.id, some_price),
            lambda: self.update(one.id, {"status": chance.choice(["draft", "publish"])}),
            lambda: self.update(one.id, {"catalog_visibility": chance.choice(["hidden", "visible"])}),
            lambda: self.create(some_price, parent),
            lambda: self.delete(chance.choice(parent.children)) if parent.children else None,
        ]
        chance.choice(changes)()


def cut_off_after(pages: int) -> Callable[[Any], None]:
    """A progress that ends the run as Ctrl-C does."""
    left = iter(range(pages - 1, -1, -1))

    def progress(_: Any) -> None:
        if next(left, 1) == 0:
            raise KeyboardInterrupt

    return progress
