"""A walk over a WooCommerce shop that goes on where another one stopped."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from urllib.parse import parse_qs

import pytest

from infra.local.demo_shop.records import Item
from infra.local.demo_shop.server import Server
from infra.local.demo_shop.shop import Shop
from tendero.catalog.item import CatalogItem
from tendero.catalog.source import Known, Page
from tendero.catalog.woocommerce.shop import WooCommerce
from tendero.catalog.woocommerce.walk import WooCommerceWalk
from tendero.platform.settings import Settings

# A shop with a list of all variations, in three pages; and one where each of six products has its own list.
SHOPS = {"11.0.1": {"variations": 9, "every": 9}, "9.4.2": {"variations": 3, "every": 35}}
SINCE = datetime(2025, 1, 8, tzinfo=UTC)


@dataclass
class Stage:
    shop: Shop
    source: WooCommerce
    since: datetime | None = None

    def __post_init__(self) -> None:
        self.held = self.sold(None)

    def walk(self, marks: Sequence[Any] = ()) -> WooCommerceWalk:
        hidden = [item.id for item in self.shop.items.values() if item.catalog_visibility == "hidden"]
        tree = {str(term.id): (term.parent, term.name) for term in self.shop.categories.values()}
        return self.source.walk(self.since, {"hidden": hidden, "categories": tree}, marks)

    def pages(self, walk: WooCommerceWalk) -> Generator[Page]:
        """All pages, against a database that holds all that was sold at the beginning."""
        yield from walk.pages()
        yield from walk.verify(Known(set(self.held.products), dict(self.held.variations)))

    def sold(self, since: datetime | None) -> Known:
        """What customers see of the products that changed after `since`, with their variations."""
        shown = {
            item.id: item
            for item in self.shop.items.values()
            if not item.is_variation
            and item.status == "publish"
            and item.catalog_visibility == "visible"
            and (since is None or item.modified > since)
        }
        children = {
            child: item.id
            for item in shown.values()
            if item.type == "variable"
            for child in self.shop.live_variations(item)
        }
        return Known(set(map(str, shown)), {str(child): str(parent) for child, parent in children.items()})

    def interrupted(self, pages: int) -> list[Page]:
        """The first pages of a walk, with marks as the database gives them back."""
        with closing(self.pages(self.walk())) as walk:
            taken = list(islice(walk, pages))
        for thread in threading.enumerate():
            if thread.name.startswith("woocommerce"):
                thread.join()
        return [page for page in taken if page.mark is not None]

    def asked(self, since: int) -> Counter[str]:
        """How often each page with more than ids was asked for, after the request `since`."""
        found: Counter[str] = Counter()
        for _, path, query, _ in list(self.shop.requests)[since:]:
            said = {name: values[0] for name, values in parse_qs(query).items()}
            if "page" in said and len(said.get("_fields", "").split(",")) > 4:
                found[f"{path} {said['page']}"] += 1
        return found


def marks(pages: Sequence[Page]) -> list[Any]:
    return [json.loads(json.dumps(page.mark)) for page in pages]


def items(pages: Sequence[Page]) -> dict[str, CatalogItem]:
    return {item.external_id: item for page in pages for item in page.items}


@pytest.fixture(params=[(version, since) for version in SHOPS for since in (None, SINCE)], ids=str)
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    version, since = request.param
    with Server(shop=Shop.generated(210, version=version, **SHOPS[version])) as server:
        environment = {
            "WOOCOMMERCE_URL": server.base_url,
            "WOOCOMMERCE_KEY": "ck_demo_tendero",
            "WOOCOMMERCE_SECRET": "cs_demo_tendero",
            "WOOCOMMERCE_CONCURRENCY": "2",
        }
        source = WooCommerce(Settings.load(environment))
        source.client.patience = 0.02
        for number, item in enumerate(server.shop.items.values()):
            if number % 40 == 1 and not item.is_variation:
                server.shop.update(item.id, {"catalog_visibility": "hidden"})
                item.modified -= timedelta(days=1)
        yield Stage(server.shop, source, since)
        source.client.close()


def test_whatever_came_before_the_rest_comes_after_and_nothing_twice(stage: Stage) -> None:
    whole = stage.walk()
    expected = list(stage.pages(whole))
    for stop in range(len(expected)):
        before = stage.interrupted(stop)
        asked = len(stage.shop.requests)
        walk = stage.walk(marks(before))
        after = list(stage.pages(walk))
        assert {**items(before), **items(after)} == items(expected)
        assert not items(before).keys() & items(after).keys()
        assert walk.memory == whole.memory
        assert walk.full == whole.full
        assert not any(page.gone or page.problems for page in after)
        again = [page for page, times in stage.asked(asked).items() if times > 1]
        assert not again
        # Those that came, an empty one behind them, and the next ones that were being fetched ahead.
        assert len(stage.asked(asked)) <= len(expected) - len(before) + 1


def test_a_walk_may_be_stopped_at_every_page(stage: Stage) -> None:
    expected = items(list(stage.pages(stage.walk())))
    taken: list[Page] = []
    while True:
        walk = stage.walk(marks(taken))
        page = next((page for page in stage.pages(walk) if page.mark is not None), None)
        if page is None:
            break
        taken.append(page)
    assert items(taken) == expected
    assert sum(len(page.items) for page in taken) == len(expected)


def test_what_the_shop_changed_meanwhile_hides_nothing(stage: Stage) -> None:
    pages = len(list(stage.pages(stage.walk())))
    simple = iter([item for item in stage.shop.items.values() if item.type == "simple"])
    parents = iter([item for item in stage.shop.items.values() if item.type == "variable"])
    for stop in range(1, pages, max(1, pages // 2)):
        before = stage.interrupted(stop)
        change(stage.shop, next(simple), next(simple), next(parents), next(parents))
        after = list(stage.pages(stage.walk(marks(before))))
        sold = stage.sold(stage.since)
        assert items(before).keys() | items(after).keys() >= sold.products | sold.variations.keys()
        everything = stage.sold(None)
        gone = {external_id for page in after for external_id in page.gone}
        assert not gone & (everything.products | everything.variations.keys())


def change(shop: Shop, one: Item, other: Item, parent: Item, other_parent: Item) -> None:
    """From the beginning of every list, so that the rest of it moves."""
    shop.delete(one.id)
    shop.trash(other.id)
    shop.delete(parent.children[0])
    shop.trash(other_parent.id)
    shop.create({"name": "Nuevo", "regular_price": "5"})


def test_marks_of_another_shop_are_ignored(stage: Stage) -> None:
    before = stage.interrupted(3)
    with Server(shop=stage.shop) as moved:
        stage.source.client.url = moved.base_url
        expected = items(list(stage.pages(stage.walk())))
        after = list(stage.pages(stage.walk(marks(before))))
        assert items(after) == expected
        assert len(expected) > sum(len(page.items) for page in before)


def test_marks_are_small(stage: Stage) -> None:
    for page in stage.pages(stage.walk()):
        if page.mark is not None:
            assert len(json.dumps(page.mark)) < 200 + 50 * len(page.items)
