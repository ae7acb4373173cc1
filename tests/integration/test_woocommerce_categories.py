"""Products of a WooCommerce shop are found in the categories above their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from infra.local.demo_shop.records import Item, Term
from infra.local.demo_shop.shop import Shop
from tendero.catalog.source import Known
from tendero.catalog.woocommerce.shop import WooCommerce
from tendero.platform.database import Database
from tests.integration.shop_sync import Stage, stage

ROOT, MIDDLE = 900, 901
TREE = "/products/categories"


@pytest.fixture(params=["11.0.1", "9.4.2"])
def made(db: Database, request: pytest.FixtureRequest) -> Iterator[Stage]:
    """A shop whose every category is in the second of two larger ones."""
    with stage(db, nested(Shop.generated(210, version=request.param, every=70))) as built:
        yield built


def nested(shop: Shop) -> Shop:
    for term in shop.categories.values():
        term.parent = MIDDLE
    shop.categories[MIDDLE] = Term(MIDDLE, "Casa &amp; jardín", "casa", ROOT)
    shop.categories[ROOT] = Term(ROOT, "Tienda", "tienda")
    return shop


def above(made: Stage) -> set[tuple[str, ...]]:
    """What rows are in, beyond their own category."""
    return {tuple(row["categories"])[1:] for row in made.rows("is_active")}


def some(made: Stage, kind: str = "simple") -> Item:
    return next(item for item in made.shop.items.values() if item.type == kind)


def figures(report: Any) -> tuple[int, int, int, int]:
    return report.inserted, report.updated, report.deactivated, report.embeddings


def test_products_and_their_variations_are_in_the_categories_above(made: Stage) -> None:
    assert not made.sync().errors
    assert above(made) == {("Casa & jardín", "Tienda")}
    for row in made.rows("is_active"):
        assert row["category_name"] == row["categories"][0]


def test_the_demo_shops_toys_are_toys(db: Database) -> None:
    with stage(db, Shop()) as made:
        made.sync()
        toys = made.rows("categories[1] = 'Primera infancia'")
        assert toys
        assert all(row["categories"] == ["Primera infancia", "Juguetes"] for row in toys)


@pytest.mark.parametrize("full", [True, False])
def test_an_unchanged_shop_is_not_written(made: Stage, full: bool) -> None:
    made.sync()
    before = made.versions()
    report = made.sync(full=full)
    assert report.mode == ("full" if full else "incremental")
    assert figures(report) == (0, 0, 0, 0)
    assert made.versions() == before


def test_a_renamed_category_has_everything_read_once(made: Stage) -> None:
    made.sync()
    made.shop.categories[ROOT].name = "Bazar"
    report = made.sync()
    assert (report.mode, report.updated) == ("full", len(made.visible_ids()))
    assert above(made) == {("Casa & jardín", "Bazar")}
    assert made.sync().mode == "incremental"


def test_a_moved_category_has_everything_read_once(made: Stage) -> None:
    made.sync()
    made.shop.categories[MIDDLE].parent = 0
    assert made.sync().mode == "full"
    assert above(made) == {("Casa & jardín",)}
    assert made.sync().mode == "incremental"


def test_a_new_category_has_nothing_read_again(made: Stage) -> None:
    made.sync()
    made.shop.categories[902] = Term(902, "Ofertas", "ofertas")
    assert made.sync().mode == "incremental"


@pytest.mark.parametrize("kind", ["woocommerce_off", "server_error", "html", "empty_page"])
def test_a_tree_that_cannot_be_read_costs_only_itself_and_is_told_once(made: Stage, kind: str) -> None:
    made.shop.faults.add(kind, None, path=TREE)
    report = made.sync()
    assert made.active_ids() == made.visible_ids()
    assert above(made) == {()}
    assert len(report.errors) == 1
    made.shop.faults.clear()
    made.sync()
    assert above(made) == {("Casa & jardín", "Tienda")}


def test_the_tree_of_the_last_run_serves_while_none_can_be_read(made: Stage) -> None:
    made.sync()
    before = made.versions()
    made.shop.faults.add("server_error", None, path=TREE)
    for full in (True, False):
        report = made.sync(full=full)
        assert figures(report) == (0, 0, 0, 0)
        assert len(report.errors) == 1
    assert made.versions() == before


@pytest.mark.parametrize("kind", ["no_totals", "lying_total"])
def test_a_shop_that_never_tells_its_totals_rightly_has_a_tree_all_the_same(made: Stage, kind: str) -> None:
    made.shop.faults.add(kind, None, path=TREE)
    assert not made.sync().errors
    assert above(made) == {("Casa & jardín", "Tienda")}


def test_a_tree_of_many_pages_is_read_to_its_end(made: Stage) -> None:
    terms = made.shop.categories
    terms.update({2000 + n: Term(2000 + n, f"Pasillo {n}", f"p-{n}", 1999 + n) for n in range(1, 250)})
    terms[2000] = Term(2000, "Pasillo 0", "p-0")
    terms[ROOT].parent = 2249
    made.sync()
    aisles = tuple(f"Pasillo {n}" for n in range(249, -1, -1))
    assert above(made) == {("Casa & jardín", "Tienda", *aisles)}


def test_single_products_are_in_the_categories_above_too(made: Stage) -> None:
    source = WooCommerce(made.settings)
    for item in (some(made), some(made, "variable")):
        pages = list(source.only([str(item.id)], Known()))
        read = [each for page in pages for each in page.items]
        assert read
        assert {each.categories[1:] for each in read} == {("Casa & jardín", "Tienda")}
    source.client.close()


@pytest.mark.parametrize("since", [None, datetime(2020, 1, 1, tzinfo=UTC)])
def test_rows_read_by_an_earlier_tree_are_read_again(made: Stage, since: datetime | None) -> None:
    source = WooCommerce(replace(made.settings, woocommerce_concurrency=1))
    settled = source.walk(None, {})
    list(settled.pages())
    assert "categories" in settled.memory
    begun = source.walk(since, settled.memory).pages()
    mark = next(begun).mark
    begun.close()  # type: ignore[attr-defined]
    made.shop.categories[ROOT].name = "Bazar"
    assert mark is not None
    walk = source.walk(since, settled.memory, [mark])
    list(walk.pages())
    assert walk.full == (since is None)
    assert "categories" not in walk.memory
    later = source.walk(datetime.now(UTC), walk.memory)
    read = [each for page in later.pages() for each in page.items]
    assert later.full
    assert len(read) >= len(made.visible_ids())
    source.client.close()
