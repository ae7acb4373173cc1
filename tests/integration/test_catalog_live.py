"""One product asked of the shop itself."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from infra.local.demo_shop.records import Item
from infra.local.demo_shop.shop import Shop
from tendero.catalog.item import StockStatus
from tendero.catalog.live import live
from tendero.platform.database import Database
from tendero.platform.deadline import Deadline
from tendero.platform.settings import Settings
from tests.integration.shop_sync import Stage, stage


@pytest.fixture(params=("11.0.1", "9.4.2"))
def made(db: Database, request: pytest.FixtureRequest) -> Iterator[Stage]:
    with stage(db, Shop.generated(8, version=request.param)) as built:
        built.sync()
        yield built


def first(made: Stage, kind: str) -> Item:
    return next(item for item in made.shop.items.values() if item.type == kind)


@pytest.mark.parametrize("kind", ["simple", "variation"])
def test_price_and_stock_are_the_shops_of_this_moment(made: Stage, kind: str) -> None:
    item = first(made, kind)
    made.shop.update(item.id, {"regular_price": "1.23", "sale_price": "", "stock_quantity": 0})
    asked = len(made.shop.requests)
    found = live(made.settings, made.db)(sku=item.sku, deadline=Deadline(5))
    assert found.live
    assert found.product is not None
    assert (found.product.price, found.product.stock_status) == (Decimal("1.23"), StockStatus.OUT_OF_STOCK)
    assert len(made.shop.requests) - asked == 1


def test_a_variable_product_comes_with_its_variations_prices(made: Stage) -> None:
    parent = first(made, "variable")
    made.shop.update(parent.children[0], {"regular_price": "1.23", "sale_price": ""})
    made.shop.update(parent.children[1], {"status": "private"})
    asked = len(made.shop.requests)
    found = live(made.settings, made.db)(product_id=made.row(parent.id)["id"], deadline=Deadline(5))
    assert found.live
    assert found.product is not None
    assert found.product.price == Decimal("1.23")
    assert len(found.product.variations) == 3
    assert len(made.shop.requests) - asked == 1


@pytest.mark.parametrize("kind", ["simple", "variable", "variation"])
@pytest.mark.parametrize("way", ["trash", "delete"])
def test_what_the_shop_no_longer_sells_is_told(made: Stage, kind: str, way: str) -> None:
    item = first(made, kind)
    getattr(made.shop, way)(item.id)
    found = live(made.settings, made.db)(sku=item.sku, deadline=Deadline(5))
    assert (found.product, found.live) == (None, True)


@pytest.mark.parametrize(
    "fault", ["hang", "server_error", "html", "woocommerce_off", "cut", "too_many_requests"]
)
def test_without_the_shop_the_last_known_row_is_given_and_said_to_be(made: Stage, fault: str) -> None:
    item = first(made, "simple")
    made.shop.faults.add(fault, None)
    found = live(made.settings, made.db)(sku=item.sku, deadline=Deadline(0.6))
    assert found.product is not None
    assert found.product.sku == item.sku
    assert not found.live
    assert found.reason


def test_a_shop_that_is_not_configured_is_no_error(made: Stage) -> None:
    found = live(Settings(), made.db)(sku=first(made, "simple").sku, deadline=Deadline(1))
    assert found.product is not None
    assert "WOOCOMMERCE_URL" in found.reason


def test_an_unknown_code_is_nothing(made: Stage) -> None:
    found = live(made.settings, made.db)(sku="NO-SUCH", deadline=Deadline(1))
    assert (found.product, found.live) == (None, False)
