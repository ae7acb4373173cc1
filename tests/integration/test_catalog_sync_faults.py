"""A shop that misbehaves: nothing is lost, nothing wrongly deactivated, every error says what to do."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from infra.local.demo_shop.errors import ApiError
from infra.local.demo_shop.records import Item
from infra.local.demo_shop.shop import Shop
from tendero.platform.database import Database
from tendero.platform.errors import SettingsError, SourceError
from tests.integration.shop_sync import Stage, stage

# What passes: answered again, or read around.
PASSING: list[tuple[str, dict[str, Any]]] = [
    ("too_many_requests", {"retry_after": 0}),
    ("server_error", {}),
    ("bad_gateway", {}),
    ("maintenance", {"retry_after": 0}),
    ("html", {}),
    ("stray_output", {}),
    ("cut", {}),
    ("empty_page", {}),
    ("lying_total", {"total": 5}),
    ("lying_total", {"total": 100_000}),
    ("no_totals", {}),
    ("same_page", {}),
]
# What does not: the run fails, with a sentence that helps.
LASTING = [
    ("server_error", "500"),
    ("maintenance", "maintenance"),
    ("html", "not JSON"),
    ("stray_output", "A plugin that prints text"),
    ("same_page", "a cache before it ignores `page`"),
    ("woocommerce_off", "Is the WooCommerce plugin active"),
]


# Before 10.3 the variations of each product are a list of their own.
both_releases = pytest.mark.parametrize("shop", ["11.0.1", "9.4.2"], indirect=True)


@pytest.fixture
def shop(request: pytest.FixtureRequest) -> Shop:
    """Three pages of products, and enough variable ones for a list of all variations, where there is one."""
    return Shop.generated(210, variations=2, every=35, version=getattr(request, "param", "11.0.1"))


@pytest.fixture
def made(db: Database, shop: Shop) -> Iterator[Stage]:
    with stage(db, shop) as built:
        yield built


@pytest.mark.parametrize(("kind", "options"), PASSING)
@pytest.mark.parametrize("after", [0, 2])
def test_nothing_is_lost_on_the_first_run(
    made: Stage, kind: str, options: dict[str, Any], after: int
) -> None:
    # Faults are used up in order: these requests are answered slowly, but truly.
    made.shop.faults.add("hang", None, path="/products/categories", seconds=0)
    if after:
        made.shop.faults.add("hang", after, path="/products", seconds=0)
    made.shop.faults.add(kind, 1, path="/products", **options)
    made.sync()
    assert made.active_ids() == made.visible_ids()


@pytest.mark.parametrize(("kind", "options"), PASSING)
@both_releases
def test_no_variation_is_lost(made: Stage, kind: str, options: dict[str, Any]) -> None:
    made.shop.faults.add(kind, 1, path="/variations", **options)
    made.sync()
    assert made.active_ids() == made.visible_ids()


@pytest.mark.parametrize(("kind", "options"), PASSING)
@pytest.mark.parametrize("full", [True, False])
def test_nothing_is_deactivated_wrongly(made: Stage, kind: str, options: dict[str, Any], full: bool) -> None:
    made.sync()
    before = made.versions()
    made.shop.faults.add(kind, 2, **options)
    made.sync(full=full)
    assert made.versions() == before


@pytest.mark.parametrize(("kind", "says"), LASTING)
def test_a_lasting_failure_changes_nothing_and_says_what_to_do(made: Stage, kind: str, says: str) -> None:
    made.sync()
    before = made.versions()
    made.shop.faults.add(kind, None, path="/wc/v3/")
    with pytest.raises(SourceError, match=says):
        made.sync(full=True)
    assert made.versions() == before


@both_releases
def test_a_shop_that_always_hides_its_totals_is_read_to_the_end(made: Stage) -> None:
    made.shop.faults.add("no_totals", None)
    made.sync()
    assert made.active_ids() == made.visible_ids()


@both_releases
def test_empty_pages_for_ever_deactivate_nothing(made: Stage) -> None:
    made.sync()
    before = made.versions()
    made.shop.faults.add("empty_page", None, path="/products")
    made.sync(full=True)
    assert made.versions() == before


class BrokenShop(Shop):
    """Fails on every page that holds one of the `fatal` products, as a plugin's fatal error does."""

    fatal: frozenset[int] = frozenset()

    def json(self, item: Item, *, as_variation: bool = False, fields: tuple[str, ...] = ()) -> bytes:
        if item.id in self.fatal:
            raise ApiError("internal_server_error", "There has been a critical error.", 500)
        return super().json(item, as_variation=as_variation, fields=fields)


