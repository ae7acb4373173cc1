"""A sync that its function has no time for: it goes on in tasks of its own, and never beside itself."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
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

QUEUE = "projects/demo/locations/here/queues/tendero-sync"
RUNS = Query.parse("runs", "select * from sync_runs order by id")
ROWS = Query.parse("rows", "select external_id from products where is_active")
PAGES = Query.parse("pages", "select count(*) as n from sync_pages")


@pytest.fixture
def slow(tmp_path: Path, database_url: str) -> Iterator[tuple[Served, ShopServer]]:
    """`sync` with a second for each of its parts, and a shop that needs a tenth of it for every page."""
    with ExitStack() as stack:
        shop = stack.enter_context(ShopServer(shop=Shop.generated(60, version="9.4.2", latency=0.1)))
        tasks = stack.enter_context(TasksServer(queues=[QUEUE]))
        settings = {
            "DATABASE_URL": database_url,
            "EMBEDDER": "local",
            "WOOCOMMERCE_URL": shop.base_url,
            "WOOCOMMERCE_KEY": "ck_demo_tendero",
            "WOOCOMMERCE_SECRET": "cs_demo_tendero",
            "WOOCOMMERCE_CONCURRENCY": "1",
            "SYNC_TIME_LIMIT_SECONDS": "1",
            "SYNC_URL": "{url}",
            "GCP_PROJECT_ID": "demo",
            "TASKS_LOCATION": "here",
            "CLOUD_TASKS_EMULATOR_HOST": f"127.0.0.1:{tasks.port}",
        }
        yield stack.enter_context(served("sync", tmp_path, **settings)), shop


def ended(db: Database) -> list[dict[str, Any]]:
    end = time.monotonic() + 60
    while True:
        runs = db.fetch(RUNS)
        if not any(run["status"] == "running" for run in runs):
            return runs
        assert time.monotonic() < end, runs
        time.sleep(0.1)


def test_a_run_whose_time_is_up_goes_on_by_itself_until_all_is_in(
    slow: tuple[Served, ShopServer], db: Database
) -> None:
    sync, shop = slow
    told = requests.post(sync.url, timeout=60).json()
    assert told["finished"] is False
    (run,) = ended(db)
    assert run["status"] == "succeeded", run["errors"]
    assert run["continuations"] >= 1
    assert run["processed"] >= run["inserted"] == len(shop.shop.items)
    assert {int(row["external_id"]) for row in db.fetch(ROWS)} == set(shop.shop.items)
    late = requests.post(sync.url, json={"source": "woocommerce", "continue": run["id"]}, timeout=60)
    assert late.status_code == 200
    assert "does not wait" in late.json()["error"]
    assert len(db.fetch(RUNS)) == 1


def test_a_run_is_not_disturbed_by_another_one(slow: tuple[Served, ShopServer], db: Database) -> None:
    sync, shop = slow
    shop.shop.latency = 1.0
    with ThreadPoolExecutor(2) as pool:
        answers = [pool.submit(requests.post, sync.url, json={"full": True}, timeout=60) for _ in range(2)]
        bodies = {answer.result().status_code: answer.result().json() for answer in answers}
    shop.shop.latency = 0.0
    assert set(bodies) == {200, 409}
    assert "under way" in bodies[409]["error"] or "just begun" in bodies[409]["error"]
    assert [run["status"] for run in ended(db)] == ["succeeded"]
