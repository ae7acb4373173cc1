"""A product's price and stock of this moment, each asked of the source whose word counts."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from tendero.catalog.item import StockStatus
from tendero.catalog.live import LiveDetails
from tendero.platform.database import Database
from tendero.platform.deadline import Deadline
from tests.integration.odoo_sync import TEMPLATE, VARIANT
from tests.integration.two_sources import Two, two_sources


@pytest.fixture
def two(db: Database) -> Iterator[Two]:
    with two_sources(db) as built:
        yield built


class Asking:
    """Asks live; counts the requests that each source got. The first call logs in and warms up."""

    def __init__(self, two: Two) -> None:
        self._two = two
        self._live = two.live()
        self._live(sku="HER-002", deadline=Deadline(5))
        self.web = self.erp = 0

    def __call__(self, sku: str = "HER-001", **more: int) -> LiveDetails:
        web, erp = self._two.web.shop.requests, self._two.erp.odoo.requests
        before = len(web), len(erp)
        found = self._live(sku=None if more else sku, deadline=Deadline(5), **more)
        self.web, self.erp = len(web) - before[0], len(erp) - before[1]
        return found


def test_the_price_is_asked_of_one_source_and_the_stock_of_the_other(two: Two) -> None:
    web, erp = two.name(two.simple(), "HER-001"), two.erp.variant("HER-001")
    two.sync()
    ask = Asking(two)
    two.web.shop.update(web, {"regular_price": "1.23", "sale_price": "", "stock_quantity": 77})
    two.erp.odoo.set_stock(erp, 0)
    two.erp.write(VARIANT, erp, list_price=99)
    found = ask()
    assert found.live
    assert found.product is not None
    assert (found.product.price, found.product.stock_status) == (Decimal("1.23"), StockStatus.OUT_OF_STOCK)
    assert (ask.web, ask.erp) == (1, 1)


def test_a_source_that_does_not_count_is_not_asked(two: Two) -> None:
    two.name(two.simple(), "HER-001")
    two.obey(same_sku_price=("odoo",), same_sku_stock=("odoo",))
    two.sync()
    ask = Asking(two)
    two.erp.write(VARIANT, two.erp.variant("HER-001"), list_price=99)
    found = ask()
    assert found.product is not None
    assert (found.product.source, found.product.price) == ("woocommerce", Decimal(99))
    assert (ask.web, ask.erp) == (0, 1)
    two.obey(same_sku_price=("woocommerce",), same_sku_stock=("woocommerce",))
    two.sync()
    ask = Asking(two)
    assert ask().live
    assert (ask.web, ask.erp) == (1, 0)


def test_variations_are_asked_for_together(two: Two) -> None:
    parent, children = two.variable()
    for child, code in zip(children, ("RIE-MAN-1", "RIE-MAN-2", "RIE-MAN-3"), strict=False):
        two.name(child, code)
    two.sync()
    ask = Asking(two)
    two.erp.odoo.set_stock(two.erp.variant("RIE-MAN-2"), 41)
    two.web.shop.update(children[1], {"regular_price": "1.23", "sale_price": ""})
    found = ask(product_id=two.row("woocommerce", parent)["id"])
    assert found.live
    assert found.product is not None
    second = found.product.variations[1]
    assert (second.price, second.stock_quantity, found.product.price) == (
        Decimal("1.23"),
        Decimal(41),
        Decimal("1.23"),
    )
    assert (ask.web, ask.erp) == (1, 1)


def test_when_one_source_is_down_the_others_word_is_given_and_said_to_be_partial(two: Two) -> None:
    web = two.name(two.simple(), "HER-001")
    two.sync()
    ask = Asking(two)
    two.erp.odoo.faults.add("maintenance", times=None, retry_after=90)
    two.web.shop.update(web, {"regular_price": "1.23", "sale_price": ""})
    found = ask()
    assert not found.live
    assert "maintenance" in found.reason
    assert found.product is not None
    assert (found.product.price, found.product.stock_quantity) == (Decimal("1.23"), Decimal(24))


def test_what_the_shop_no_longer_sells_is_told(two: Two) -> None:
    web = two.name(two.simple(), "HER-001")
    two.sync()
    two.web.shop.delete(web)
    found = two.live()(sku="HER-001", deadline=Deadline(5))
    assert (found.product, found.live) == (None, True)


def test_stock_of_a_source_that_no_longer_sells_it_is_that_of_the_last_sync(two: Two) -> None:
    two.name(two.simple(), "HER-001")
    two.sync()
    two.erp.write(TEMPLATE, two.erp.template("HER-001"), active=False)
    found = two.live()(sku="HER-001", deadline=Deadline(5))
    assert not found.live
    assert "no longer sold" in found.reason
    assert found.product is not None
    assert found.product.stock_quantity == 24
