"""One product asked of the Odoo itself."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from tendero.catalog.item import StockStatus
from tendero.catalog.live import Live, live
from tendero.platform.database import Database
from tendero.platform.deadline import Deadline
from tests.integration.odoo_sync import JSON2, JSON_RPC, TEMPLATE, VARIANT, Stage, settled


@pytest.fixture(params=[("16.0", JSON_RPC), ("19.0", JSON2)], ids=lambda each: each[0])
def made(db: Database, request: pytest.FixtureRequest) -> Iterator[Stage]:
    with settled(db, *request.param) as built:
        yield built


@pytest.fixture
def ask(made: Stage) -> Live:
    return live(made.settings, made.db)


def test_price_and_stock_are_those_of_this_moment(made: Stage, ask: Live) -> None:
    hammer = made.variant("HER-001")
    made.write(VARIANT, hammer, list_price=1.23)
    made.odoo.set_stock(hammer, 0)
    found = ask(sku="HER-001", deadline=Deadline(5))
    assert found.live
    assert found.product is not None
    assert (found.product.price, found.product.stock_status) == (Decimal("1.23"), StockStatus.OUT_OF_STOCK)
    made.odoo.requests.clear()
    assert ask(sku="HER-002", deadline=Deadline(5)).live
    assert len(made.odoo.requests) == 1


def test_a_product_with_variations_comes_with_their_prices(made: Stage, ask: Live) -> None:
    made.write(TEMPLATE, made.template("RIE-MAN-1"), list_price=10)
    made.write(VARIANT, made.variant("RIE-MAN-3"), active=False)
    parent = made.row(f"template-{made.template('RIE-MAN-1')}")
    found = ask(product_id=parent["id"], deadline=Deadline(5))
    assert found.product is not None
    assert (found.product.price, found.product.price_max) == (10, 22)
    assert len(found.product.variations) == 2


def test_what_is_no_longer_sold_is_told(made: Stage, ask: Live) -> None:
    lamp = made.template("ILU-ANE-1")
    made.write(TEMPLATE, made.template("HER-001"), sale_ok=False)
    made.write(TEMPLATE, lamp, active=False)
    assert ask(sku="HER-001", deadline=Deadline(5)).product is None
    parent = made.row(f"template-{lamp}")
    assert ask(product_id=parent["id"], deadline=Deadline(5)).product is None


def test_a_server_that_is_down_leaves_the_synced_row(made: Stage, ask: Live) -> None:
    made.odoo.faults.add("maintenance", times=None, retry_after=90)
    found = ask(sku="HER-001", deadline=Deadline(3))
    assert not found.live
    assert found.product is not None
    assert "maintenance" in found.reason