@pytest.mark.parametrize("place", [0, 100, 209])
def test_one_fatal_product_is_left_out_and_told(db: Database, place: int) -> None:
    shop = BrokenShop.generated(210, variations=0)
    assert isinstance(shop, BrokenShop)
    ids = sorted(shop.items)
    with stage(db, shop) as made:
        made.sync()
        shop.fatal = frozenset({ids[place]})
        shop.update(ids[(place + 1) % 210], {"regular_price": "2.22", "sale_price": ""})
        report = made.sync(full=True)
        assert (report.updated, report.deactivated) == (1, 0)
        assert any("left out" in error for error in report.errors)
        assert made.active_ids() == set(ids)


def test_products_that_leave_during_the_walk_hide_no_other(db: Database) -> None:
    class Leaving(Shop):
        """Trashes three products that were read already while the second page is being asked for."""

        def json(self, item: Item, **how: Any) -> bytes:
            if item.id == ids[150]:
                for gone in leaving:
                    if self.items[gone].status == "publish":
                        self.trash(gone)
            return super().json(item, **how)

    shop = Leaving.generated(210, variations=0)
    ids = sorted(shop.items)
    leaving: list[int] = []
    with stage(db, shop, WOOCOMMERCE_CONCURRENCY="1") as made:
        leaving += ids[3:6]
        made.sync()
        made.sync(full=True)
        assert made.active_ids() == set(ids) - set(leaving)


def test_a_shop_that_ignores_modified_after_is_read_as_a_whole(db: Database) -> None:
    class Old(Shop):
        """Treats every request as if it had no date in it, like a shop from before 2021."""

    shop = Old.generated(30)
    with stage(db, shop) as made:
        made.sync()
        for item in shop.items.values():
            item.modified = item.modified.replace(year=2020)
        from infra.local.demo_shop import query

        kept = dict(query._FILTERS)
        query._FILTERS.pop("modified_after")
        try:
            report = made.sync()
        finally:
            query._FILTERS.update(kept)
        assert report.mode == "full"
        assert report.deactivated == 0


# Wrong settings

KEYS = [
    ({"WOOCOMMERCE_KEY": "ck_unknown_abcd"}, "abcd"),
    ({"WOOCOMMERCE_SECRET": "cs_wrong"}, "WOOCOMMERCE_SECRET"),
    ({"WOOCOMMERCE_KEY": "ck_demo_write", "WOOCOMMERCE_SECRET": "cs_demo_write"}, "permission Read"),
    ({"WOOCOMMERCE_KEY": "ck_demo_customer", "WOOCOMMERCE_SECRET": "cs_demo_customer"}, "shop manager"),
]


@pytest.mark.parametrize(("settings", "says"), KEYS)
def test_wrong_keys_are_told_apart(db: Database, settings: dict[str, str], says: str) -> None:
    with stage(db, Shop.generated(3), **settings) as made, pytest.raises(SourceError, match=says) as caught:
        made.sync()
    for secret in ("cs_wrong", "cs_demo", "ck_demo", "ck_unknown"):
        assert secret not in str(caught.value)


def test_a_wrong_path_is_told(db: Database) -> None:
    with stage(db, Shop.generated(3)) as made:
        wrong = made.server.base_url + "/nowhere"
    with (
        stage(db, Shop.generated(3), WOOCOMMERCE_URL=wrong) as made,
        pytest.raises(SourceError, match="WOOCOMMERCE_URL"),
    ):
        made.sync()


def test_a_refused_connection_is_told(db: Database) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        with (
            stage(db, Shop.generated(3), WOOCOMMERCE_URL=url) as made,
            pytest.raises(SourceError, match="refuses connections"),
        ):
            made.sync()


def test_an_unknown_host_is_told(db: Database) -> None:
    with (
        stage(db, Shop.generated(3), WOOCOMMERCE_URL="http://shop.invalid") as made,
        pytest.raises(SourceError, match="no such host"),
    ):
        made.sync()


def test_https_towards_a_plain_port_is_told(db: Database) -> None:
    with stage(db, Shop.generated(3)) as plain:
        url = plain.server.base_url.replace("http:", "https:")
        with (
            stage(db, Shop.generated(3), WOOCOMMERCE_URL=url) as made,
            pytest.raises(SourceError, match="speaks http, not https"),
        ):
            made.sync()


@pytest.mark.parametrize("url", ["", "shop.example", "ftp://shop.example", "https://", "https://a:b"])
def test_an_address_that_is_none_is_told_before_anything_is_asked(db: Database, url: str) -> None:
    with (
        stage(db, Shop.generated(3), WOOCOMMERCE_URL=url) as made,
        pytest.raises(SettingsError, match="WOOCOMMERCE_URL"),
    ):
        made.sync()
