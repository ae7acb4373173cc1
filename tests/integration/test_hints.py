"""A hint makes one product be read anew, with its variations, and leaves the record of runs alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from infra.local.demo_shop.shop import Shop
from tendero.catalog.embedding import Embeddings
from tendero.catalog.hints import sync_only
from tendero.catalog.report import SyncReport
from tendero.catalog.woocommerce.shop import WooCommerce
from tendero.platform.database import Database
from tendero.platform.errors import SourceError
from tendero.platform.sql import Query
from tests.integration.demo_shop_client import Client
from tests.integration.shop_sync import Stage, stage

SCARF, SHIRT, SHIRT_S = 1160, 1000, 1001


@pytest.fixture
def synced(db: Database) -> Iterator[Stage]:
    with stage(db, Shop(webhook_delay=3600)) as built:
        built.sync()
        built.embedder.texts.clear()
        yield built


@pytest.fixture
def shop(synced: Stage) -> Iterator[Client]:
    client = Client(synced.server)
    yield client
    client.session.close()


def hint(on: Stage, *ids: int) -> SyncReport:
    source = WooCommerce(on.settings)
    source.client.pause = 0.01
    return sync_only(on.db, source, [str(each) for each in ids], Embeddings(on.db, on.embedder, on.settings))


def changed(on: Stage, before: dict[str, Any]) -> set[int]:
    now = on.versions()
    return {int(each) for each in now if now[each] != before.get(each)}


def record(on: Stage) -> tuple[Any, Any]:
    runs = on.db.fetch(Query.parse("runs", "select count(*) as n, max(id) as newest from sync_runs"))
    return runs, on.db.fetch(
        Query.parse("state", "select watermark, details, last_success_at from sync_state")
    )


def test_only_the_hinted_product_is_written(synced: Stage, shop: Client) -> None:
    before, runs = synced.versions(), record(synced)
    shop("PUT", f"/products/{SCARF}", json={"regular_price": "33"})
    shop("PUT", "/products/1040", json={"regular_price": "44"})
    report = hint(synced, SCARF)
    assert (report.processed, report.updated, report.embeddings) == (1, 1, 0)
    assert synced.row(SCARF)["price"] == 33
    assert changed(synced, before) == {SCARF}
    assert record(synced) == runs
    # What no hint told of is found by the next run.
    synced.sync()
    assert synced.row(1040)["list_price"] == 44


def test_a_variation_brings_its_product_with_all_variations(synced: Stage, shop: Client) -> None:
    shop("PUT", f"/products/{SHIRT}/variations/{SHIRT_S}", json={"stock_quantity": 2, "manage_stock": True})
    before = synced.versions()
    report = hint(synced, SHIRT_S)
    children = [each for each in synced.shop.items.values() if each.parent_id == SHIRT]
    assert (report.products, report.variations) == (1, len(children))
    assert changed(synced, before) == {SHIRT_S}
    assert synced.row(SHIRT_S)["stock_quantity"] == 2


def test_a_new_text_gets_its_vector_and_no_other_product_does(synced: Stage, shop: Client) -> None:
    synced.db.execute(Query.parse("less", "delete from product_embeddings where product_id % 2 = 0"))
    shop("PUT", f"/products/{SCARF}", json={"name": "Bufanda de alpaca"})
    assert hint(synced, SCARF).embeddings == 1
    (text,) = synced.embedder.texts
    assert text.startswith("Bufanda de alpaca")


@pytest.mark.parametrize("how", ["", "?force=true"])
def test_a_deleted_product_is_hidden_with_its_variations(synced: Stage, shop: Client, how: str) -> None:
    shop("DELETE", f"/products/{SHIRT}{how}")
    assert hint(synced, SHIRT).deactivated == 7
    assert not synced.row(SHIRT)["is_active"]
    assert synced.active_ids() == synced.visible_ids()
    assert hint(synced, SHIRT).deactivated == 0


def test_a_deleted_variation_is_hidden_alone(synced: Stage, shop: Client) -> None:
    shop("DELETE", f"/products/{SHIRT}/variations/{SHIRT_S}?force=true")
    hint(synced, SHIRT_S)
    assert not synced.row(SHIRT_S)["is_active"]
    assert synced.row(SHIRT)["is_active"]


def test_a_product_taken_off_the_shop_hides_its_variations(synced: Stage, shop: Client) -> None:
    shop("PUT", f"/products/{SHIRT}", json={"status": "draft"})
    assert hint(synced, SHIRT).deactivated == 7
    assert synced.active_ids() == synced.visible_ids()
    shop("PUT", f"/products/{SHIRT}", json={"status": "publish"})
    hint(synced, SHIRT_S)
    assert synced.active_ids() == synced.visible_ids()


def test_a_new_product_comes_in(synced: Stage, shop: Client) -> None:
    new = shop("POST", "/products", json={"name": "Recién llegado", "regular_price": "5"}).json()["id"]
    assert hint(synced, new).inserted == 1
    assert synced.row(new)["name"] == "Recién llegado"


def test_the_id_of_a_page_or_an_order_changes_nothing(synced: Stage) -> None:
    before = synced.versions()
    report = hint(synced, 987_654)
    assert (report.processed, report.deactivated) == (0, 0)
    assert synced.versions() == before


def test_a_shop_that_fails_hides_nothing(synced: Stage, shop: Client) -> None:
    shop("DELETE", f"/products/{SCARF}?force=true")
    synced.shop.faults.add("woocommerce_off", None)
    with pytest.raises(SourceError):
        hint(synced, SCARF)
    assert synced.row(SCARF)["is_active"]
