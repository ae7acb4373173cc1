"""The sync and embed functions as they are deployed: over HTTP, with a real queue between them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import requests

from infra.local.demo_shop.server import Server as ShopServer
from infra.local.demo_shop.shop import Shop
from infra.local.tasks_server.server import Server as TasksServer
from tendero.platform.database import Database
from tendero.platform.sql import Query
from tests.acceptance.served import Served, served

QUEUE = "projects/demo/locations/here/queues/embed"
VECTORS = Query.parse("vectors", "select count(*) as n from product_embeddings")


@pytest.fixture
def doors(tmp_path: Path, database_url: str) -> Iterator[tuple[Served, Served, ShopServer]]:
    """The two functions, with a shop of 40 products and a queue that calls `embed`."""
    with ExitStack() as stack:
        shop = stack.enter_context(ShopServer(shop=Shop.generated(40)))
        tasks = stack.enter_context(TasksServer(queues=[QUEUE]))
        settings = {
            "DATABASE_URL": database_url,
            "EMBEDDER": "local",
            "EMBEDDING_BATCH_SIZE": "15",
            "WOOCOMMERCE_URL": shop.base_url,
            "WOOCOMMERCE_KEY": "ck_demo_tendero",
            "WOOCOMMERCE_SECRET": "cs_demo_tendero",
        }
        embed = stack.enter_context(served("embed", tmp_path, **settings))
        settings |= {
            "EMBED_URL": embed.url,
            "EMBED_QUEUE": "embed",
            "GCP_PROJECT_ID": "demo",
            "TASKS_LOCATION": "here",
            "CLOUD_TASKS_EMULATOR_HOST": f"127.0.0.1:{tasks.port}",
        }
        yield stack.enter_context(served("sync", tmp_path, **settings)), embed, shop


def until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.05)


def vectors(db: Database) -> int:
    return int(db.fetch(VECTORS)[0]["n"])


def test_the_catalogue_arrives_and_is_embedded_by_the_queue(
    doors: tuple[Served, Served, ShopServer], db: Database
) -> None:
    sync, _, shop = doors
    first = requests.post(sync.url, timeout=60)
    assert first.status_code == 200, first.text
    report = first.json()
    assert (report["inserted"], report["embeddings"]) == (len(shop.shop.items), 40)
    until(lambda: vectors(db) == 40)
    again = requests.post(sync.url, json={"source": "woocommerce", "full": True}, timeout=60).json()
    assert (again["inserted"], again["updated"], again["embeddings"]) == (0, 0, 0)
    assert '"stream": "sync"' in sync.log


def test_a_failing_shop_is_a_502_without_internals(doors: tuple[Served, Served, ShopServer]) -> None:
    sync, _, shop = doors
    shop.shop.faults.add("woocommerce_off", None)
    answer = requests.post(sync.url, json={}, timeout=60)
    assert answer.status_code == 502
    assert shop.base_url not in answer.text
    assert "WooCommerce plugin" in sync.log


BAD_ORDERS: list[tuple[Any, int, str]] = [
    ({"source": "magento"}, 400, "woocommerce"),
    ({"full": "yes"}, 400, "true or false"),
    ({"source": 1}, 400, "string"),
    ({"everything": True}, 400, "accepted: source, full, dry_run"),
    ([1], 400, "object"),
]
BAD_BATCHES: list[Any] = [
    {},
    {"product_ids": []},
    {"product_ids": ["1"]},
    {"product_ids": [True]},
    {"product_ids": [2**70]},
]


def test_bad_input_is_told_and_changes_nothing(
    doors: tuple[Served, Served, ShopServer], db: Database
) -> None:
    sync, embed, shop = doors
    for body, status, says in BAD_ORDERS:
        answer = requests.post(sync.url, json=body, timeout=30)
        assert (answer.status_code, says in answer.json()["error"]) == (status, True), answer.text
    assert requests.get(sync.url, timeout=30).status_code == 405
    for body in BAD_BATCHES:
        assert requests.post(embed.url, json=body, timeout=30).status_code == 400
    assert not shop.shop.requests
    assert vectors(db) == 0


def test_products_that_do_not_exist_are_no_error(doors: tuple[Served, Served, ShopServer]) -> None:
    _, embed, _ = doors
    answer = requests.post(embed.url, json={"product_ids": [1, 2], "model": "any"}, timeout=30)
    assert (answer.status_code, answer.json()["skipped"]) == (200, 2)
