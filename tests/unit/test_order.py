"""What the function `sync` accepts as an order."""

from __future__ import annotations

from typing import Any

import pytest

from tendero.catalog.order import SyncOrder
from tendero.platform.errors import BadRequest


def test_a_run_to_go_on_with_is_named_by_its_id() -> None:
    order = SyncOrder.parse({"source": "odoo", "continue": 17})
    assert (order.source, order.continues, order.full, order.ids) == ("odoo", 17, False, ())


def test_single_products_are_named_by_their_ids() -> None:
    order = SyncOrder.parse({"source": "woocommerce", "ids": [63]})
    assert (order.source, order.continues, order.ids) == ("woocommerce", None, ("63",))


@pytest.mark.parametrize("run", [0, -1, True, "17", 1.0, [17], 2**63])
def test_what_is_no_id_of_a_run_is_refused(run: Any) -> None:
    with pytest.raises(BadRequest, match="`continue` is the id of a run"):
        SyncOrder.parse({"source": "odoo", "continue": run})


@pytest.mark.parametrize("more", [{"full": True}, {"dry_run": True}, {"ids": [1]}])
def test_a_continuation_takes_no_other_wish(more: dict[str, Any]) -> None:
    with pytest.raises(BadRequest, match="go without each other"):
        SyncOrder.parse({"source": "odoo", "continue": 17, **more})


@pytest.mark.parametrize("body", [{"ids": [1]}, {"continue": 17}])
def test_ids_without_a_source_are_refused(body: dict[str, Any]) -> None:
    with pytest.raises(BadRequest, match="need a `source`"):
        SyncOrder.parse(body)


def test_an_empty_order_names_no_source() -> None:
    assert SyncOrder.parse({}) == SyncOrder("", full=False, dry_run=False, ids=())
