"""The sync between a demo shop and PostgreSQL: what arrives, what is written, what goes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from infra.local.demo_shop.records import Item
from infra.local.demo_shop.shop import Shop
from tendero.catalog.report import Figures
from tendero.platform.database import Database
from tendero.platform.errors import SourceError
from tendero.platform.sql import Query
from tests.integration.shop_sync import Stage, stage

VERSIONS = ("11.0.1", "9.4.2")


@pytest.fixture(params=VERSIONS)
def synced(db: Database, request: pytest.FixtureRequest) -> Iterator[Stage]:
    """A shop with 28 products, every fourth with four variations, already synced."""
    with stage(db, Shop.generated(28, version=request.param)) as made:
        made.sync()
        yield made


def first(made: Stage, kind: str) -> Item:
    return next(item for item in made.shop.items.values() if item.type == kind)


def written(made: Stage, before: dict[str, Any]) -> set[int]:
    return {int(each) for each, version in made.versions().items() if before.get(each) != version}


def query(made: Stage, sql: str) -> list[dict[str, Any]]:
    return made.db.fetch(Query.parse("test", sql))


@pytest.mark.parametrize("version", VERSIONS)
def test_the_whole_demo_catalogue_arrives(db: Database, version: str) -> None:
    with stage(db, Shop(version=version)) as made:
        report = made.sync()
        assert report.mode == "full"
        assert report.inserted == report.processed == len(made.shop.items)
        assert made.active_ids() == made.visible_ids()
        assert report.embeddings == len(made.rows("is_active and kind = 'product'"))
        assert not report.errors


@pytest.mark.parametrize("full", [True, False])
def test_a_second_run_writes_no_row_and_embeds_nothing(synced: Stage, full: bool) -> None:
    before, asked = synced.versions(), len(synced.embedder.texts)
    report = synced.sync(full=full)
    assert report.mode == ("full" if full else "incremental")
    assert (report.inserted, report.updated, report.deactivated, report.embeddings) == (0, 0, 0, 0)
    assert synced.versions() == before
    assert len(synced.embedder.texts) == asked


@pytest.mark.parametrize("full", [True, False])
def test_a_price_change_writes_one_row_and_never_embeds(synced: Stage, full: bool) -> None:
    item = first(synced, "simple")
    before, asked = synced.versions(), len(synced.embedder.texts)
    synced.shop.update(item.id, {"regular_price": "7.77", "sale_price": ""})
    report = synced.sync(full=full)
    assert (report.updated, report.embeddings) == (1, 0)
    assert written(synced, before) == {item.id}
    assert synced.row(item.id)["price"] == Decimal("7.77")
    assert len(synced.embedder.texts) == asked


def test_updated_at_moves_only_with_a_change(synced: Stage) -> None:
    item = first(synced, "simple")
    before = synced.row(item.id)["updated_at"]
    synced.shop.update(item.id, {})
    assert synced.sync().unchanged >= 1
    assert synced.row(item.id)["updated_at"] == before
    synced.shop.update(item.id, {"stock_quantity": 999})
    synced.sync()
    assert synced.row(item.id)["updated_at"] > before


def test_a_variations_price_arrives(synced: Stage) -> None:
    child = first(synced, "variation")
    before = synced.versions()
    synced.shop.update(child.id, {"regular_price": "9999.00", "sale_price": ""})
    assert synced.sync().embeddings == 0
    assert written(synced, before) == {child.id}
    assert synced.row(child.id)["price"] == Decimal("9999.00")


def test_a_new_name_is_embedded_again(synced: Stage) -> None:
    item = first(synced, "simple")
    asked = len(synced.embedder.texts)
    synced.shop.update(item.id, {"name": "Sombrero de paja"})
    assert synced.sync().embeddings == 1
    assert synced.embedder.texts[asked:] == [synced.row(item.id)["text_for_embedding"]]


def test_a_new_product_with_variations_arrives(synced: Stage) -> None:
    parent = synced.shop.create({"name": "Gorro", "type": "variable"})
    child = synced.shop.create({"regular_price": "5"}, parent)
    report = synced.sync()
    assert report.inserted == 2
    assert synced.row(child.id)["parent_external_id"] == str(parent.id)


@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize("way", ["trash", "delete"])
@pytest.mark.parametrize("kind", ["simple", "variable", "variation"])
def test_what_the_shop_removed_is_deactivated(synced: Stage, way: str, kind: str, full: bool) -> None:
    item = first(synced, kind)
    family = {item.id, *item.children}
    getattr(synced.shop, way)(item.id)
    report = synced.sync(full=full)
    assert report.deactivated == len(family)
    assert synced.active_ids() == synced.visible_ids()
    assert not family & synced.active_ids()


def test_a_restored_product_comes_back_without_a_new_vector(synced: Stage) -> None:
    item = first(synced, "simple")
    synced.shop.trash(item.id)
    synced.sync()
    synced.shop.update(item.id, {"status": "publish"})
    report = synced.sync()
    assert report.embeddings == 0
    assert synced.row(item.id)["is_active"]


def test_a_restored_variable_product_is_as_the_shop_shows_it(synced: Stage) -> None:
    # WooCommerce restores the product by REST and leaves its variations in the trash.
    item = first(synced, "variable")
    synced.shop.trash(item.id)
    synced.sync()
    synced.shop.update(item.id, {"status": "publish"})
    synced.sync()
    assert synced.active_ids() == synced.visible_ids()


@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize("kind", ["simple", "variable"])
@pytest.mark.parametrize(
    "hiding", [{"status": "draft"}, {"status": "private"}, {"catalog_visibility": "hidden"}]
)
def test_what_customers_must_not_see_is_deactivated_and_comes_back(
    synced: Stage, kind: str, full: bool, hiding: dict[str, str]
) -> None:
    item = first(synced, kind)
    synced.shop.update(item.id, hiding)
    assert synced.sync(full=full).deactivated == 1 + len(item.children)
    assert synced.active_ids() == synced.visible_ids()
    synced.shop.update(item.id, {"status": "publish", "catalog_visibility": "visible"})
    synced.sync(full=full)
    assert {item.id, *item.children} <= synced.active_ids()


def test_a_disabled_variation_is_deactivated(synced: Stage) -> None:
    child = first(synced, "variation")
    synced.shop.update(child.id, {"status": "private"})
    assert synced.sync().deactivated == 1
    assert not synced.row(child.id)["is_active"]


def test_a_back_dated_product_is_found_by_counting(synced: Stage) -> None:
    item = synced.shop.create({"name": "Antiguo", "date_created_gmt": "2020-01-02T00:00:00"})
    report = synced.sync()
    assert report.mode == "incremental"
    assert synced.row(item.id)["is_active"]


def test_one_deleted_and_one_back_dated_product_are_not_mistaken_for_none(synced: Stage) -> None:
    gone = first(synced, "simple")
    synced.shop.delete(gone.id)
    item = synced.shop.create({"name": "Antiguo", "date_created_gmt": "2020-01-02T00:00:00"})
    synced.sync()
    assert item.id in synced.active_ids()
    assert gone.id not in synced.active_ids()


def test_hidden_products_do_not_disturb_the_count(synced: Stage) -> None:
    synced.shop.update(first(synced, "simple").id, {"catalog_visibility": "hidden"})
    synced.sync()
    asked = len(synced.shop.requests)
    synced.sync()
    # Currency, categories, products, trash, count, and where it exists the list of variations.
    assert len(synced.shop.requests) - asked <= 7


@pytest.mark.parametrize("version", VERSIONS)
def test_a_scheduled_product_appears_when_its_time_comes(db: Database, version: str) -> None:
    behind = [timedelta(hours=-3)]
    shop = Shop.generated(30, version=version, now=lambda: datetime.now(UTC) + behind[0])
    with stage(db, shop) as made:
        made.sync()
        due = (shop.now() + timedelta(minutes=30)).strftime("%Y-%m-%dT%H:%M:%S")
        item = shop.create({"name": "Estreno", "date_created_gmt": due})
        made.sync()
        assert item.id not in made.active_ids()
        (state,) = query(made, "select watermark from sync_state")
        assert state["watermark"] <= shop.now()
        behind[0] = timedelta(hours=-1)
        made.sync()
        shop.run_queue()
        assert made.sync().mode == "incremental"
        assert item.id in made.active_ids()


def test_the_watermark_is_the_shops_clock_when_the_run_began(db: Database) -> None:
    shop = Shop.generated(5, now=lambda: datetime(2026, 3, 1, 12, 0, tzinfo=UTC))
    with stage(db, shop) as made:
        made.sync()
        (state,) = query(made, "select * from sync_state")
        assert state["watermark"] == shop.now()
        assert state["last_success_at"] > shop.now()


def test_a_shops_fast_clock_does_not_skip_changes(db: Database) -> None:
    shop = Shop.generated(5, now=lambda: datetime.now(UTC) + timedelta(days=1))
    with stage(db, shop) as made:
        made.sync()
        (state,) = query(made, "select watermark <= now() as past from sync_state")
        assert state["past"]


def test_a_change_without_a_date_arrives_with_the_full_run(synced: Stage) -> None:
    item = first(synced, "simple")
    synced.shop.write_silently(item.id, regular_price="3.21", sale_price="")
    synced.sync()
    assert synced.row(item.id)["price"] != Decimal("3.21")
    query(synced, 'update sync_state set details = details || \'{"full_at": "2026-01-01T00:00:00+00:00"}\'')
    assert synced.sync().mode == "full"
    assert synced.row(item.id)["price"] == Decimal("3.21")


def test_many_removed_products_need_a_word(synced: Stage) -> None:
    for item in [each for each in synced.shop.items.values() if each.type == "simple"][:20]:
        synced.shop.delete(item.id)
    before = synced.versions()
    with pytest.raises(SourceError, match="tendero sync --yes"):
        synced.sync()
    assert synced.versions() == before
    report = synced.sync(allow_mass_deactivation=True)
    assert report.deactivated == 20
    assert synced.active_ids() == synced.visible_ids()


def test_an_emptied_shop_is_refused(synced: Stage) -> None:
    before = synced.versions()
    for item in [each for each in synced.shop.items.values() if not each.is_variation]:
        synced.shop.delete(item.id)
    for full in (True, False):
        with pytest.raises(SourceError, match="not deactivated"):
            synced.sync(full=full)
    assert synced.versions() == before


@pytest.mark.parametrize("full", [True, False])
def test_a_dry_run_tells_what_would_change_and_changes_nothing(synced: Stage, full: bool) -> None:
    simple = [item for item in synced.shop.items.values() if item.type == "simple"]
    synced.shop.update(simple[0].id, {"regular_price": "1", "sale_price": ""})
    synced.shop.trash(simple[1].id)
    synced.shop.create({"name": "Nuevo"})
    before, state, runs = (
        synced.versions(),
        query(synced, "select * from sync_state"),
        query(synced, "select * from sync_runs"),
    )
    tried = synced.sync(full=full, dry_run=True)
    assert (tried.inserted, tried.updated, tried.deactivated, tried.embeddings) == (1, 1, 1, 1)
    assert tried.run_id is None
    assert synced.versions() == before
    assert query(synced, "select * from sync_state") == state
    assert query(synced, "select * from sync_runs") == runs
    done = synced.sync(full=full)
    assert (done.inserted, done.updated, done.deactivated, done.embeddings) == (1, 1, 1, 1)


def test_every_run_is_recorded_and_a_failed_one_with_its_reason(synced: Stage) -> None:
    synced.shop.faults.add("woocommerce_off", None)
    with pytest.raises(SourceError):
        synced.sync()
    good, bad = query(synced, "select * from sync_runs order by id")
    assert (good["status"], good["mode"], good["processed"]) == ("succeeded", "full", 56)
    assert bad["status"] == "failed"
    assert "WooCommerce plugin" in bad["errors"][0]
    assert bad["finished_at"]


def test_a_failed_run_leaves_the_watermark(synced: Stage) -> None:
    before = query(synced, "select * from sync_state")
    item = first(synced, "simple")
    synced.shop.update(item.id, {"regular_price": "4.44", "sale_price": ""})
    synced.shop.faults.add("woocommerce_off", None, path="/products")
    with pytest.raises(SourceError):
        synced.sync()
    assert query(synced, "select * from sync_state") == before
    synced.shop.faults.clear()
    synced.sync()
    assert synced.row(item.id)["price"] == Decimal("4.44")


def test_progress_is_told(synced: Stage) -> None:
    told: list[Figures] = []
    synced.sync(full=True, progress=told.append)
    assert told[-1] == Figures(56, 56, inserted=0, updated=0, unchanged=56, deactivated=0)


def test_small_batches_give_the_same(db: Database) -> None:
    with stage(db, Shop.generated(50), COMMIT_BATCH_SIZE="7", WOOCOMMERCE_CONCURRENCY="1") as made:
        assert made.sync().inserted == len(made.shop.items)
        assert made.active_ids() == made.visible_ids()
